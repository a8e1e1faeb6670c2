package policy

import "time"

// SideChange is that an actor took another side on a dossier than before.
type SideChange struct {
	ID      string // lasting
	Dossier string // the record's id
	Actor   string // the record's id
	Before  Side
	Side    Side
	On      Date   // zero where it is not known
	Claim   string // in our own words; where a machine read it, the title of the text
	Source  string // address of the evidence
	Grade   Grade  // how good that is; empty where the record does not say
	Item    ItemID // the text in which a machine read it; 0 where the record has it
	SeenAt  time.Time
}
