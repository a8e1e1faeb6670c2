package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Items returns one page of the list that a Filter asks for. Its items carry
// their summary, or where there is none the opening of their text, and their tags
// without the evidence; Item has all of both. A Filter that cannot be answered wraps policy.ErrInvalid.
func (s *Store) Items(ctx context.Context, f policy.Filter) (policy.ItemPage, error) {
	chosen, err := selectionOf(f)
	if err != nil {
		return policy.ItemPage{}, err
	}
	rows, err := s.page(ctx, chosen)
	if err != nil {
		return policy.ItemPage{}, fmt.Errorf("listing items: %w", err)
	}
	var page policy.ItemPage
	if len(rows) > chosen.limit {
		rows = rows[:chosen.limit]
		page.Next = cursor(f, rows[chosen.limit-1].key())
	}
	if err := s.addSightings(ctx, rows); err != nil {
		return policy.ItemPage{}, fmt.Errorf("listing items: %w", err)
	}
	page.Items = make([]policy.Item, len(rows))
	for i, r := range rows {
		page.Items[i] = r.Item
	}
	return page, nil
}

// page reads one item more than the page holds, to know whether there is another.
func (s *Store) page(ctx context.Context, chosen selection) ([]itemRow, error) {
	var args arguments
	text := pageSQL(s.dialect, chosen, &args)
	found := make([]itemRow, 0, chosen.limit+1)
	rows, err := s.query(ctx, text, args...)
	err = each(rows, err, func(rows *sql.Rows) error {
		var r itemRow
		if err := scanListed(rows, &r); err != nil {
			return err
		}
		found = append(found, r)
		return nil
	})
	return found, err
}

func pageSQL(d dialect, chosen selection, args *arguments) string {
	text := "SELECT " + listed + " FROM items i WHERE i.sort_key IN (" + chosen.keys(d, args, chosen.limit+1) + ") ORDER BY i.sort_key"
	if !chosen.oldest {
		text += " DESC"
	}
	return text
}

// Item returns everything that we have of one item. A number that was never
// given wraps policy.ErrNotFound.
func (s *Store) Item(ctx context.Context, id policy.ItemID) (policy.Item, error) {
	r, err := load(ctx, s, id)
	if err != nil {
		return policy.Item{}, err
	}
	if r.Sightings, err = s.sightings(ctx, r.Story); err != nil {
		return policy.Item{}, fmt.Errorf("reading item %d: %w", id, err)
	}
	if r.Opinions, err = opinions(ctx, s, id, r.ContentChangedAt); err != nil {
		return policy.Item{}, fmt.Errorf("reading opinions on item %d: %w", id, err)
	}
	return r.Item, nil
}

// maxSightings bounds the sightings of one story that are shown.
const maxSightings = 200

// sightings returns every source's copy of a story, the first one first.
func (s *Store) sightings(ctx context.Context, story policy.ItemID) ([]policy.Sighting, error) {
	var all []policy.Sighting
	rows, err := s.query(ctx, `SELECT s.source, s.entry_id, s.url, s.title, s.seen_at, s.item
		FROM items i JOIN sightings s ON s.item = i.id WHERE i.story = $1
		ORDER BY s.seen_at, s.item, s.source, s.entry_id LIMIT $2`, int64(story), maxSightings)
	err = each(rows, err, func(rows *sql.Rows) error {
		var sighting policy.Sighting
		var at int64
		err := rows.Scan(&sighting.Source, &sighting.EntryID, &sighting.URL, &sighting.Title, &at, &sighting.Item)
		sighting.SeenAt = moment(at)
		all = append(all, sighting)
		return err
	})
	return all, err
}

// addSightings fills in the sightings of a page. Most items have one, which the
// item itself tells.
func (s *Store) addSightings(ctx context.Context, page []itemRow) error {
	for i := range page {
		r := &page[i]
		if r.carried > 1 || r.Story != r.ID {
			var err error
			if r.Sightings, err = s.sightings(ctx, r.Story); err != nil {
				return err
			}
			continue
		}
		d := r.Document
		r.Sightings = []policy.Sighting{{
			Source: d.Source, EntryID: d.EntryID, URL: d.URL, Title: d.Title, SeenAt: r.FirstSeenAt, Item: r.ID,
		}}
	}
	return nil
}
