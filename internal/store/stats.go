package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Stats says how much there is and how fresh it is. NewestAt is the date of the
// newest relevant item that does not lie in the future.
func (s *Store) Stats(ctx context.Context) (policy.Stats, error) {
	return cached(s, "stats", func() (policy.Stats, error) {
		found, err := s.countAll(ctx)
		if err != nil {
			return policy.Stats{}, fmt.Errorf("counting what there is: %w", err)
		}
		return found, nil
	})
}

func (s *Store) countAll(ctx context.Context) (policy.Stats, error) {
	var found policy.Stats
	if err := s.countRelevance(ctx, &found); err != nil {
		return found, err
	}
	sources, err := s.sources(ctx, "listed = $1", true)
	if err != nil {
		return found, err
	}
	found.Sources = len(sources)
	for _, source := range sources {
		if source.Health.Good() {
			found.SourcesHealthy++
		}
	}
	rows, err := s.query(ctx, `SELECT count(DISTINCT tag) FROM item_tags
		WHERE tag >= 'jurisdiction:' AND tag < 'jurisdiction;' AND relevant = $1`, true)
	if _, err := first(rows, err, &found.Jurisdictions); err != nil {
		return found, err
	}
	var newest int64
	rows, err = s.query(ctx, "SELECT shown_at FROM items WHERE relevant = $1 AND sort_key < $2 ORDER BY sort_key DESC LIMIT 1",
		true, sortKey(s.now().Add(time.Second), 0))
	if ok, err := first(rows, err, &newest); err != nil {
		return found, err
	} else if ok {
		found.NewestAt = time.UnixMilli(newest).UTC()
	}
	found.ByMonth, err = s.countMonths(ctx, selection{relevance: policy.RelevantOnly})
	return found, err
}

func (s *Store) countRelevance(ctx context.Context, found *policy.Stats) error {
	rows, err := s.query(ctx, "SELECT relevant, count(*) FROM items GROUP BY relevant")
	return each(rows, err, func(rows *sql.Rows) error {
		var relevant bool
		var count int
		err := rows.Scan(&relevant, &count)
		found.Items += count
		if relevant {
			found.Relevant = count
		}
		return err
	})
}

// countMonths counts the items of a selection by the month in which they are shown,
// the oldest first.
func (s *Store) countMonths(ctx context.Context, chosen selection) ([]policy.Count, error) {
	var args arguments
	var where string
	if chosen.narrowed() {
		where = "i.sort_key IN (" + chosen.keys(s.dialect, &args, 0) + ")"
	} else {
		where = "i.relevant IN (" + list(&args, chosen.relevances()) + ")"
	}
	month := s.dialect.month("i.shown_at")
	var found []policy.Count
	rows, err := s.query(ctx, "SELECT "+month+" AS month, count(*) FROM items i WHERE "+where+" GROUP BY "+month+" ORDER BY month", args...)
	err = each(rows, err, func(rows *sql.Rows) error {
		var count policy.Count
		err := rows.Scan(&count.Value, &count.Count)
		found = append(found, count)
		return err
	})
	return found, err
}
