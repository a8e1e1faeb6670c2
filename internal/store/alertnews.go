package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// The beginnings of what news refers to.
const (
	NewsItem      = "item:"
	NewsEvent     = "event:"
	NewsCandidate = "candidate:"
	NewsSide      = "side:"
)

// Stale is how old what happened may be, when we first see it, to be news. An archive
// that is read in, or a source that is new to us, is full of what is older.
const Stale = 14 * 24 * time.Hour

// News is something that happened and that nobody was told of yet.
type News struct {
	Ref   string    // item:1, event:id, candidate:1, side:id
	Thing string    // what is told once, whichever copy of it was seen
	At    time.Time // when we saw it
	Until time.Time // the last moment that its own date can mean
}

// Number returns the number behind a reference to an item or candidate.
func (n News) Number() int64 {
	_, text, _ := strings.Cut(n.Ref, ":")
	number, _ := strconv.ParseInt(text, 10, 64) // the store wrote it
	return number
}

// NoteNews writes down what an entry brought, for those who subscribed to it: in the
// transaction that kept it, so that neither is ever there without the other. Only what
// is new counts: another version, another copy and other tags are no news, nor is what
// was old when we first saw it. It returns how much it wrote down.
func (tx *Tx) NoteNews(ctx context.Context, saved Saved, noticed Noticed) (int, error) {
	total := 0
	note := func(query string, args ...any) error {
		added, err := tx.exec(ctx, "INSERT INTO alert_news (ref, thing, at, until) "+query+" ON CONFLICT DO NOTHING", args...)
		total += int(added)
		return err
	}
	var err error
	if saved.Outcome == New || saved.Outcome == Story {
		err = note(`SELECT 'item:' || id, 'item:' || story, first_seen_at, shown_end FROM items
			WHERE id = $1 AND relevant AND shown_end >= first_seen_at - $2`, int64(saved.ID), Stale.Milliseconds())
	}
	if err == nil && noticed.Opened > 0 {
		err = note(`SELECT 'candidate:' || id, 'candidate:' || id, first_seen_at, first_seen_at FROM candidates WHERE id = $1`, int64(noticed.Candidate))
	}
	if err == nil && noticed.Crawled > 0 {
		err = note(`SELECT 'event:' || id, 'event:' || id, seen_at, ends FROM dossier_events
			WHERE item = $1 AND origin = 'crawled' AND seen_at >= $2 AND ends >= seen_at - $3`,
			int64(saved.ID), millis(tx.store.now())-time.Hour.Milliseconds(), Stale.Milliseconds())
	}
	if err == nil && (saved.Outcome == New || saved.Outcome == Story) {
		var sides int
		sides, err = tx.noteClaims(ctx, saved.ID)
		total += sides
	}
	if err != nil {
		return 0, fmt.Errorf("noting the news of item %d: %w", saved.ID, err)
	}
	return total, nil
}

// News returns what nobody was told of yet, the oldest first.
func (s *Store) News(ctx context.Context, limit int) ([]News, error) {
	var all []News
	rows, err := s.query(ctx, "SELECT ref, thing, at, until FROM alert_news ORDER BY at, ref LIMIT $1", limit)
	err = each(rows, err, func(rows *sql.Rows) error {
		var n News
		var at, until int64
		err := rows.Scan(&n.Ref, &n.Thing, &at, &until)
		n.At, n.Until = moment(at), moment(until)
		all = append(all, n)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the news: %w", err)
	}
	return all, nil
}

// DropNews forgets news of which all subscriptions were told.
func (tx *Tx) DropNews(ctx context.Context, news []News) error {
	for _, n := range news {
		if _, err := tx.exec(ctx, "DELETE FROM alert_news WHERE ref = $1", n.Ref); err != nil {
			return fmt.Errorf("dropping news: %w", err)
		}
	}
	return nil
}

// Notify lets a subscription be told of something, unless it was told of it before,
// and makes its next mail due at next where none is. It reports whether that was new.
func (tx *Tx) Notify(ctx context.Context, subscription string, n News, next time.Time) (bool, error) {
	added, err := tx.exec(ctx, `INSERT INTO alert_notices (subscription, thing, ref, at, mail)
		SELECT id, CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS BIGINT), '' FROM alert_subscriptions WHERE id = $1 ON CONFLICT DO NOTHING`, subscription, n.Thing, n.Ref, millis(n.At))
	if err == nil && added > 0 && !next.IsZero() {
		// It touches the row in any case, so that AddDigest waits for this, or this for it.
		_, err = tx.exec(ctx, "UPDATE alert_subscriptions SET next_at = CASE WHEN next_at = 0 THEN $2 ELSE next_at END WHERE id = $1",
			subscription, millis(next))
	}
	if err != nil {
		return false, fmt.Errorf("noting what to tell: %w", err)
	}
	return added > 0, nil
}

// Waiting returns what a subscription is to be told next, the oldest first.
func (s *Store) Waiting(ctx context.Context, subscription string) ([]News, error) {
	return noticed(ctx, s, "subscription = $1 AND mail = ''", subscription)
}

func noticed(ctx context.Context, db asker, where string, args ...any) ([]News, error) {
	var all []News
	rows, err := db.query(ctx, "SELECT ref, thing, at FROM alert_notices WHERE "+where+" ORDER BY at, thing", args...)
	err = each(rows, err, func(rows *sql.Rows) error {
		var n News
		var at int64
		err := rows.Scan(&n.Ref, &n.Thing, &at)
		n.At = moment(at)
		all = append(all, n)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what to tell: %w", err)
	}
	return all, nil
}

// Answering returns those of the items that a Filter finds now.
func (s *Store) Answering(ctx context.Context, f policy.Filter, items []policy.ItemID) (map[policy.ItemID]bool, error) {
	f.Cursor, f.Relevance = "", policy.RelevantOnly
	chosen, err := selectionOf(f)
	if err != nil || len(items) == 0 {
		return nil, err
	}
	var args arguments
	text := "SELECT i.id FROM items i WHERE i.relevant AND i.id IN (" + list(&args, numbersOf(items)) + ")"
	for _, condition := range append(chosen.tagged("i.sort_key", -1, &args), chosen.bounds("i.sort_key", &args)...) {
		text += " AND " + condition
	}
	if chosen.searched() {
		table, key := s.dialect.search.table()
		text += " AND i.sort_key IN (SELECT " + key + " FROM " + table + " WHERE " + s.dialect.search.condition(chosen.words, &args) + ")"
	}
	return s.numbers(ctx, text, args)
}

// AnsweringCandidates returns those of the candidates that a Filter finds now.
func (s *Store) AnsweringCandidates(ctx context.Context, f policy.Filter, candidates []policy.CandidateID) (map[policy.CandidateID]bool, error) {
	f.Cursor = ""
	chosen, err := selectionOf(ofCandidates(f))
	if err != nil || len(candidates) == 0 {
		return nil, err
	}
	var args arguments
	text := "SELECT c.id FROM candidates c WHERE c.dossier = '' AND c.id IN (" + list(&args, numbersOf(candidates)) + ") AND " +
		candidateItems(s.dialect, chosen, &args)
	found, err := s.numbers(ctx, text, args)
	all := map[policy.CandidateID]bool{}
	for id := range found {
		all[policy.CandidateID(id)] = true
	}
	return all, err
}

func (s *Store) numbers(ctx context.Context, text string, args arguments) (map[policy.ItemID]bool, error) {
	all := map[policy.ItemID]bool{}
	// Past the kept statements: the number of parameters is another each time.
	rows, err := s.read.QueryContext(ctx, s.dialect.rewrite(text), args...)
	err = each(rows, err, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		all[policy.ItemID(id)] = true
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("looking for subscribers: %w", err)
	}
	return all, nil
}

func numbersOf[T ~int64](ids []T) []int64 {
	all := make([]int64, len(ids))
	for i, id := range ids {
		all[i] = int64(id)
	}
	return all
}
