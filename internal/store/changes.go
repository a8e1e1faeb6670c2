package store

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// ItemChanges returns one page of the items whose meaning changed at or after since,
// the earliest change first, whatever order the Filter asks for. Those that do not
// answer the Filter are named as removed where they were there before, since only
// then can somebody have them. A page looks at as many items as the Filter's size
// says, so it can hold fewer, even none, and not be the last.
func (s *Store) ItemChanges(ctx context.Context, f policy.Filter, since time.Time) (policy.ItemChanges, error) {
	at, id, err := placeOfChange(f)
	if err != nil {
		return policy.ItemChanges{}, err
	}
	if f.Cursor == "" {
		at = since.UnixMilli()
	}
	chosen, err := selectionOf(f.Page(""))
	if err != nil {
		return policy.ItemChanges{}, err
	}
	rows, answers, err := s.changed(ctx, chosen, at, id)
	if err != nil {
		return policy.ItemChanges{}, fmt.Errorf("listing changes: %w", err)
	}
	var page policy.ItemChanges
	if len(rows) > chosen.limit {
		rows = rows[:chosen.limit]
		last := rows[chosen.limit-1]
		page.Next = changeCursor(f, last.ContentChangedAt.UnixMilli(), int64(last.ID))
	}
	var kept []itemRow
	for n, r := range rows {
		switch {
		case answers[n]:
			kept = append(kept, r)
		case r.FirstSeenAt.Before(since):
			page.Removed = append(page.Removed, policy.Removal{ID: r.ID, At: r.ContentChangedAt})
		}
	}
	if err := s.addSightings(ctx, kept); err != nil {
		return policy.ItemChanges{}, fmt.Errorf("listing changes: %w", err)
	}
	for _, r := range kept {
		page.Items = append(page.Items, r.Item)
	}
	return page, nil
}

// changed reads the items behind a place, and whether each answers the selection.
func (s *Store) changed(ctx context.Context, chosen selection, at, id int64) (found []itemRow, answers []bool, _ error) {
	var args arguments
	place := args.add(at)
	text := "SELECT " + listed + ", CASE WHEN " + chosen.answered(s.dialect, &args) + " THEN 1 ELSE 0 END FROM items i" +
		" WHERE i.content_changed_at >= " + place + " AND (i.content_changed_at > " + place + " OR i.id > " + args.add(id) + ")" +
		" ORDER BY i.content_changed_at, i.id LIMIT " + args.add(chosen.limit+1)
	rows, err := s.query(ctx, text, args...)
	err = each(rows, err, func(rows *sql.Rows) error {
		var r itemRow
		var answer int
		err := scanListed(rows, &r, &answer)
		found, answers = append(found, r), append(answers, answer == 1)
		return err
	})
	return found, answers, err
}

// answered is the condition that an item answers the selection.
func (s selection) answered(d dialect, args *arguments) string {
	conditions := append(s.tagged("i.sort_key", -1, args), s.bounds("i.sort_key", args)...)
	if s.relevance != policy.AnyRelevance {
		conditions = append(conditions, "i.relevant = "+args.add(s.relevance != policy.Irrelevant))
	}
	if s.searched() {
		table, key := d.search.table()
		conditions = append(conditions, "i.sort_key IN (SELECT "+key+" FROM "+table+" WHERE "+d.search.condition(s.words, args)+")")
	}
	if len(conditions) == 0 {
		return "1 = 1"
	}
	return strings.Join(conditions, " AND ")
}

// A cursor of changes holds the clock and the number of the last item, and a hash of
// the question.
const changeCursorSize = 8 + 8 + 8

func changeCursor(f policy.Filter, at, id int64) string {
	raw := binary.BigEndian.AppendUint64(nil, uint64(at))
	raw = binary.BigEndian.AppendUint64(raw, uint64(id))
	raw = binary.BigEndian.AppendUint64(raw, question(ofChanges(f), at^id))
	return base64.RawURLEncoding.EncodeToString(raw)
}

// placeOfChange returns the place that the cursor of a Filter holds; the beginning
// where there is none.
func placeOfChange(f policy.Filter) (at, id int64, _ error) {
	if f.Cursor == "" {
		return 0, 0, nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(f.Cursor)
	if err == nil && len(raw) == changeCursorSize {
		at, id = int64(binary.BigEndian.Uint64(raw)), int64(binary.BigEndian.Uint64(raw[8:]))
		if binary.BigEndian.Uint64(raw[16:]) == question(ofChanges(f), at^id) {
			return at, id, nil
		}
	}
	return 0, 0, policy.FieldErrors{{
		Field: "cursor", Value: f.Cursor, Problem: "it is not a cursor of this list of changes",
		Hint: "take it from the page before, with the same filter, or leave it out to start again",
	}}
}

// ofChanges makes the question one about changes, so that a cursor of items is none
// of theirs.
func ofChanges(f policy.Filter) policy.Filter {
	f.Relevance = "changes " + f.Relevance
	return f
}
