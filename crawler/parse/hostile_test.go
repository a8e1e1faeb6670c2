package parse

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// hostile are bodies made to cost much: nesting, repetition, marks that are
// opened and never closed.
var hostile = map[string]string{
	"nested elements":        "<rss><channel><item>" + strings.Repeat("<a>", 20_000),
	"nested in the channel":  "<rss><channel>" + strings.Repeat("<a>", 20_000) + "</channel></rss>",
	"open tags":              "<rss><channel>" + strings.Repeat("<item", 20_000),
	"open items":             "<rss><channel>" + strings.Repeat("<item>", 20_000),
	"open CDATA":             "<rss><channel><item>" + strings.Repeat("<![CDATA[", 50_000),
	"open comments":          strings.Repeat("<!--", 100_000) + "<rss>",
	"open quotes":            "<rss><channel>" + strings.Repeat(`<item a="`, 50_000),
	"unquoted attributes":    "<rss><channel>" + strings.Repeat("<item a=b c=d><title x=y>t</title></item>", 10_000) + "</channel></rss>",
	"ampersands":             "<rss><channel><item><title>" + strings.Repeat("&", 100_000) + "</title></item></channel></rss>",
	"bad items":              "<rss><channel>" + strings.Repeat("<item><a b=<c <<></item>", 5_000) + "</channel></rss>",
	"doctypes":               strings.Repeat("<!DOCTYPE [", 50_000) + "<rss><channel></channel></rss>",
	"nested JSON":            `{"version":"https://jsonfeed.org/version/1","items":[` + strings.Repeat("[", 9_000),
	"nested divisions":       "<html><body>" + strings.Repeat("<div>", 100_000) + "text",
	"nested tables":          "<html><body>" + strings.Repeat("<table><tr><td>", 20_000) + "text",
	"formatting elements":    "<html><body>" + strings.Repeat("<b><i><p>", 2_000) + "text",
	"nested JSON-LD":         `<html><script type="application/ld+json">` + strings.Repeat(`{"@graph":[`, 20_000) + "</script>",
	"many meta":              "<html><head>" + strings.Repeat("<meta name=a content=b>", 20_000),
	"nested sitemap entries": "<urlset>" + strings.Repeat("<url>", 20_000),
	"one long word":          "<html><body><p>" + strings.Repeat("a", 500_000),
}

func TestHostileBodiesCostLittle(t *testing.T) {
	t.Parallel()
	for name, body := range hostile {
		t.Run(name, func(t *testing.T) {
			in := Input{URL: "https://example.org/", Body: []byte(body)}
			start := time.Now()
			Detect(in)
			r, err := Feed(in)
			if err == nil {
				checkResult(t, r)
			}
			_, _ = Article(in) // either way; what matters is that it ends
			_, _ = Sitemap(in)
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %v", took)
			} else if took > time.Second {
				t.Logf("took %v", took)
			}
		})
	}
}

func TestTooBig(t *testing.T) {
	in := Input{Body: make([]byte, 2*maxBody+1)}
	for name, read := range map[string]func() error{
		"feed":    func() error { _, err := Feed(in); return err },
		"article": func() error { _, err := Article(in); return err },
		"sitemap": func() error { _, err := Sitemap(in); return err },
		"pdf":     func() error { _, _, err := NewPDF("").Text(t.Context(), in.Body); return err },
	} {
		if err := read(); !errors.Is(err, policy.ErrInvalid) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestGuardTurnsPanicsIntoErrors(t *testing.T) {
	if _, err := guard("feed", func() (int, error) { panic("unexpected") }); !errors.Is(err, policy.ErrInvalid) {
		t.Errorf("got %v", err)
	}
}

func TestManyEntriesAreCapped(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("<rss><channel>")
	for i := range maxEntries + 10 {
		fmt.Fprintf(&b, "<item><title>%d</title></item>", i)
	}
	b.WriteString("</channel></rss>")
	r, err := Feed(Input{Body: []byte(b.String())})
	if err != nil || len(r.Documents) != maxEntries || len(r.Problems) == 0 {
		t.Errorf("%d documents, %v, %v", len(r.Documents), r.Problems, err)
	}
}

// checkResult holds what is true of any result.
func checkResult(t *testing.T, r Result) {
	t.Helper()
	if len(r.Documents) > r.Entries {
		t.Errorf("%d documents came of %d entries", len(r.Documents), r.Entries)
	}
	if r.Entries > len(r.Documents) && len(r.Problems) == 0 {
		t.Errorf("%d of %d entries were lost without a word", r.Entries-len(r.Documents), r.Entries)
	}
	ids := map[string]bool{}
	for _, d := range r.Documents {
		checkDocument(t, d)
		if ids[d.EntryID] {
			t.Errorf("two documents have the id %q", d.EntryID)
		}
		ids[d.EntryID] = true
	}
}

func checkDocument(t *testing.T, d policy.Document) {
	t.Helper()
	for name, text := range map[string]string{"title": d.Title, "summary": d.Summary, "text": d.Text, "byline": d.Byline, "id": d.EntryID} {
		if !utf8.ValidString(text) || strings.ContainsAny(text, "\x00\u00AD\u200B\uFEFF") {
			t.Errorf("the %s is not clean: %q", name, short(text))
		}
	}
	if d.EntryID == "" {
		t.Error("a document has no id")
	}
	for _, address := range []string{d.URL, d.CanonicalURL} {
		if address != "" && !strings.HasPrefix(address, "http://") && !strings.HasPrefix(address, "https://") {
			t.Errorf("address %q", address)
		}
	}
}

// seed adds the fixtures of a folder to a fuzz target.
func seed(f *testing.F, folder string) {
	paths, err := filepath.Glob(filepath.Join("testdata", folder, "*"))
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, ".golden.json") {
			continue
		}
		body, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
}

func FuzzFeed(f *testing.F) {
	seed(f, "feeds")
	f.Fuzz(func(t *testing.T, body []byte) {
		if r, err := Feed(Input{URL: "https://example.org/feed", Body: body}); err == nil {
			checkResult(t, r)
		}
	})
}

func FuzzArticle(f *testing.F) {
	seed(f, "articles")
	f.Fuzz(func(t *testing.T, body []byte) {
		if d, err := Article(Input{URL: "https://example.org/page", Body: body}); err == nil {
			checkDocument(t, d)
		}
	})
}

func FuzzSitemap(f *testing.F) {
	seed(f, "sitemaps")
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := Sitemap(Input{URL: "https://example.org/sitemap.xml", Body: body})
		if err != nil {
			return
		}
		for _, d := range r.Documents {
			checkDocument(t, d)
		}
	})
}
