package api

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/api/feed"
	"github.com/backdoorwatch/backdoorwatch/api/wire"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// list is something that can be followed: every answer to one sort of question.
type list struct {
	path     string // of its feeds, without a suffix
	name     string // in the ids of its feeds
	title    func(f policy.Filter) string
	page     func(f policy.Filter) string // the same for people
	read     func(ctx context.Context, f policy.Filter) (content, error)
	narrow   func(f *policy.Filter) // to the one thing that the list is about; nil where it is about all
	calendar bool                   // it has a calendar of what is to come
}

// content is one page of a list.
type content struct {
	entries []feed.Entry
	table   table
	next    string                // the cursor of the next page
	changed time.Time             // of what the entries do not tell; zero where they tell all
	coming  []policy.DossierEvent // for calendars
}

// table is the same page as rows.
type table struct {
	csv, ndjson func() ([]byte, error)
}

func tableOf[T any](columns []wire.Column[T], rows []T) table {
	return table{
		csv:    func() ([]byte, error) { return wire.CSV(columns, rows) },
		ndjson: func() ([]byte, error) { return wire.NDJSON(rows) },
	}
}

// lists are those that have an address of their own, the first one first.
func (s *server) lists() []described {
	return []described{
		{s.plain("items", "", "/timeline", s.readItems), "items", "The documents of /api/v1/items."},
		{s.plain("timeline", "everything that happened", "/timeline", s.readTimeline), "everything that happened",
			"The events of dossiers and the items in one stream, and what is still expected."},
		{s.plain("events", "events", "/timeline", s.readEvents), "events of dossiers", "The dated steps of /api/v1/events."},
		{s.withCalendar(s.plain("upcoming", "what is to come", "/timeline", s.readUpcoming)), "what is to come",
			"Every step with a date that is still to come, the soonest first."},
		{s.plain("dossiers", "dossiers", "/dossiers", s.readDossiers), "dossiers", "The dossiers of /api/v1/dossiers: an entry changes when the record changes there."},
		{s.plain("candidates", "new bills", "/candidates", s.readCandidates), "new bills",
			"Bills and acts that official sources state and that the record does not have yet: found by machine, looked at by nobody."},
	}
}

// described is a list and what the reference says of it.
type described struct {
	list
	what  string
	about string
}

// plain is a list of everything of a sort that answers a Filter.
func (s *server) plain(name, title, page string, read func(context.Context, policy.Filter) (content, error)) list {
	return list{
		path: "/feeds/" + name, name: name, read: read,
		title: func(f policy.Filter) string { return s.titled(title, f) },
		page:  func(f policy.Filter) string { return s.forPeople(page, f) },
	}
}

func (s *server) withCalendar(l list) list {
	l.calendar = true
	return l
}

// forPeople is the page of a list, without its place and size.
func (s *server) forPeople(path string, f policy.Filter) string {
	f.Cursor, f.Limit = "", 0
	if path != "/timeline" {
		return s.BaseURL + path // these pages have parameters of their own
	}
	return s.address(path, f)
}

func (s *server) readItems(ctx context.Context, f policy.Filter) (content, error) {
	page, err := s.Reader.Items(ctx, f)
	if err != nil {
		return content{}, err
	}
	made := content{next: page.Next, table: tableOf(wire.ItemColumns(), s.make.Items(page).Items)}
	for _, i := range page.Items {
		made.entries = append(made.entries, s.entry(i))
	}
	return made, nil
}

func (s *server) readEvents(ctx context.Context, f policy.Filter) (content, error) {
	page, err := s.Chronicle.EventPage(ctx, f)
	if err != nil {
		return content{}, err
	}
	made, err := s.eventContent(ctx, page.Events)
	made.next = page.Next
	return made, err
}

func (s *server) readUpcoming(ctx context.Context, f policy.Filter) (content, error) {
	expected, err := s.upcoming(ctx, f)
	if err != nil {
		return content{}, err
	}
	made, err := s.eventContent(ctx, expected)
	made.coming = expected
	return made, err
}

func (s *server) eventContent(ctx context.Context, events []policy.DossierEvent) (content, error) {
	changed, err := s.changed(ctx)
	if err != nil {
		return content{}, err
	}
	made := content{table: tableOf(wire.EventColumns(), s.make.EventList(events, changed))}
	for _, e := range events {
		made.entries = append(made.entries, s.eventEntry(e, changed))
	}
	return made, nil
}

// readTimeline reads events and items in one stream; what is to come stands before
// them.
func (s *server) readTimeline(ctx context.Context, f policy.Filter) (content, error) {
	page, err := s.Chronicle.Timeline(ctx, f)
	if err != nil {
		return content{}, err
	}
	changed, err := s.changed(ctx)
	if err != nil {
		return content{}, err
	}
	made := content{next: page.Next, coming: page.Upcoming}
	var rows []wire.Entry
	for _, e := range page.Upcoming {
		made.entries = append(made.entries, s.eventEntry(e, changed))
		rows = append(rows, s.make.Entry(policy.TimelineEntry{ID: e.ID, Event: &e}, changed))
	}
	for _, e := range page.Entries {
		if e.Event != nil {
			made.entries = append(made.entries, s.eventEntry(*e.Event, changed))
		} else {
			made.entries = append(made.entries, s.entry(*e.Item))
		}
		rows = append(rows, s.make.Entry(e, changed))
	}
	made.table = tableOf(wire.EntryColumns(), rows)
	return made, nil
}

func (s *server) readDossiers(ctx context.Context, f policy.Filter) (content, error) {
	found, err := s.Chronicle.Dossiers(ctx, f)
	if err != nil {
		return content{}, err
	}
	page, next, err := pageOfDossiers(found, f)
	if err != nil {
		return content{}, err
	}
	changed, err := s.changed(ctx)
	if err != nil {
		return content{}, err
	}
	made := content{next: next, table: tableOf(wire.DossierColumns(), s.make.DossierRows(page, changed))}
	for _, d := range page {
		made.entries = append(made.entries, s.dossierEntry(d, changed))
	}
	return made, nil
}

func (s *server) readCandidates(ctx context.Context, f policy.Filter) (content, error) {
	page, err := s.Chronicle.Candidates(ctx, f)
	if err != nil {
		return content{}, err
	}
	made := content{next: page.Next, table: tableOf(wire.CandidateColumns(), s.make.Candidates(page).Candidates)}
	for _, c := range page.Candidates {
		made.entries = append(made.entries, s.candidateEntry(c))
	}
	return made, nil
}

// subject is a sort of thing of the record that can be followed by itself.
type subject struct {
	parent string // of the addresses of its feeds
	what   string
	about  string
	list   func(ctx context.Context, id string) (list, error)
}

func (s *server) subjects() []subject {
	return []subject{
		{"/feeds/dossiers", "dossier", "Its events, what is to come, and the items linked to it.", s.dossierList},
		{"/feeds/jurisdictions", "jurisdiction", "The events and items about it and its parts, and what is to come.", s.jurisdictionList},
		{"/feeds/actors", "actor", "What the actor said on dossiers, with changes of side, and the items about them.", s.actorList},
	}
}

func (s *server) dossierList(ctx context.Context, id string) (list, error) {
	if _, err := s.Chronicle.Positions(ctx, id, policy.Date{}); err != nil {
		return list{}, s.unlessThere(err, "dossier", id, "/api/v1/dossiers lists all of them.")
	}
	l := s.narrowed("/feeds/dossiers/"+id, "dossier/"+id, s.make.Names.Label(policy.FacetDossier, id), "/dossiers/"+id,
		func(f *policy.Filter) { f.Dossiers = []string{id} })
	return s.withCalendar(l), nil
}

func (s *server) jurisdictionList(_ context.Context, code string) (list, error) {
	code = strings.ToUpper(code)
	name := s.make.Names.Jurisdictions[code]
	if name == "" {
		return list{}, s.missing("jurisdiction", code, "/api/v1/jurisdictions lists all of them.")
	}
	l := s.narrowed("/feeds/jurisdictions/"+code, "jurisdiction/"+code, name, "/places/"+code,
		func(f *policy.Filter) { f.Jurisdictions = []string{code} })
	return s.withCalendar(l), nil
}

// narrowed is the timeline of one thing.
func (s *server) narrowed(path, name, title, page string, narrow func(*policy.Filter)) list {
	return list{
		path: path, name: name, narrow: narrow,
		title: func(f policy.Filter) string { return s.titled(title, f) },
		page:  func(policy.Filter) string { return s.BaseURL + page },
		read: func(ctx context.Context, f policy.Filter) (content, error) {
			narrow(&f)
			return s.readTimeline(ctx, f)
		},
	}
}

func (s *server) actorList(ctx context.Context, id string) (list, error) {
	name := s.make.Names.Actors[id]
	if name == "" {
		return list{}, s.missing("actor", id, "/api/v1/actors lists all of them.")
	}
	l := s.narrowed("/feeds/actors/"+id, "actor/"+id, name, "/actors/"+id, nil)
	l.read = func(ctx context.Context, f policy.Filter) (content, error) { return s.readActorFeed(ctx, id, f) }
	return l, nil
}

// readActorFeed puts what an actor said before the items, all of it on the first
// page: there is little of it.
func (s *server) readActorFeed(ctx context.Context, id string, f policy.Filter) (content, error) {
	found, err := s.Chronicle.Actor(ctx, id, f)
	if err != nil {
		return content{}, err
	}
	changed, err := s.changed(ctx)
	if err != nil {
		return content{}, err
	}
	made := content{next: found.Items.Next}
	var rows []wire.ActorEntry
	if f.Cursor == "" {
		for _, step := range slices.Backward(found.History) {
			made.entries = append(made.entries, s.positionEntry(step, changed))
			rows = append(rows, s.make.PositionEntry(step))
			if at := changed(policy.RecordDossier, step.Dossier); at.After(made.changed) {
				made.changed = at
			}
		}
	}
	for _, i := range found.Items.Items {
		made.entries = append(made.entries, s.entry(i))
		rows = append(rows, s.make.ItemEntry(i))
	}
	made.table = tableOf(wire.ActorEntryColumns(), rows)
	return made, nil
}

// pathOf writes an id as a part of an address.
func pathOf(id string) string { return url.PathEscape(id) }
