package parse

import (
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/internal/prerequisite"
)

// capture is one line of the index of the genuine captures.
type capture struct{ path, url, kind, language string }

func captures(t testing.TB) []capture {
	t.Helper()
	root := filepath.Join(prerequisite.Captures(t), "press")
	var all []capture
	for _, row := range index(t, root) {
		all = append(all, capture{filepath.Join(root, row[0]), row[1], row[8], row[4]})
	}
	return all
}

// index reads the list of the captures in a folder, without its head.
func index(t testing.TB, root string) [][]string {
	t.Helper()
	file, err := os.Open(filepath.Join(root, "INDEX.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	r := csv.NewReader(file)
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

func (c capture) input(t testing.TB) Input {
	t.Helper()
	body, err := os.ReadFile(c.path)
	if err != nil {
		t.Fatal(err)
	}
	return Input{URL: c.url, Body: body}
}

func TestCapturedFeeds(t *testing.T) {
	t.Parallel()
	feeds, parsed, entries, documents, partial, undated, unread := 0, 0, 0, 0, 0, 0, 0
	for _, c := range captures(t) {
		if c.kind != "feed" {
			continue
		}
		feeds++
		in := c.input(t)
		r, err := Feed(in)
		if err != nil {
			t.Errorf("%s (%s): %v", c.path, Detect(in), err)
			continue
		}
		checkResult(t, r)
		if d := Detect(in); d != FormatFeed && d != FormatJSONFeed {
			t.Errorf("%s is a feed, and was detected as %s", c.path, d)
		}
		parsed++
		entries += r.Entries
		documents += len(r.Documents)
		undated += len(r.Documents) - r.Dated
		unread += r.Undatable
		if len(r.Problems) > 0 {
			partial++
			t.Logf("%s: %d entries, %d documents: %v", filepath.Base(c.path), r.Entries, len(r.Documents), r.Problems)
		}
		if r.Undatable > 0 {
			for _, d := range r.Documents {
				if d.Published.IsZero() && d.Partial() {
					t.Logf("%s: %v", filepath.Base(c.path), d.Problems)
					break
				}
			}
		}
	}
	if entries < 4200 || documents < 4200 || undated > 520 || unread > 0 || partial > 12 {
		t.Error("fewer feeds, entries or dates were read than once before")
	}
	t.Logf("feeds %d, parsed %d, partial %d, entries %d, documents %d, without a date %d, of which with an unreadable date %d",
		feeds, parsed, partial, entries, documents, undated, unread)
}

func TestCapturedArticles(t *testing.T) {
	t.Parallel()
	pages, parsed, titled, texts, dated, consent, problems := 0, 0, 0, 0, 0, 0, map[string]int{}
	for _, c := range captures(t) {
		if c.kind != "article-html" {
			continue
		}
		pages++
		in := c.input(t)
		if d := Detect(in); d != FormatHTML {
			t.Errorf("%s is a page, and was detected as %s", c.path, d)
		}
		d, err := Article(in)
		if err != nil {
			t.Logf("%s: %v", filepath.Base(c.path), err)
			if errors.Is(err, ErrConsent) {
				consent++
			}
			continue
		}
		parsed++
		if d.Title != "" {
			titled++
		}
		if len([]rune(d.Text)) >= enoughText {
			texts++
		} else {
			t.Logf("%s: %d characters of text; %v", filepath.Base(c.path), len(d.Text), d.Problems)
		}
		if !d.Published.IsZero() {
			dated++
		}
		for _, p := range d.Problems {
			problems[p]++
		}
	}
	if parsed < 152 || titled < 150 || texts < 136 || dated < 98 {
		t.Error("fewer pages, titles, texts or dates were read than once before")
	}
	t.Logf("pages %d, parsed %d, with title %d, with text %d, with date %d, consent %d, problems %v", pages, parsed, titled, texts, dated, consent, problems)
}

// What a server declares and what a body is go together in the official
// captures; Detect has to find it without the declaration.
func TestOfficialCapturesAreDetected(t *testing.T) {
	t.Parallel()
	formats := map[string][]Format{
		"application/json": {FormatJSON}, "application/ld+json": {FormatJSON}, "application/sparql-results+json": {FormatJSON},
		"application/vnd.api+json": {FormatJSON}, "text/html": {FormatHTML}, "application/xhtml+xml": {FormatHTML},
		"application/rss+xml": {FormatFeed}, "application/atom+xml": {FormatFeed}, "application/rdf+xml": {FormatXML},
		"application/soap+xml": {FormatXML}, "application/xml": {FormatXML, FormatFeed, FormatSitemap}, "text/xml": {FormatXML, FormatFeed},
	}
	root := filepath.Join(prerequisite.Captures(t), "official")
	feeds, entries, documents := 0, 0, 0
	for _, row := range index(t, root) {
		body, err := os.ReadFile(filepath.Join(root, row[0]))
		if err != nil {
			t.Fatal(err)
		}
		in := Input{URL: row[1], Body: body}
		declared, _, _ := strings.Cut(row[2], ";")
		got := Detect(in)
		if !slices.Contains(formats[declared], got) {
			t.Errorf("%s is %s, and was detected as %s", row[0], declared, got)
		}
		switch got {
		case FormatFeed:
			r, err := Feed(in)
			if err != nil {
				t.Errorf("%s: %v", row[0], err)
			}
			checkResult(t, r)
			feeds, entries, documents = feeds+1, entries+r.Entries, documents+len(r.Documents)
		case FormatHTML:
			d, err := Article(in)
			if err != nil {
				t.Errorf("%s: %v", row[0], err)
			}
			checkDocument(t, d)
		}
	}
	t.Logf("feeds %d, entries %d, documents %d", feeds, entries, documents)
	if feeds < 16 || documents < 4880 {
		t.Error("fewer feeds or entries were read than once before")
	}
}
