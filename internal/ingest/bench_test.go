package ingest_test

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/backdoorwatch/backdoorwatch/crawler"
	"github.com/backdoorwatch/backdoorwatch/crawler/catalogue"
	"github.com/backdoorwatch/backdoorwatch/crawler/fetch"
	"github.com/backdoorwatch/backdoorwatch/internal/ingest"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// The load that docs/benchmarks.md compares: 500 feeds of 40 entries with 3 kB of
// HTML each, spread over 8 hosts, every twentieth entry about encryption policy.
const (
	benchFeeds   = 500
	benchEntries = 40
	benchBody    = 3000
	benchHosts   = 8
)

// feeds serves the generated feeds; validators can be switched off, to measure
// servers that always send everything.
type feeds struct {
	bodies     [][]byte
	validators bool
}

func (f *feeds) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/feed"), ".xml"))
	if err != nil || n < 0 || n >= len(f.bodies) {
		http.NotFound(w, r)
		return
	}
	if f.validators {
		tag := fmt.Sprintf(`"%d"`, n)
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	w.Header().Set("Content-Type", "application/rss+xml")
	_, _ = w.Write(f.bodies[n])
}

func generateFeeds() [][]byte {
	random := rand.New(rand.NewPCG(1, 2))
	bodies := make([][]byte, benchFeeds)
	for feed := range bodies {
		var b strings.Builder
		b.WriteString(`<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Generated</title><link>https://example.org/</link>`)
		for entry := range benchEntries {
			n := feed*benchEntries + entry
			fmt.Fprintf(&b, `<item><guid isPermaLink="false">g%d</guid><title>Report %d on %s</title><link>https://news%d.example/story/%d</link><pubDate>%s</pubDate><description><![CDATA[%s]]></description></item>`,
				n, n, words(random, 4), feed, n, time.Unix(1_700_000_000+int64(n)*60, 0).UTC().Format(time.RFC1123Z), body(random, n))
		}
		b.WriteString(`</channel></rss>`)
		bodies[feed] = []byte(b.String())
	}
	return bodies
}

func body(random *rand.Rand, n int) string {
	var b strings.Builder
	if n%20 == 0 {
		b.WriteString("<p>" + backdoor + "</p>")
	}
	for b.Len() < benchBody {
		b.WriteString("<p>" + words(random, 40) + `. <a href="https://example.org/` + strconv.Itoa(n) + `">more</a></p>`)
	}
	return b.String()
}

// words draws from a vocabulary of 20,000 made-up words, as text does: some often,
// most seldom.
func words(random *rand.Rand, n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = "w" + strconv.FormatInt(int64(20000*random.Float64()*random.Float64()), 36)
	}
	return strings.Join(all, " ")
}

// servers serves the feeds on several loopback addresses and describes them as
// sources.
func servers(b *testing.B, f *feeds) []catalogue.Source {
	b.Helper()
	var hosts []string
	for i := range benchHosts {
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.%d:0", i+1))
		if err != nil {
			b.Fatal(err)
		}
		server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: f}}
		server.Start()
		b.Cleanup(server.Close)
		hosts = append(hosts, server.URL)
	}
	var text strings.Builder
	for n := range benchFeeds {
		home := hosts[n%benchHosts]
		fmt.Fprintf(&text, "- id: feed-%d\n  name: Feed %d\n  home: %s\n  jurisdiction: GB\n  language: en\n  kind: news\n  grade: press\n  interval: 1h\n  feed: %s/feed%d.xml\n", n, n, home, home, n)
	}
	sources, err := catalogue.LoadFrom(fstest.MapFS{"bench.yaml": {Data: []byte(text.String())}}, nil)
	if err != nil {
		b.Fatal(err)
	}
	return sources
}

func benchPipeline(b *testing.B, sources []catalogue.Source) *ingest.Pipeline {
	b.Helper()
	opened, err := store.Open(b.Context(), store.Options{Database: filepath.Join(b.TempDir(), "bench.db")})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = opened.Close() })
	var hosts []string
	for i := range benchHosts {
		hosts = append(hosts, fmt.Sprintf("127.0.0.%d", i+1))
	}
	fetcher, err := fetch.New(fetch.Options{AllowHosts: hosts, Delay: -1})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(fetcher.Close)
	base, c := understanding(b)
	p := &ingest.Pipeline{
		Store: opened, Base: base, Classifier: c, Fetcher: fetcher, Sources: sources, Log: slog.New(slog.DiscardHandler), Now: time.Now,
		Crawler: crawler.New(crawler.Options{Fetcher: fetcher, Memory: opened, Sources: sources}),
	}
	if err := p.SyncSources(b.Context()); err != nil {
		b.Fatal(err)
	}
	return p
}

func visitAll(b *testing.B, p *ingest.Pipeline, want int) {
	b.Helper()
	tally, err := p.VisitAll(b.Context(), ingest.Selection{Force: true, Concurrency: benchHosts}, func(int, int, string) {})
	if err != nil {
		b.Fatal(err)
	}
	if tally.Documents != want || !tally.Complete() {
		b.Fatalf("%d documents instead of %d: %+v", tally.Documents, want, tally.Failures)
	}
}

// BenchmarkIngest measures 20,000 entries from fetching to stored and searchable.
func BenchmarkIngest(b *testing.B) {
	sources := servers(b, &feeds{bodies: generateFeeds(), validators: true})
	for b.Loop() {
		b.StopTimer()
		p := benchPipeline(b, sources)
		b.StartTimer()
		visitAll(b, p, benchFeeds*benchEntries)
		b.StopTimer()
		found, err := p.Store.Stats(b.Context())
		if err != nil || found.Items != benchFeeds*benchEntries {
			b.Fatalf("%d items are kept of %d, %v", found.Items, benchFeeds*benchEntries, err)
		}
		hits, err := p.Store.Items(b.Context(), policy.Filter{Query: `"encrypted messages"`})
		if err != nil || len(hits.Items) == 0 {
			b.Fatalf("the items cannot be found: %v", err)
		}
		b.StartTimer()
	}
	b.ReportMetric(float64(benchFeeds*benchEntries)*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
	b.ReportMetric(peakMemory(), "peak-MB")
}

// BenchmarkRefresh measures another visit to all 500 feeds when nothing changed.
func BenchmarkRefresh(b *testing.B) {
	for _, tc := range []struct {
		name       string
		validators bool
	}{{"not-modified", true}, {"same-bytes-again", false}} {
		b.Run(tc.name, func(b *testing.B) {
			p := benchPipeline(b, servers(b, &feeds{bodies: generateFeeds(), validators: tc.validators}))
			visitAll(b, p, benchFeeds*benchEntries)
			for b.Loop() {
				visitAll(b, p, 0)
			}
			b.ReportMetric(benchFeeds*float64(b.N)/b.Elapsed().Seconds(), "feeds/s")
		})
	}
}

// peakMemory is the most memory that this process ever had, in MB.
func peakMemory() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "VmHWM:" {
			kilobytes, _ := strconv.ParseFloat(fields[1], 64)
			return kilobytes / 1024
		}
	}
	return 0
}
