package crawler_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// numbered serves a list of n items in pages of two, at ?skip=N.
func (s *site) numbered(path string, n int) {
	s.handle(path, func(w http.ResponseWriter, r *http.Request) {
		var skip int
		_, _ = fmt.Sscan(r.URL.Query().Get("skip"), &skip)
		var items []string
		for i := skip; i < min(skip+2, n); i++ {
			items = append(items, fmt.Sprintf(`{"id": %d, "title": "Bill %d", "date": "2026-11-%02d", "status": "Referred to committee"}`, i, i, 19-i))
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"items": [%s]}`, strings.Join(items, ","))
	})
}

const pagedSource = `  json:
    url: {site}/api?skip=0
    paging: {by: offset, param: skip, size: 2}
    list: .items
    fields:
      id: .id
      url: '"{site}/bills/\(.id)"'
      title: .title
      published: .date
      official: '"B \(.id)"'
    steps:
      list: .
      date: .date
      text: .status
      stages: [{stage: committee, words: [committee]}]
`

func TestPagesAreReadUntilAllIsKnown(t *testing.T) {
	b := newBench(t)
	b.site.numbered("/api", 7)
	src := b.source(pagedSource)
	visit, entries := b.crawl(src)
	if len(entries) != 7 || visit.Requests != 4 || visit.Health != policy.HealthOK {
		t.Fatalf("%+v, %v", visit, titles(entries))
	}
	doc := entries[3].Document
	if !slices.Equal(doc.OfficialIDs, []string{"B 3"}) || len(doc.Steps) != 1 || doc.Steps[0].Stage != policy.StageCommittee {
		t.Errorf("%+v", doc)
	}
	b.memory.keep(entries, visit)

	delete(b.memory.digests, "4") // on the third page: never reached, for the first holds nothing new
	b.memory.validators = map[string]policy.Validators{}
	if visit, entries = b.crawl(src); len(entries) != 0 || visit.Requests != 1 || visit.Unchanged != 2 {
		t.Errorf("a page that is known: %+v, %v", visit, titles(entries))
	}
	delete(b.memory.digests, "1") // beside a known one: the next page is looked at too
	if visit, entries = b.crawl(src); !slices.Equal(titles(entries), []string{"Bill 1"}) || visit.Requests != 2 {
		t.Errorf("a page that is known in part: %+v, %v", visit, titles(entries))
	}
}

func TestPagesHaveACap(t *testing.T) {
	b := newBench(t)
	b.options.MaxPages = 2
	b.site.numbered("/api", 100)
	if visit, entries := b.crawl(b.source(pagedSource)); len(entries) != 4 || visit.Requests != 2 {
		t.Errorf("%+v, %v", visit, titles(entries))
	}
}

func TestAListThatGoesRoundInCirclesEnds(t *testing.T) {
	b := newBench(t)
	n := 0
	b.site.handle("/api", func(w http.ResponseWriter, _ *http.Request) {
		n++
		_, _ = fmt.Fprintf(w, `{"items": [{"title": "Entry %d", "date": "2026-11-01"}], "next": "%s"}`, n, []string{"/api?p=2", "/api"}[n%2])
	})
	visit, _ := b.crawl(b.source("  json:\n    url: {site}/api\n    paging: {by: next, at: .next}\n    list: .items\n    fields: {title: .title, published: .date}\n"))
	if visit.Requests > 3 {
		t.Errorf("%d requests", visit.Requests)
	}
}

func TestALaterPageThatFailsKeepsTheEarlierOnes(t *testing.T) {
	b := newBench(t)
	b.site.handle("/api", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("skip") != "0" {
			http.Error(w, "down", http.StatusInternalServerError)
			return
		}
		_, _ = io.WriteString(w, `{"items": [{"id": 1, "title": "A", "date": "2026-11-01"}, {"id": 2, "title": "B", "date": "2026-11-01"}]}`)
	})
	visit, entries := b.crawl(b.source(pagedSource))
	if len(entries) != 2 || visit.Health != policy.HealthPartial || len(visit.Validators) != 0 {
		t.Errorf("%+v, %v", visit, titles(entries))
	}
}

const keyed = `  json:
    url: {site}/api
    key: {env: TEST_KEY, query: api_key}
    list: .items
    fields: {id: .id, title: .title, published: .date}
`

func TestKeysComeFromTheEnvironmentAndStayHidden(t *testing.T) {
	b := newBench(t)
	b.site.serve("/api", "application/json", `{"items": [{"id": 1, "title": "A", "date": "2026-11-01"}]}`)
	src := b.source(keyed)
	visit, _ := b.crawl(src)
	if visit.Health != policy.HealthDisabled || !strings.Contains(visit.Detail, "TEST_KEY") || visit.Requests != 0 {
		t.Fatalf("without a key: %+v", visit)
	}
	b.options.Getenv = func(name string) string { return map[string]string{"TEST_KEY": "s3cret"}[name] }
	visit, entries := b.crawl(src)
	if len(entries) != 1 || b.site.times("/api?api_key=s3cret") != 1 {
		t.Fatalf("with a key: %+v, asked %v", visit, b.site.asked)
	}
	if all := fmt.Sprintf("%+v %+v", visit, entries); strings.Contains(all, "s3cret") {
		t.Errorf("the key shows in %s", all)
	}
	b.site.handle("/api", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusForbidden) })
	if visit, _ = b.crawl(src); strings.Contains(fmt.Sprintf("%+v", visit), "s3cret") || visit.Health != policy.HealthBlocked {
		t.Errorf("the key shows in %+v", visit)
	}
}

func TestDetailsAreReadAsDescribed(t *testing.T) {
	b := newBench(t)
	b.site.serve("/api", "application/json", `{"items": [{"id": 1, "title": "A", "date": "2026-11-01"}]}`)
	b.site.serve("/api/1", "application/json", `{"text": "<p>Whoever provides an encrypted service…</p>", "number": "PL 1/2026", "steps": [{"on": "2026-11-02", "what": "Dépôt"}]}`)
	_, entries := b.crawl(b.source(`  json:
    url: {site}/api
    list: .items
    fields: {id: .id, title: .title, published: .date, detail: '"{site}/api/\(.id)"'}
  details:
    - match: ['site.example/api/*']
      json:
        fields: {text: .text, official: .number}
        steps: {list: .steps, date: .on, text: .what, stages: [{stage: introduced, words: [dépôt]}]}
`))
	if len(entries) != 1 {
		t.Fatal(titles(entries))
	}
	doc := entries[0].Document
	if doc.Title != "A" || doc.EntryID != "1" || doc.Text != "Whoever provides an encrypted service…" || !slices.Equal(doc.OfficialIDs, []string{"PL 1/2026"}) ||
		len(doc.Steps) != 1 || doc.Steps[0].Stage != policy.StageIntroduced || doc.Partial() {
		t.Errorf("%+v", doc)
	}
}

func TestAPageThatListsOthers(t *testing.T) {
	b := newBench(t)
	b.site.serve("/news", "text/html", `<html><body><ul><li><a href="/a">The bill</a> <i>10/11/2026</i></li></ul></body></html>`)
	b.site.serve("/a", "text/html", article)
	visit, entries := b.crawl(b.source(`  article: true
  html:
    url: {site}/news
    list: ul li
    fields:
      url: a @href
      title: a
      published: {at: i, find: '(\d\d)/(\d\d)/(\d{4})', as: $3-$2-$1}
`))
	if visit.Health != policy.HealthOK || len(entries) != 1 || entries[0].Document.Published.String() != "2026-11-10" || !strings.Contains(entries[0].Document.Text, "encrypted messengers") {
		t.Errorf("%+v, %+v", visit, entries)
	}
}

func TestASitemapsNewPagesAreReadNewestFirst(t *testing.T) {
	b := newBench(t)
	b.options.MaxDetails = 1
	b.site.serve("/sitemap.xml", "application/xml", `<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>{site}/s1.xml</loc></sitemap></sitemapindex>`)
	b.site.serve("/s1.xml", "application/xml", `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>{site}/laws/old</loc><lastmod>2020-01-01</lastmod></url><url><loc>{site}/laws/new</loc><lastmod>2026-11-01</lastmod></url><url><loc>{site}/about</loc></url></urlset>`)
	b.site.serve("/laws/new", "text/html", article)
	b.site.serve("/laws/old", "text/html", article)
	visit, entries := b.crawl(b.source("  sitemap:\n    url: {site}/sitemap.xml\n    include: ['site.example/laws/*']\n"))
	if len(entries) != 1 || !strings.HasSuffix(entries[0].Document.URL, "/laws/new") || visit.Entries != 2 {
		t.Errorf("%+v, %v", visit, titles(entries))
	}
}
