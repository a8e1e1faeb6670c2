package api

import (
	"context"

	"github.com/backdoorwatch/backdoorwatch/api/reply"
	"github.com/backdoorwatch/backdoorwatch/api/wire"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/danielgtaylor/huma/v2"
)

type eventsOutput struct {
	Link string `header:"Link" doc:"rel=next: the address of the next page (RFC 8288); absent on the last page"`
	Body wire.Events
}

type eventInput struct {
	asking
	ID string `path:"id" doc:"The event's lasting id"`
}

type upcomingOutput struct {
	Body wire.Upcoming
}

type timelineOutput struct {
	Link string `header:"Link" doc:"rel=next: the address of the next page (RFC 8288); absent on the last page"`
	Body wire.Timeline
}

func (s *server) mountEvents() {
	answer(s, huma.Operation{
		OperationID: "list-timeline", Path: "/api/v1/timeline", Tags: []string{"Record"}, Parameters: filterParameters(),
		Summary:     "List all that happened",
		Description: "The events of dossiers and the items in one stream by date, and what is still expected.",
	}, s.listTimeline)
	answer(s, huma.Operation{
		OperationID: "list-events", Path: "/api/v1/events", Tags: []string{"Record"}, Parameters: filterParameters(),
		Summary: "List the events of dossiers",
		Description: "Dated steps, newest first: those of the record, and those that official sources state and a machine noticed. " +
			"What is still expected stands apart. What only items have (a stance, kind, source or language) finds nothing.",
	}, s.listEvents)
	answer(s, huma.Operation{
		OperationID: "list-upcoming", Path: "/api/v1/upcoming", Tags: []string{"Record"}, Parameters: filterParameters(),
		Summary:     "List what is expected",
		Description: "Every event with a date that is still to come, the soonest first. A date may be a month or a year only; /feeds/upcoming.ics is the same as a calendar.",
	}, s.listUpcoming)
	answer(s, huma.Operation{
		OperationID: "get-event", Path: "/api/v1/events/{id}", Tags: []string{"Record"},
		Summary: "Read one event",
		Description: "One dated step in a dossier's life. The id of one that a machine noticed and that the record has since gained " +
			"leads to the record's.",
		Responses: moved("The record has gained the event that a machine noticed; it is there"),
	}, s.readEvent)
}

func (s *server) listTimeline(ctx context.Context, in *filterInput) (*timelineOutput, error) {
	filter, err := s.filter(&in.url)
	if err != nil {
		return nil, err
	}
	page, err := s.Chronicle.Timeline(ctx, filter)
	if err != nil {
		return nil, err
	}
	changed, err := s.changed(ctx)
	if err != nil {
		return nil, err
	}
	out := &timelineOutput{Body: s.make.Timeline(page, changed)}
	if page.Next != "" {
		out.Link = reply.Link(s.address("/api/v1/timeline", filter.Page(page.Next)), "next")
	}
	return out, nil
}

func (s *server) listEvents(ctx context.Context, in *filterInput) (*eventsOutput, error) {
	filter, err := s.filter(&in.url)
	if err != nil {
		return nil, err
	}
	page, err := s.Chronicle.EventPage(ctx, filter)
	if err != nil {
		return nil, err
	}
	changed, err := s.changed(ctx)
	if err != nil {
		return nil, err
	}
	out := &eventsOutput{Body: s.make.Events(page, changed)}
	if page.Next != "" {
		out.Link = reply.Link(s.address("/api/v1/events", filter.Page(page.Next)), "next")
	}
	return out, nil
}

func (s *server) listUpcoming(ctx context.Context, in *filterInput) (*upcomingOutput, error) {
	filter, err := s.filter(&in.url)
	if err != nil {
		return nil, err
	}
	expected, err := s.upcoming(ctx, filter)
	if err != nil {
		return nil, err
	}
	changed, err := s.changed(ctx)
	if err != nil {
		return nil, err
	}
	return &upcomingOutput{Body: wire.Upcoming{Upcoming: s.make.EventList(expected, changed)}}, nil
}

// upcoming returns all that is expected. It has no pages.
func (s *server) upcoming(ctx context.Context, f policy.Filter) ([]policy.DossierEvent, error) {
	if f.Cursor != "" {
		return nil, policy.FieldErrors{{Field: "cursor", Value: f.Cursor, Problem: "this list has no pages", Hint: "leave it out"}}
	}
	f.Limit = 1
	page, err := s.Chronicle.EventPage(ctx, f)
	return page.Upcoming, err
}

func (s *server) readEvent(ctx context.Context, in *eventInput) (*movable[wire.Event], error) {
	event, err := s.Chronicle.Event(ctx, in.ID)
	if err != nil {
		return nil, s.unlessThere(err, "event", in.ID, "/api/v1/events lists all of them.")
	}
	changed, err := s.changed(ctx)
	if err != nil {
		return nil, err
	}
	out := &movable[wire.Event]{Status: 200, Body: s.make.Event(event, changed)}
	if event.ID != in.ID {
		out.Status, out.Location = movedStatus, out.Body.URL
	}
	return out, nil
}

// movable is an answer that may say that the thing is elsewhere now.
type movable[T any] struct {
	Status   int
	Location string `header:"Location" doc:"Where it is, with the status 301"`
	Body     T
}
