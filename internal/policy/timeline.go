package policy

import "time"

// TimelineEntry is one entry of the stream of all that happened: an event of a
// dossier or an item. Exactly one of Event and Item is set.
type TimelineEntry struct {
	ID    string    // lasting, fit for an address: the event's id, or "item.123"
	At    time.Time // by which it is sorted: the first moment that its date can mean
	Date  Date      // perhaps only a month or a year; zero for an item whose source gives none
	Event *DossierEvent
	Item  *Item
}

// TimelinePage is one page of the stream.
type TimelinePage struct {
	Upcoming []DossierEvent // what is still expected, the soonest first; on the first page only
	Entries  []TimelineEntry
	Next     string // the cursor of the next page; empty on the last one
}

// EventPage is one page of the events of dossiers.
type EventPage struct {
	Upcoming []DossierEvent // what is still expected, the soonest first; on the first page only
	Events   []DossierEvent
	Next     string // the cursor of the next page; empty on the last one
}

// EffectMonth counts the events of a month by what their dossiers do to
// encryption.
type EffectMonth struct {
	Month  string // "2026-05"; "2026" for events of which only the year is known
	Total  int
	Counts map[Effect]int
}

// RecordKind says what an entry of the record is.
type RecordKind string

// The kinds of entries that a search of the record finds, in the order of a list.
const (
	RecordDossier      RecordKind = "dossier"
	RecordActor        RecordKind = "actor"
	RecordJurisdiction RecordKind = "jurisdiction"
	RecordEvent        RecordKind = "event"
)

// RecordKinds is the closed list of these kinds.
var RecordKinds = List[RecordKind]{
	{RecordDossier, "Dossier", "a law, plan, case or treaty that is followed"},
	{RecordActor, "Actor", "somebody who takes part in the debate"},
	{RecordJurisdiction, "Jurisdiction", "a place or body that makes rules"},
	{RecordEvent, "Event", "a dated step of a dossier"},
}

// RecordHit is an entry of the record that a search found.
type RecordHit struct {
	Kind RecordKind
	ID   string
	Rank int // 1: the words stand in its names; 2: in what is said of it
}

// RecordState is what the store keeps about an entry of the record.
type RecordState struct {
	Kind             RecordKind
	ID               string
	ContentChangedAt time.Time // when what it says last changed, or when it was first seen
	RemovedAt        time.Time // when it vanished from the record; zero while it is there
}
