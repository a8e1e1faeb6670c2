package parse

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestFeedFixtures(t *testing.T) {
	eachFixture(t, "feeds", func(in Input) any { return goldenOfResult(Feed(in)) })
}

func TestFeedLinks(t *testing.T) {
	page := `<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"><link rel=stylesheet href=a.css>
		<link rel="Alternate" type="application/atom+xml" href="https://example.org/atom"><link rel="alternate" hreflang="de" href="/de">
		<link rel="alternate" type="application/feed+json" href="feed.json"><link rel="alternate" type="application/rss+xml" href="javascript:x"></head></html>`
	want := []string{"https://example.org/feed.xml", "https://example.org/atom", "https://example.org/a/feed.json"}
	if got := FeedLinks(Input{URL: "https://example.org/a/b", Body: []byte(page)}); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Entries without an id keep theirs when the feed is read again in another
// order, or with other tracking parameters.
func TestEntryIDsAreStable(t *testing.T) {
	const one, two = `<item><title>One</title><link>https://example.org/1?utm_source=a</link></item>`, `<item><title>Two</title><pubDate>Tue, 12 May 2026 08:00:00 GMT</pubDate></item>`
	read := func(items string) map[string]string {
		r, err := Feed(Input{Body: []byte("<rss><channel>" + items + "</channel></rss>")})
		if err != nil {
			t.Fatal(err)
		}
		ids := map[string]string{}
		for _, d := range r.Documents {
			ids[d.Title] = d.EntryID
		}
		return ids
	}
	if before, after := read(one+two), read(two+strings.Replace(one, "=a", "=b", 1)); !maps.Equal(before, after) {
		t.Errorf("%v became %v", before, after)
	}
}

// A feed that names its language without a country has its dates read by what is
// known of the source.
func TestAmbiguousDatesGoByTheSource(t *testing.T) {
	body := []byte(`<rss><channel><language>en</language><item><title>a</title><pubDate>04/03/2026</pubDate></item></channel></rss>`)
	for source, want := range map[string]string{"en-AU": "2026-03-04", "en-US": "2026-04-03", "": "2026-04-03", "fr": "2026-04-03"} {
		r, err := Feed(Input{Body: body, Language: source})
		if err != nil || len(r.Documents) != 1 || r.Documents[0].Published.String() != want {
			t.Errorf("%q: got %v, %v; want %s", source, r.Documents, err, want)
		}
	}
}

// Parsing keeps no state: one input gives one result, whoever else is at work.
func TestFeedsAtOnce(t *testing.T) {
	body := generatedFeed(5)
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			if r, err := Feed(Input{Body: body}); err != nil || len(r.Documents) != 5 {
				t.Errorf("%d documents, %v", len(r.Documents), err)
			}
		})
	}
	readers.Wait()
}
