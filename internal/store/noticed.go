package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// near is how far apart two reports of one step may date it.
const near = 3 * 24 * time.Hour

// noticedDigest stands in record_texts for events that machines noticed, which
// SyncRecord leaves alone.
const noticedDigest = "noticed"

// addEvent keeps a noticed event and reports whether it is new.
func (tx *Tx) addEvent(ctx context.Context, e policy.DossierEvent, base *knowledge.Base) (added bool, _ error) {
	id, err := tx.sameEvent(ctx, e)
	if err != nil {
		return false, err
	}
	if id == "" {
		id = e.ID
		if err := tx.insertEvent(ctx, e); err != nil {
			return false, err
		}
		dossier, _ := base.Dossier(e.Dossier)
		if err := tx.indexEvent(ctx, id, eventText(e.Title, dossier)); err != nil {
			return false, err
		}
		added = true
	}
	_, err = tx.exec(ctx, "INSERT INTO dossier_event_items (event, item) VALUES ($1, $2) ON CONFLICT DO NOTHING", id, int64(e.Item))
	if err != nil {
		return false, fmt.Errorf("noting the item of event %s: %w", id, err)
	}
	return added, nil
}

func (tx *Tx) insertEvent(ctx context.Context, e policy.DossierEvent) error {
	_, err := tx.exec(ctx, `INSERT INTO dossier_events (id, dossier, origin, stage, date, begins, ends, title, body, source, grade, item, seen_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		e.ID, e.Dossier, string(e.Origin), string(e.Stage), e.Date.String(), e.Date.Start().UnixMilli(), e.Date.End().UnixMilli(),
		e.Title, e.Body, e.Source, string(e.Grade), int64(e.Item), millis(tx.store.now()))
	if err != nil {
		return fmt.Errorf("keeping event %s: %w", e.ID, err)
	}
	return nil
}

func (tx *Tx) indexEvent(ctx context.Context, id string, text recordText) error {
	last, err := tx.lastText(ctx)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, "INSERT INTO record_texts (number, kind, id, digest) VALUES ($1, $2, $3, $4)",
		last+1, string(policy.RecordEvent), id, noticedDigest)
	if err != nil {
		return fmt.Errorf("indexing event %s: %w", id, err)
	}
	return tx.putRecord(ctx, text.indexed(last+1))
}

// sameEvent returns the id under which an event is known already. Reports of a step
// date it as they like, so suggestions that lie near each other are one; an official
// source knows the day.
func (tx *Tx) sameEvent(ctx context.Context, e policy.DossierEvent) (string, error) {
	query, args := "SELECT id FROM dossier_events WHERE id = $1", []any{e.ID}
	if e.Origin == policy.OriginSuggested {
		query = `SELECT id FROM dossier_events WHERE dossier = $1 AND origin = $2 AND stage = $3 AND begins BETWEEN $4 AND $5
			ORDER BY begins, id LIMIT 1`
		start := e.Date.Start()
		args = []any{e.Dossier, string(e.Origin), string(e.Stage), start.Add(-near).UnixMilli(), start.Add(near).UnixMilli()}
	}
	var id string
	rows, err := tx.query(ctx, query, args...)
	if _, err := first(rows, err, &id); err != nil {
		return "", fmt.Errorf("looking for event %s: %w", e.ID, err)
	}
	return id, nil
}

// unsuggest takes back what an item suggested before, because we may read it
// otherwise now. A suggestion that no item makes is not shown.
func (tx *Tx) unsuggest(ctx context.Context, item policy.ItemID) error {
	_, err := tx.exec(ctx, `DELETE FROM dossier_event_items WHERE item = $1
		AND event IN (SELECT id FROM dossier_events WHERE origin = 'suggested')`, int64(item))
	if err != nil {
		return fmt.Errorf("taking back suggestions: %w", err)
	}
	return nil
}

// stated are the items that state an event and are still linked to its dossier: what
// a person said of an item counts at once, and nothing needs to be written again.
const stated = `FROM dossier_event_items x JOIN items i ON i.id = x.item
	JOIN item_tags t ON t.sort_key = i.sort_key AND t.relevant = i.relevant AND t.tag = 'dossier:' || e.dossier
	WHERE x.event = e.id AND i.relevant`

// NoticedEvents returns events of dossiers that machines noticed. Those whose items
// are no longer linked to the dossier are left out.
func (s *Store) NoticedEvents(ctx context.Context, q policy.EventQuery) ([]policy.DossierEvent, error) {
	var args arguments
	text := noticedSQL(q, &args)
	var all []policy.DossierEvent
	rows, err := s.query(ctx, text, args...)
	err = each(rows, err, func(rows *sql.Rows) error {
		e, err := scanEvent(rows)
		all = append(all, e)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing noticed events: %w", err)
	}
	return all, nil
}

const noticedColumns = `SELECT e.id, e.dossier, e.origin, e.stage, e.date, e.title, e.body, e.source, e.grade, e.item, e.seen_at,
	(SELECT count(*) ` + stated + `) FROM dossier_events e WHERE EXISTS (SELECT 1 ` + stated + `)`

func noticedSQL(q policy.EventQuery, args *arguments) string {
	origin := policy.OriginCrawled
	if q.Suggested {
		origin = policy.OriginSuggested
	}
	conditions := []string{"e.origin = " + args.add(string(origin))}
	if q.Dossiers != nil {
		conditions = append(conditions, oneOf("e.dossier", q.Dossiers, args))
	}
	if q.IDs != nil {
		conditions = append(conditions, oneOf("e.id", q.IDs, args))
	}
	if !q.From.IsZero() {
		conditions = append(conditions, "e.ends > "+args.add(q.From.Start().UnixMilli()))
	}
	if !q.To.IsZero() {
		conditions = append(conditions, "e.begins < "+args.add(q.To.End().UnixMilli()))
	}
	direction, behind := "", ">"
	if q.Newest {
		direction, behind = " DESC", "<"
	}
	if !q.After.IsZero() {
		at := args.add(q.After.UnixMilli())
		conditions = append(conditions, "(e.begins "+behind+" "+at+" OR e.begins = "+at+" AND e.id > "+args.add(q.AfterID)+")")
	}
	text := noticedColumns + " AND " + strings.Join(conditions, " AND ") + " ORDER BY e.begins" + direction + ", e.id"
	if q.Limit > 0 {
		text += " LIMIT " + args.add(q.Limit)
	}
	return text
}

func oneOf(column string, values []string, args *arguments) string {
	if len(values) == 0 {
		return "1 = 0"
	}
	return column + " IN (" + list(args, values) + ")"
}

func scanEvent(rows *sql.Rows) (policy.DossierEvent, error) {
	var e policy.DossierEvent
	var date string
	var seen int64
	err := rows.Scan(&e.ID, &e.Dossier, &e.Origin, &e.Stage, &date, &e.Title, &e.Body, &e.Source, &e.Grade, &e.Item, &seen, &e.Items)
	if err != nil {
		return e, err
	}
	e.SeenAt = moment(seen)
	e.Date, err = policy.ParseDate(date)
	return e, err
}

// NoticedEvent returns one event that a machine noticed. One that there is not, or
// that is no longer shown, wraps policy.ErrNotFound.
func (s *Store) NoticedEvent(ctx context.Context, id string) (policy.DossierEvent, error) {
	var found policy.DossierEvent
	rows, err := s.query(ctx, noticedColumns+" AND e.id = $1", id)
	err = each(rows, err, func(rows *sql.Rows) (err error) {
		found, err = scanEvent(rows)
		return err
	})
	if err != nil {
		return policy.DossierEvent{}, fmt.Errorf("reading event %s: %w", id, err)
	}
	if found.ID == "" {
		return policy.DossierEvent{}, fmt.Errorf("event %s: %w", id, policy.ErrNotFound)
	}
	return found, nil
}
