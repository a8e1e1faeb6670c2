package policy

import "time"

// Source is a place that we read, as readers see it. How it is read is the
// crawler's matter.
type Source struct {
	ID           string
	Name         string
	Home         string // address of its front page
	Host         string // the host that is asked when it is read, as in an address; sources of one host take turns
	Jurisdiction string
	Language     string
	Kind         Kind // what it usually publishes
	Grade        Grade
	Licence      string // under which its content may be reused; empty where it states none
	Attribution  string // how it wants to be named
	Interval     time.Duration
	Disabled     string // why it is not read; empty when it is
}

// Health is how a source did when we last asked it.
type Health string

// The states of health.
const (
	HealthNew           Health = "new"
	HealthOK            Health = "ok"
	HealthNotModified   Health = "not-modified"
	HealthEmpty         Health = "empty"
	HealthUnparsedDates Health = "unparsed-dates"
	HealthStale         Health = "stale"
	HealthPartial       Health = "partial-parse"
	HealthHTML          Health = "html-instead-of-feed"
	HealthConsent       Health = "consent-wall"
	HealthBlocked       Health = "blocked"
	HealthRobots        Health = "robots"
	HealthMoved         Health = "moved"
	HealthGone          Health = "gone"
	HealthThrottled     Health = "throttled"
	HealthTLS           Health = "tls-error"
	HealthTimeout       Health = "timeout"
	HealthUnreachable   Health = "unreachable"
	HealthServerError   Health = "server-error"
	HealthUnreadable    Health = "unreadable"
	HealthDisabled      Health = "disabled"
)

// Healths is the closed list of states of health.
var Healths = List[Health]{
	{HealthNew, "Not read yet", "its first visit is still to come"},
	{HealthOK, "Fine", "it answered and was read"},
	{HealthNotModified, "Fine, nothing new", "it said that nothing changed"},
	{HealthEmpty, "Empty", "it answered, but with no entries"},
	{HealthUnparsedDates, "Dates unreadable", "entries were read, but none of their dates"},
	{HealthStale, "Stale", "its newest entry is much older than its usual pace"},
	{HealthPartial, "Partly read", "some entries or parts were lost in reading"},
	{HealthHTML, "Page instead of feed", "a web page came where a feed should be"},
	{HealthConsent, "Consent wall", "a consent page came instead of the content"},
	{HealthBlocked, "Blocked", "it refuses us (403, 451 or a firewall)"},
	{HealthRobots, "Not allowed", "its robots.txt asks us not to read this"},
	{HealthMoved, "Moved", "it answers from another address for good"},
	{HealthGone, "Gone", "the address no longer exists (404 or 410)"},
	{HealthThrottled, "Asked to wait", "it asked us to come back later (429 or 503)"},
	{HealthTLS, "TLS error", "no secure connection could be made"},
	{HealthTimeout, "Time-out", "it did not answer in time"},
	{HealthUnreachable, "Not reachable", "no connection could be made"},
	{HealthServerError, "Server error", "it answered with an error of its own (5xx)"},
	{HealthUnreadable, "Unreadable", "it answered with something we cannot read"},
	{HealthDisabled, "Switched off", "it is listed and not read"},
}

// Good reports whether the source was read as it should be.
func (h Health) Good() bool {
	return h == HealthOK || h == HealthNotModified
}

// Failed reports whether a visit brought nothing at all because of an error.
func (h Health) Failed() bool {
	switch h {
	case HealthHTML, HealthConsent, HealthBlocked, HealthRobots, HealthGone, HealthThrottled, HealthTLS,
		HealthTimeout, HealthUnreachable, HealthServerError, HealthUnreadable:
		return true
	}
	return false
}

// SourceStatus is a source and how it is doing.
type SourceStatus struct {
	Source
	Health      Health
	Detail      string // the last problem in words; empty when all is well
	TriedAt     time.Time
	SucceededAt time.Time
	NextAt      time.Time // when it is tried again
	NewestAt    time.Time // the date of its newest entry
	Failures    int       // in a row
	MovedTo     string    // the address it moved to; empty unless it did
	MovedSeen   int       // how often in a row that redirect was seen
	Items       int
	Relevant    int
}
