package record

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Timeline returns one page of all that happened: the events of dossiers, curated and
// crawled, and the items, in one stream by date. What is still expected stands apart,
// on the first page. Where the Filter names what only items have (a stance, kind,
// source or language), there are no events. A Filter that cannot be answered wraps
// policy.ErrInvalid.
func (r *Record) Timeline(ctx context.Context, f policy.Filter) (policy.TimelinePage, error) {
	after, err := placeOf(f)
	if err != nil {
		return policy.TimelinePage{}, err
	}
	chosen, err := r.choose(ctx, f)
	if err != nil {
		return policy.TimelinePage{}, err
	}
	limit := f.PageSize()
	events, err := r.eventsBehind(ctx, f, chosen, after, limit+1)
	if err != nil {
		return policy.TimelinePage{}, fmt.Errorf("reading the timeline: %w", err)
	}
	items, err := r.store.Items(ctx, r.itemsBehind(f, after, limit))
	if err != nil {
		return policy.TimelinePage{}, fmt.Errorf("reading the timeline: %w", err)
	}
	var page policy.TimelinePage
	page.Entries = weave(events, items.Items, f.Order)
	if len(page.Entries) > limit || items.Next != "" {
		page.Entries = page.Entries[:limit]
		page.Next = cursor(f, ofEntry(page.Entries[limit-1]))
	}
	if f.Cursor == "" {
		page.Upcoming, err = r.upcoming(ctx, f, chosen)
	}
	return page, err
}

// Entry returns the entry of the timeline with this lasting id.
func (r *Record) Entry(ctx context.Context, id string) (policy.TimelineEntry, error) {
	number, isItem := strings.CutPrefix(id, itemEntry)
	if !isItem {
		event, err := r.Event(ctx, id)
		return eventEntry(event), err
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n <= 0 {
		return policy.TimelineEntry{}, fmt.Errorf("entry %s: %w", id, policy.ErrNotFound)
	}
	item, err := r.store.Item(ctx, policy.ItemID(n))
	return itemEntryOf(item), err
}

func eventEntry(e policy.DossierEvent) policy.TimelineEntry {
	return policy.TimelineEntry{ID: e.ID, At: second(e.Date.Start()), Date: e.Date, Event: &e}
}

func itemEntryOf(i policy.Item) policy.TimelineEntry {
	return policy.TimelineEntry{ID: itemEntry + strconv.FormatInt(int64(i.ID), 10), At: second(i.ShownAt()), Date: i.OccurredAt(), Item: &i}
}

// second is the moment by which entries are ordered, as the store does.
func second(t time.Time) time.Time { return time.Unix(t.Unix(), 0).UTC() }

// weave puts events and items, each in order, into one stream. Of one second the
// events come first.
func weave(events []policy.DossierEvent, items []policy.Item, order policy.Order) []policy.TimelineEntry {
	all := make([]policy.TimelineEntry, 0, len(events)+len(items))
	for _, e := range events {
		all = append(all, eventEntry(e))
	}
	for _, i := range items {
		all = append(all, itemEntryOf(i))
	}
	slices.SortStableFunc(all, func(a, b policy.TimelineEntry) int {
		if order == policy.OrderOldest {
			return a.At.Compare(b.At)
		}
		return b.At.Compare(a.At)
	})
	return all
}

// itemsBehind is the question for the items of the page behind a place.
func (r *Record) itemsBehind(f policy.Filter, after place, limit int) policy.Filter {
	f.Cursor, f.Limit = "", limit
	if !after.isZero() {
		f.Cursor = r.store.CursorBehind(f, after.at, after.item)
	}
	return f
}

// eventsBehind returns the first events behind a place, at most limit, without those
// that are still expected.
func (r *Record) eventsBehind(ctx context.Context, f policy.Filter, chosen choice, after place, limit int) ([]policy.DossierEvent, error) {
	if chosen.none {
		return nil, nil
	}
	order := newestFirst
	if f.Order == policy.OrderOldest {
		order = oldestFirst
	}
	all := r.curatedBehind(f, chosen, after, limit, order)
	crawled, err := r.crawledBehind(ctx, f, chosen, after, limit)
	if err != nil {
		return nil, err
	}
	all = append(all, crawled...)
	slices.SortFunc(all, order)
	return r.addEvidence(ctx, all[:min(len(all), limit)])
}

func (r *Record) curatedBehind(f policy.Filter, chosen choice, after place, limit int, order func(a, b policy.DossierEvent) int) []policy.DossierEvent {
	var found []policy.DossierEvent
	last, id := after.event()
	behind := policy.DossierEvent{ID: id, Date: policy.Moment(last)}
	for _, e := range r.curated {
		if !chosen.has(e) || !within(e.Date, f.From, f.To) || !after.isZero() && order(e, behind) <= 0 {
			continue
		}
		if e = placed(e, r.now()); !e.Ahead {
			found = append(found, e)
		}
	}
	slices.SortFunc(found, order)
	return found[:min(len(found), limit)]
}

// atOnce is how many noticed events are read at once: of some the record has
// counterparts, so that more are read than are shown.
const atOnce = 100

func (r *Record) crawledBehind(ctx context.Context, f policy.Filter, chosen choice, after place, limit int) ([]policy.DossierEvent, error) {
	query := chosen.query(f)
	query.After, query.AfterID = after.event()
	query.Limit = atOnce
	var found []policy.DossierEvent
	for len(found) < limit {
		some, err := r.store.NoticedEvents(ctx, query)
		if err != nil {
			return nil, err
		}
		for _, e := range some {
			if r.own(e) && !r.complete(e).Ahead {
				found = append(found, r.complete(e))
			}
		}
		if len(some) < atOnce {
			break
		}
		last := some[len(some)-1]
		query.After, query.AfterID = last.Date.Start(), last.ID
	}
	return found[:min(len(found), limit)], nil
}

// own reports whether a noticed event is of a dossier that we have, and not one that
// the record has too.
func (r *Record) own(e policy.DossierEvent) bool {
	_, there := r.base.Dossier(e.Dossier)
	_, curated := r.counterpart(e)
	return there && !curated
}

// addEvidence puts the crawled events that the record has too beside their
// counterparts.
func (r *Record) addEvidence(ctx context.Context, events []policy.DossierEvent) ([]policy.DossierEvent, error) {
	places, dossiers := map[string]int{}, []string{}
	for i, e := range events {
		if e.Origin != policy.OriginCurated {
			continue
		}
		places[e.ID] = i
		if !slices.Contains(dossiers, e.Dossier) {
			dossiers = append(dossiers, e.Dossier)
		}
	}
	if len(dossiers) == 0 {
		return events, nil
	}
	crawled, err := r.store.NoticedEvents(ctx, policy.EventQuery{Dossiers: dossiers})
	if err != nil {
		return nil, err
	}
	for _, e := range crawled {
		same, ok := r.counterpart(e)
		if i, shown := places[same.ID]; ok && shown {
			events[i].Also = append(events[i].Also, r.complete(e))
		}
	}
	return events, nil
}

// upcoming returns what is still expected, the soonest first.
func (r *Record) upcoming(ctx context.Context, f policy.Filter, chosen choice) ([]policy.DossierEvent, error) {
	if chosen.none {
		return nil, nil
	}
	query := chosen.query(f)
	query.Newest = false
	if today := policy.Moment(r.now()); query.From.IsZero() || query.From.Start().Before(today.Start()) {
		query.From = today
	}
	crawled, err := r.store.NoticedEvents(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("reading what is expected: %w", err)
	}
	var all []policy.DossierEvent
	for _, e := range r.curated {
		if chosen.has(e) && within(e.Date, f.From, f.To) {
			all = append(all, placed(e, r.now()))
		}
	}
	for _, e := range crawled {
		if r.own(e) {
			all = append(all, r.complete(e))
		}
	}
	all = slices.DeleteFunc(all, func(e policy.DossierEvent) bool { return !e.Ahead })
	slices.SortFunc(all, oldestFirst)
	return all, nil
}
