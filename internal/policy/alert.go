package policy

import (
	"cmp"
	"time"
)

// AlertTopic says of what a subscriber wants to hear.
type AlertTopic string

// The topics.
const (
	AlertEverything AlertTopic = "everything"
	AlertTexts      AlertTopic = "texts"
	AlertBills      AlertTopic = "bills"
	AlertDates      AlertTopic = "dates"
	AlertSides      AlertTopic = "sides"
)

// AlertTopics is the closed list of topics.
var AlertTopics = List[AlertTopic]{
	{AlertEverything, "Steps and texts", "steps of the dossiers, changes of side, and new texts"},
	{AlertTexts, "New texts", "documents and articles that we had not seen before"},
	{AlertBills, "New bills", "bills that an official source states and that the record does not have"},
	{AlertDates, "Coming dates", "votes, hearings and other steps that are expected within 30 days"},
	{AlertSides, "Changes of side", "somebody takes another side on a dossier than before"},
}

// AlertCadence says how often mail comes.
type AlertCadence string

// The cadences.
const (
	CadenceInstant AlertCadence = "instant"
	CadenceDaily   AlertCadence = "daily"
	CadenceWeekly  AlertCadence = "weekly"
)

// AlertCadences is the closed list of cadences.
var AlertCadences = List[AlertCadence]{
	{CadenceInstant, "At once", "what comes within five minutes is one mail"},
	{CadenceDaily, "Daily", "one mail a day at your hour, where there is news"},
	{CadenceWeekly, "Weekly", "one mail a week on your day and at your hour, where there is news"},
}

// Alert is what a subscriber asks for. Of the Filter, order and page mean nothing here.
type Alert struct {
	Topic   AlertTopic
	Filter  Filter
	Cadence AlertCadence
	Hour    int          // of the day, in the zone
	Weekday time.Weekday // for weekly mail
	Quiet   Quiet        // for mail at once, in the zone
	Zone    string       // IANA name, such as Europe/Berlin
}

// Location returns the subscriber's zone, UTC where it is not known.
func (a Alert) Location() *time.Location {
	zone, err := time.LoadLocation(cmp.Or(a.Zone, "UTC"))
	if err != nil || a.Zone == "Local" {
		return time.UTC
	}
	return zone
}

// Check reports every mistake, as FieldErrors.
func (a Alert) Check() error {
	var mistakes FieldErrors
	fail := func(field, value, problem, hint string) {
		mistakes = append(mistakes, FieldError{Field: field, Value: value, Problem: problem, Hint: hint})
	}
	if !AlertTopics.Has(a.Topic) {
		fail("topic", string(a.Topic), "there is no such topic", "choose everything, texts, bills, dates or sides")
	}
	if !AlertCadences.Has(a.Cadence) {
		fail("cadence", string(a.Cadence), "there is no such rhythm", "choose instant, daily or weekly")
	}
	if a.Hour < 0 || a.Hour > 23 {
		fail("hour", "", "it is not an hour of the day", "choose 0 to 23")
	}
	if a.Weekday < time.Sunday || a.Weekday > time.Saturday {
		fail("weekday", "", "it is not a day of the week", "choose 0, Sunday, to 6, Saturday")
	}
	if a.Quiet.From < 0 || a.Quiet.From > 23 || a.Quiet.To < 0 || a.Quiet.To > 23 {
		fail("quiet", "", "these are not hours of the day", "choose 0 to 23 for both, and the same twice for no quiet hours")
	}
	if _, err := time.LoadLocation(a.Zone); a.Zone == "" || a.Zone == "Local" || err != nil {
		fail("zone", a.Zone, "we do not know this time zone", "write it like Europe/Berlin")
	}
	return mistakes.OrNil()
}

// Of returns the Filter without what an alert has no use for: one address of ours for
// each question, and relevant items only.
func (a Alert) Of() Filter {
	f := a.Filter
	f.Order, f.Limit, f.Cursor, f.Relevance = "", 0, "", RelevantOnly
	return f
}

// AlertState says where a subscription stands.
type AlertState string

// The states.
const (
	AlertPending AlertState = "pending" // not confirmed by whoever reads the address's mail
	AlertActive  AlertState = "active"
	AlertPaused  AlertState = "paused"
)

// AlertPurpose is the one thing that a link of a mail allows.
type AlertPurpose string

// The purposes.
const (
	AlertToConfirm     AlertPurpose = "confirm"
	AlertToManage      AlertPurpose = "manage"
	AlertToUnsubscribe AlertPurpose = "unsubscribe"
)

// AlertExample is one thing that an alert tells.
type AlertExample struct {
	Date  string
	Label string // what sort of thing it is
	Title string
	Path  string // of our page
}

// AlertPreview says what an alert would have sent.
type AlertPreview struct {
	Days     int // how far it looks back
	Mails    int
	Things   int
	More     bool // there are more than were counted
	Examples []AlertExample
}

// AlertStatus is what the pages say of one subscription to whoever holds its link.
type AlertStatus struct {
	Alert Alert
	About string // in words
	State AlertState
	Since time.Time
	Key   AlertKey
}

// AlertKey is the OpenPGP key to which mail is encrypted; the zero value where it is
// plain.
type AlertKey struct {
	Fingerprint string
	Expires     time.Time // zero where it never does
	Unusable    bool      // it has expired, or was revoked
}

// Weekdays are the days of the week as people in most places count them.
var Weekdays = []time.Weekday{
	time.Monday,
	time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday,
}
