package policy

import "time"

// CandidateID is our own lasting number of a candidate. It is made once.
type CandidateID int64

// Candidate is a bill, act or case that an official source states and that the record
// does not have yet: found by machine, looked at by nobody. Its official ids are
// its identity, each within its jurisdiction, so that the same bill from two
// sources is one candidate. It becomes a dossier when the record gains one of them.
type Candidate struct {
	ID           CandidateID
	Jurisdiction string   // the home of the source that stated it
	OfficialIDs  []string // as the sources write them, the first one first
	Title        string   // as the source gives it
	FirstStage   Stage    // the earliest step that its source stated when we first saw it; empty where it stated none that we know
	Stage        Stage    // the latest step that any source stated
	StageDate    Date
	StageText    string // that step in the source's own words
	Measures     []Measure
	FirstSeenAt  time.Time
	ChangedAt    time.Time // a step, an id, a measure or an item was added
	Dossier      string    // the dossier that it became; empty while it is a candidate
	ResolvedAt   time.Time // when it became one
	Items        []ItemID  // what states it, the first one first
}

// CandidatePage is one page of candidates.
type CandidatePage struct {
	Candidates []Candidate
	Next       string // the cursor of the next page; empty on the last one
}
