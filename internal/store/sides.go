package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

const (
	// lateRecord is how old a change of side may be that a new version of the record
	// brings: people who keep it read the source later than a machine does. What the
	// record says of a dossier for the first time is held to twice Stale, as its steps.
	lateRecord = 180 * 24 * time.Hour
	// laterRecord is for how long a change that a text told and one of the record with
	// the same side are one.
	laterRecord = 90 * 24 * time.Hour
	// sureClaim is how sure we must be of what a text says of a position. That is less
	// where it contradicts what the actor always said: such a text may be misread.
	sureClaim = 0.7
)

// seat is an actor at a dossier.
type seat struct{ dossier, actor string }

// syncPositions notes where everybody stands by the record, and who took another side
// since it was last taken in. The first time there is nothing to compare it with, and
// nothing is news.
func (tx *Tx) syncPositions(ctx context.Context, base *knowledge.Base) error {
	known, begun, err := tx.positions(ctx)
	if err != nil {
		return err
	}
	moved := map[seat]policy.Position{}
	for _, d := range base.Dossiers {
		for _, s := range knowledge.PositionsOn(d, policy.Date{}) {
			key := seat{d.ID, s.Actor}
			before, had := known[key]
			delete(known, key)
			if had && before.Side == s.Side && before.On.Compare(s.On) == 0 {
				continue
			}
			moved[key] = s.Position
			if change, is := tx.sideChange(d.ID, before, had, s); begun && is {
				if err := tx.noteSideChange(ctx, change); err != nil {
					return err
				}
			}
		}
	}
	return tx.keepPositions(ctx, moved, known)
}

// positions returns where everybody stood, and whether that was ever noted.
func (tx *Tx) positions(ctx context.Context) (map[seat]policy.Position, bool, error) {
	known := map[seat]policy.Position{}
	rows, err := tx.query(ctx, "SELECT dossier, actor, side, date FROM record_positions")
	err = each(rows, err, func(rows *sql.Rows) error {
		var key seat
		var p policy.Position
		var date string
		if err := rows.Scan(&key.dossier, &key.actor, &p.Side, &date); err != nil {
			return err
		}
		var err error
		p.On, err = policy.ParseDate(date)
		known[key] = p
		return err
	})
	if err != nil {
		return nil, false, fmt.Errorf("reading the positions of the record: %w", err)
	}
	added, err := tx.exec(ctx, "INSERT INTO progress (work, version, item) VALUES ('positions', '1', 0) ON CONFLICT DO NOTHING")
	return known, added == 0, wrapped("noting the positions of the record", err)
}

// sideChange says whether a standing of the record is a new side. Another side at the
// same date is a correction of the record, and no news.
func (tx *Tx) sideChange(dossier string, before policy.Position, had bool, s knowledge.Standing) (policy.SideChange, bool) {
	late := lateRecord
	if !had {
		if s.Replaced == nil {
			return policy.SideChange{}, false
		}
		before, late = *s.Replaced, 2*Stale
	}
	if before.Side == s.Side || s.On.Compare(before.On) <= 0 && !s.On.IsZero() {
		return policy.SideChange{}, false
	}
	now := tx.store.now()
	if !s.On.IsZero() && s.On.End().Before(now.Add(-late)) {
		return policy.SideChange{}, false
	}
	change := knowledge.SideChange(dossier, before.Side, s.Position)
	change.SeenAt = now
	return change, true
}

// keepPositions writes down those who moved and forgets those who are gone.
func (tx *Tx) keepPositions(ctx context.Context, moved, gone map[seat]policy.Position) error {
	var keys []seat
	for key := range moved {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b seat) int { return strings.Compare(a.dossier+" "+a.actor, b.dossier+" "+b.actor) })
	for some := range slices.Chunk(keys, rowsAtOnce) {
		var args arguments
		rows := make([]string, len(some))
		for i, key := range some {
			p := moved[key]
			rows[i] = "(" + list(&args, []any{key.dossier, key.actor, string(p.Side), p.On.String()}) + ")"
		}
		_, err := tx.exec(ctx, "INSERT INTO record_positions (dossier, actor, side, date) VALUES "+strings.Join(rows, ", ")+
			" ON CONFLICT (dossier, actor) DO UPDATE SET side = excluded.side, date = excluded.date", args...)
		if err != nil {
			return fmt.Errorf("noting the positions of the record: %w", err)
		}
	}
	for key := range gone {
		if _, err := tx.exec(ctx, "DELETE FROM record_positions WHERE dossier = $1 AND actor = $2", key.dossier, key.actor); err != nil {
			return fmt.Errorf("forgetting a position of the record: %w", err)
		}
	}
	return nil
}

// noteSideChange keeps a change with its news. One that is known is no news, also where
// the record took the position back meanwhile, nor is one that a text told before.
func (tx *Tx) noteSideChange(ctx context.Context, c policy.SideChange) error {
	thing := NewsSide + c.ID
	if c.Item == 0 {
		rows, err := tx.query(ctx, `SELECT thing FROM side_changes WHERE dossier = $1 AND actor = $2 AND side = $3 AND item > 0 AND seen_at > $4
			ORDER BY seen_at DESC LIMIT 1`, c.Dossier, c.Actor, string(c.Side), millis(c.SeenAt.Add(-laterRecord)))
		if _, err := first(rows, err, &thing); err != nil {
			return fmt.Errorf("looking for a change of side: %w", err)
		}
	}
	added, err := tx.exec(ctx, `INSERT INTO side_changes (id, thing, dossier, actor, before, side, date, claim, source, grade, item, seen_at)
		VALUES (`+places(1, 12)+") ON CONFLICT DO NOTHING", c.ID, thing, c.Dossier, c.Actor, string(c.Before), string(c.Side), c.On.String(), c.Claim,
		c.Source, string(c.Grade), int64(c.Item), millis(c.SeenAt))
	if err == nil && added > 0 {
		until := c.SeenAt
		if !c.On.IsZero() {
			until = c.On.End()
		}
		_, err = tx.exec(ctx, "INSERT INTO alert_news (ref, thing, at, until) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
			NewsSide+c.ID, thing, millis(c.SeenAt), millis(until))
	}
	return wrapped("noting a change of side", err)
}

// noteClaims looks whether a new text of an official or first-hand source says of
// somebody what the record contradicts. A machine read it, and it is told as that, once
// for a dossier, an actor and a side. It returns how much it noted.
func (tx *Tx) noteClaims(ctx context.Context, id policy.ItemID) (noted int, _ error) {
	var end int64
	rows, err := tx.query(ctx, `SELECT shown_end FROM items WHERE id = $1 AND relevant AND grade IN ($2, $3) AND shown_end >= first_seen_at - $4`,
		int64(id), string(policy.GradeOfficial), string(policy.GradeFirstHand), Stale.Milliseconds())
	found, err := first(rows, err, &end)
	if err != nil || !found {
		return 0, wrapped("looking for positions", err)
	}
	item, err := tx.load(ctx, id)
	if err != nil {
		return 0, err
	}
	for _, claim := range item.Tags.Positions {
		before, contrary, err := tx.contrary(ctx, claim)
		if err != nil || !contrary {
			if err != nil {
				return noted, err
			}
			continue
		}
		d := item.Document
		err = tx.noteSideChange(ctx, policy.SideChange{
			ID: claim.Dossier + "." + claim.Actor + "." + string(claim.Side) + ".read", Dossier: claim.Dossier, Actor: claim.Actor, Before: before,
			Side: claim.Side, On: dayOf(d.Published), Claim: short(d.Title), Source: d.URL, Grade: d.Grade, Item: id, SeenAt: tx.store.now(),
		})
		if err != nil {
			return noted, err
		}
		noted++
	}
	return noted, nil
}

// contrary reports whether the record has the actor of a claim on the other side.
func (tx *Tx) contrary(ctx context.Context, c policy.Claim) (before policy.Side, _ bool, _ error) {
	if c.Dossier == "" || c.Confidence < sureClaim || c.Side == policy.SideNeutral {
		return "", false, nil
	}
	rows, err := tx.query(ctx, "SELECT side FROM record_positions WHERE dossier = $1 AND actor = $2", c.Dossier, c.Actor)
	found, err := first(rows, err, &before)
	return before, found && before != policy.SideNeutral && before != c.Side, wrapped("looking for a position", err)
}

// SideChange returns one change of side; one that is not known wraps
// policy.ErrNotFound.
func (s *Store) SideChange(ctx context.Context, id string) (policy.SideChange, error) {
	found, err := sideChanges(ctx, s, "id = $1", id)
	if err == nil && len(found) == 0 {
		err = policy.ErrNotFound
	}
	if err != nil {
		return policy.SideChange{}, fmt.Errorf("reading change of side %s: %w", id, err)
	}
	return found[0], nil
}

// SideChangesRead returns the changes of side that machines read in texts since a time,
// the oldest first.
func (s *Store) SideChangesRead(ctx context.Context, since time.Time) ([]policy.SideChange, error) {
	found, err := sideChanges(ctx, s, "item > 0 AND seen_at >= $1", millis(since))
	return found, wrapped("reading changes of side", err)
}

func sideChanges(ctx context.Context, db asker, where string, args ...any) ([]policy.SideChange, error) {
	var all []policy.SideChange
	rows, err := db.query(ctx, `SELECT id, dossier, actor, before, side, date, claim, source, grade, item, seen_at FROM side_changes
		WHERE `+where+" ORDER BY seen_at, id", args...)
	err = each(rows, err, func(rows *sql.Rows) error {
		var c policy.SideChange
		var date string
		var seen int64
		if err := rows.Scan(&c.ID, &c.Dossier, &c.Actor, &c.Before, &c.Side, &date, &c.Claim, &c.Source, &c.Grade, &c.Item, &seen); err != nil {
			return err
		}
		var err error
		c.On, err = policy.ParseDate(date)
		c.SeenAt = moment(seen)
		all = append(all, c)
		return err
	})
	return all, err
}
