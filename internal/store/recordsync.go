package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Linker returns the tags of a document with those links to dossiers added that
// are certain.
type Linker func(doc policy.Document, tags policy.Tags) policy.Tags

// indexVersion changes when the record is to be taken in or indexed in another way.
const indexVersion = "/3"

// SyncRecord takes in the record: notes which entries changed since the last time,
// and when; who took another side, which is news; indexes their words; and lets candidates become the dossiers that now
// have their official ids. The same record again changes nothing and is found out
// by one look. An entry that vanished is kept as a tombstone.
func (s *Store) SyncRecord(ctx context.Context, base *knowledge.Base, link Linker) error {
	version := base.Version + indexVersion
	if same, err := s.recordIs(ctx, version); err != nil || same {
		return err
	}
	err := s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		if err := tx.lockItems(ctx); err != nil {
			return err
		}
		if err := tx.syncEntries(ctx, base); err != nil {
			return err
		}
		if err := tx.syncPositions(ctx, base); err != nil {
			return err
		}
		if err := tx.syncTexts(ctx, base); err != nil {
			return err
		}
		if err := tx.resolveCandidates(ctx, base, link); err != nil {
			return err
		}
		_, err := tx.exec(ctx, `INSERT INTO progress (work, version, item) VALUES ('record', $1, 0)
			ON CONFLICT (work) DO UPDATE SET version = excluded.version`, version)
		return err
	})
	if err != nil {
		return fmt.Errorf("taking in the record: %w", err)
	}
	return nil
}

func (s *Store) recordIs(ctx context.Context, version string) (bool, error) {
	var kept string
	rows, err := s.query(ctx, "SELECT version FROM progress WHERE work = 'record'")
	if _, err := first(rows, err, &kept); err != nil {
		return false, fmt.Errorf("looking up the version of the record: %w", err)
	}
	return kept == version, nil
}

// recordID names an entry of the record.
type recordID struct {
	kind policy.RecordKind
	id   string
}

func digests(base *knowledge.Base) map[recordID]string {
	all := map[recordID]string{}
	for _, d := range base.Dossiers {
		all[recordID{policy.RecordDossier, d.ID}] = knowledge.Digest(d)
	}
	for _, a := range base.Actors {
		all[recordID{policy.RecordActor, a.ID}] = knowledge.Digest(a)
	}
	for _, j := range base.Jurisdictions {
		all[recordID{policy.RecordJurisdiction, j.Code}] = knowledge.Digest(j)
	}
	for _, e := range base.Events(policy.Filter{}) {
		all[recordID{policy.RecordEvent, e.ID}] = knowledge.Digest(e)
	}
	return all
}

// syncEntries moves the clock of what changed, and of nothing else.
func (tx *Tx) syncEntries(ctx context.Context, base *knowledge.Base) error {
	now := millis(tx.store.now())
	fresh := digests(base)
	var vanished []recordID
	rows, err := tx.query(ctx, "SELECT kind, id, digest, removed_at FROM record_entries")
	err = each(rows, err, func(rows *sql.Rows) error {
		var key recordID
		var digest string
		var removed int64
		err := rows.Scan(&key.kind, &key.id, &digest, &removed)
		kept, there := fresh[key]
		switch {
		case there && kept == digest && removed == 0:
			delete(fresh, key)
		case !there && removed == 0:
			vanished = append(vanished, key)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("reading what the record was: %w", err)
	}
	if err := tx.noteEntries(ctx, fresh, now); err != nil {
		return err
	}
	for _, key := range vanished {
		_, err := tx.exec(ctx, "UPDATE record_entries SET removed_at = $1, content_changed_at = $1 WHERE kind = $2 AND id = $3", now, string(key.kind), key.id)
		if err != nil {
			return fmt.Errorf("noting that %s %s is gone: %w", key.kind, key.id, err)
		}
	}
	return nil
}

// rowsAtOnce is how many rows one statement writes.
const rowsAtOnce = 100

func (tx *Tx) noteEntries(ctx context.Context, fresh map[recordID]string, now int64) error {
	for some := range slices.Chunk(slices.SortedFunc(maps.Keys(fresh), compareIDs), rowsAtOnce) {
		args := arguments{now}
		rows := make([]string, len(some))
		for i, key := range some {
			rows[i] = "(" + args.add(string(key.kind)) + ", " + args.add(key.id) + ", " + args.add(fresh[key]) + ", $1, 0)"
		}
		_, err := tx.exec(ctx, "INSERT INTO record_entries (kind, id, digest, content_changed_at, removed_at) VALUES "+strings.Join(rows, ", ")+
			` ON CONFLICT (kind, id) DO UPDATE SET digest = excluded.digest, content_changed_at = excluded.content_changed_at, removed_at = 0`, args...)
		if err != nil {
			return fmt.Errorf("noting the record's entries: %w", err)
		}
	}
	return nil
}

// syncTexts brings the index up to date with the words of the record. Only the
// events that machines noticed are left alone: they are indexed as they come.
func (tx *Tx) syncTexts(ctx context.Context, base *knowledge.Base) error {
	fresh := recordTexts(base)
	type row struct {
		number int64
		digest string
	}
	known := map[recordID]row{}
	rows, err := tx.query(ctx, "SELECT number, kind, id, digest FROM record_texts WHERE digest <> $1", noticedDigest)
	err = each(rows, err, func(rows *sql.Rows) error {
		var key recordID
		var r row
		err := rows.Scan(&r.number, &key.kind, &key.id, &r.digest)
		known[key] = r
		return err
	})
	if err != nil {
		return fmt.Errorf("reading what is indexed: %w", err)
	}
	for key, r := range known {
		if text, there := fresh[key]; there && text.digest() == r.digest {
			delete(fresh, key)
			continue
		}
		if err := tx.dropText(ctx, r.number); err != nil {
			return err
		}
	}
	return tx.addTexts(ctx, fresh)
}

// addTexts indexes entries that are not indexed yet.
func (tx *Tx) addTexts(ctx context.Context, fresh map[recordID]recordText) error {
	number, err := tx.lastText(ctx)
	if err != nil {
		return err
	}
	for some := range slices.Chunk(slices.SortedFunc(maps.Keys(fresh), compareIDs), rowsAtOnce) {
		var args arguments
		rows, entries := make([]string, len(some)), make([]indexed, len(some))
		for i, key := range some {
			number++
			entries[i] = fresh[key].indexed(number)
			rows[i] = "(" + args.add(number) + ", " + args.add(string(key.kind)) + ", " + args.add(key.id) + ", " + args.add(fresh[key].digest()) + ")"
		}
		if _, err := tx.exec(ctx, "INSERT INTO record_texts (number, kind, id, digest) VALUES "+strings.Join(rows, ", "), args...); err != nil {
			return fmt.Errorf("indexing the record: %w", err)
		}
		if err := tx.putRecord(ctx, entries...); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) lastText(ctx context.Context) (last int64, _ error) {
	rows, err := tx.query(ctx, "SELECT coalesce(max(number), 0) FROM record_texts")
	if _, err := first(rows, err, &last); err != nil {
		return 0, fmt.Errorf("numbering an entry of the index: %w", err)
	}
	return last, nil
}

func (tx *Tx) dropText(ctx context.Context, number int64) error {
	if err := tx.removeRecord(ctx, number); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, "DELETE FROM record_texts WHERE number = $1", number); err != nil {
		return fmt.Errorf("taking an entry out of the index: %w", err)
	}
	return nil
}
