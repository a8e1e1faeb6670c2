package store

import (
	"context"
	"fmt"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Save keeps an entry: as a new item, as news about a known one, or as one more
// copy of it. Everything about it is kept in this transaction or not at all. An
// entry with neither title nor text is an error that wraps policy.ErrInvalid.
func (tx *Tx) Save(ctx context.Context, e Entry) (Saved, error) {
	saved, err := tx.save(ctx, e)
	if err != nil {
		return Saved{}, fmt.Errorf("saving %q of %q: %w", e.Document.EntryID, e.Document.Source, err)
	}
	return saved, nil
}

func (tx *Tx) save(ctx context.Context, e Entry) (Saved, error) {
	var err error
	e.Digest = clean(e.Digest)
	if e.Document, err = identified(cleaned(e.Document)); err != nil {
		return Saved{}, err
	}
	if err := tx.lockItems(ctx); err != nil {
		return Saved{}, err
	}
	seen, err := tx.sighting(ctx, e.Document)
	if err != nil {
		return Saved{}, err
	}
	if seen.item != 0 && seen.digest == e.Digest && e.Digest != "" {
		return Saved{seen.item, Unchanged}, nil
	}
	words := contentOf(e.Document)
	known, err := tx.identify(ctx, e.Document, seen, words)
	switch {
	case err != nil:
		return Saved{}, err
	case known == 0:
		return tx.create(ctx, e, words)
	}
	return tx.meetAgain(ctx, known, e)
}

// create keeps a new item.
func (tx *Tx) create(ctx context.Context, e Entry, words content) (Saved, error) {
	now := tx.store.now().UTC()
	row := itemRow{
		Item: policy.Item{ID: tx.number(), Document: e.Document, Tags: e.Tags, FirstSeenAt: now, ContentChangedAt: now},
		hash: words.hash(e.Document.OfficialIDs), carried: 1, machine: e.Tags,
	}
	signature := storySignature(e)
	story, err := tx.findStory(ctx, row, signature)
	if err != nil {
		return Saved{}, err
	}
	row.Story = story
	outcome := Story
	if story == 0 {
		row.Story, outcome = row.ID, New
	}
	if err := tx.insert(ctx, row, words); err != nil {
		return Saved{}, err
	}
	if _, err := tx.sight(ctx, row.ID, e, now); err != nil {
		return Saved{}, err
	}
	if story == 0 {
		return Saved{row.ID, outcome}, tx.keepSignature(ctx, row.ID, signature)
	}
	return Saved{row.ID, outcome}, tx.carryOn(ctx, story)
}

func (tx *Tx) insert(ctx context.Context, row itemRow, words content) error {
	if err := tx.insertItem(ctx, row); err != nil {
		return err
	}
	if err := tx.insertTags(ctx, row, []string{row.Document.Source}); err != nil {
		return err
	}
	return tx.store.dialect.search.put(ctx, tx, row.key(), words, row.Tags.IsRelevant())
}

// meetAgain takes in an entry of an item that we have: news of it where it comes
// from the item's own source, else one more sighting.
func (tx *Tx) meetAgain(ctx context.Context, known policy.ItemID, e Entry) (Saved, error) {
	row, err := tx.load(ctx, known)
	if err != nil {
		return Saved{}, err
	}
	now := tx.store.now().UTC()
	fresh, err := tx.sight(ctx, row.ID, e, now)
	if err == nil && fresh {
		err = tx.another(ctx, row, e.Document.Source)
	}
	if err != nil {
		return Saved{}, err
	}
	sameURL := sameAddress(row.Document, e.Document)
	switch {
	case row.Document.Source == e.Document.Source && (sameURL || row.Document.EntryID == e.Document.EntryID):
		changed, err := tx.update(ctx, row, e, now)
		if err != nil || !changed {
			return Saved{row.ID, Unchanged}, err
		}
		return Saved{row.ID, Updated}, nil
	case sameURL && float64(len(row.Document.Text)) < teaserShare*float64(len(e.Document.Text)):
		return Saved{row.ID, Duplicate}, tx.enrich(ctx, row, e, now)
	}
	return Saved{row.ID, Duplicate}, nil
}

// another takes in that one more source carries an item.
func (tx *Tx) another(ctx context.Context, row itemRow, source string) error {
	if err := tx.carryOn(ctx, row.Story); err != nil || source == "" {
		return err
	}
	_, err := tx.exec(ctx, "INSERT INTO item_tags (tag, relevant, sort_key) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
		tagSource+source, row.Tags.IsRelevant(), row.key())
	if err != nil {
		return fmt.Errorf("tagging the source: %w", err)
	}
	return nil
}

// enrich gives an item of which we have a teaser the text that another source
// serves for the same address.
func (tx *Tx) enrich(ctx context.Context, row itemRow, e Entry, now time.Time) error {
	fuller := row.Document
	fuller.Text, fuller.Problems = e.Document.Text, e.Document.Problems
	if fuller.Published.IsZero() {
		fuller.Published = e.Document.Published
	}
	e.Document = fuller
	_, err := tx.update(ctx, row, e, now)
	return err
}

// update brings a known item up to date and reports whether it now says
// something else.
func (tx *Tx) update(ctx context.Context, before itemRow, e Entry, now time.Time) (changed bool, _ error) {
	m := merge(before.Document, e.Document)
	after := before
	after.Document = m.document
	if m.meaning {
		after.ContentChangedAt = now
	}
	if !m.shorter {
		after.machine = e.Tags
		after.Tags = policy.Apply(e.Tags, after.Corrections)
	}
	words := contentOf(after.Document)
	after.hash = words.hash(after.Document.OfficialIDs)
	if err := tx.updateItem(ctx, after); err != nil {
		return false, err
	}
	if err := tx.rewriteTags(ctx, before, after); err != nil {
		return false, err
	}
	search := tx.store.dialect.search
	if err := search.remove(ctx, tx, before.key()); err != nil {
		return false, err
	}
	return m.meaning, search.put(ctx, tx, after.key(), words, after.Tags.IsRelevant())
}
