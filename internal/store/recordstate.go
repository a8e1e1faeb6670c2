package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// RecordStates returns what is known of every entry of the record, those that
// vanished too, by kind and id.
func (s *Store) RecordStates(ctx context.Context) ([]policy.RecordState, error) {
	var all []policy.RecordState
	rows, err := s.query(ctx, "SELECT kind, id, content_changed_at, removed_at FROM record_entries ORDER BY kind, id")
	err = each(rows, err, func(rows *sql.Rows) error {
		var state policy.RecordState
		var changed, removed int64
		err := rows.Scan(&state.Kind, &state.ID, &changed, &removed)
		state.ContentChangedAt, state.RemovedAt = moment(changed), moment(removed)
		all = append(all, state)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the states of the record: %w", err)
	}
	return all, nil
}

// RecordState returns what is known of one entry. One that the record never held
// wraps policy.ErrNotFound.
func (s *Store) RecordState(ctx context.Context, kind policy.RecordKind, id string) (policy.RecordState, error) {
	state := policy.RecordState{Kind: kind, ID: id}
	var changed, removed int64
	rows, err := s.query(ctx, "SELECT content_changed_at, removed_at FROM record_entries WHERE kind = $1 AND id = $2", string(kind), id)
	found, err := first(rows, err, &changed, &removed)
	if err != nil {
		return policy.RecordState{}, fmt.Errorf("reading the state of %s %s: %w", kind, id, err)
	}
	if !found {
		return policy.RecordState{}, fmt.Errorf("%s %s: %w", kind, id, policy.ErrNotFound)
	}
	state.ContentChangedAt, state.RemovedAt = moment(changed), moment(removed)
	return state, nil
}
