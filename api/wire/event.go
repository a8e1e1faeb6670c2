package wire

import (
	"net/url"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Changed tells when what the record says of an entry last changed; the zero time
// where that is not known.
type Changed func(kind policy.RecordKind, id string) time.Time

// Events is one page of the events of dossiers.
type Events struct {
	Upcoming []Event `json:"upcoming" doc:"What is still expected, the soonest first; whole, and on the first page only"`
	Events   []Event `json:"events"`
	Next     string  `json:"next,omitempty" doc:"The cursor of the next page, to be sent as the parameter cursor; absent on the last page. The header Link has the whole address"`
}

// Upcoming is all that is still expected.
type Upcoming struct {
	Upcoming []Event `json:"upcoming" doc:"The soonest first"`
}

// Event is a dated step in a dossier's life.
type Event struct {
	ID               string      `json:"id" doc:"Lasting"`
	URL              string      `json:"url" format:"uri" doc:"The address of this object"`
	Page             string      `json:"page" format:"uri" doc:"The address of its page for people"`
	Dossier          string      `json:"dossier" doc:"The record's id"`
	DossierName      string      `json:"dossier_name"`
	Jurisdiction     string      `json:"jurisdiction"`
	Date             *string     `json:"date" doc:"As occurred_at"`
	DatePrecision    string      `json:"date_precision" enum:"none,year,month,day,moment" doc:"How much of the date is known"`
	Stage            string      `json:"stage" doc:"See stages in /api/v1/vocabulary"`
	StageLabel       string      `json:"stage_label"`
	Title            string      `json:"title" doc:"In our own words where it is curated, else in the source's"`
	Body             string      `json:"body,omitempty" doc:"The chamber, committee or authority, in the source's words"`
	Source           string      `json:"source,omitempty" doc:"The address of the evidence"`
	Grade            string      `json:"grade,omitempty" doc:"How good that is, see grades in /api/v1/vocabulary; absent where it is not graded"`
	Origin           string      `json:"origin" doc:"How we know of it, see origins in /api/v1/vocabulary"`
	Ahead            bool        `json:"ahead" doc:"It is still expected"`
	Overdue          bool        `json:"overdue" doc:"Its date is over and nothing says what came of it"`
	Item             int64       `json:"item,omitempty" doc:"The item that states it; absent where it is curated"`
	Items            int         `json:"items" doc:"How many items of ours state it"`
	Also             []Evidenced `json:"also" doc:"The same step as machines noticed it: more evidence of a curated event"`
	FirstSeenAt      *time.Time  `json:"first_seen_at" doc:"When a machine first noticed it; null where it is curated"`
	ContentChangedAt *time.Time  `json:"content_changed_at" doc:"When what we say of it last changed; null where that is not known"`
}

// Evidenced is an event as a machine noticed it.
type Evidenced struct {
	ID     string  `json:"id"`
	Date   *string `json:"date" doc:"As occurred_at"`
	Title  string  `json:"title" doc:"In the source's words"`
	Source string  `json:"source,omitempty" doc:"The address of the evidence"`
	Grade  string  `json:"grade,omitempty" doc:"See grades in /api/v1/vocabulary"`
	Item   int64   `json:"item" doc:"The item that states it"`
}

// Entry is one entry of the stream of all that happened: an event or an item.
type Entry struct {
	ID    string   `json:"id" doc:"Lasting"`
	Event *Event   `json:"event,omitempty"`
	Item  *ItemRow `json:"item,omitempty"`
}

// Timeline is one page of that stream.
type Timeline struct {
	Upcoming []Event `json:"upcoming" doc:"What is still expected, the soonest first; whole, and on the first page only"`
	Entries  []Entry `json:"entries"`
	Next     string  `json:"next,omitempty" doc:"The cursor of the next page, to be sent as the parameter cursor; absent on the last page. The header Link has the whole address"`
}

// Events returns the wire form of a page of events.
func (m Maker) Events(page policy.EventPage, changed Changed) Events {
	return Events{m.EventList(page.Upcoming, changed), m.EventList(page.Events, changed), page.Next}
}

// Timeline returns the wire form of a page of the stream.
func (m Maker) Timeline(page policy.TimelinePage, changed Changed) Timeline {
	return Timeline{m.EventList(page.Upcoming, changed), each(page.Entries, func(e policy.TimelineEntry) Entry {
		return m.Entry(e, changed)
	}), page.Next}
}

// Entry returns the wire form of an entry of the stream.
func (m Maker) Entry(e policy.TimelineEntry, changed Changed) Entry {
	made := Entry{ID: e.ID}
	if e.Event != nil {
		event := m.Event(*e.Event, changed)
		made.Event = &event
	}
	if e.Item != nil {
		item := m.ItemRow(*e.Item)
		made.Item = &item
	}
	return made
}

// EventList returns the wire form of events.
func (m Maker) EventList(all []policy.DossierEvent, changed Changed) []Event {
	return each(all, func(e policy.DossierEvent) Event { return m.Event(e, changed) })
}

// Event returns the wire form of an event.
func (m Maker) Event(e policy.DossierEvent, changed Changed) Event {
	id := url.PathEscape(e.ID)
	return Event{
		ID: e.ID, URL: m.Base + "/api/v1/events/" + id, Page: m.Base + "/events/" + id,
		Dossier: e.Dossier, DossierName: m.Names.Label(policy.FacetDossier, e.Dossier), Jurisdiction: e.Jurisdiction,
		Date: date(e.Date), DatePrecision: precision(e.Date), Stage: string(e.Stage), StageLabel: e.Stage.Label(),
		Title: e.Title, Body: e.Body, Source: web(e.Source), Grade: string(e.Grade), Origin: string(e.Origin),
		Ahead: e.Ahead, Overdue: e.Overdue, Item: int64(e.Item), Items: items(e), Also: each(e.Also, evidenced),
		FirstSeenAt: moment(e.SeenAt), ContentChangedAt: moment(EventChanged(e, changed)),
	}
}

// EventChanged is when what we say of an event last changed. What a machine noticed
// stays as it was first noticed.
func EventChanged(e policy.DossierEvent, changed Changed) time.Time {
	if e.Origin == policy.OriginCurated {
		return changed(policy.RecordEvent, e.ID)
	}
	return e.SeenAt
}

func items(e policy.DossierEvent) int {
	n := e.Items
	for _, also := range e.Also {
		n += also.Items
	}
	return n
}

func evidenced(e policy.DossierEvent) Evidenced {
	return Evidenced{ID: e.ID, Date: date(e.Date), Title: e.Title, Source: web(e.Source), Grade: string(e.Grade), Item: int64(e.Item)}
}

// ChangedIn returns what tells the clocks of the record's entries from their states.
func ChangedIn(states []policy.RecordState) Changed {
	type entry struct {
		kind policy.RecordKind
		id   string
	}
	at := make(map[entry]time.Time, len(states))
	for _, s := range states {
		at[entry{s.Kind, s.ID}] = s.ContentChangedAt
	}
	return func(kind policy.RecordKind, id string) time.Time { return at[entry{kind, id}] }
}
