package record

import (
	"context"
	"slices"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// SideChanges returns those of the changes of side that answer a Filter. Of its fields
// those count that a dossier can answer, the dates, and the actors, who here are those
// that took another side. Words are looked for in dossiers. A Filter that cannot be
// answered wraps policy.ErrInvalid.
func (r *Record) SideChanges(ctx context.Context, f policy.Filter, all []policy.SideChange) ([]policy.SideChange, error) {
	actors := f.Actors
	f.Actors = nil
	chosen, err := r.chooseIn(ctx, f, policy.RecordDossier)
	if err != nil || chosen.none {
		return nil, err
	}
	var found []policy.SideChange
	for _, c := range all {
		_, known := r.base.Actor(c.Actor)
		fits := known && chosen.dossiers[c.Dossier] && (!chosen.words || chosen.found[c.Dossier]) && (len(actors) == 0 || slices.Contains(actors, c.Actor))
		if fits && (c.On.IsZero() || within(c.On, f.From, f.To)) {
			found = append(found, c)
		}
	}
	return found, nil
}
