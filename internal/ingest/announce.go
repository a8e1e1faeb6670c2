package ingest

import (
	"context"

	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// Announce writes down what an entry brought for those who want to be told, in the
// transaction that keeps it: a crash keeps both or neither. Nil tells nobody.
type Announce func(ctx context.Context, tx *store.Tx, saved store.Saved, noticed store.Noticed) error

func (a Announce) note(ctx context.Context, tx *store.Tx, k kept) error {
	if a == nil {
		return nil
	}
	return a(ctx, tx, k.saved, k.noticed)
}
