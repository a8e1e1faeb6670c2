package store

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Entry is what Save keeps: what a source said and what we think it means.
type Entry struct {
	Document  policy.Document
	Digest    string      // of the entry as the source served it; equal digests mean that nothing changed
	Tags      policy.Tags // the classifier's
	Signature []uint64    // MinHash of the text, 128 hashes; nil where near-duplicates are not looked for. Only relevant entries need one
}

// Outcome says what Save did.
type Outcome string

// The outcomes.
const (
	New       Outcome = "new"       // a new item
	Updated   Outcome = "updated"   // a known item says something else than before
	Unchanged Outcome = "unchanged" // a known item says what it said
	Duplicate Outcome = "duplicate" // another copy of a known item; kept as a sighting of it
	Story     Outcome = "story"     // a new item that tells the story of an earlier one
)

// Saved is the item that an Entry became, or was found to be.
type Saved struct {
	ID      policy.ItemID
	Outcome Outcome
}

// cleaned returns the document without what a database or a page cannot take:
// zero bytes and broken UTF-8.
func cleaned(d policy.Document) policy.Document {
	for _, text := range []*string{
		&d.Source, &d.EntryID, &d.URL, &d.CanonicalURL, &d.Title, &d.Byline, &d.Summary, &d.Text, &d.Language, &d.Jurisdiction,
	} {
		*text = clean(*text)
	}
	if d.URL == "" {
		d.URL = d.CanonicalURL
	}
	return d
}

func clean(text string) string {
	if strings.IndexByte(text, 0) >= 0 {
		text = strings.ReplaceAll(text, "\x00", "")
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}

// identified makes sure that the document has an id within its source.
func identified(d policy.Document) (policy.Document, error) {
	if d.Title == "" && d.Summary == "" && d.Text == "" {
		return d, fmt.Errorf("%w: the entry %q of %q has neither a title nor a text", policy.ErrInvalid, d.EntryID, d.Source)
	}
	if d.EntryID == "" {
		d.EntryID = d.CanonicalURL
	}
	if d.EntryID == "" {
		d.EntryID = d.URL
	}
	if d.EntryID == "" {
		digest := sha256.Sum256([]byte(d.Title + "\x00" + d.Summary + "\x00" + d.Text))
		d.EntryID = "sha256:" + hex.EncodeToString(digest[:])
	}
	return d, nil
}

// content is a document as search and comparison see it: in folded words.
type content struct {
	title, summary, text []string
}

func contentOf(d policy.Document) content {
	return content{title: foldedWords(d.Title), summary: foldedWords(d.Summary), text: foldedWords(d.Text)}
}

// body is the text, or the summary where there is only that.
func (c content) body() []string {
	if len(c.text) > 0 {
		return c.text
	}
	return c.summary
}

// equal reports whether two documents say the same to a reader.
func (c content) equal(other content) bool {
	return slices.Equal(c.title, other.title) && slices.Equal(c.body(), other.body())
}

// leastWords is the length below which equal texts prove nothing: many a page
// says only "Read the full text".
const leastWords = 12

// hash stands for the title and the text; it is empty where there is too little
// text to tell two documents from each other. Official numbers count too, because
// the records of two procedures can share every word but those.
func (c content) hash(officialIDs []string) string {
	if len(c.body()) < leastWords {
		return ""
	}
	digest := sha256.New()
	for _, part := range [][]string{c.title, c.body(), slices.Sorted(slices.Values(officialIDs))} {
		for _, word := range part {
			digest.Write([]byte(word))
			digest.Write([]byte{' '})
		}
		digest.Write([]byte{0})
	}
	return hex.EncodeToString(digest.Sum(nil)[:16])
}

// languageOf is the language that was detected, or else declared, without its
// region: "pt" of "pt-BR".
func languageOf(d policy.Document, t policy.Tags) string {
	language := t.Language
	if language == "" {
		language = d.Language
	}
	return strings.ToLower(clean(language))
}

func withoutRegion(language string) string {
	base, _, _ := strings.Cut(language, "-")
	return base
}
