package api

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/api/calendar"
	"github.com/backdoorwatch/backdoorwatch/api/reply"
	"github.com/backdoorwatch/backdoorwatch/api/wire"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// writeCalendar writes what is to come of a list. What the record has taken back
// stays in it as cancelled until its day is over: a calendar that only forgets leaves
// the appointment in the calendars of those who have it.
func (s *server) writeCalendar(ctx context.Context, l list, f policy.Filter) (*reply.Entity, error) {
	page, err := l.read(ctx, f)
	if err != nil {
		return nil, err
	}
	states, err := s.states(ctx)
	if err != nil {
		return nil, err
	}
	made := calendar.Calendar{Name: l.title(f), About: "Dates of encryption policy that are to come", Address: s.address(l.path+calendarSuffix, f)}
	for _, e := range page.coming {
		made.Events = append(made.Events, s.appointment(e, states.changed))
	}
	taken, err := s.takenBack(ctx, l, f, states)
	if err != nil {
		return nil, err
	}
	made.Events = append(made.Events, taken...)
	body, err := calendar.Write(made)
	if err != nil {
		return nil, err
	}
	return reply.New(body, calendar.MediaType+"; charset=utf-8", latest(made.Events, s.beginning())), nil
}

func latest(events []calendar.Event, otherwise time.Time) time.Time {
	var last time.Time
	for _, e := range events {
		if e.Changed.After(last) {
			last = e.Changed
		}
	}
	if last.IsZero() {
		return otherwise
	}
	return last
}

func (s *server) appointment(e policy.DossierEvent, changed wire.Changed) calendar.Event {
	_, updated := s.clocks(e, changed)
	made := s.appointmentOf(e, updated)
	made.Title = s.make.Names.Label(policy.FacetDossier, e.Dossier) + ": " + e.Title
	if e.Source != "" {
		made.About += "\nEvidence: " + e.Source
	}
	made.Category = s.make.Names.Label(policy.FacetJurisdiction, e.Jurisdiction)
	made.Status = calendar.Confirmed
	if e.Stage == policy.StageUpcoming {
		made.Status = calendar.Tentative
	}
	return made
}

func (s *server) appointmentOf(e policy.DossierEvent, changed time.Time) calendar.Event {
	words, _ := e.Stage.Words()
	return calendar.Event{
		UID: e.ID + "@" + s.TagAuthority, Page: s.BaseURL + "/dossiers/" + url.PathEscape(e.Dossier),
		About: words.Label + ": " + words.Meaning, Date: e.Date, Changed: changed,
	}
}

// takenBack are the appointments that the record no longer has, of dossiers that
// answer the Filter.
func (s *server) takenBack(ctx context.Context, l list, f policy.Filter, states *states) ([]calendar.Event, error) {
	gone := states.removed(policy.RecordEvent, time.Time{})
	if len(gone) == 0 {
		return nil, nil
	}
	asked := f
	if l.narrow != nil {
		l.narrow(&asked)
	}
	asked.From, asked.To, asked.Query, asked.Cursor = policy.Date{}, policy.Date{}, "", ""
	dossiers, err := s.Chronicle.Dossiers(ctx, asked)
	if err != nil {
		return nil, err
	}
	var all []calendar.Event
	for _, state := range gone {
		e, ok := parseEventID(state.ID)
		if !ok || !e.Date.End().After(s.Now()) || !state.RemovedAt.Before(e.Date.End()) || !overlaps(e.Date, f.From, f.To) ||
			!slices.ContainsFunc(dossiers, func(d policy.Dossier) bool { return d.ID == e.Dossier }) {
			continue
		}
		made := s.appointmentOf(e, state.RemovedAt)
		made.Title = "Cancelled: " + s.make.Names.Label(policy.FacetDossier, e.Dossier) + ": " + e.Stage.Label()
		made.About, made.Status = "The record no longer expects this on this date.", calendar.Cancelled
		all = append(all, made)
	}
	return all, nil
}

// parseEventID reads what the lasting id of a curated event says of it.
func parseEventID(id string) (policy.DossierEvent, bool) {
	parts := strings.Split(id, ".")
	if len(parts) < 3 {
		return policy.DossierEvent{}, false
	}
	date, err := policy.ParseDate(parts[1])
	e := policy.DossierEvent{ID: id, Dossier: parts[0], Date: date, Stage: policy.Stage(parts[2])}
	_, known := e.Stage.Words()
	return e, err == nil && known
}

func overlaps(d, from, to policy.Date) bool {
	return (from.IsZero() || d.End().After(from.Start())) && (to.IsZero() || d.Start().Before(to.End()))
}
