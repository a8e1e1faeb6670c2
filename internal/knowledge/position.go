package knowledge

import (
	"cmp"
	"slices"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Standing is where an actor stood on a dossier on a day.
type Standing struct {
	policy.Position
	Replaced    *policy.Position // what the actor said before; nil where nothing is known
	ChangedSide bool             // the replaced position was on another side
	Uncertain   bool             // the day lies within the partial date of the position, which may have come after it
}

// PositionsOn returns where each actor stood on a dossier on a day, by actor;
// nothing where there is no such dossier.
func (b *Base) PositionsOn(dossierID string, on policy.Date) []Standing {
	d, _ := b.Dossier(dossierID)
	return PositionsOn(d, on)
}

// PositionsOn returns where each actor stood on a dossier on a day, by actor.
//
// A position counts from the first moment that its date can mean: one of "2025"
// counts from 1 January 2025, and is marked uncertain until that year is over,
// since it may have been taken later than the day asked for. The day may be
// partial too and then means its last moment: "2025-09" asks for the end of
// September. The zero Date asks for the latest of all. Of two positions the
// later is the one whose date begins later; of those that begin together the
// more exact one, and then the one that the record lists later.
func PositionsOn(d policy.Dossier, on policy.Date) []Standing {
	latest := map[string]Standing{}
	for _, p := range byDate(d.Positions) {
		if !on.IsZero() && !p.On.Start().Before(on.End()) {
			continue
		}
		latest[p.Actor] = successor(latest, p, on)
	}
	all := make([]Standing, 0, len(latest))
	for _, s := range latest {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b Standing) int { return cmp.Compare(a.Actor, b.Actor) })
	return all
}

func successor(latest map[string]Standing, p policy.Position, on policy.Date) Standing {
	s := Standing{Position: p, Uncertain: !on.IsZero() && (p.On.IsZero() || p.On.End().After(on.End()))}
	if before, ok := latest[p.Actor]; ok {
		s.Replaced = &before.Position
		s.ChangedSide = before.Side != p.Side
	}
	return s
}

func byDate(positions []policy.Position) []policy.Position {
	sorted := slices.Clone(positions)
	slices.SortStableFunc(sorted, func(a, b policy.Position) int { return a.On.Compare(b.On) })
	return sorted
}

// Step is one entry of an actor's history.
type Step struct {
	Placed
	From policy.Side // the side that the actor left on this dossier; empty unless this is a change of side
}

// ChangedSide reports whether the actor took another side than before.
func (s Step) ChangedSide() bool { return s.From != "" }

// History returns all that an actor said, on any dossier, oldest first, with
// the changes of side on the same dossier marked.
func (b *Base) History(actor string) []Step {
	placed := slices.Clone(b.PositionsOf(actor))
	slices.SortStableFunc(placed, func(a, b Placed) int { return a.On.Compare(b.On) })
	side := map[string]policy.Side{}
	steps := make([]Step, len(placed))
	for i, p := range placed {
		steps[i].Placed = p
		if before := side[p.Dossier]; before != p.Side {
			steps[i].From = before
		}
		side[p.Dossier] = p.Side
	}
	return steps
}
