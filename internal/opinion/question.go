package opinion

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// What of a document is sent, in bytes, and how many dossiers are offered.
const (
	maxTitle    = 400
	maxExcerpt  = 6000
	maxDossiers = 24
)

// Question is what a model is asked about one document.
type Question struct {
	Title     string
	Excerpt   string
	Language  string
	Published string
	Source    string           // what the source usually publishes, in our words
	Home      string           // the source's home
	Dossiers  []policy.Dossier // those that it may name
}

// NewQuestion makes the question about an item. What is not needed for an answer
// is left out: addresses, authors, and what our classifier thinks.
func NewQuestion(item policy.Item, record *knowledge.Base) Question {
	d := item.Document
	text := d.Text
	if text == "" {
		text = d.Summary
	}
	language := item.Tags.Language
	if language == "" {
		language = d.Language
	}
	return Question{
		Title:     plain(d.Title, maxTitle),
		Excerpt:   plain(text, maxExcerpt),
		Language:  plain(language, 20),
		Published: d.Published.String(),
		Source:    policy.Kinds.Label(d.Kind),
		Home:      plain(d.Jurisdiction, 20),
		Dossiers:  offered(item, record),
	}
}

// offered returns the dossiers that a model may name: those that the classifier
// found, then those of the item's jurisdictions.
func offered(item policy.Item, record *knowledge.Base) []policy.Dossier {
	var all []policy.Dossier
	add := func(d policy.Dossier) {
		known := slices.ContainsFunc(all, func(o policy.Dossier) bool { return o.ID == d.ID })
		if !known && len(all) < maxDossiers {
			all = append(all, d)
		}
	}
	for _, tag := range item.Tags.Dossiers {
		if d, ok := record.Dossier(tag.Value); ok {
			add(d)
		}
	}
	places := []string{item.Document.Jurisdiction}
	for _, tag := range item.Tags.Jurisdictions {
		places = append(places, tag.Value)
	}
	for _, place := range places {
		for _, d := range record.DossiersOf(place) {
			add(d)
		}
	}
	return all
}

// plain returns the visible text, cut at a rune to at most limit bytes. Marks that
// people do not see could hide words from them and show them to a model.
func plain(text string, limit int) string {
	var out strings.Builder
	for _, r := range text {
		switch {
		case r == '\n' || r == '\t':
		case r == utf8.RuneError, unicode.Is(unicode.C, r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r):
			continue
		}
		if out.Len()+utf8.RuneLen(r) > limit {
			break
		}
		out.WriteRune(r)
	}
	return strings.TrimSpace(out.String())
}
