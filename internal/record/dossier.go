package record

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Dossier is all that we know of a dossier.
type Dossier struct {
	policy.Dossier                       // as it is in the record
	Since          policy.Date           // when it came to its status; zero where the record does not say
	History        []policy.DossierEvent // curated and crawled, oldest first; those that are ahead too
	Later          []policy.DossierEvent // of these the crawled ones that came after the last curated: the status may be behind them
	Suggested      []policy.DossierEvent // what reports suggest, newest first
	Next           knowledge.Next        // what may come
	On             policy.Date           // the day of the positions; zero is the latest of all
	Standings      []knowledge.Standing  // where each actor stood on that day, by actor
	Items          policy.ItemPage       // linked items
	ChangedAt      time.Time             // when the record last changed here; zero where that is not known
}

// Dossier returns a dossier with its history, the positions as of a day (the zero
// Date asks for the latest), and one page of its linked items in the order of the
// Filter, which may narrow them. A dossier that the record does not have wraps
// policy.ErrNotFound, or policy.ErrGone where it had it once.
func (r *Record) Dossier(ctx context.Context, id string, on policy.Date, items policy.Filter) (Dossier, error) {
	known, ok := r.base.Dossier(id)
	if !ok {
		return Dossier{}, r.missing(ctx, policy.RecordDossier, id)
	}
	d := Dossier{Dossier: known, Since: since(known), Next: knowledge.NextSteps(known, r.now()), On: on, Standings: knowledge.PositionsOn(known, on)}
	var err error
	if d.History, err = r.Events(ctx, id); err != nil {
		return Dossier{}, err
	}
	d.Later = r.later(d.History)
	if d.Suggested, err = r.Suggestions(ctx, policy.Filter{Dossiers: []string{id}}); err != nil {
		return Dossier{}, err
	}
	items.Dossiers = []string{id}
	if d.Items, err = r.store.Items(ctx, items); err != nil {
		return Dossier{}, fmt.Errorf("reading the items of %s: %w", id, err)
	}
	d.ChangedAt, err = r.changedAt(ctx, policy.RecordDossier, id)
	return d, err
}

// since is the date of the last event of the stage that is the dossier's status.
func since(d policy.Dossier) policy.Date {
	var last policy.Date
	for _, e := range d.Events {
		if e.Stage == d.Status && e.Date.Compare(last) > 0 {
			last = e.Date
		}
	}
	return last
}

// later returns the crawled events that follow on all curated ones which have come
// to pass, and that could be a status.
func (r *Record) later(history []policy.DossierEvent) []policy.DossierEvent {
	var last policy.Date
	for _, e := range history {
		if e.Origin == policy.OriginCurated && !e.Ahead && !e.Overdue && e.Date.Compare(last) > 0 {
			last = e.Date
		}
	}
	var found []policy.DossierEvent
	for _, e := range history {
		words, _ := e.Stage.Words()
		if e.Origin == policy.OriginCrawled && !e.Ahead && words.Decisive && !e.Date.Start().Before(last.End()) {
			found = append(found, e)
		}
	}
	return found
}

// Positions returns where each actor stood on a dossier on a day, by actor; the zero
// Date asks for the latest of all. A dossier that the record does not have wraps
// policy.ErrNotFound or policy.ErrGone.
func (r *Record) Positions(ctx context.Context, dossier string, on policy.Date) ([]knowledge.Standing, error) {
	if _, ok := r.base.Dossier(dossier); !ok {
		return nil, r.missing(ctx, policy.RecordDossier, dossier)
	}
	return r.base.PositionsOn(dossier, on), nil
}

// Dossiers returns the dossiers that answer a Filter: with words to search for, the
// best first; else by their last event, newest first unless the Filter asks for the
// oldest. There are a few hundred, so the list has no pages; the Filter's dates are
// those of events, of which one must lie within.
func (r *Record) Dossiers(ctx context.Context, f policy.Filter) ([]policy.Dossier, error) {
	chosen, err := r.chooseIn(ctx, f, policy.RecordDossier)
	if err != nil || chosen.none {
		return nil, err
	}
	if chosen.words {
		return r.foundDossiers(ctx, f, chosen)
	}
	var all []policy.Dossier
	for _, d := range r.base.Dossiers {
		if chosen.dossiers[d.ID] && r.within(d, f) {
			all = append(all, d)
		}
	}
	slices.SortStableFunc(all, func(a, b policy.Dossier) int {
		c := r.lastEvent(b).Compare(r.lastEvent(a))
		if f.Order == policy.OrderOldest {
			c = -c
		}
		return cmp.Or(c, cmp.Compare(a.ID, b.ID))
	})
	return all, nil
}

func (r *Record) foundDossiers(ctx context.Context, f policy.Filter, chosen choice) ([]policy.Dossier, error) {
	hits, err := r.store.SearchRecord(ctx, f.Query, policy.RecordDossier)
	if err != nil {
		return nil, err
	}
	var all []policy.Dossier
	for _, hit := range hits {
		if d, ok := r.base.Dossier(hit.ID); ok && chosen.dossiers[d.ID] && r.within(d, f) {
			all = append(all, d)
		}
	}
	return all, nil
}

func (r *Record) within(d policy.Dossier, f policy.Filter) bool {
	return f.From.IsZero() && f.To.IsZero() ||
		slices.ContainsFunc(d.Events, func(e policy.Event) bool { return within(e.Date, f.From, f.To) })
}

// lastEvent is the date of a dossier's last event that has come to pass.
func (r *Record) lastEvent(d policy.Dossier) policy.Date {
	var last policy.Date
	for _, e := range r.byID[d.ID] {
		if e = placed(e, r.now()); !e.Ahead && !e.Overdue && e.Date.Compare(last) > 0 {
			last = e.Date
		}
	}
	return last
}
