package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// A signature of 128 hashes is cut into 16 bands of 8: two texts that share a
// whole band are candidates, and the share of all hashes that are equal decides.
const (
	signatureSize = 128
	bandRows      = 8
	alike         = 0.6
	storyDays     = 14 * 24 * time.Hour
)

// bands returns one hash for each band. The position of a band is part of it.
func bands(signature []uint64) []any {
	all := make([]any, 0, signatureSize/bandRows)
	for i := 0; i < signatureSize; i += bandRows {
		hash := uint64(14695981039346656037) + uint64(i)
		for _, row := range signature[i : i+bandRows] {
			hash ^= row
			hash *= 1099511628211
			hash ^= hash >> 29
		}
		all = append(all, int64(hash))
	}
	return all
}

// shortened keeps one byte of each hash. Two different hashes share a byte once
// in 256 times, which is far less than the estimate is unsure anyway.
func shortened(signature []uint64) []byte {
	short := make([]byte, len(signature))
	for i, hash := range signature {
		short[i] = byte(hash)
	}
	return short
}

func likeness(a, b []byte) float64 {
	if len(a) != len(b) || len(a) == 0 {
		return 0
	}
	equal := 0
	for i := range a {
		if a[i] == b[i] {
			equal++
		}
	}
	return float64(equal) / float64(len(a))
}

var (
	insertBands = "INSERT INTO story_bands (item, band) VALUES " + bandPlaces()
	lookUpBands = `SELECT DISTINCT s.item, s.signature FROM story_bands b
		JOIN items i ON i.id = b.item JOIN story_signatures s ON s.item = b.item
		WHERE b.band IN (` + places(4, 3+signatureSize/bandRows) + `)
		AND i.text_language = $1 AND i.shown_at BETWEEN $2 AND $3 ORDER BY s.item LIMIT 64`
)

func bandPlaces() string {
	var all string
	for i := range signatureSize / bandRows {
		if i > 0 {
			all += ", "
		}
		all += fmt.Sprintf("($1, $%d)", i+2)
	}
	return all
}

// storySignature returns the signature of an entry, or nil where it takes part in no
// story. Those that are not relevant do not: no list shows them unasked, they are
// the most, and their bands would cost half the time of saving them.
func storySignature(e Entry) []uint64 {
	if len(e.Signature) != signatureSize || !e.Tags.IsRelevant() {
		return nil
	}
	return e.Signature
}

// findStory returns the first item of the story that a new item tells, or 0.
// Only first items are compared with, so that a story does not drift.
func (tx *Tx) findStory(ctx context.Context, r itemRow, signature []uint64) (policy.ItemID, error) {
	if signature == nil {
		return 0, nil
	}
	language := withoutRegion(languageOf(r.Document, r.Tags))
	args := append([]any{language, millis(r.ShownAt().Add(-storyDays)), millis(r.ShownAt().Add(storyDays))}, bands(signature)...)
	short := shortened(signature)
	var found policy.ItemID
	best := alike
	rows, err := tx.query(ctx, lookUpBands, args...)
	err = each(rows, err, func(rows *sql.Rows) error {
		var item policy.ItemID
		var other []byte
		if err := rows.Scan(&item, &other); err != nil {
			return err
		}
		if like := likeness(short, other); like > best || (like == best && found == 0) {
			found, best = item, like
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("looking for the same story: %w", err)
	}
	return found, nil
}

// keepSignature lets later items find the first one of a story.
func (tx *Tx) keepSignature(ctx context.Context, id policy.ItemID, signature []uint64) error {
	if signature == nil {
		return nil
	}
	if _, err := tx.exec(ctx, insertBands, append([]any{int64(id)}, bands(signature)...)...); err != nil {
		return fmt.Errorf("keeping the signature: %w", err)
	}
	_, err := tx.exec(ctx, "INSERT INTO story_signatures (item, signature) VALUES ($1, $2)", int64(id), shortened(signature))
	if err != nil {
		return fmt.Errorf("keeping the signature: %w", err)
	}
	return nil
}
