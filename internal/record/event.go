package record

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// near is how far apart two sources may date one step of a dossier.
const near = 3 * 24 * time.Hour

// step is a dossier's step, whenever it was.
type step struct {
	dossier string
	stage   policy.Stage
}

func stepOf(e policy.DossierEvent) step { return step{e.Dossier, e.Stage} }

func curated(e knowledge.Entry) policy.DossierEvent {
	return policy.DossierEvent{
		ID: e.ID, Dossier: e.Dossier, Jurisdiction: e.Jurisdiction,
		Date: e.Date, Stage: e.Stage, Title: e.Title, Source: e.Source, Grade: e.Grade, Origin: policy.OriginCurated,
	}
}

func oldestFirst(a, b policy.DossierEvent) int {
	return cmp.Or(a.Date.Start().Compare(b.Date.Start()), cmp.Compare(a.ID, b.ID))
}

// newestFirst keeps the order of ids among those that begin together.
func newestFirst(a, b policy.DossierEvent) int {
	return cmp.Or(b.Date.Start().Compare(a.Date.Start()), cmp.Compare(a.ID, b.ID))
}

// placed returns the event as seen at now.
func placed(e policy.DossierEvent, now time.Time) policy.DossierEvent {
	e.Vague = e.Date.Precision() == policy.PrecisionYear || e.Date.Precision() == policy.PrecisionMonth
	if e.Stage == policy.StageUpcoming {
		e.Ahead = e.Date.End().After(now)
		e.Overdue = !e.Ahead
		return e
	}
	e.Ahead = e.Date.Start().After(now)
	return e
}

// together reports whether two events of one dossier and stage are the same: their
// days touch, or lie within three days. A partial date is all days that it can mean.
func together(a, b policy.DossierEvent) bool {
	startA, endA := days(a.Date)
	startB, endB := days(b.Date)
	return startA.Sub(endB) <= near-day && startB.Sub(endA) <= near-day
}

const day = 24 * time.Hour

// days returns the first moment of the first day that a date can mean, and the first
// after its last.
func days(d policy.Date) (start, end time.Time) {
	if d.Precision() == policy.PrecisionMoment {
		d = policy.Day(d.Start().Date())
	}
	return d.Start(), d.End()
}

// counterpart returns the curated event that a noticed one is, and whether there is
// one: the nearest.
func (r *Record) counterpart(e policy.DossierEvent) (policy.DossierEvent, bool) {
	var best policy.DossierEvent
	for _, known := range r.byStep[stepOf(e)] {
		if together(known, e) && (best.ID == "" || apart(known, e) < apart(best, e)) {
			best = known
		}
	}
	return best, best.ID != ""
}

func apart(a, b policy.DossierEvent) time.Duration {
	return a.Date.Start().Sub(b.Date.Start()).Abs()
}

// complete fills in what only the record knows of a noticed event.
func (r *Record) complete(e policy.DossierEvent) policy.DossierEvent {
	d, _ := r.base.Dossier(e.Dossier)
	e.Jurisdiction = d.Jurisdiction
	return placed(e, r.now())
}

// merge returns the curated and the crawled events of one dossier as one history,
// oldest first. A crawled event that the record has too stands beside it as evidence.
func (r *Record) merge(known, crawled []policy.DossierEvent) []policy.DossierEvent {
	also := map[string][]policy.DossierEvent{}
	var own []policy.DossierEvent
	for _, e := range crawled {
		e = r.complete(e)
		if same, ok := r.counterpart(e); ok {
			also[same.ID] = append(also[same.ID], e)
			continue
		}
		own = append(own, e)
	}
	all := make([]policy.DossierEvent, 0, len(known)+len(own))
	for _, e := range known {
		e = placed(e, r.now())
		e.Also = also[e.ID]
		all = append(all, e)
	}
	slices.SortStableFunc(own, func(a, b policy.DossierEvent) int { return cmp.Compare(usually(a.Stage), usually(b.Stage)) })
	// Stable: on one day the record's own order stays, and machines come after it.
	all = append(all, own...)
	slices.SortStableFunc(all, func(a, b policy.DossierEvent) int {
		startA, _ := days(a.Date)
		startB, _ := days(b.Date)
		return startA.Compare(startB)
	})
	return all
}

// usually is the place of a stage in the usual course of things: crawled steps of one
// day stand in that order.
func usually(stage policy.Stage) int {
	return slices.IndexFunc(policy.Stages, func(w policy.StageWords) bool { return w.Stage == stage })
}

// Events returns the whole history of a dossier, curated and crawled, oldest first.
// One that the record does not have wraps policy.ErrNotFound or policy.ErrGone.
func (r *Record) Events(ctx context.Context, dossier string) ([]policy.DossierEvent, error) {
	if _, ok := r.base.Dossier(dossier); !ok {
		return nil, r.missing(ctx, policy.RecordDossier, dossier)
	}
	crawled, err := r.store.NoticedEvents(ctx, policy.EventQuery{Dossiers: []string{dossier}})
	if err != nil {
		return nil, fmt.Errorf("reading the history of %s: %w", dossier, err)
	}
	return r.merge(r.byID[dossier], crawled), nil
}

// Event returns one event, curated or noticed, by its lasting id. A crawled event
// that the record has since gained answers as the curated one.
func (r *Record) Event(ctx context.Context, id string) (policy.DossierEvent, error) {
	if entry, ok := r.base.Event(id); ok {
		return r.withEvidence(ctx, curated(entry))
	}
	if !isNoticed(id) {
		return policy.DossierEvent{}, fmt.Errorf("event %s: %w", id, policy.ErrNotFound)
	}
	noticed, err := r.store.NoticedEvent(ctx, id)
	if err != nil {
		return policy.DossierEvent{}, err
	}
	if _, ok := r.base.Dossier(noticed.Dossier); !ok {
		return policy.DossierEvent{}, fmt.Errorf("event %s: %w", id, policy.ErrGone)
	}
	if same, ok := r.counterpart(noticed); ok && noticed.Origin == policy.OriginCrawled {
		return r.withEvidence(ctx, same)
	}
	return r.complete(noticed), nil
}

func (r *Record) withEvidence(ctx context.Context, e policy.DossierEvent) (policy.DossierEvent, error) {
	crawled, err := r.store.NoticedEvents(ctx, policy.EventQuery{Dossiers: []string{e.Dossier}})
	if err != nil {
		return policy.DossierEvent{}, fmt.Errorf("reading the evidence of event %s: %w", e.ID, err)
	}
	return r.merge([]policy.DossierEvent{e}, slices.DeleteFunc(crawled, func(c policy.DossierEvent) bool {
		same, ok := r.counterpart(c)
		return !ok || same.ID != e.ID
	}))[0], nil
}

// Suggestions returns the events that reports suggest and that the record and the
// official sources do not have, in the order of the Filter. Those of its fields count
// that a dossier can answer.
func (r *Record) Suggestions(ctx context.Context, f policy.Filter) ([]policy.DossierEvent, error) {
	chosen, err := r.choose(ctx, f)
	if err != nil || chosen.none {
		return nil, err
	}
	query := chosen.query(f)
	query.Suggested = true
	suggested, err := r.store.NoticedEvents(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("listing suggestions: %w", err)
	}
	official, err := r.store.NoticedEvents(ctx, policy.EventQuery{Dossiers: chosen.ids()})
	if err != nil {
		return nil, fmt.Errorf("listing suggestions: %w", err)
	}
	var all []policy.DossierEvent
	for _, e := range suggested {
		_, known := r.counterpart(e)
		stated := slices.ContainsFunc(official, func(o policy.DossierEvent) bool { return stepOf(o) == stepOf(e) && together(o, e) })
		if _, there := r.base.Dossier(e.Dossier); there && !known && !stated {
			all = append(all, r.complete(e))
		}
	}
	return all, nil
}

func ignoreNotFound(err error) error {
	if errors.Is(err, policy.ErrNotFound) {
		return nil
	}
	return err
}
