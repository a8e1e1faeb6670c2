package api_test

import (
	"encoding/xml"
	"net/url"
	"strings"
	"testing"
)

func TestEmbeddedPagesAreForOtherSites(t *testing.T) {
	engine, _ := mount(t, options(sample()))
	for _, tc := range []struct{ name, page, size, want string }{
		{"a list", "https://watch.example/timeline?jurisdiction=FR", "", "https://watch.example/embed/timeline?jurisdiction=FR 600 480"},
		{"a small one", "https://watch.example/timeline", "&maxwidth=320&maxheight=9999", "https://watch.example/embed/timeline 320 480"},
		{"a flat one", "https://watch.example/timeline?show=all", "&maxheight=100", "https://watch.example/embed/timeline 600 100"},
		{"events", "https://watch.example/timeline?jurisdiction=FR&show=events", "", "https://watch.example/embed/timeline?jurisdiction=FR&amp;show=events 600 480"},
		{"items", "https://watch.example/timeline?show=items&jurisdiction=FR", "", "https://watch.example/embed/items?jurisdiction=FR 600 480"},
		{"a dossier", "https://watch.example/dossiers/fr-bill-7", "", "https://watch.example/embed/dossiers/fr-bill-7 600 480"},
		{"awkward words", `https://watch.example/timeline?q=%22%3E%3Cscript%3E`, "", "https://watch.example/embed/timeline?q=%22%3E%3Cscript%3E 600 480"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			address := "/api/v1/oembed?dnt=1&url=" + url.QueryEscape(tc.page) + tc.size
			w := ask(engine, "GET", address)
			got := decode[struct {
				HTML, Title   string
				Width, Height int
			}](t, w.Body)
			_, rest, _ := strings.Cut(got.HTML, `<iframe src="`)
			source, rest, _ := strings.Cut(rest, `"`)
			parts := strings.Fields(tc.want)
			if source != parts[0] || !strings.Contains(rest, `width="`+parts[1]+`" height="`+parts[2]+`"`) || strings.Contains(got.HTML, "<script") {
				t.Errorf("got %s", got.HTML)
			}
			page := ask(engine, "GET", strings.ReplaceAll(strings.TrimPrefix(source, "https://watch.example"), "&amp;", "&"))
			if page.Code != 200 || !strings.Contains(page.Header().Get("Content-Security-Policy"), "frame-ancestors *") || page.Body.Len() > 20_000 {
				t.Errorf("the frame: got %d %v, %d bytes", page.Code, page.Header(), page.Body.Len())
			}
			if page.Header().Get("ETag") == "" || page.Header().Get("Set-Cookie") != "" {
				t.Errorf("the frame: %v", page.Header())
			}
			// The same in XML, asked for in either way.
			for _, w := range []string{ask(engine, "GET", address+"&format=xml", "Accept", "application/json").Body.String(), ask(engine, "GET", address, "Accept", "text/xml").Body.String()} {
				var inXML struct {
					XMLName xml.Name `xml:"oembed"`
					HTML    string   `xml:"html"`
					Title   string   `xml:"title"`
					Version string   `xml:"version"`
					Width   int      `xml:"width"`
				}
				if err := xml.Unmarshal([]byte(w), &inXML); err != nil || inXML.HTML != got.HTML || inXML.Title != got.Title || inXML.Width != got.Width || inXML.Version != "1.0" {
					t.Errorf("in XML: %v, %s", err, w)
				}
			}
		})
	}
	// No other page of ours may be framed.
	for _, address := range []string{"/api/v1/docs", "/feeds/", "/problems/internal"} {
		if csp := ask(engine, "GET", address).Header().Get("Content-Security-Policy"); !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("%s: got %s", address, csp)
		}
	}
}

func TestEmbeddedPagesSayWhatThereIs(t *testing.T) {
	engine, _ := mount(t, options(sample()))
	for _, tc := range []struct {
		name, address string
		status        int
		parts, lacks  string // parted by |
	}{
		{"a dossier", "/embed/dossiers/fr-bill-7", 200,
			`Bill 7</a>|France · <strong>In committee</strong> since <time datetime="2026-04">April 2026</time>|<strong>Weakens encryption:</strong>|` +
				`<time datetime="2026-06-03">3 June 2026</time>|Amendement &lt;12&gt;</a>|https://watch.example/dossiers/fr-bill-7"`, "<script|Bill 7: Amendement"},
		{"a timeline", "/embed/timeline", 200, "To come|Bill 7: Vote in the chamber|Until now|Messages &lt;chiffrés&gt;|Bill 7: Amendement &lt;12&gt;|https://watch.example/timeline\"", ""},
		{"events alone", "/embed/timeline?show=events", 200, "To come|Bill 7: Amendement|/timeline?show=events\"", "Messages"},
		{"items alone", "/embed/timeline?show=items", 200, "Messages", "To come|Amendement"},
		{"of a place", "/embed/timeline?jurisdiction=EU&show=events", 200, "European Union|A rule|/timeline?jurisdiction=EU&amp;show=events\"", "Bill 7"},
		{"a wrong word", "/embed/timeline?show=x", 400, "#/query/show", ""},
		{"a wrong parameter", "/embed/timeline?stance=x&show=events", 400, "#/query/stance", ""},
		{"no such dossier", "/embed/dossiers/unheard-of", 404, "problems/not-found", ""},
		{"a dossier that was", "/embed/dossiers/was-here", 410, "problems/gone", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := ask(engine, "GET", tc.address)
			body := w.Body.String()
			if w.Code != tc.status {
				t.Fatalf("got %d: %s", w.Code, body)
			}
			for part := range strings.SplitSeq(tc.parts, "|") {
				if !strings.Contains(body, part) {
					t.Errorf("it lacks %s: %s", part, body)
				}
			}
			for part := range strings.SplitSeq(tc.lacks, "|") {
				if part != "" && strings.Contains(body, part) {
					t.Errorf("it has %s: %s", part, body)
				}
			}
		})
	}
}
