package ingest

import (
	"context"
	"fmt"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// Doubts asks for a second opinion on what the classifier is not sure of. Nil asks
// for none.
type Doubts struct {
	Uncertain func(policy.Tags) bool
	// Ask makes the jobs, in the transaction that keeps the items: a crash keeps both
	// or neither.
	Ask func(ctx context.Context, tx *store.Tx, items ...policy.ItemID) (added int, err error)
}

// note adds an item to those that need a second opinion, if its tags do. What says
// nothing new needs none.
func (d *Doubts) note(items []policy.ItemID, saved store.Saved, tags policy.Tags) []policy.ItemID {
	if d == nil || saved.Outcome == store.Unchanged || saved.Outcome == store.Duplicate || !d.Uncertain(tags) {
		return items
	}
	return append(items, saved.ID)
}

func (d *Doubts) ask(ctx context.Context, tx *store.Tx, items []policy.ItemID) error {
	if d == nil || len(items) == 0 {
		return nil
	}
	if _, err := d.Ask(ctx, tx, items...); err != nil {
		return fmt.Errorf("doubting the tags of %d items: %w", len(items), err)
	}
	return nil
}
