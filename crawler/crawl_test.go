package crawler_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"github.com/backdoorwatch/backdoorwatch/crawler"
	"github.com/backdoorwatch/backdoorwatch/crawler/catalogue"
	"github.com/backdoorwatch/backdoorwatch/crawler/fetch"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// now is when the visits of these tests happen.
var now = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// site is a server whose answers a test sets by path. It bears a public name,
// for links to private addresses are a fault of a feed; the dialler of the bench
// leads that name to the loopback.
type site struct {
	*httptest.Server
	URL    string
	mu     sync.Mutex
	answer map[string]http.HandlerFunc
	asked  []string
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{answer: map[string]http.HandlerFunc{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		handler := s.answer[r.URL.Path]
		s.asked = append(s.asked, r.URL.RequestURI())
		s.mu.Unlock()
		if handler == nil {
			http.NotFound(w, r)
			return
		}
		handler(w, r)
	}))
	t.Cleanup(s.Close)
	s.URL = "http://site.example"
	return s
}

func (s *site) transport(t *testing.T) http.RoundTripper {
	address := s.Listener.Addr().String()
	transport := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}}
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

func (s *site) serve(path, media, body string) {
	s.handle(path, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", media)
		_, _ = w.Write([]byte(strings.ReplaceAll(body, "{site}", s.URL)))
	})
}

func (s *site) handle(path string, handler http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer[path] = handler
}

func (s *site) times(uri string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, asked := range s.asked {
		if asked == uri {
			n++
		}
	}
	return n
}

// memory keeps what an ingest would keep.
type memory struct {
	validators map[string]policy.Validators
	digests    map[string]string
}

func (m *memory) Validators(_ context.Context, url string) (policy.Validators, error) {
	return m.validators[url], nil
}

func (m *memory) Seen(_ context.Context, _ string, ids []string) (map[string]string, error) {
	out := map[string]string{}
	for _, id := range ids {
		if d, ok := m.digests[id]; ok {
			out[id] = d
		}
	}
	return out, nil
}

func (m *memory) keep(entries []crawler.Entry, v crawler.Visit) {
	for _, e := range entries {
		m.digests[e.Document.EntryID] = e.Digest
	}
	for url, kept := range v.Validators {
		m.validators[url] = kept
	}
}

// bench is a crawler with a site and a memory.
type bench struct {
	t       *testing.T
	site    *site
	memory  *memory
	options crawler.Options
}

func newBench(t *testing.T) *bench {
	t.Helper()
	site := newSite(t)
	fetcher, err := fetch.New(fetch.Options{Transport: site.transport(t), Delay: -1, Retries: -1, IgnoreRobots: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fetcher.Close)
	m := &memory{validators: map[string]policy.Validators{}, digests: map[string]string{}}
	return &bench{t: t, site: site, memory: m, options: crawler.Options{
		Fetcher: fetcher, Memory: m, Now: func() time.Time { return now },
	}}
}

// source loads an entry of a catalogue file; {site} is the server.
func (b *bench) source(entry string) catalogue.Source {
	b.t.Helper()
	text := `- id: test
  name: Test
  home: {site}/
  jurisdiction: FR
  language: en
  kind: news
  grade: press
  interval: 1h
` + entry
	files := fstest.MapFS{"test.yaml": {Data: []byte(strings.ReplaceAll(text, "{site}", b.site.URL))}}
	sources, err := catalogue.LoadFrom(files, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return sources[0]
}

func (b *bench) crawl(src catalogue.Source) (crawler.Visit, []crawler.Entry) {
	b.t.Helper()
	var entries []crawler.Entry
	visit, err := crawler.New(b.options).Crawl(b.t.Context(), src, func(e crawler.Entry) error {
		entries = append(entries, e)
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return visit, entries
}

// feed writes an RSS feed of items "id|title|date".
func feed(items ...string) string {
	var out strings.Builder
	out.WriteString(`<?xml version="1.0"?><rss version="2.0"><channel><title>Test</title>`)
	for _, item := range items {
		part := strings.Split(item, "|")
		fmt.Fprintf(&out, `<item><guid isPermaLink="false">%s</guid><link>{site}/%s</link><title>%s</title><description>About %s.</description><pubDate>%s</pubDate></item>`,
			part[0], part[0], part[1], part[1], part[2])
	}
	return out.String() + `</channel></rss>`
}

const rss = "application/rss+xml"

func titles(entries []crawler.Entry) []string {
	var out []string
	for _, e := range entries {
		out = append(out, e.Document.Title)
	}
	return out
}

func TestAFeedIsReadOnceAndThenComparedByBytesAndEntries(t *testing.T) {
	b := newBench(t)
	src := b.source("  feed: {site}/feed\n")
	b.site.serve("/feed", rss, feed("a|First|Fri, 20 Nov 2026 08:00:00 GMT", "b|Second|Thu, 19 Nov 2026 08:00:00 GMT"))

	visit, entries := b.crawl(src)
	if visit.Health != policy.HealthOK || visit.Entries != 2 || !slices.Equal(titles(entries), []string{"First", "Second"}) {
		t.Fatalf("first visit: %+v, %v", visit, titles(entries))
	}
	doc := entries[0].Document
	if doc.Source != "test" || doc.Jurisdiction != "FR" || doc.Kind != policy.KindNews || doc.Grade != policy.GradePress || doc.Capture.Status != 200 {
		t.Errorf("the source's words are missing: %+v", doc)
	}
	if want := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC); !visit.NewestAt.Equal(want) {
		t.Errorf("newest at %s", visit.NewestAt)
	}
	b.memory.keep(entries, visit)

	visit, entries = b.crawl(src)
	if visit.Health != policy.HealthNotModified || len(entries) != 0 || visit.Entries != 0 {
		t.Fatalf("same bytes: %+v, %v", visit, titles(entries))
	}

	// A new entry stands behind a known one, and a known one has changed.
	b.site.serve("/feed", rss, feed("a|First|Fri, 20 Nov 2026 08:00:00 GMT", "c|Third|Wed, 18 Nov 2026 08:00:00 GMT", "b|Second, corrected|Thu, 19 Nov 2026 08:00:00 GMT"))
	visit, entries = b.crawl(src)
	if !slices.Equal(titles(entries), []string{"Third", "Second, corrected"}) || visit.Unchanged != 1 {
		t.Fatalf("changed feed: %+v, %v", visit, titles(entries))
	}
}

func TestNotModifiedByETag(t *testing.T) {
	b := newBench(t)
	src := b.source("  feed: {site}/feed\n")
	b.site.handle("/feed", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"v1"`)
		if r.Header.Get("If-None-Match") == `"v1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = w.Write([]byte(feed("a|First|Fri, 20 Nov 2026 08:00:00 GMT")))
	})
	visit, entries := b.crawl(src)
	b.memory.keep(entries, visit)
	if visit, _ = b.crawl(src); visit.Health != policy.HealthNotModified || visit.Requests != 1 {
		t.Errorf("%+v", visit)
	}
}

func TestABrokenOffVisitHoldsNoValidators(t *testing.T) {
	b := newBench(t)
	src := b.source("  feed: {site}/feed\n")
	b.site.serve("/feed", rss, feed("a|First|Fri, 20 Nov 2026 08:00:00 GMT", "b|Second|Thu, 19 Nov 2026 08:00:00 GMT"))
	full := errors.New("the disk is full")
	given := 0
	visit, err := crawler.New(b.options).Crawl(t.Context(), src, func(crawler.Entry) error {
		if given++; given == 2 {
			return full
		}
		return nil
	})
	if !errors.Is(err, full) || len(visit.Validators) != 0 {
		t.Fatalf("error %v, validators %v: the lost entry would hide behind a 304", err, visit.Validators)
	}
	visit, entries := b.crawl(src)
	if len(entries) != 2 || len(visit.Validators) != 1 {
		t.Errorf("afterwards: %v, %v", titles(entries), visit.Validators)
	}
}

const article = `<!DOCTYPE html><html lang="en"><head><title>The bill</title><link rel="canonical" href="{site}/canonical"></head><body><article><h1>The bill</h1>` +
	`<p>The committee discussed at length whether providers of encrypted messengers should be made to scan what their users write before it is sent.</p>` +
	`<p>Experts who had been heard warned that no such duty can be met without weakening the protection that end-to-end encryption gives to everybody.</p>` +
	`<p>The vote is expected in spring, after the opinions of two further committees have been given and the amendments have been printed.</p></article></body></html>`

func TestArticlesOfNewEntriesAreFetched(t *testing.T) {
	b := newBench(t)
	b.options.MaxDetails = 2
	src := b.source("  article: true\n  feed: {site}/feed\n")
	b.site.serve("/feed", rss, feed("a|Whole|Fri, 20 Nov 2026 08:00:00 GMT", "b|Gone|Thu, 19 Nov 2026 08:00:00 GMT", "c|Later|Wed, 18 Nov 2026 08:00:00 GMT"))
	b.site.serve("/a", "text/html", article)
	b.site.serve("/c", "text/html", article)

	visit, entries := b.crawl(src)
	if len(entries) != 3 || visit.Partial != 2 || visit.Requests != 3 {
		t.Fatalf("%+v, %v, problems of the first: %q", visit, titles(entries), entries[0].Document.Problems)
	}
	if text := entries[0].Document.Text; !strings.Contains(text, "encrypted messengers") || entries[0].Document.CanonicalURL != b.site.URL+"/canonical" {
		t.Errorf("text %q, canonical %q", text, entries[0].Document.CanonicalURL)
	}
	if doc := entries[1].Document; doc.Summary == "" || !strings.Contains(strings.Join(doc.Problems, " "), "404") {
		t.Errorf("the teaser of a page that is gone: %+v", doc)
	}
	if len(visit.Validators) != 0 {
		t.Errorf("the list would not be asked for again although a page is still to be read: %v", visit.Validators)
	}
	b.memory.keep(entries, visit)

	visit, entries = b.crawl(src) // the cap left one page, the one that is gone is not asked for again
	if !slices.Equal(titles(entries), []string{"Later"}) || entries[0].Document.Partial() || b.site.times("/b") != 1 {
		t.Fatalf("second visit: %+v, %v, asked %v", visit, titles(entries), b.site.asked)
	}
	b.memory.keep(entries, visit)
	if visit, entries = b.crawl(src); len(entries) != 0 || len(visit.Validators) != 1 && visit.Health != policy.HealthNotModified {
		t.Errorf("third visit: %+v, %v", visit, titles(entries))
	}
}

func TestAPageThatMayComeBackIsTriedAgain(t *testing.T) {
	b := newBench(t)
	src := b.source("  article: true\n  feed: {site}/feed\n")
	b.site.serve("/feed", rss, feed("a|Down|Fri, 20 Nov 2026 08:00:00 GMT"))
	b.site.handle("/a", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "down", http.StatusBadGateway) })
	visit, entries := b.crawl(src)
	if len(entries) != 1 || !entries[0].Document.Partial() {
		t.Fatalf("%+v", visit)
	}
	b.memory.keep(entries, visit)
	b.site.serve("/a", "text/html", article)
	if _, entries = b.crawl(src); len(entries) != 1 || entries[0].Document.Partial() {
		t.Errorf("the page came back and was not read: %v", titles(entries))
	}
}

func TestAWholeEntryIsNotReplacedByATeaser(t *testing.T) {
	b := newBench(t)
	src := b.source("  article: true\n  feed: {site}/feed\n")
	b.site.serve("/feed", rss, feed("a|Old title|Fri, 20 Nov 2026 08:00:00 GMT"))
	b.site.serve("/a", "text/html", article)
	visit, entries := b.crawl(src)
	b.memory.keep(entries, visit)

	b.site.serve("/feed", rss, feed("a|New title|Fri, 20 Nov 2026 08:00:00 GMT"))
	b.site.handle("/a", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "down", http.StatusBadGateway) })
	if visit, entries = b.crawl(src); len(entries) != 0 || len(visit.Validators) != 0 {
		t.Fatalf("while its page is down: %+v, %v", visit, titles(entries))
	}
	b.memory.keep(entries, visit)
	b.site.serve("/a", "text/html", article)
	if _, entries = b.crawl(src); !slices.Equal(titles(entries), []string{"New title"}) || entries[0].Document.Text == "" {
		t.Errorf("when it is back: %v", titles(entries))
	}
}

func TestStatesOfHealth(t *testing.T) {
	page := `<html><head><title>Home</title></head><body><p>Welcome to our new home page, which has moved to another system.</p></body></html>`
	tests := []struct {
		name, media, body string
		want              policy.Health
	}{
		{"ok", rss, feed("a|A|Fri, 20 Nov 2026 08:00:00 GMT"), policy.HealthOK},
		{"no entries", rss, feed(), policy.HealthEmpty},
		{"dates nobody can read", rss, feed("a|A|soon", "b|B|the day after"), policy.HealthUnparsedDates},
		{"stale", rss, feed("a|A|Mon, 02 Jan 2023 08:00:00 GMT", "b|B|Tue, 03 Jan 2023 08:00:00 GMT", "c|C|Wed, 04 Jan 2023 08:00:00 GMT", "d|D|Thu, 05 Jan 2023 08:00:00 GMT"), policy.HealthStale},
		{"a page instead", "text/html", page, policy.HealthHTML},
		{"a page called a feed", rss, page, policy.HealthHTML},
		{"cut off", rss, strings.TrimSuffix(feed("a|A|Fri, 20 Nov 2026 08:00:00 GMT", "b|B|Thu, 19 Nov 2026 08:00:00 GMT"), "08:00:00 GMT</pubDate></item></channel></rss>"), policy.HealthPartial},
		{"rubbish", rss, "\x00\x01\x02", policy.HealthUnreadable},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(t)
			b.site.serve("/feed", test.media, test.body)
			visit, _ := b.crawl(b.source("  feed: {site}/feed\n"))
			if visit.Health != test.want {
				t.Errorf("%s (%s), want %s; problems %q", visit.Health, visit.Detail, test.want, visit.Problems)
			}
			if visit.Health.Failed() && len(visit.Validators) != 0 {
				t.Error("what could not be read would hide behind a 304")
			}
		})
	}
}

func TestAPageInsteadOfAFeedNamesTheFeedThatMoved(t *testing.T) {
	b := newBench(t)
	b.site.serve("/feed", "text/html", `<html><head><title>Home</title><link rel="alternate" type="application/rss+xml" href="/rss.xml"></head><body><p>Welcome.</p></body></html>`)
	if visit, _ := b.crawl(b.source("  feed: {site}/feed\n")); visit.Health != policy.HealthHTML || !strings.Contains(visit.Detail, "http://site.example/rss.xml") {
		t.Errorf("%+v", visit)
	}
}

func TestFailuresOfFetchingAreStates(t *testing.T) {
	tests := []struct {
		name   string
		status int
		want   policy.Health
	}{
		{"gone", 410, policy.HealthGone},
		{"blocked", 403, policy.HealthBlocked},
		{"server error", 500, policy.HealthServerError},
		{"throttled", 429, policy.HealthThrottled},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(t)
			b.site.handle("/feed", func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", "3600")
				w.WriteHeader(test.status)
			})
			visit, _ := b.crawl(b.source("  feed: {site}/feed\n"))
			if visit.Health != test.want || visit.Detail == "" {
				t.Errorf("%+v, want %s", visit, test.want)
			}
			if test.status == 429 && visit.RetryAfter != time.Hour {
				t.Errorf("it asked for an hour's pause; kept %s", visit.RetryAfter)
			}
		})
	}
}

func TestMovedForGood(t *testing.T) {
	b := newBench(t)
	b.site.serve("/new", rss, feed("a|A|Fri, 20 Nov 2026 08:00:00 GMT"))
	b.site.handle("/feed", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/new", http.StatusMovedPermanently) })
	visit, entries := b.crawl(b.source("  feed: {site}/feed\n"))
	if visit.Health != policy.HealthMoved || visit.MovedTo != b.site.URL+"/new" || len(entries) != 1 {
		t.Errorf("%+v", visit)
	}
}

func TestCancellationEndsAVisit(t *testing.T) {
	b := newBench(t)
	src := b.source("  feed: {site}/feed\n")
	b.site.serve("/feed", rss, feed("a|A|Fri, 20 Nov 2026 08:00:00 GMT", "b|B|Fri, 20 Nov 2026 08:00:00 GMT"))
	ctx, cancel := context.WithCancel(t.Context())
	_, err := crawler.New(b.options).Crawl(ctx, src, func(crawler.Entry) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestAnOperatorsFile(t *testing.T) {
	b := newBench(t)
	b.site.serve("/feed", rss, feed("a|Local news|Fri, 20 Nov 2026 08:00:00 GMT"))
	folder := t.TempDir()
	text := "- id: local\n  name: Local\n  home: " + b.site.URL + "\n  jurisdiction: US-FL\n  language: en\n  kind: news\n  grade: press\n  interval: 1h\n  feed: " + b.site.URL + "/feed\n"
	if err := os.WriteFile(folder+"/local.yaml", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	sources, err := catalogue.Load(os.DirFS(folder))
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(sources, func(s catalogue.Source) bool { return s.ID == "local" })
	if i < 0 {
		t.Fatal("the operator's source is missing")
	}
	if visit, entries := b.crawl(sources[i]); visit.Health != policy.HealthOK || len(entries) != 1 {
		t.Errorf("%+v", visit)
	}
}
