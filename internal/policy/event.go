package policy

import "time"

// Origin says how we know of an event.
type Origin string

// The origins.
const (
	OriginCurated   Origin = "curated"
	OriginCrawled   Origin = "crawled"
	OriginSuggested Origin = "suggested"
)

// Origins is the closed list of origins.
var Origins = List[Origin]{
	{OriginCurated, "In the record", "a person read the source and wrote it down"},
	{OriginCrawled, "Official, crawled", "an official source states the step; a machine read it"},
	{OriginSuggested, "Suggested", "a text reports the step; a machine read it and nobody checked it"},
}

// DossierEvent is an event of a dossier, wherever we know it from. Each has an id
// that lasts and is fit for an address.
type DossierEvent struct {
	ID           string
	Dossier      string // the record's id
	Jurisdiction string // the dossier's
	Date         Date
	Stage        Stage
	Title        string // in our own words where it is curated, else in the source's
	Body         string // the chamber, committee or authority, as the source names it
	Source       string // address of the evidence
	Grade        Grade  // how good that is; empty where the record does not say
	Origin       Origin
	Item         ItemID         // the item that states it; 0 where it is curated
	Items        int            // how many items of ours state it
	SeenAt       time.Time      // when a machine first noticed it; zero where it is curated
	Ahead        bool           // it is still expected
	Overdue      bool           // its date is over and nothing says what came of it
	Vague        bool           // only the month or the year is known
	Also         []DossierEvent // the same event as machines noticed it: evidence beside a curated one
}

// EventQuery says which noticed events are wanted; the zero value means all that
// are crawled, oldest first.
type EventQuery struct {
	Dossiers  []string // nil means any
	IDs       []string // nil means any
	Suggested bool     // the suggested ones instead of the crawled ones
	From, To  Date
	Newest    bool      // newest first
	After     time.Time // only what comes behind this place of the list; zero for its beginning
	AfterID   string    // of events that begin at After those behind this id
	Limit     int       // 0 means no limit
}
