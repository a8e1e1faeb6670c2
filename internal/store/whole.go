package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// WholeItems returns everything that we have of the first items behind a number, by
// number, at most limit: those that are relevant, or those that are not. Each is as
// Item returns it; a few questions bring all of them.
func (s *Store) WholeItems(ctx context.Context, relevant bool, after policy.ItemID, limit int) ([]policy.Item, error) {
	rows, err := loadWhere(ctx, s, "i.id IN (SELECT n.id FROM items n WHERE n.relevant = $1 AND n.id > $2 ORDER BY n.id LIMIT $3)",
		relevant, int64(after), limit)
	if err == nil && len(rows) > 0 {
		err = s.fill(ctx, rows)
	}
	if err != nil {
		return nil, fmt.Errorf("reading whole items: %w", err)
	}
	items := make([]policy.Item, len(rows))
	for n, r := range rows {
		items[n] = r.Item
	}
	return items, nil
}

// fill adds what is kept elsewhere to items that are in the order of their numbers.
// Few have any of it, so that it is first asked which do.
func (s *Store) fill(ctx context.Context, found []itemRow) error {
	from, to := int64(found[0].ID), int64(found[len(found)-1].ID)
	corrected, err := s.noted(ctx, "SELECT DISTINCT item FROM corrections WHERE item >= $1 AND item <= $2", from, to)
	if err != nil {
		return err
	}
	advised, err := s.noted(ctx, "SELECT DISTINCT item FROM opinions WHERE item >= $1 AND item <= $2", from, to)
	if err != nil {
		return err
	}
	for n := range found {
		r := &found[n]
		if corrected[r.ID] {
			if r.Corrections, err = corrections(ctx, s, r.ID); err != nil {
				return err
			}
		}
		r.Tags = policy.Apply(r.machine, r.Corrections)
		if advised[r.ID] {
			if r.Opinions, err = opinions(ctx, s, r.ID, r.ContentChangedAt); err != nil {
				return err
			}
		}
	}
	return s.addSightings(ctx, found)
}

func (s *Store) noted(ctx context.Context, question string, args ...any) (map[policy.ItemID]bool, error) {
	all := map[policy.ItemID]bool{}
	rows, err := s.query(ctx, question, args...)
	err = each(rows, err, func(rows *sql.Rows) error {
		var id policy.ItemID
		err := rows.Scan(&id)
		all[id] = true
		return err
	})
	return all, err
}

// IrrelevantItems returns the numbers of the first items behind a number that are not
// about encryption policy, by number, at most limit, and when each last changed.
func (s *Store) IrrelevantItems(ctx context.Context, after policy.ItemID, limit int) ([]policy.Removal, error) {
	var all []policy.Removal
	rows, err := s.query(ctx, "SELECT id, content_changed_at FROM items WHERE relevant = $1 AND id > $2 ORDER BY id LIMIT $3", false, int64(after), limit)
	err = each(rows, err, func(rows *sql.Rows) error {
		var r policy.Removal
		var at int64
		err := rows.Scan(&r.ID, &at)
		r.At = moment(at)
		all = append(all, r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading irrelevant items: %w", err)
	}
	return all, nil
}

// ResolvedCandidates returns the candidates that have become dossiers, by number.
func (s *Store) ResolvedCandidates(ctx context.Context) ([]policy.Candidate, error) {
	return candidatesWhere(ctx, s, "c.dossier <> '' ORDER BY c.id", nil)
}
