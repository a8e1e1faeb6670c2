package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// SyncSources makes the list of sources what the catalogue says. What we know of
// how each is doing stays; a source that the catalogue no longer has keeps its
// items and is not read or shown any more.
func (s *Store) SyncSources(ctx context.Context, sources []policy.Source) error {
	err := s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		if _, err := tx.exec(ctx, "UPDATE sources SET listed = $1", false); err != nil {
			return err
		}
		for _, source := range sources {
			if err := tx.keepSource(ctx, source); err != nil {
				return fmt.Errorf("source %q: %w", source.ID, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keeping the list of sources: %w", err)
	}
	return nil
}

func (tx *Tx) keepSource(ctx context.Context, source policy.Source) error {
	_, err := tx.exec(ctx, `INSERT INTO sources (id, name, home, host, jurisdiction, language, kind, grade, licence,
			attribution, interval_ms, disabled, listed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, home = excluded.home, host = excluded.host,
			jurisdiction = excluded.jurisdiction, language = excluded.language, kind = excluded.kind, grade = excluded.grade,
			licence = excluded.licence, attribution = excluded.attribution, interval_ms = excluded.interval_ms,
			disabled = excluded.disabled, listed = excluded.listed`,
		source.ID, source.Name, source.Home, source.Host, source.Jurisdiction, source.Language, string(source.Kind),
		string(source.Grade), source.Licence, source.Attribution, source.Interval.Milliseconds(), source.Disabled, true)
	return err
}

// Sources returns all sources of the catalogue by name, with how they are doing
// and how many items each has.
func (s *Store) Sources(ctx context.Context) ([]policy.SourceStatus, error) {
	found, err := s.sources(ctx, "listed = $1 ORDER BY lower(name), id", true)
	if err != nil {
		return nil, fmt.Errorf("listing sources: %w", err)
	}
	if err := s.countItems(ctx, found, "source:", "source;"); err != nil {
		return nil, fmt.Errorf("counting the items of sources: %w", err)
	}
	return found, nil
}

// Source returns one source, also one that the catalogue no longer has. An unknown
// one wraps policy.ErrNotFound.
func (s *Store) Source(ctx context.Context, id string) (policy.SourceStatus, error) {
	found, err := s.sources(ctx, "id = $1", id)
	if err != nil {
		return policy.SourceStatus{}, fmt.Errorf("reading source %q: %w", id, err)
	}
	if len(found) == 0 {
		return policy.SourceStatus{}, fmt.Errorf("source %q: %w", id, policy.ErrNotFound)
	}
	if err := s.countItems(ctx, found, tagSource+id, tagSource+id+"\x01"); err != nil {
		return policy.SourceStatus{}, fmt.Errorf("counting the items of source %q: %w", id, err)
	}
	return found[0], nil
}

// DueSources returns the sources that are to be read now, the longest due first.
// Their items are not counted.
func (s *Store) DueSources(ctx context.Context, now time.Time) ([]policy.SourceStatus, error) {
	found, err := s.sources(ctx, "listed AND disabled = '' AND next_at <= $1 ORDER BY next_at, id", millis(now))
	if err != nil {
		return nil, fmt.Errorf("looking for sources that are due: %w", err)
	}
	return found, nil
}

func (s *Store) sources(ctx context.Context, where string, args ...any) ([]policy.SourceStatus, error) {
	found := []policy.SourceStatus{}
	rows, err := s.query(ctx, `SELECT id, name, home, host, jurisdiction, language, kind, grade, licence, attribution, interval_ms,
			disabled, health, detail, tried_at, succeeded_at, next_at, newest_at, failures, moved_to, moved_seen
		FROM sources WHERE `+where, args...)
	err = each(rows, err, func(rows *sql.Rows) error {
		var v policy.SourceStatus
		var interval, tried, succeeded, next, newest int64
		err := rows.Scan(&v.ID, &v.Name, &v.Home, &v.Host, &v.Jurisdiction, &v.Language, &v.Kind, &v.Grade, &v.Licence, &v.Attribution,
			&interval, &v.Disabled, &v.Health, &v.Detail, &tried, &succeeded, &next, &newest, &v.Failures, &v.MovedTo, &v.MovedSeen)
		v.Interval = time.Duration(interval) * time.Millisecond
		v.TriedAt, v.SucceededAt, v.NextAt, v.NewestAt = moment(tried), moment(succeeded), moment(next), moment(newest)
		if v.Disabled != "" {
			v.Health = policy.HealthDisabled
		}
		found = append(found, v)
		return err
	})
	return found, err
}

// countItems fills in the numbers of items, for the words from first up to but
// without last.
func (s *Store) countItems(ctx context.Context, sources []policy.SourceStatus, first, last string) error {
	place := make(map[string]int, len(sources))
	for i, source := range sources {
		place[source.ID] = i
	}
	rows, err := s.query(ctx, "SELECT tag, relevant, count(*) FROM item_tags WHERE tag >= $1 AND tag < $2 GROUP BY tag, relevant", first, last)
	return each(rows, err, func(rows *sql.Rows) error {
		var tag string
		var relevant bool
		var count int
		if err := rows.Scan(&tag, &relevant, &count); err != nil {
			return err
		}
		i, ok := place[strings.TrimPrefix(tag, tagSource)]
		if !ok {
			return nil
		}
		sources[i].Items += count
		if relevant {
			sources[i].Relevant += count
		}
		return nil
	})
}
