package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// seen is a sighting as identity looks at it.
type seen struct {
	item                    policy.ItemID
	source, entryID         string
	digest, address, titles string
}

// sameAs reports whether a sighting is of the same text as a document that
// shares its address or its id. Sources reuse both: landing pages stand for many
// entries, and some number the entries of a feed from 1 every day.
func (s seen) sameAs(d policy.Document) bool {
	return slices.Equal(foldedWords(s.titles), foldedWords(d.Title))
}

func sameAddress(a, b policy.Document) bool {
	return a.CanonicalURL != "" && a.CanonicalURL == b.CanonicalURL
}

// sighting returns what we know of this very entry of this source.
func (tx *Tx) sighting(ctx context.Context, d policy.Document) (seen, error) {
	s := seen{source: d.Source, entryID: d.EntryID}
	rows, err := tx.query(ctx, `SELECT item, digest, canonical_url, title FROM sightings
		WHERE source = $1 AND entry_id = $2 ORDER BY seen_at DESC, item DESC LIMIT 1`, d.Source, d.EntryID)
	if _, err := first(rows, err, &s.item, &s.digest, &s.address, &s.titles); err != nil {
		return seen{}, fmt.Errorf("looking for the entry: %w", err)
	}
	return s, nil
}

// identify returns the item that a document is a copy of, or 0: by its address,
// by its id within its source, by its content.
func (tx *Tx) identify(ctx context.Context, d policy.Document, known seen, words content) (policy.ItemID, error) {
	if known.item != 0 && (known.address == d.CanonicalURL || d.CanonicalURL == "" || known.sameAs(d)) {
		return known.item, nil
	}
	item, err := tx.byAddress(ctx, d)
	if err != nil || item != 0 {
		return item, err
	}
	return tx.byContent(ctx, d, words.hash(d.OfficialIDs))
}

// candidates bounds how many sightings of one address are looked at.
const candidates = 16

func (tx *Tx) byAddress(ctx context.Context, d policy.Document) (policy.ItemID, error) {
	if d.CanonicalURL == "" {
		return 0, nil
	}
	var found policy.ItemID
	rows, err := tx.query(ctx, `SELECT item, source, entry_id, title FROM sightings
		WHERE canonical_url = $1 AND canonical_url <> '' ORDER BY item LIMIT $2`, d.CanonicalURL, candidates)
	err = each(rows, err, func(rows *sql.Rows) error {
		var s seen
		if err := rows.Scan(&s.item, &s.source, &s.entryID, &s.titles); err != nil {
			return err
		}
		if found == 0 && (s.source != d.Source || s.entryID == d.EntryID || s.sameAs(d)) {
			found = s.item
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("looking for the address: %w", err)
	}
	return found, nil
}

// apart is how far the dates of two equal texts may lie apart for them to be one
// document and not this year's edition of a yearly notice.
const apart = 90 * 24 * time.Hour

func (tx *Tx) byContent(ctx context.Context, d policy.Document, hash string) (policy.ItemID, error) {
	if hash == "" {
		return 0, nil
	}
	earliest, latest := int64(-1<<62), int64(1<<62)
	if !d.Published.IsZero() {
		earliest, latest = millis(d.Published.Start().Add(-apart)), millis(d.Published.End().Add(apart))
	}
	var item policy.ItemID
	rows, err := tx.query(ctx, `SELECT id FROM items WHERE content_hash = $1 AND content_hash <> ''
		AND (published = '' OR shown_at BETWEEN $2 AND $3) ORDER BY id LIMIT 1`, hash, earliest, latest)
	if _, err := first(rows, err, &item); err != nil {
		return 0, fmt.Errorf("looking for the same text: %w", err)
	}
	return item, nil
}

// sight keeps that a source carries an item and reports whether that is news.
func (tx *Tx) sight(ctx context.Context, id policy.ItemID, e Entry, now time.Time) (fresh bool, _ error) {
	d := e.Document
	known, err := tx.exec(ctx, `UPDATE sightings SET digest = $1, url = $2, canonical_url = $3, title = $4
		WHERE source = $5 AND entry_id = $6 AND item = $7`, e.Digest, d.URL, d.CanonicalURL, d.Title, d.Source, d.EntryID, id)
	if err == nil && known == 0 {
		_, err = tx.exec(ctx, `INSERT INTO sightings (source, entry_id, item, digest, url, canonical_url, title, seen_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, d.Source, d.EntryID, id, e.Digest, d.URL, d.CanonicalURL, d.Title, millis(now))
	}
	if err != nil {
		return false, fmt.Errorf("keeping the sighting: %w", err)
	}
	return known == 0, nil
}

// carryOn counts one more sighting at the first item of a story, so that lists
// know without looking whether there are several.
func (tx *Tx) carryOn(ctx context.Context, story policy.ItemID) error {
	if _, err := tx.exec(ctx, "UPDATE items SET carried = carried + 1 WHERE id = $1", story); err != nil {
		return fmt.Errorf("counting the sightings: %w", err)
	}
	return nil
}
