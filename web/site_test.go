package web_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/gin-gonic/gin"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/record"
	"github.com/backdoorwatch/backdoorwatch/web"
)

// serve starts a server with the pages over a reader.
func serve(t testing.TB, reader web.Reader, change ...func(*web.Options)) *httptest.Server {
	t.Helper()
	options := web.Options{Reader: reader, Record: record.New(base(), reader.(record.Store), now), Now: now, PublicURL: "https://watch.example.org", Contact: "Write to the operator of this test."}
	for _, c := range change {
		c(&options)
	}
	site, err := web.New(options)
	if err != nil {
		t.Fatal(err)
	}
	gin.SetMode(gin.TestMode)
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	engine.NoRoute(site.NotFound)
	engine.NoMethod(site.MethodNotAllowed)
	site.Mount(engine)
	server := httptest.NewServer(engine)
	t.Cleanup(server.Close)
	return server
}

// client follows no redirects and asks for no compression by itself.
func client() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{DisableCompression: true, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func do(t testing.TB, method, url string, body io.Reader, header ...string) (*http.Response, []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, content
}

// open gets a page and parses it.
func open(t testing.TB, url string, status int) *goquery.Document {
	t.Helper()
	response, body := do(t, http.MethodGet, url, nil)
	if response.StatusCode != status {
		t.Fatalf("%s answered %d, want %d:\n%s", url, response.StatusCode, status, body)
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// text returns an element's text with its white space made plain.
func text(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

// pages are addresses that together show every template and every branch of
// note; "empty" ones are asked of a site with nothing in it.
var pages = []struct {
	name, path string
	status     int
	empty      bool
}{
	{"home", "/", 200, false},
	{"home-empty", "/", 200, true},
	{"timeline", "/timeline", 200, false},
	{"timeline-texts", "/timeline?show=items", 200, false},
	{"timeline-texts-second", "/timeline?cursor=30&show=items", 200, false},
	{"timeline-steps", "/timeline?show=events", 200, false},
	{"timeline-scanning", "/timeline?jurisdiction=EU&measure=client-side-scanning", 200, false},
	{"timeline-oldest", "/timeline?order=oldest&jurisdiction=GL", 200, false},
	{"timeline-filtered", "/timeline?jurisdiction=EU&jurisdiction=GB&stance=neutral&q=bill&from=2025&order=oldest", 200, false},
	{"timeline-nothing", "/timeline?q=zebra&kind=ruling", 200, false},
	{"timeline-empty", "/timeline", 200, true},
	{"item", "/items/59", 200, false},
	{"item-arabic", "/items/57", 200, false},
	{"item-hostile", "/items/53", 200, false},
	{"item-foreign", "/items/51", 200, false},
	{"item-irrelevant", "/items/49", 200, false},
	{"event", "/events/gl-example-messenger-bill.2025-06-03.introduced", 200, false},
	{"event-expected", "/events/gl-example-messenger-bill.2027.upcoming", 200, false},
	{"event-suggested", "/events/gl-example-messenger-bill.2026-11-20.passed.suggested", 200, false},
	{"dossiers", "/dossiers", 200, false},
	{"dossiers-filtered", "/dossiers?by=place&effect=weakens&jurisdiction=EU&jurisdiction=GL&status=negotiation&status=committee", 200, false},
	{"dossiers-search", "/dossiers?q=messenger", 200, false},
	{"dossiers-nothing", "/dossiers?jurisdiction=GL&status=repealed", 200, false},
	{"dossier", "/dossiers/gl-example-messenger-bill", 200, false},
	{"dossier-then", "/dossiers/gl-example-messenger-bill?on=2025-10-10&order=oldest", 200, false},
	{"dossier-csa", "/dossiers/eu-csa-regulation", 200, false},
	{"dossier-empty", "/dossiers/un-convention-against-cybercrime", 200, true},
	{"places", "/places", 200, false},
	{"place", "/places/GB", 200, false},
	{"place-made-up", "/places/GL", 200, false},
	{"place-part", "/places/US-FL", 200, false},
	{"place-silent", "/places/AF", 200, true},
	{"actors", "/actors", 200, false},
	{"actors-filtered", "/actors?kind=ngo&jurisdiction=GL&stance=protects&q=union", 200, false},
	{"actor", "/actors/signal", 200, false},
	{"actor-turned", "/actors/example-minister", 200, false},
	{"candidates", "/candidates", 200, false},
	{"candidates-place", "/candidates?jurisdiction=NZ", 200, false},
	{"candidates-empty", "/candidates", 200, true},
	{"candidate", "/candidates/3", 200, false},
	{"candidate-hostile", "/candidates/2", 200, false},
	{"sources", "/sources", 200, false},
	{"sources-place", "/sources?jurisdiction=US", 200, false},
	{"sources-empty", "/sources", 200, true},
	{"source", "/sources/example-assembly", 200, false},
	{"source-moved", "/sources/beispiel-blatt", 200, false},
	{"about", "/about", 200, false},
	{"bad", "/timeline?stance=pro&kind=rumour&from=yesterday&colour=red", 400, false},
	{"missing", "/items/4711", 404, false},
	{"nowhere", "/nowhere", 404, false},
	{"removed", "/dossiers/removed-dossier", 410, false},
	{"bad-dossiers", "/dossiers?effect=bad&status=statement&colour=red", 400, false},
}

// each runs a check on every page of the storybook.
func each(t *testing.T, check func(t *testing.T, url string, doc *goquery.Document)) {
	t.Helper()
	full, empty := serve(t, storybook()), serve(t, &memory{sources: storySources()[5:6]})
	for _, p := range pages {
		t.Run(p.name, func(t *testing.T) {
			server := full
			if p.empty {
				server = empty
			}
			check(t, server.URL+p.path, open(t, server.URL+p.path, p.status))
		})
	}
}

func TestAnOptionThatIsWrongIsRefused(t *testing.T) {
	for name, options := range map[string]web.Options{
		"no reader":      {Record: record.New(base(), storybook(), now)},
		"no record":      {Reader: storybook()},
		"public address": {Reader: storybook(), Record: record.New(base(), storybook(), now), PublicURL: "watch.example.org"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := web.New(options); err == nil || !strings.Contains(err.Error(), policy.ErrConfig.Error()) {
				t.Errorf("got %v", err)
			}
		})
	}
}
