package parse

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden is a document as the golden files show it: only what parsing fills.
type golden struct {
	EntryID      string              `json:",omitempty"`
	URL          string              `json:",omitempty"`
	CanonicalURL string              `json:",omitempty"`
	Title        string              `json:",omitempty"`
	Byline       string              `json:",omitempty"`
	Summary      string              `json:",omitempty"`
	Text         string              `json:",omitempty"`
	Language     string              `json:",omitempty"`
	Published    string              `json:",omitempty"`
	Updated      string              `json:",omitempty"`
	Attachments  []policy.Attachment `json:",omitempty"`
	Problems     []string            `json:",omitempty"`
	Paywalled    bool                `json:",omitempty"`
}

func goldenOf(d policy.Document) golden {
	return golden{
		d.EntryID, d.URL, d.CanonicalURL, d.Title, d.Byline, d.Summary, d.Text, d.Language,
		d.Published.String(), d.Updated.String(), d.Attachments, d.Problems, d.Paywalled,
	}
}

type goldenResult struct {
	Error     string       `json:",omitempty"`
	Title     string       `json:",omitempty"`
	Language  string       `json:",omitempty"`
	Next      string       `json:",omitempty"`
	Hub       string       `json:",omitempty"`
	Self      string       `json:",omitempty"`
	TTL       string       `json:",omitempty"`
	Entries   int          `json:",omitempty"`
	Dated     int          `json:",omitempty"`
	Undatable int          `json:",omitempty"`
	Problems  []string     `json:",omitempty"`
	Sitemaps  []SitemapRef `json:",omitempty"`
	Documents []golden     `json:",omitempty"`
}

func goldenOfResult(r Result, err error) goldenResult {
	g := goldenResult{
		Title: r.Title, Language: r.Language, Next: r.Next, Hub: r.Hub, Self: r.Self, Entries: r.Entries,
		Dated: r.Dated, Undatable: r.Undatable, Problems: r.Problems, Sitemaps: r.Sitemaps,
	}
	if err != nil {
		g.Error = err.Error()
	}
	if r.TTL > 0 {
		g.TTL = r.TTL.Round(time.Second).String()
	}
	for _, d := range r.Documents {
		g.Documents = append(g.Documents, goldenOf(d))
	}
	return g
}

// eachFixture runs read on every input in a folder of testdata and compares what
// comes out with the golden file beside it. A new case is an input dropped in and
// "go test -update"; look at what it wrote. The address of an input is
// https://example.org/ and its name.
func eachFixture(t *testing.T, folder string, read func(in Input) any) {
	inputs, err := filepath.Glob(filepath.Join("testdata", folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, path := range inputs {
		if strings.HasSuffix(path, ".golden.json") {
			continue
		}
		count++
		t.Run(filepath.Base(path), func(t *testing.T) {
			body, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, path, read(Input{URL: "https://example.org/" + folder + "/" + filepath.Base(path), Body: body}))
		})
	}
	if count == 0 {
		t.Errorf("no fixtures in %s", folder)
	}
}

func compare(t *testing.T, path string, value any) {
	t.Helper()
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		t.Fatal(err)
	}
	file := strings.TrimSuffix(path, filepath.Ext(path)) + ".golden.json"
	if *update {
		if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if out.String() != string(want) {
		t.Errorf("differs from %s; got\n%s", file, out.String())
	}
}
