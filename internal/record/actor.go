package record

import (
	"context"
	"fmt"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Actor is all that we know of an actor.
type Actor struct {
	policy.Actor
	History   []knowledge.Step // what the actor said on any dossier, oldest first, with the changes of side
	Changes   []knowledge.Step // of these the changes of side
	Items     policy.ItemPage  // items that the actor appears in
	ChangedAt time.Time        // when the record last changed here
}

// Actor returns an actor with all that they said, and one page of the items that
// they appear in, in the order of the Filter, which may narrow them. An unknown id
// wraps policy.ErrNotFound, or policy.ErrGone where the record had it once.
func (r *Record) Actor(ctx context.Context, id string, items policy.Filter) (Actor, error) {
	known, ok := r.base.Actor(id)
	if !ok {
		return Actor{}, r.missing(ctx, policy.RecordActor, id)
	}
	a := Actor{Actor: known, History: r.base.History(id)}
	for _, s := range a.History {
		if s.ChangedSide() {
			a.Changes = append(a.Changes, s)
		}
	}
	items.Actors = []string{id}
	var err error
	if a.Items, err = r.store.Items(ctx, items); err != nil {
		return Actor{}, fmt.Errorf("reading the items of %s: %w", id, err)
	}
	a.ChangedAt, err = r.changedAt(ctx, policy.RecordActor, id)
	return a, err
}
