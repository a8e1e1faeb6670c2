package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// itemRow is an item with what only the store knows of it.
type itemRow struct {
	policy.Item
	machine policy.Tags // the classifier's own tags, before corrections
	hash    string
	carried int
}

func (r itemRow) key() int64 { return sortKey(r.ShownAt(), r.ID) }

// shownEnd is the end of the span that the date of an item can mean.
func (r itemRow) shownEnd() time.Time {
	if r.Document.Published.IsZero() {
		return r.FirstSeenAt.Add(time.Second)
	}
	return r.Document.Published.End()
}

// columns is a row of items, in the order of the tables of migrations.
var columns = []string{
	"id", "sort_key", "relevant", "source", "entry_id", "url", "canonical_url", "title", "byline", "summary", "opening", "language",
	"published", "updated", "kind", "jurisdiction", "grade", "paywalled", "tags", "text_language", "shown_at", "shown_end",
	"first_seen_at", "content_changed_at", "verified_at", "content_hash", "story", "carried",
}

// values returns what belongs in columns.
func (r itemRow) values() []any {
	d := r.Document
	return []any{
		int64(r.ID), r.key(), r.Tags.IsRelevant(), d.Source, d.EntryID, d.URL, d.CanonicalURL, d.Title, d.Byline, d.Summary, opening(d), d.Language,
		d.Published.String(), d.Updated.String(), string(d.Kind), d.Jurisdiction, string(d.Grade), d.Paywalled, briefTags(r.Tags),
		withoutRegion(languageOf(d, r.Tags)), millis(r.ShownAt()), millis(r.shownEnd()),
		millis(r.FirstSeenAt), millis(r.ContentChangedAt), millis(r.VerifiedAt), r.hash, int64(r.Story), r.carried,
	}
}

var (
	insertItem = "INSERT INTO items (" + strings.Join(columns, ", ") + ") VALUES (" + places(1, len(columns)) + ")"
	updateItem = "UPDATE items SET (" + strings.Join(columns[1:], ", ") + ") = (" + places(2, len(columns)) + ") WHERE id = $1"
)

// places returns "$from, … $to".
func places(from, to int) string {
	var all []string
	for i := from; i <= to; i++ {
		all = append(all, fmt.Sprintf("$%d", i))
	}
	return strings.Join(all, ", ")
}

func (tx *Tx) insertItem(ctx context.Context, r itemRow) error {
	return tx.writeItem(ctx, r, insertItem, "INSERT INTO item_details (item, text, document, tags) VALUES ($1, $2, $3, $4)")
}

func (tx *Tx) updateItem(ctx context.Context, r itemRow) error {
	return tx.writeItem(ctx, r, updateItem, "UPDATE item_details SET text = $2, document = $3, tags = $4 WHERE item = $1")
}

func (tx *Tx) writeItem(ctx context.Context, r itemRow, item, details string) error {
	document, err := encodeDocument(r.Document)
	if err != nil {
		return err
	}
	machine, err := encodeTags(r.machine)
	if err != nil {
		return err
	}
	if _, err := tx.exec(ctx, item, r.values()...); err != nil {
		return fmt.Errorf("writing the item: %w", err)
	}
	if _, err := tx.exec(ctx, details, int64(r.ID), r.Document.Text, document, machine); err != nil {
		return fmt.Errorf("writing the item's text: %w", err)
	}
	return nil
}

// listed are the columns that a list shows.
const listed = `i.id, i.source, i.entry_id, i.url, i.canonical_url, i.title, i.byline, i.summary, i.opening, i.language, i.published, i.updated,
	i.kind, i.jurisdiction, i.grade, i.paywalled, i.tags, i.first_seen_at, i.content_changed_at, i.verified_at, i.story, i.carried, i.content_hash`

// openingLength is how much of the text a list carries where the source gives no
// summary, in bytes: about three lines.
const openingLength = 320

// opening returns the first words of a document's text, for lists; nothing where
// its summary serves.
func opening(d policy.Document) string {
	if d.Summary != "" {
		return ""
	}
	if len(d.Text) <= openingLength {
		return d.Text
	}
	cut := strings.LastIndexFunc(d.Text[:openingLength], unicode.IsSpace)
	if cut <= 0 {
		cut = openingLength
	}
	return strings.ToValidUTF8(d.Text[:cut], "") + " …"
}

// scanListed reads the columns of listed and those that follow them. Of the text
// it brings the opening.
func scanListed(rows *sql.Rows, r *itemRow, more ...any) error {
	d := &r.Document
	var published, updated, short string
	var firstSeen, changed, verified int64
	into := []any{
		&r.ID, &d.Source, &d.EntryID, &d.URL, &d.CanonicalURL, &d.Title, &d.Byline, &d.Summary, &d.Text, &d.Language, &published, &updated,
		&d.Kind, &d.Jurisdiction, &d.Grade, &d.Paywalled, &short, &firstSeen, &changed, &verified, &r.Story, &r.carried, &r.hash,
	}
	if err := rows.Scan(append(into, more...)...); err != nil {
		return err
	}
	var err error
	if d.Published, err = policy.ParseDate(published); err != nil {
		return err
	}
	if d.Updated, err = policy.ParseDate(updated); err != nil {
		return err
	}
	if r.Tags, err = readBriefTags(short); err != nil {
		return err
	}
	r.FirstSeenAt, r.ContentChangedAt, r.VerifiedAt = moment(firstSeen), moment(changed), moment(verified)
	return nil
}

// asker is what a question can be put to: the Store or a transaction.
type asker interface {
	query(ctx context.Context, text string, args ...any) (*sql.Rows, error)
}

// load reads a whole item. A number that was never given wraps
// policy.ErrNotFound.
func load(ctx context.Context, db asker, id policy.ItemID) (itemRow, error) {
	all, err := loadWhere(ctx, db, "i.id = $1", int64(id))
	if err != nil {
		return itemRow{}, fmt.Errorf("reading item %d: %w", id, err)
	}
	if len(all) == 0 {
		return itemRow{}, fmt.Errorf("item %d: %w", id, policy.ErrNotFound)
	}
	all[0].Corrections, err = corrections(ctx, db, id)
	if err != nil {
		return itemRow{}, fmt.Errorf("reading item %d: %w", id, err)
	}
	all[0].Tags = policy.Apply(all[0].machine, all[0].Corrections)
	return all[0], nil
}

// loadWhere reads whole items but for their corrections, by number.
func loadWhere(ctx context.Context, db asker, where string, args ...any) ([]itemRow, error) {
	var all []itemRow
	rows, err := db.query(ctx, "SELECT "+listed+`, d.text, d.document, d.tags
		FROM items i JOIN item_details d ON d.item = i.id WHERE `+where+" ORDER BY i.id", args...)
	err = each(rows, err, func(rows *sql.Rows) error {
		var r itemRow
		var document, machine string
		if err := scanListed(rows, &r, &r.Document.Text, &document, &machine); err != nil {
			return err
		}
		if err := decodeDocument(document, &r.Document); err != nil {
			return err
		}
		var err error
		r.machine, err = decodeTags(machine)
		all = append(all, r)
		return err
	})
	return all, err
}

func (tx *Tx) load(ctx context.Context, id policy.ItemID) (itemRow, error) { return load(ctx, tx, id) }

// corrections returns what people said of an item, oldest first.
func corrections(ctx context.Context, db asker, id policy.ItemID) ([]policy.Correction, error) {
	var all []policy.Correction
	rows, err := db.query(ctx, `SELECT facet, value, verdict, made_by, note, made_at FROM corrections WHERE item = $1 ORDER BY id`, int64(id))
	err = each(rows, err, func(rows *sql.Rows) error {
		c := policy.Correction{Item: id}
		var at int64
		err := rows.Scan(&c.Facet, &c.Value, &c.Verdict, &c.By, &c.Note, &at)
		c.At = moment(at)
		all = append(all, c)
		return err
	})
	return all, err
}

// The prefixes of the words in item_tags that are not the classifier's.
const (
	tagSource   = "source:"
	tagLanguage = "lang:"
)

// tagWords returns every word by which a list can be narrowed to the item.
func (r itemRow) tagWords(sources []string) []string {
	var all []string
	add := func(word string) {
		if !slices.Contains(all, word) {
			all = append(all, word)
		}
	}
	for _, tag := range r.Tags.All() {
		switch tag.Facet {
		case policy.FacetRelevant, policy.FacetEvent: // relevance has its own column; no list asks for an event
			continue
		case policy.FacetJurisdiction:
			add(string(tag.Facet) + ":" + withoutRegion(tag.Value)) // a part of a country is in the country
		}
		add(string(tag.Facet) + ":" + clean(tag.Value))
	}
	for _, source := range sources {
		if source != "" {
			add(tagSource + source)
		}
	}
	if language := languageOf(r.Document, r.Tags); language != "" {
		add(tagLanguage + withoutRegion(language))
		add(tagLanguage + language)
	}
	return all
}

func (tx *Tx) insertTags(ctx context.Context, r itemRow, sources []string) error {
	found := r.tagWords(sources)
	if len(found) == 0 {
		return nil
	}
	args := arguments{r.Tags.IsRelevant(), r.key()}
	rows := make([]string, len(found))
	for i, word := range found {
		rows[i] = "(" + args.add(word) + ", $1, $2)"
	}
	if _, err := tx.exec(ctx, "INSERT INTO item_tags (tag, relevant, sort_key) VALUES "+strings.Join(rows, ", "), args...); err != nil {
		return fmt.Errorf("writing the tags: %w", err)
	}
	return nil
}

// rewriteTags replaces the words of an item that changed.
func (tx *Tx) rewriteTags(ctx context.Context, before, after itemRow) error {
	var sources []string
	rows, err := tx.query(ctx, "SELECT DISTINCT source FROM sightings WHERE item = $1", int64(after.ID))
	err = each(rows, err, func(rows *sql.Rows) error {
		var source string
		err := rows.Scan(&source)
		sources = append(sources, source)
		return err
	})
	if err == nil {
		_, err = tx.exec(ctx, "DELETE FROM item_tags WHERE sort_key = $1", before.key())
	}
	if err != nil {
		return fmt.Errorf("replacing the tags: %w", err)
	}
	return tx.insertTags(ctx, after, sources)
}
