package api_test

import (
	"net/url"
	"strings"
	"testing"
)

func TestEmbeddedListIsForOtherSites(t *testing.T) {
	engine, _ := mount(t, options(sample()))
	for _, tc := range []struct{ name, page, size, want string }{
		{"a list", "https://watch.example/timeline?jurisdiction=FR", "", "https://watch.example/embed/items?jurisdiction=FR 600 480"},
		{"a small one", "https://watch.example/timeline", "&maxwidth=320&maxheight=9999", "https://watch.example/embed/items 320 480"},
		{"a dossier", "https://watch.example/dossiers/fr-bill-7", "", "https://watch.example/embed/items?dossier=fr-bill-7 600 480"},
		{"awkward words", `https://watch.example/timeline?q=%22%3E%3Cscript%3E`, "", "https://watch.example/embed/items?q=%22%3E%3Cscript%3E 600 480"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := ask(engine, "GET", "/api/v1/oembed?url="+url.QueryEscape(tc.page)+tc.size)
			got := decode[struct {
				HTML          string
				Width, Height int
			}](t, w.Body)
			_, rest, _ := strings.Cut(got.HTML, `<iframe src="`)
			source, rest, _ := strings.Cut(rest, `"`)
			parts := strings.Fields(tc.want)
			if source != parts[0] || !strings.Contains(rest, `width="`+parts[1]+`" height="`+parts[2]+`"`) || strings.Contains(got.HTML, "<script") {
				t.Errorf("got %s", got.HTML)
			}
			page := ask(engine, "GET", strings.TrimPrefix(source, "https://watch.example"))
			if page.Code != 200 || !strings.Contains(page.Header().Get("Content-Security-Policy"), "frame-ancestors *") {
				t.Errorf("the frame: got %d %v", page.Code, page.Header())
			}
		})
	}
	// No other page of ours may be framed.
	if csp := ask(engine, "GET", "/api/v1/docs").Header().Get("Content-Security-Policy"); !strings.Contains(csp, "frame-ancestors 'none'") {
		t.Errorf("got %s", csp)
	}
}
