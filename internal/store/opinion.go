package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// SaveOpinions keeps what a model said of an item, instead of what the same model
// said of it before. Tags stay as they are. An unknown item wraps
// policy.ErrNotFound, a word that no facet has policy.ErrInvalid.
func (s *Store) SaveOpinions(ctx context.Context, item policy.ItemID, model string, opinions []policy.Opinion) error {
	if err := checkOpinions(model, opinions); err != nil {
		return fmt.Errorf("keeping opinions on item %d: %w", item, err)
	}
	err := s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		var found int64
		rows, err := tx.query(ctx, "SELECT id FROM items WHERE id = $1", int64(item))
		if known, err := first(rows, err, &found); err != nil || !known {
			return orNotFound(err)
		}
		if _, err := tx.exec(ctx, "DELETE FROM opinions WHERE item = $1 AND model = $2", int64(item), clean(model)); err != nil {
			return err
		}
		for place, o := range opinions {
			_, err := tx.exec(ctx, `INSERT INTO opinions (item, model, facet, value, place, confidence, reason, about, asked_at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
				int64(item), clean(model), string(o.Facet), clean(o.Value), place, o.Confidence, clean(o.Reason), millis(o.About), millis(o.At))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keeping opinions on item %d: %w", item, err)
	}
	return nil
}

func orNotFound(err error) error {
	if err != nil {
		return err
	}
	return policy.ErrNotFound
}

// checkOpinions refuses what no page could explain.
func checkOpinions(model string, opinions []policy.Opinion) error {
	var mistakes policy.FieldErrors
	if strings.TrimSpace(model) == "" {
		mistakes = append(mistakes, policy.FieldError{Field: "model", Problem: "it must have a name"})
	}
	for _, o := range opinions {
		if !hasWord(o.Facet, o.Value) {
			mistakes = append(mistakes, policy.FieldError{Field: "value", Value: o.Value, Problem: fmt.Sprintf("the facet %q has no such word", o.Facet)})
		}
		if !(o.Confidence >= 0 && o.Confidence <= 1) {
			mistakes = append(mistakes, policy.FieldError{Field: "confidence", Value: fmt.Sprint(o.Confidence), Problem: "it is not between 0 and 1"})
		}
	}
	return mistakes.OrNil()
}

// opinions returns what models said of the version of an item that we have now.
// What they said of an earlier text no longer counts.
func opinions(ctx context.Context, db asker, item policy.ItemID, version time.Time) ([]policy.Opinion, error) {
	var all []policy.Opinion
	rows, err := db.query(ctx, `SELECT model, facet, value, confidence, reason, about, asked_at FROM opinions
		WHERE item = $1 AND about = $2 ORDER BY asked_at, model, place`, int64(item), millis(version))
	err = each(rows, err, func(rows *sql.Rows) error {
		o := policy.Opinion{Item: item}
		var about, at int64
		err := rows.Scan(&o.Model, &o.Facet, &o.Value, &o.Confidence, &o.Reason, &about, &at)
		o.About, o.At = moment(about), moment(at)
		all = append(all, o)
		return err
	})
	return all, err
}

// TakeOpinionRequest counts one more request for an opinion on today's account, by
// UTC, and reports whether it may be made: over all processes at most limit a day.
func (s *Store) TakeOpinionRequest(ctx context.Context, limit int) (allowed bool, _ error) {
	if limit <= 0 {
		return false, nil
	}
	today := s.now().UTC().Format(time.DateOnly)
	err := s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		counted, err := tx.exec(ctx, `INSERT INTO opinion_requests (day, requests) VALUES ($1, 1)
			ON CONFLICT (day) DO UPDATE SET requests = opinion_requests.requests + 1 WHERE opinion_requests.requests < $2`, today, limit)
		if err != nil {
			return err
		}
		allowed = counted > 0
		_, err = tx.exec(ctx, "DELETE FROM opinion_requests WHERE day < $1", today)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("counting a request for an opinion: %w", err)
	}
	return allowed, nil
}
