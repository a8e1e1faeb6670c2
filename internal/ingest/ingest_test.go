package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/backdoorwatch/backdoorwatch/classifier"
	"github.com/backdoorwatch/backdoorwatch/crawler"
	"github.com/backdoorwatch/backdoorwatch/crawler/archive"
	"github.com/backdoorwatch/backdoorwatch/crawler/catalogue"
	"github.com/backdoorwatch/backdoorwatch/crawler/fetch"
	"github.com/backdoorwatch/backdoorwatch/internal/ingest"
	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/prerequisite"
	"github.com/backdoorwatch/backdoorwatch/internal/queue"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// site is a real server with a feed that a test can change.
type site struct {
	*httptest.Server
	entries atomic.Pointer[[]string]
	status  atomic.Int32
	asked   atomic.Int32
}

func newSite(t *testing.T, entries ...string) *site {
	s := &site{}
	s.entries.Store(&entries)
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

func (s *site) serve(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/feed.xml" {
		http.NotFound(w, r)
		return
	}
	s.asked.Add(1)
	if status := int(s.status.Load()); status != 0 {
		w.Header().Set("Retry-After", "7200")
		http.Error(w, "not now", status)
		return
	}
	items := *s.entries.Load()
	tag := fmt.Sprintf(`"%d"`, len(items))
	w.Header().Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
	fmt.Fprintf(w, `<?xml version="1.0"?><rss version="2.0"><channel><title>Test</title><link>%s</link>%s</channel></rss>`, s.URL, strings.Join(items, ""))
}

func (s *site) host() string {
	u, _ := url.Parse(s.URL)
	return u.Hostname()
}

// entry is one item of the feed.
func entry(id int, title, text string) string {
	return fmt.Sprintf(`<item><guid isPermaLink="false">e%d</guid><title>%s</title><link>https://news.example/%d</link>`+
		`<pubDate>Tue, 12 May 2026 0%d:00:00 GMT</pubDate><description>%s</description></item>`, id, title, id, id%10, text)
}

const backdoor = "Ministers want to force messengers to build a backdoor into end-to-end encryption, so that the police can read encrypted messages."

// pipeline is the real thing over a database: nothing in it is a stand-in.
func pipeline(t *testing.T, database string, s *site, wrap func(http.RoundTripper) http.RoundTripper) *ingest.Pipeline {
	t.Helper()
	opened, err := store.Open(t.Context(), store.Options{Database: database})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = opened.Close() })
	fetcher, err := fetch.New(fetch.Options{
		AllowHosts: []string{s.host()}, Delay: -1, Retries: -1, Wrap: wrap,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fetcher.Close)
	return assemble(t, opened, fetcher, s)
}

// theRecord and theClassifier are the real ones, made once: they do not change.
var (
	theRecord     = sync.OnceValues(func() (*knowledge.Base, error) { return knowledge.Load() })
	theClassifier = sync.OnceValues(func() (*classifier.Classifier, error) {
		base, err := theRecord()
		if err != nil {
			return nil, err
		}
		return classifier.New(base)
	})
)

func understanding(t testing.TB) (*knowledge.Base, *classifier.Classifier) {
	t.Helper()
	base, err := theRecord()
	if err != nil {
		t.Fatal(err)
	}
	c, err := theClassifier()
	if err != nil {
		t.Fatal(err)
	}
	return base, c
}

func assemble(t *testing.T, opened *store.Store, fetcher *fetch.Fetcher, s *site) *ingest.Pipeline {
	t.Helper()
	base, c := understanding(t)
	p := &ingest.Pipeline{
		Store: opened, Base: base, Classifier: c, Fetcher: fetcher, Sources: sources(t, s), Log: slog.New(slog.DiscardHandler), Now: time.Now,
	}
	p.Crawler = crawler.New(crawler.Options{Fetcher: fetcher, Memory: opened, Sources: p.Sources})
	if err := p.SyncSources(t.Context()); err != nil {
		t.Fatal(err)
	}
	return p
}

// sources is a catalogue of one source, the site's feed.
func sources(t *testing.T, s *site) []catalogue.Source {
	t.Helper()
	text := fmt.Sprintf("- id: test\n  name: Test\n  home: %[1]s\n  jurisdiction: GB\n  language: en\n  kind: news\n  grade: press\n  interval: 1h\n  feed: %[1]s/feed.xml\n", s.URL)
	all, err := catalogue.LoadFrom(fstest.MapFS{"test.yaml": {Data: []byte(text)}}, fstest.MapFS{})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 1 {
		t.Fatalf("got %d sources, want 1", len(all))
	}
	return all
}

// databases runs a test on SQLite and on PostgreSQL.
func databases(t *testing.T, test func(t *testing.T, database string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, filepath.Join(t.TempDir(), "test.db")) })
	t.Run("postgres", func(t *testing.T) { test(t, prerequisite.Postgres(t)) })
}

func visit(t *testing.T, p *ingest.Pipeline) (crawler.Visit, *ingest.Tally) {
	t.Helper()
	tally := ingest.NewTally()
	v, err := p.Visit(t.Context(), "test", tally)
	if err != nil {
		t.Fatal(err)
	}
	return v, tally
}

func everything(t *testing.T, p *ingest.Pipeline) []policy.Item {
	t.Helper()
	page, err := p.Store.Items(t.Context(), policy.Filter{Relevance: policy.AnyRelevance, Limit: policy.MaxLimit})
	if err != nil {
		t.Fatal(err)
	}
	return page.Items
}

func TestVisitKeepsWhatIsNewAndOnlyThat(t *testing.T) {
	databases(t, func(t *testing.T, database string) {
		s := newSite(t, entry(1, "Ministers demand a backdoor in Signal", backdoor), entry(2, "Football results", "Two goals and a draw."))
		p := pipeline(t, database, s, nil)

		v, tally := visit(t, p)
		if v.Health != policy.HealthOK || tally.Documents != 2 || tally.Stored["new"] != 2 || tally.Relevant != 1 {
			t.Fatalf("first visit: %s, %+v", v.Health, tally)
		}
		v, tally = visit(t, p)
		if v.Health != policy.HealthNotModified || tally.Documents != 0 {
			t.Errorf("nothing changed: %s, %+v", v.Health, tally)
		}
		more := append(*s.entries.Load(), entry(3, "Council votes on chat control", backdoor))
		s.entries.Store(&more)
		v, tally = visit(t, p)
		if v.Health != policy.HealthOK || tally.Documents != 1 || tally.Stored["new"]+tally.Stored["story"]+tally.Stored["duplicate"] != 1 {
			t.Errorf("one entry was added: %s, %+v", v.Health, tally)
		}
		status, err := p.Store.Source(t.Context(), "test")
		if err != nil || status.Failures != 0 || !status.NextAt.After(time.Now().Add(50*time.Minute)) {
			t.Errorf("status: %+v, %v", status, err)
		}
	})
}

func TestStoredItemHasTagsEvidenceAndCapture(t *testing.T) {
	databases(t, func(t *testing.T, database string) {
		s := newSite(t, entry(1, "Ministers demand a backdoor in Signal", backdoor))
		p := pipeline(t, database, s, nil)
		visit(t, p)
		items := everything(t, p)
		if len(items) != 1 {
			t.Fatalf("got %d items, want 1", len(items))
		}
		item, err := p.Store.Item(t.Context(), items[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		if !item.Tags.IsRelevant() || len(item.Tags.Relevant.Evidence) == 0 || item.Tags.Version != p.Classifier.Version() {
			t.Errorf("tags: %+v", item.Tags)
		}
		if item.Document.Published.String() != "2026-05-12T01:00:00Z" {
			t.Errorf("published: %s", item.Document.Published)
		}
		if c := item.Document.Capture; !strings.HasPrefix(c.Digest, "sha256:") || c.URL != s.URL+"/feed.xml" || c.FetchedAt.IsZero() {
			t.Errorf("capture: %+v", c)
		}
	})
}

func TestFailureIsNotedAndTriedAgainLater(t *testing.T) {
	s := newSite(t, entry(1, "Ministers demand a backdoor in Signal", backdoor))
	p := pipeline(t, filepath.Join(t.TempDir(), "test.db"), s, nil)
	s.status.Store(http.StatusTooManyRequests)
	var later queue.RetryAfter
	if err := p.VisitHost(t.Context(), p.Sources[0].Host()); !errors.As(err, &later) || later.Wait != 2*time.Hour {
		t.Errorf("got %v, want to be told to wait two hours", err)
	}
	status, err := p.Store.Source(t.Context(), "test")
	if err != nil || status.Health != policy.HealthThrottled || status.Failures != 1 || status.Detail == "" {
		t.Errorf("status: %+v, %v", status, err)
	}
	if wait := time.Until(status.NextAt); wait < 119*time.Minute || wait > 121*time.Minute {
		t.Errorf("the server asked for two hours and is asked again in %v", wait)
	}
	if due, err := p.DueHosts(t.Context()); err != nil || len(due) != 0 {
		t.Errorf("due: %v, %v", due, err)
	}
}

func TestUnknownSource(t *testing.T) {
	p := pipeline(t, filepath.Join(t.TempDir(), "test.db"), newSite(t), nil)
	if _, err := p.Visit(t.Context(), "nobody", ingest.NewTally()); !errors.Is(err, policy.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
}

func TestCancelledVisitKeepsNoValidators(t *testing.T) {
	s := newSite(t, entry(1, "Ministers demand a backdoor in Signal", backdoor))
	p := pipeline(t, filepath.Join(t.TempDir(), "test.db"), s, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Visit(ctx, "test", ingest.NewTally()); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want it cancelled", err)
	}
	if known, err := p.Store.Validators(t.Context(), s.URL+"/feed.xml"); err != nil || known != (policy.Validators{}) {
		t.Errorf("validators were kept though nothing was stored: %+v, %v", known, err)
	}
	if v, tally := visit(t, p); v.Health != policy.HealthOK || tally.Documents != 1 {
		t.Errorf("after it: %s, %+v", v.Health, tally)
	}
}

func TestReplayFindsWhatWasRecorded(t *testing.T) {
	s := newSite(t, entry(1, "Ministers demand a backdoor in Signal", backdoor), entry(2, "Football results", "Two goals and a draw."))
	evidence := t.TempDir()
	writer, err := archive.Create(evidence, archive.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	recorded := pipeline(t, filepath.Join(t.TempDir(), "recorded.db"), s, writer.Transport)
	visit(t, recorded)
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(evidence, "*.warc.gz"))
	if err != nil || len(files) != 1 {
		t.Fatalf("archive files: %v, %v", files, err)
	}
	s.Close()

	tally, replayed := replay(t, s, files[0])
	// The recording holds robots.txt too, which is no document.
	if tally.Responses != 2 || tally.Documents != 2 || len(tally.Unread) != 1 || tally.Failed != 0 {
		t.Errorf("tally: %+v", tally)
	}
	want, got := everything(t, recorded), everything(t, replayed)
	if len(want) != len(got) {
		t.Fatalf("got %d items, want %d", len(got), len(want))
	}
	for i := range want {
		if got[i].Document.Title != want[i].Document.Title || got[i].Document.Published != want[i].Document.Published {
			t.Errorf("item %d: got %q, want %q", i, got[i].Document.Title, want[i].Document.Title)
		}
	}
}

func replay(t *testing.T, s *site, file string) (*ingest.Tally, *ingest.Pipeline) {
	t.Helper()
	opened, err := archive.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = opened.Close() })
	kept, err := store.Open(t.Context(), store.Options{Database: filepath.Join(t.TempDir(), "replayed.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = kept.Close() })
	fetcher, err := fetch.New(fetch.Options{Transport: opened.Transport(), IgnoreRobots: true, Retries: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fetcher.Close)
	p := assemble(t, kept, fetcher, s)
	tally, err := p.Replay(t.Context(), opened, func(int, int, string) {})
	if err != nil {
		t.Fatal(err)
	}
	return tally, p
}

func TestCapturesAreAllAccountedFor(t *testing.T) {
	for _, name := range []string{"press.warc.gz", "official.warc.gz"} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(prerequisite.Captures(t), name)
			tally, _ := replay(t, newSite(t), file)
			unread := 0
			for _, n := range tally.Unread {
				unread += n
			}
			read := 0
			for _, n := range tally.Formats {
				read += n
			}
			t.Logf("%+v", tally.Unread)
			if tally.Responses < 100 || tally.Failed > 0 || tally.Unreadable > 0 || read > tally.Responses || unread > tally.Responses/5 {
				t.Errorf("%d responses, %d read, %d without a document, %d failed, %d unreadable", tally.Responses, read, unread, tally.Failed, tally.Unreadable)
			}
			stored := 0
			for _, n := range tally.Stored {
				stored += n
			}
			if stored != tally.Documents {
				t.Errorf("%d documents were found and %d stored", tally.Documents, stored)
			}
		})
	}
}
