package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// SourceVisit is how a visit to a source went.
type SourceVisit struct {
	Source     string
	At         time.Time // when it ended
	Health     policy.Health
	Detail     string    // the last problem in words; empty when all is well
	NextAt     time.Time // when the source is read again
	NewestAt   time.Time // the date of its newest entry; zero where the visit does not tell
	MovedTo    string    // the address to which it permanently redirects; empty where it does not
	Validators map[string]policy.Validators
}

// SaveVisit keeps how a visit went and what the servers said of the versions that
// were read. It belongs in the transaction that stores the last of what was read,
// or after it: validators that are kept too early lose entries. A source that is
// unknown wraps policy.ErrNotFound.
func (tx *Tx) SaveVisit(ctx context.Context, v SourceVisit) error {
	failed, succeeded := 1, int64(0)
	if !v.Health.Failed() {
		failed, succeeded = 0, millis(v.At)
	}
	found, err := tx.exec(ctx, `UPDATE sources SET health = $2, detail = $3, tried_at = $4, next_at = $5,
			failures = CASE WHEN $6 = 1 THEN failures + 1 ELSE 0 END,
			succeeded_at = CASE WHEN succeeded_at < $7 THEN $7 ELSE succeeded_at END,
			newest_at = CASE WHEN newest_at < $8 THEN $8 ELSE newest_at END,
			moved_seen = CASE WHEN $9 = '' THEN 0 WHEN moved_to = $9 THEN moved_seen + 1 ELSE 1 END,
			moved_to = $9
		WHERE id = $1`,
		v.Source, string(v.Health), clean(v.Detail), millis(v.At), millis(v.NextAt), failed, succeeded, millis(v.NewestAt), clean(v.MovedTo))
	if err == nil && found == 0 {
		err = policy.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("keeping the visit to source %q: %w", v.Source, err)
	}
	for _, url := range slices.Sorted(maps.Keys(v.Validators)) {
		if err := tx.saveValidators(ctx, url, v.Validators[url]); err != nil {
			return fmt.Errorf("keeping the version of %s: %w", url, err)
		}
	}
	return nil
}

func (tx *Tx) saveValidators(ctx context.Context, url string, v policy.Validators) error {
	_, err := tx.exec(ctx, `INSERT INTO validators (url, etag, last_modified, digest) VALUES ($1, $2, $3, $4)
		ON CONFLICT (url) DO UPDATE SET etag = excluded.etag, last_modified = excluded.last_modified, digest = excluded.digest`,
		clean(url), clean(v.ETag), clean(v.LastModified), v.Digest)
	return err
}

// Validators returns what the server said of the version of a resource that we
// read last; nothing where we never did.
func (s *Store) Validators(ctx context.Context, url string) (policy.Validators, error) {
	var v policy.Validators
	rows, err := s.query(ctx, "SELECT etag, last_modified, digest FROM validators WHERE url = $1", clean(url))
	if _, err := first(rows, err, &v.ETag, &v.LastModified, &v.Digest); err != nil {
		return policy.Validators{}, fmt.Errorf("reading the version of %s: %w", url, err)
	}
	return v, nil
}

// seenAtOnce is how many entries one question asks for.
const seenAtOnce = 200

// Seen returns the digests of those entries of a source that we have, by id.
func (s *Store) Seen(ctx context.Context, source string, entryIDs []string) (map[string]string, error) {
	digests := make(map[string]string, len(entryIDs))
	for chunk := range slices.Chunk(entryIDs, seenAtOnce) {
		args := arguments{source}
		rows, err := s.query(ctx, "SELECT entry_id, digest FROM sightings WHERE source = $1 AND entry_id IN ("+
			list(&args, cleanAll(chunk))+") ORDER BY seen_at, item", args...)
		err = each(rows, err, func(rows *sql.Rows) error {
			var id, digest string
			err := rows.Scan(&id, &digest)
			digests[id] = digest // the latest, where an id was used twice
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("looking for known entries of %q: %w", source, err)
		}
	}
	return digests, nil
}

func cleanAll(texts []string) []string {
	all := make([]string, len(texts))
	for i, text := range texts {
		all[i] = clean(text)
	}
	return all
}
