package record

import (
	"context"
	"fmt"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// EventPage returns one page of the events of dossiers, curated and crawled, without
// the items that Timeline weaves in. What is still expected stands apart, on the first
// page, whole. A Filter that names what only items have finds nothing; one that cannot
// be answered wraps policy.ErrInvalid.
func (r *Record) EventPage(ctx context.Context, f policy.Filter) (policy.EventPage, error) {
	own := ofEvents(f)
	after, err := placeOf(own)
	if err != nil {
		return policy.EventPage{}, err
	}
	chosen, err := r.choose(ctx, f)
	if err != nil {
		return policy.EventPage{}, err
	}
	limit := f.PageSize()
	events, err := r.eventsBehind(ctx, f, chosen, after, limit+1)
	if err != nil {
		return policy.EventPage{}, fmt.Errorf("listing events: %w", err)
	}
	page := policy.EventPage{Events: events}
	if len(events) > limit {
		page.Events = events[:limit]
		page.Next = cursor(own, ofEntry(eventEntry(events[limit-1])))
	}
	if f.Cursor == "" {
		page.Upcoming, err = r.upcoming(ctx, f, chosen)
	}
	return page, err
}

// ofEvents makes the question one about events alone, so that a cursor of the timeline
// is none of theirs.
func ofEvents(f policy.Filter) policy.Filter {
	f.Relevance = "events"
	return f
}
