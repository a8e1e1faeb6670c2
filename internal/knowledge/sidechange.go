package knowledge

import (
	"slices"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// SideChanges returns every change of side that the record tells, oldest first. When
// we saw them it does not say.
func (b *Base) SideChanges() []policy.SideChange {
	var all []policy.SideChange
	for _, actor := range b.Actors {
		for _, step := range b.History(actor.ID) {
			if step.ChangedSide() {
				all = append(all, SideChange(step.Dossier, step.From, step.Position))
			}
		}
	}
	slices.SortStableFunc(all, func(x, y policy.SideChange) int { return x.On.Compare(y.On) })
	return all
}

// SideChange is the change from a side to a position of the record. Its id lasts as
// long as actor, date and side stay.
func SideChange(dossier string, before policy.Side, p policy.Position) policy.SideChange {
	return policy.SideChange{
		ID:      dossier + "." + p.Actor + "." + p.On.String() + "." + string(p.Side),
		Dossier: dossier, Actor: p.Actor, Before: before, Side: p.Side, On: p.On, Claim: p.Claim, Source: p.Source, Grade: p.Grade,
	}
}
