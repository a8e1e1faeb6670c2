package record

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// EventsByMonth counts the events that answer a Filter by month and by what their
// dossiers do to encryption, oldest first. Its dates do not narrow the counts, so
// that people see where else there is something; what is still expected is left out.
func (r *Record) EventsByMonth(ctx context.Context, f policy.Filter) ([]policy.EffectMonth, error) {
	f.From, f.To = policy.Date{}, policy.Date{}
	chosen, err := r.choose(ctx, f)
	if err != nil || chosen.none {
		return nil, err
	}
	crawled, err := r.store.NoticedEvents(ctx, chosen.query(f))
	if err != nil {
		return nil, fmt.Errorf("counting the events of each month: %w", err)
	}
	months := map[string]policy.EffectMonth{}
	count := func(e policy.DossierEvent) {
		if e.Ahead {
			return
		}
		text := e.Date.String()
		key := text[:min(len(text), len("2026-05"))]
		m := months[key]
		if m.Counts == nil {
			m = policy.EffectMonth{Month: key, Counts: map[policy.Effect]int{}}
		}
		d, _ := r.base.Dossier(e.Dossier)
		m.Counts[d.Effect]++
		m.Total++
		months[key] = m
	}
	for _, e := range r.curated {
		if chosen.has(e) {
			count(placed(e, r.now()))
		}
	}
	for _, e := range crawled {
		if r.own(e) {
			count(r.complete(e))
		}
	}
	var all []policy.EffectMonth
	for _, key := range slices.Sorted(maps.Keys(months)) {
		all = append(all, months[key])
	}
	return all, nil
}
