package api_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/api"
	"github.com/backdoorwatch/backdoorwatch/api/problem"
	"github.com/gin-gonic/gin"
)

// addresses are one of each kind that answers a GET with something to cache.
var addresses = []string{
	"/api/v1/items", "/api/v1/items.csv", "/api/v1/items.ndjson", "/api/v1/items/3", "/api/v1/facets", "/api/v1/sources", "/api/v1/sources/press", "/api/v1/jurisdictions",
	"/api/v1/dossiers", "/api/v1/dossiers/fr-bill-7", "/api/v1/dossiers/fr-bill-7/positions?on=2026", "/api/v1/actors", "/api/v1/actors/someone",
	"/api/v1/timeline", "/api/v1/events", "/api/v1/events/fr-bill-7.2026-04.committee", "/api/v1/upcoming", "/api/v1/jurisdictions/FR",
	"/api/v1/candidates", "/api/v1/candidates/8",
	"/api/v1/stats", "/api/v1/vocabulary", "/api/v1/openapi.json", "/api/v1/docs", "/problems/not-found",
	"/feeds/items.atom", "/feeds/items.rss", "/feeds/items.json", "/feeds/items", "/feeds/", "/feeds.opml",
	"/feeds/items.csv", "/feeds/timeline.rss", "/feeds/events.atom", "/feeds/events.ndjson", "/feeds/upcoming.json", "/feeds/upcoming.ics", "/feeds/dossiers.csv",
	"/feeds/candidates", "/feeds/dossiers/fr-bill-7.atom", "/feeds/dossiers/fr-bill-7.ics", "/feeds/jurisdictions/FR", "/feeds/actors/someone.csv",
	"/embed/items", "/embed/timeline", "/embed/dossiers/fr-bill-7", "/api/v1/oembed?url=https://watch.example/timeline", "/api/v1/oembed?format=xml&url=https://watch.example/timeline",
}

func TestEveryAnswerHasAValidatorThatWorks(t *testing.T) {
	engine, _ := mount(t, options(sample()))
	for _, address := range addresses {
		t.Run(address, func(t *testing.T) {
			first := ask(engine, "GET", address)
			tag := first.Header().Get("ETag")
			if first.Code != http.StatusOK || len(tag) < 10 || tag[0] != '"' {
				t.Fatalf("got %d with tag %s: %s", first.Code, tag, first.Body)
			}
			if again := ask(engine, "GET", address).Header().Get("ETag"); again != tag {
				t.Errorf("the tag moved from %s to %s", tag, again)
			}
			for _, known := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
				w := ask(engine, "GET", address, "If-None-Match", known)
				if w.Code != http.StatusNotModified || w.Body.Len() > 0 {
					t.Errorf("If-None-Match %s: got %d with %d bytes", known, w.Code, w.Body.Len())
				}
				for _, name := range []string{"ETag", "Vary", "Cache-Control"} {
					if w.Header().Get(name) != first.Header().Get(name) || w.Header().Get(name) == "" {
						t.Errorf("304 has %s %q, 200 had %q", name, w.Header().Get(name), first.Header().Get(name))
					}
				}
				if w.Header().Get("Content-Type") != "" {
					t.Errorf("304 has the type %s", w.Header().Get("Content-Type"))
				}
			}
			if w := ask(engine, "GET", address, "If-None-Match", `"other"`); w.Code != http.StatusOK {
				t.Errorf("another tag: got %d", w.Code)
			}
		})
	}
}

func TestHeadIsGetWithoutABody(t *testing.T) {
	engine, _ := mount(t, options(sample()))
	server := httptest.NewServer(engine)
	defer server.Close()
	for _, address := range append(addresses, "/healthz", "/api/v1/items/999", "/api/v1/items?kind=x") {
		get, body := fetch(t, "GET", server.URL+address)
		head, none := fetch(t, "HEAD", server.URL+address)
		if head.StatusCode != get.StatusCode || len(none) > 0 || head.Header.Get("Content-Type") != get.Header.Get("Content-Type") {
			t.Errorf("%s: HEAD %d %v with %d bytes, GET %d", address, head.StatusCode, head.Header, len(none), get.StatusCode)
		}
		if get.StatusCode == http.StatusOK && head.ContentLength != int64(len(body)) {
			t.Errorf("%s: HEAD promises %d bytes, GET has %d", address, head.ContentLength, len(body))
		}
	}
}

func fetch(t *testing.T, method, address string) (*http.Response, []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept-Encoding", "identity")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, body
}

func TestGzipIsTheSameContentUnderAnotherTag(t *testing.T) {
	engine, _ := mount(t, options(sample()))
	for _, address := range []string{"/api/v1/vocabulary", "/feeds/items.atom", "/api/v1/docs"} {
		plain := ask(engine, "GET", address)
		zipped := ask(engine, "GET", address, "Accept-Encoding", "br;q=1.0, gzip;q=0.5")
		if zipped.Header().Get("Content-Encoding") != "gzip" || zipped.Header().Get("ETag") == plain.Header().Get("ETag") {
			t.Fatalf("%s: got %v", address, zipped.Header())
		}
		reader, err := gzip.NewReader(zipped.Body)
		if err != nil {
			t.Fatal(err)
		}
		if body, err := io.ReadAll(reader); err != nil || !bytes.Equal(body, plain.Body.Bytes()) {
			t.Errorf("%s: the content differs: %v", address, err)
		}
		w := ask(engine, "GET", address, "Accept-Encoding", "gzip", "If-None-Match", zipped.Header().Get("ETag"))
		if w.Code != http.StatusNotModified || w.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s: got %d %v", address, w.Code, w.Header())
		}
		if w := ask(engine, "GET", address, "Accept-Encoding", "gzip;q=0"); w.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s: gzip was sent to a caller who refuses it", address)
		}
	}
}

func TestProblems(t *testing.T) {
	engine, _ := mount(t, options(sample()))
	for _, tc := range []struct {
		name, method, address, accept string
		status                        int
		kind                          string
		pointers                      string
	}{
		{"no such address", "GET", "/api/v1/unheard-of", "", 404, "not-found", ""},
		{"no such feed", "GET", "/feeds/items.xls", "", 404, "not-found", ""},
		{"no such item", "GET", "/api/v1/items/999", "", 404, "not-found", ""},
		{"an item that is no number", "GET", "/api/v1/items/zwölf", "", 404, "not-found", ""},
		{"an item below nothing", "GET", "/api/v1/items/-1", "", 404, "not-found", ""},
		{"a number too large", "GET", "/api/v1/items/99999999999999999999", "", 404, "not-found", ""},
		{"a removed item", "GET", "/api/v1/items/410", "", 410, "gone", ""},
		{"no such source", "GET", "/api/v1/sources/nobody", "", 404, "not-found", ""},
		{"no such problem", "GET", "/problems/of-mine", "", 404, "not-found", ""},
		{"wrong method", "DELETE", "/api/v1/items/3", "", 405, "method-not-allowed", ""},
		{"wrong method on a feed", "POST", "/feeds/items.rss", "", 405, "method-not-allowed", ""},
		{"bad word", "GET", "/api/v1/items?kind=novel", "", 400, "invalid-request", "#/query/kind"},
		{"bad word in a feed", "GET", "/feeds/items.json?stance=angry", "", 400, "invalid-request", "#/query/stance"},
		{"several mistakes", "GET", "/api/v1/facets?limit=0&from=soon&kind=a,b", "", 400, "invalid-request", "#/query/kind #/query/kind #/query/from #/query/limit"},
		{"unknown parameter", "GET", "/api/v1/items?colour=red", "", 400, "invalid-request", "#/query/colour"},
		{"a parameter that needs escaping", "GET", "/api/v1/stats?" + url.QueryEscape("a/b~c") + "=1", "", 400, "invalid-request", "#/query/a~1b~0c"},
		{"unknown search field", "GET", "/api/v1/items?q=colour:red", "", 400, "invalid-request", "#/query/q"},
		{"bad cursor", "GET", "/api/v1/items?cursor=zzz", "", 400, "invalid-request", "#/query/cursor"},
		{"no end of parameters", "GET", "/api/v1/items?jurisdiction=" + strings.Repeat("a,", 3000), "", 414, "address-too-long", ""},
		{"no end of parameters in a feed", "GET", "/feeds/items.atom?q=" + strings.Repeat("a", 5000), "", 414, "address-too-long", ""},
		{"a mistake in a table", "GET", "/api/v1/items.csv?kind=x", "", 400, "invalid-request", "#/query/kind"},
		{"no page of ours", "GET", "/api/v1/oembed?url=https://watch.example.evil.example/timeline&format=yaml&maxwidth=x", "", 400, "invalid-request", "#/query/maxwidth #/query/format #/query/url"},
		{"a page that cannot be embedded", "GET", "/api/v1/oembed?url=https://watch.example/sources", "", 400, "invalid-request", "#/query/url"},
		{"a page with a mistake", "GET", "/api/v1/oembed?url=https://watch.example/timeline%3Fkind%3Dx", "", 400, "invalid-request", "#/query/url"},
		{"a mistake in an embedded list", "GET", "/embed/items?kind=x", "", 400, "invalid-request", "#/query/kind"},
		{"no such dossier", "GET", "/api/v1/dossiers/none", "", 404, "not-found", ""},
		{"nothing that we have", "GET", "/api/v1/items", "image/png", 406, "not-acceptable", ""},
		{"JSON refused", "GET", "/api/v1/items", "application/json;q=0, text/html", 406, "not-acceptable", ""},
		{"no such feed form", "GET", "/feeds/items", "image/png", 406, "not-acceptable", ""},
		{"no such document form", "GET", "/api/v1/openapi.json", "text/html", 406, "not-acceptable", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := ask(engine, tc.method, tc.address, "Accept", tc.accept)
			p := decode[problem.Problem](t, w.Body)
			if w.Code != tc.status || p.Status != tc.status || w.Header().Get("Content-Type") != problem.MediaType {
				t.Errorf("got %d %s %+v", w.Code, w.Header().Get("Content-Type"), p)
			}
			if p.Type != "https://watch.example/problems/"+tc.kind || p.Title == "" || p.Detail == "" || p.Hint == "" || p.Instance != tc.address && !strings.Contains(tc.address, "ö") {
				t.Errorf("got %+v", p)
			}
			var pointers []string
			for _, e := range p.Errors {
				pointers = append(pointers, e.Pointer)
				if e.Detail == "" || e.Hint == "" {
					t.Errorf("no detail or hint: %+v", e)
				}
			}
			if got := strings.Join(pointers, " "); got != tc.pointers {
				t.Errorf("pointers: got %s, want %s", got, tc.pointers)
			}
			if w.Header().Get("Access-Control-Allow-Origin") != "*" {
				t.Error("a page of another site cannot read it")
			}
			if tc.status == 405 && w.Header().Get("Allow") != "GET, HEAD, OPTIONS" {
				t.Errorf("Allow is %q", w.Header().Get("Allow"))
			}
			address := strings.TrimPrefix(p.Type, "https://watch.example")
			if page := ask(engine, "GET", address); page.Code != http.StatusOK || !strings.Contains(page.Body.String(), p.Title) {
				t.Errorf("%s does not explain it: %d", address, page.Code)
			}
		})
	}
}

func TestOtherSitesMayRead(t *testing.T) {
	engine, _ := mount(t, options(sample()))
	for _, address := range append(addresses, "/healthz") {
		if w := ask(engine, "GET", address, "Origin", "https://other.example"); w.Header().Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: got %v", address, w.Header())
		}
		w := ask(engine, "OPTIONS", address, "Origin", "https://other.example", "Access-Control-Request-Method", "GET")
		if w.Code != http.StatusNoContent || !strings.Contains(w.Header().Get("Access-Control-Allow-Methods"), "GET") ||
			!strings.Contains(w.Header().Get("Access-Control-Allow-Headers"), "If-None-Match") {
			t.Errorf("%s: the question before got %d %v", address, w.Code, w.Header())
		}
	}
}

func TestOneClientIsLimitedAndOthersAreNot(t *testing.T) {
	o := options(sample())
	o.RatePerMinute = 3
	engine, _ := mount(t, o)
	from := func(address, path string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", path, nil)
		r.RemoteAddr = address
		r.Header.Set("X-Forwarded-For", "203.0.113.99") // believed of nobody
		w := httptest.NewRecorder()
		engine.ServeHTTP(w, r)
		return w
	}
	for i, host := range []string{"[2001:db8::1]:1", "[2001:db8::2]:2", "[2001:db8::ffff:1]:3"} {
		if w := from(host, "/api/v1/stats"); w.Code != http.StatusOK || w.Header().Get("RateLimit-Policy") != `"client";q=3;w=60` {
			t.Errorf("request %d: got %d %v", i, w.Code, w.Header())
		}
	}
	w := from("[2001:db8::4]:4", "/feeds/items.rss")
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "20" || w.Header().Get("Content-Type") != problem.MediaType {
		t.Errorf("the fourth: got %d %v", w.Code, w.Header())
	}
	if w := from("[2001:db8:0:1::1]:1", "/api/v1/stats"); w.Code != http.StatusOK {
		t.Errorf("another network: got %d", w.Code)
	}
	if w := from("[2001:db8::4]:4", "/healthz"); w.Code != http.StatusOK {
		t.Errorf("the health: got %d", w.Code)
	}
}

func TestOtherAddressesAreThePages(t *testing.T) {
	o := options(sample())
	o.NotFound = func(c *gin.Context) { c.String(http.StatusNotFound, "a page") }
	o.MethodNotAllowed = func(c *gin.Context) { c.String(http.StatusMethodNotAllowed, "another page") }
	engine, _ := mount(t, o)
	engine.GET("/timeline", func(*gin.Context) {})
	if w := ask(engine, "POST", "/timeline"); w.Body.String() != "another page" {
		t.Errorf("got %s", w.Body)
	}
	if w := ask(engine, "GET", "/dossiers/none"); w.Body.String() != "a page" {
		t.Errorf("got %s", w.Body)
	}
	if w := ask(engine, "GET", "/api/v2"); w.Header().Get("Content-Type") != problem.MediaType {
		t.Errorf("got %s", w.Body)
	}
}

func FuzzItems(f *testing.F) {
	for _, seed := range []string{"", "kind=news&kind=opinion", "q=%22a", "from=2026&to=2025", "cursor=%00", "limit=1e3", "relevant=all&order=oldest", "%zz", "a;b", "q=-:x"} {
		f.Add(seed)
	}
	engine, err := mounted(sample())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, query string) {
		for _, path := range []string{"/api/v1/items", "/feeds/items.atom", "/feeds/items.json"} {
			r := httptest.NewRequest("GET", path, nil)
			r.URL.RawQuery = query
			w := httptest.NewRecorder()
			engine.ServeHTTP(w, r)
			if w.Code != http.StatusOK && w.Code != http.StatusBadRequest {
				t.Errorf("%s?%s: got %d: %s", path, query, w.Code, w.Body)
			}
		}
	})
}

func mounted(reader api.Reader) (*gin.Engine, error) {
	engine := gin.New()
	_, err := api.New(engine, api.Options{Reader: reader, Chronicle: past()})
	return engine, err
}
