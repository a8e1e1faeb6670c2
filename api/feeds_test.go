package api_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/mmcdole/gofeed"
)

func TestFeedsAreWhatIsCommitted(t *testing.T) {
	engine, _ := mount(t, options(sample()))
	for _, suffix := range []string{"atom", "rss", "json"} {
		w := ask(engine, "GET", "/feeds/items."+suffix+"?limit=2&relevant=all")
		golden(t, "feed."+suffix, w.Body.Bytes())
	}
	for _, name := range []string{"timeline.atom", "events.atom", "upcoming.atom", "dossiers.atom", "candidates.atom", "dossiers/fr-bill-7.json", "actors/someone.atom",
		"timeline.csv", "events.csv", "dossiers.csv", "candidates.csv", "actors/someone.csv", "candidates.ndjson", "upcoming.ics"} {
		golden(t, "feed-"+strings.ReplaceAll(name, "/", "-"), ask(engine, "GET", "/feeds/"+name).Body.Bytes())
	}
	golden(t, "feeds.opml", ask(engine, "GET", "/feeds.opml").Body.Bytes())
}

func TestReadersUnderstandTheFeeds(t *testing.T) {
	engine, _ := mount(t, options(sample()))
	for _, suffix := range []string{"atom", "rss", "json"} {
		t.Run(suffix, func(t *testing.T) {
			w := ask(engine, "GET", "/feeds/items."+suffix+"?relevant=all")
			parsed, err := gofeed.NewParser().Parse(w.Body)
			if err != nil {
				t.Fatal(err)
			}
			if len(parsed.Items) != 3 || parsed.FeedLink != "https://watch.example/feeds/items."+suffix+"?relevant=all" ||
				parsed.Link != "https://watch.example/timeline?relevant=all" {
				t.Fatalf("got %+v", parsed)
			}
			first := parsed.Items[0]
			if first.Title != `Messages <chiffrés> & "portes dérobées"` || first.GUID != "tag:watch.example,2026-11-01:item/3" ||
				first.Link != "https://watch.example/items/3" {
				t.Errorf("got %q %q %q", first.Title, first.GUID, first.Link)
			}
			content := first.Content + first.Description
			if !strings.Contains(content, "<p>Le texte impose un accès.</p>") || !strings.Contains(content, `href="https://parliament.example/bills/7?a=1&amp;b=2"`) {
				t.Errorf("content: %s", content)
			}
			if first.PublishedParsed == nil || !first.PublishedParsed.Equal(time.Date(2026, 5, 12, 0, 0, 0, 0, time.UTC)) {
				t.Errorf("published: %v", first.PublishedParsed)
			}
			// Only the month is known: a false first of May would be a lie.
			if second := parsed.Items[1]; !second.PublishedParsed.Equal(day(10)) {
				t.Errorf("published: %v", second.PublishedParsed)
			}
			if third := parsed.Items[2]; strings.Contains(third.Content+third.Description, "javascript:") {
				t.Errorf("a script address came through: %s", third.Content)
			}
		})
	}
}

func TestFeedsAreWellFormedWhateverTheText(t *testing.T) {
	reader := sample()
	reader.items[0].Document.Title = "bad \x00 \ufffe \xff ]]> <![CDATA[ &bogus; "
	reader.items[0].Document.Summary = "</p><script>alert(1)</script>\x08"
	reader.items[0].Document.Byline = "\u202e<b>"
	engine, _ := mount(t, options(reader))
	for _, suffix := range []string{"atom", "rss"} {
		body := ask(engine, "GET", "/feeds/items."+suffix).Body.Bytes()
		decoder := xml.NewDecoder(bytes.NewReader(body))
		for {
			if _, err := decoder.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", suffix, err)
			}
		}
		if strings.Contains(string(body), "&lt;script") {
			t.Errorf("%s: a script came through: %s", suffix, body)
		}
	}
	if body := ask(engine, "GET", "/feeds/items.json").Body.Bytes(); !json.Valid(body) || strings.Contains(string(body), "<script") {
		t.Errorf("got %s", body)
	}
}

func TestFeedStaysWhenOnlyTheClockMoves(t *testing.T) {
	now := day(20)
	reader := sample()
	o := options(reader)
	o.Now = func() time.Time { return now }
	engine, _ := mount(t, o)
	first := ask(engine, "GET", "/feeds/items.atom")
	now = now.AddDate(1, 0, 0)
	second := ask(engine, "GET", "/feeds/items.atom")
	if first.Header().Get("ETag") != second.Header().Get("ETag") || second.Header().Get("Last-Modified") != day(14).Format(http.TimeFormat) {
		t.Errorf("got %v then %v", first.Header(), second.Header())
	}
	since := ask(engine, "GET", "/feeds/items.atom", "If-Modified-Since", day(14).Format(http.TimeFormat))
	if since.Code != http.StatusNotModified {
		t.Errorf("got %d", since.Code)
	}
	before := ask(engine, "GET", "/feeds/items.atom", "If-Modified-Since", day(13).Format(http.TimeFormat))
	if before.Code != http.StatusOK {
		t.Errorf("got %d", before.Code)
	}
	// A tag that does not match decides alone.
	both := ask(engine, "GET", "/feeds/items.atom", "If-Modified-Since", day(14).Format(http.TimeFormat), "If-None-Match", `"old"`)
	if both.Code != http.StatusOK {
		t.Errorf("got %d", both.Code)
	}
	reader.items[0].Document.Title = "Another title"
	third := ask(engine, "GET", "/feeds/items.atom")
	if third.Header().Get("ETag") == first.Header().Get("ETag") || !strings.Contains(third.Body.String(), "tag:watch.example,2026-11-01:item/3<") {
		t.Errorf("the title changed: tag %s, body %s", third.Header().Get("ETag"), third.Body)
	}
}

func TestFeedIsKeptForAWhile(t *testing.T) {
	now := day(20)
	reader := sample()
	o := options(reader)
	o.FeedTTL, o.Now = time.Minute, func() time.Time { return now }
	engine, _ := mount(t, o)
	for range 3 {
		ask(engine, "GET", "/feeds/items.atom?kind=news,opinion")
		ask(engine, "GET", "/feeds/items.atom?kind=news&kind=opinion")
	}
	if got := reader.questions(); got != 1 {
		t.Errorf("the reader was asked %d times", got)
	}
	now = now.Add(time.Minute)
	ask(engine, "GET", "/feeds/items.atom?kind=news,opinion")
	if got := reader.questions(); got != 2 {
		t.Errorf("after a minute the reader was asked %d times", got)
	}
}

func TestFeedPagesLeadToAllEntries(t *testing.T) {
	reader := &memory{}
	for n := range 75 {
		item := opinion()
		item.ID = policy.ItemID(n + 1)
		reader.items = append(reader.items, item)
	}
	engine, _ := mount(t, options(reader))
	seen, address := map[string]bool{}, "/feeds/items.json?limit=20"
	for address != "" {
		feed := decode[struct {
			Next  string `json:"next_url"`
			Items []struct{ ID string }
		}](t, ask(engine, "GET", address).Body)
		for _, i := range feed.Items {
			seen[i.ID] = true
		}
		address = strings.TrimPrefix(feed.Next, "https://watch.example")
	}
	if len(seen) != 75 {
		t.Errorf("saw %d entries", len(seen))
	}
	atom := ask(engine, "GET", "/feeds/items.atom?limit=20&cursor=20").Body.String()
	for _, link := range []string{
		`rel="self" type="application/atom+xml" href="https://watch.example/feeds/items.atom?cursor=20&amp;limit=20"`,
		`rel="first" type="application/atom+xml" href="https://watch.example/feeds/items.atom?limit=20"`,
		`rel="next" type="application/atom+xml" href="https://watch.example/feeds/items.atom?cursor=40&amp;limit=20"`,
	} {
		if !strings.Contains(atom, link) {
			t.Errorf("no link %s in %s", link, atom[:900])
		}
	}
}

func TestFeedFormIsNegotiated(t *testing.T) {
	engine, _ := mount(t, options(sample()))
	browser := "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	for _, tc := range []struct{ name, address, accept, destination, want string }{
		{"nothing asked", "/feeds/items", "", "", "application/atom+xml"},
		{"anything", "/feeds/items", "*/*", "", "application/atom+xml"},
		{"RSS", "/feeds/items", "application/rss+xml, application/atom+xml;q=0.5", "", "application/rss+xml"},
		{"JSON", "/feeds/items", "application/json", "", "application/feed+json"},
		{"XML", "/feeds/items", "text/xml", "", "application/atom+xml"},
		{"a browser", "/feeds/items", browser, "document", "text/html"},
		{"a browser at a suffix", "/feeds/items.rss", browser, "document", "text/html"},
		{"a reader that poses as a browser", "/feeds/items.rss", browser, "", "application/rss+xml"},
		{"a suffix is sure", "/feeds/items.json", "application/atom+xml", "", "application/feed+json"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := ask(engine, "GET", tc.address, "Accept", tc.accept, "Sec-Fetch-Dest", tc.destination)
			if got := w.Header().Get("Content-Type"); w.Code != http.StatusOK || !strings.HasPrefix(got, tc.want) {
				t.Errorf("got %d %s", w.Code, got)
			}
			if vary := w.Header().Get("Vary"); !strings.Contains(vary, "Accept,") || !strings.Contains(vary, "Sec-Fetch-Dest") {
				t.Errorf("Vary is %q", vary)
			}
		})
	}
}

func TestFeedPageLeadsToTheFeed(t *testing.T) {
	engine, _ := mount(t, options(sample()))
	body := ask(engine, "GET", "/feeds/items.rss?jurisdiction=FR", "Accept", "text/html", "Sec-Fetch-Dest", "document").Body.String()
	for _, part := range []string{
		`<link rel="alternate" type="application/atom&#43;xml" title="Backdoor Watch: France (Atom)" href="https://watch.example/feeds/items.atom?jurisdiction=FR">`,
		"<pre>https://watch.example/feeds/items.rss?jurisdiction=FR</pre>", "Messages &lt;chiffrés&gt;", `<li lang="fr">`,
	} {
		if !strings.Contains(body, part) {
			t.Errorf("the page lacks %s: %s", part, body)
		}
	}
	if strings.Contains(body, "Why scanning fails") {
		t.Error("the page holds an entry that the feed does not")
	}
}

func TestFeedTitlesSayTheQuestion(t *testing.T) {
	engine, _ := mount(t, options(sample()))
	for _, tc := range []struct {
		filter policy.Filter
		want   string
	}{
		{policy.Filter{}, "Backdoor Watch"},
		{policy.Filter{Jurisdictions: []string{"FR", "EU"}, Stances: []policy.Stance{"weakens"}}, "Backdoor Watch: France or European Union · For access"},
		{policy.Filter{Query: "chat control", From: policy.Month(2026, 5), To: policy.Year(2026)}, "Backdoor Watch: search: chat control · May 2026 to 2026"},
		{policy.Filter{Dossiers: []string{"fr-bill-7", "unknown"}}, "Backdoor Watch: Bill 7 or unknown"},
	} {
		w := ask(engine, "GET", "/feeds/items.atom?"+tc.filter.Values().Encode())
		parsed, err := gofeed.NewParser().Parse(w.Body)
		if err != nil || parsed.Title != tc.want {
			t.Errorf("%v: got %+v, %v, want the title %q", tc.filter.Values(), parsed, err, tc.want)
		}
	}
}

func TestEmptyFeedIsValid(t *testing.T) {
	engine, _ := mount(t, options(&memory{}))
	for _, suffix := range []string{"atom", "rss", "json"} {
		w := ask(engine, "GET", "/feeds/items."+suffix)
		if parsed, err := gofeed.NewParser().Parse(w.Body); err != nil || len(parsed.Items) != 0 || parsed.Title != "Backdoor Watch" {
			t.Errorf("%s: got %+v, %v", suffix, parsed, err)
		}
	}
}

func TestHubIsNamed(t *testing.T) {
	o := options(sample())
	o.OutsideHub = "https://hub.example/"
	engine, _ := mount(t, o)
	w := ask(engine, "GET", "/feeds/items.atom")
	want := `<https://watch.example/feeds/items.atom>; rel="self", <https://hub.example/>; rel="hub"`
	if got := w.Header().Get("Link"); got != want || !strings.Contains(w.Body.String(), `<link rel="hub" href="https://hub.example/">`) {
		t.Errorf("got %s", got)
	}
}

func styleHash(page string) string {
	_, rest, _ := strings.Cut(page, "<style>")
	style, _, _ := strings.Cut(rest, "</style>")
	return fmt.Sprintf("'sha256-%s'", base64.StdEncoding.EncodeToString(sum(style)))
}

func sum(text string) []byte {
	digest := sha256.Sum256([]byte(text))
	return digest[:]
}
