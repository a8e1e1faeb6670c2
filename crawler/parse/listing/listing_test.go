package listing_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/crawler/catalogue"
	"github.com/backdoorwatch/backdoorwatch/crawler/parse"
	"github.com/backdoorwatch/backdoorwatch/crawler/parse/listing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestFixtures reads testdata/*/answer.* as source.yaml beside it describes and
// compares with want.json. A new case is a new folder; no code is needed.
func TestFixtures(t *testing.T) {
	folders, err := filepath.Glob("testdata/*/source.yaml")
	if err != nil || len(folders) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	for _, file := range folders {
		folder := filepath.Dir(file)
		t.Run(filepath.Base(folder), func(t *testing.T) {
			page := readFixture(t, folder)
			got, err := json.MarshalIndent(page, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join(folder, "want.json")
			if *update {
				if err := os.WriteFile(golden, append(got, '\n'), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(bytes.TrimSpace(want), got) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func readFixture(t *testing.T, folder string) listing.Page {
	t.Helper()
	sources, err := catalogue.LoadFrom(os.DirFS(folder), nil)
	if err != nil {
		t.Fatal(err)
	}
	answers, err := filepath.Glob(filepath.Join(folder, "answer.*"))
	if err != nil || len(answers) != 1 {
		t.Fatalf("want one answer, found %v (%v)", answers, err)
	}
	body, err := os.ReadFile(answers[0])
	if err != nil {
		t.Fatal(err)
	}
	source := sources[0]
	page, err := source.Listing().Read(parse.Input{URL: source.Address(), Body: body, Language: source.Language})
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func compile(t *testing.T, syntax listing.Syntax, spec listing.Spec) *listing.Listing {
	t.Helper()
	if len(spec.Fields.Title) == 0 {
		spec.Fields.Title = listing.Field{{At: ".t"}}
	}
	l, mistakes := listing.Compile(syntax, spec)
	if len(mistakes) > 0 {
		t.Fatalf("mistakes: %v", mistakes)
	}
	return l
}

func TestRequestsOfPages(t *testing.T) {
	at := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	full := func(n int) listing.Page { return listing.Page{Result: parse.Result{Entries: n}} }
	cursor := full(5)
	cursor.Cursor = "a b"
	next := full(5)
	next.Next = "https://example.org/api?after=9"
	away := full(5)
	away.Next = "https://elsewhere.example/api"
	key := &listing.Key{Env: "KEY", Query: "key"}
	tests := []struct {
		name        string
		spec        listing.Spec
		first       string
		page        listing.Page
		second      string // empty: the list ends
		secondBody  string
		secondPages listing.Page
	}{
		{name: "one page", spec: listing.Spec{URL: "https://example.org/api?from={today-30d}"}, first: "https://example.org/api?from=2026-01-31", page: full(5)},
		{name: "dates in other forms", spec: listing.Spec{URL: "https://example.org/{year}?a={today:02012006}&b={today-1d:20060102}"}, first: "https://example.org/2026?a=02032026&b=20260301", page: full(5)},
		{name: "page", spec: listing.Spec{URL: "https://example.org/api?page=1&q=x", Paging: &listing.Paging{By: "page", Param: "page", Size: 5}}, first: "https://example.org/api?page=1&q=x", page: full(5), second: "https://example.org/api?page=2&q=x"},
		{name: "page from zero", spec: listing.Spec{URL: "https://example.org/api?page=0", Paging: &listing.Paging{By: "page", Param: "page"}}, first: "https://example.org/api?page=0", page: full(5), second: "https://example.org/api?page=1"},
		{name: "a page that is not full is the last", spec: listing.Spec{URL: "https://example.org/api", Paging: &listing.Paging{By: "page", Param: "page", Size: 5}}, first: "https://example.org/api", page: full(4)},
		{name: "offset", spec: listing.Spec{URL: "https://example.org/api?%24skip=0", Paging: &listing.Paging{By: "offset", Param: "%24skip", Size: 5}}, first: "https://example.org/api?%24skip=0", page: full(5), second: "https://example.org/api?%24skip=5"},
		{name: "offset in the path", spec: listing.Spec{URL: "https://example.org/from/{offset}", Paging: &listing.Paging{By: "offset", Size: 5}}, first: "https://example.org/from/0", page: full(5), second: "https://example.org/from/5"},
		{name: "page in a body", spec: listing.Spec{URL: "https://example.org/api", Method: "POST", Body: `{"page": {page}}`, Paging: &listing.Paging{By: "page", Size: 5}}, first: "https://example.org/api", page: full(5), second: "https://example.org/api", secondBody: `{"page": 2}`},
		{name: "cursor", spec: listing.Spec{URL: "https://example.org/api", Paging: &listing.Paging{By: "cursor", Param: "cursor", At: ".c"}}, first: "https://example.org/api", page: cursor, second: "https://example.org/api?cursor=a+b"},
		{name: "no cursor", spec: listing.Spec{URL: "https://example.org/api", Paging: &listing.Paging{By: "cursor", Param: "cursor", At: ".c"}}, first: "https://example.org/api", page: full(5)},
		{name: "next", spec: listing.Spec{URL: "https://example.org/api", Key: key, Paging: &listing.Paging{By: "next", At: ".n"}}, first: "https://example.org/api?key=s%26cret", page: next, second: "https://example.org/api?after=9&key=s%26cret"},
		{name: "next on another host gets no key", spec: listing.Spec{URL: "https://example.org/api", Key: key, Paging: &listing.Paging{By: "next", At: ".n"}}, first: "https://example.org/api?key=s%26cret", page: away, second: "https://elsewhere.example/api"},
		{name: "an empty page is the last", spec: listing.Spec{URL: "https://example.org/api", Paging: &listing.Paging{By: "next", At: ".n"}}, first: "https://example.org/api", page: listing.Page{Result: parse.Result{Next: "https://example.org/2"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l := compile(t, listing.JSON, test.spec)
			first, err := l.First(at, "s&cret")
			if err != nil || first.URL != test.first {
				t.Fatalf("first %q (%v), want %q", first.URL, err, test.first)
			}
			if strings.Contains(first.PublicURL(), "cret") {
				t.Errorf("the key shows in %q", first.PublicURL())
			}
			second, more, err := l.Next(first, test.page, at, "s&cret")
			if err != nil || more != (test.second != "") || second.URL != test.second {
				t.Errorf("second %q, more %v (%v), want %q", second.URL, more, err, test.second)
			}
			if test.secondBody != "" && second.Body != test.secondBody {
				t.Errorf("body %q, want %q", second.Body, test.secondBody)
			}
		})
	}
}

func TestACursorThatRepeatsEndsTheList(t *testing.T) {
	l := compile(t, listing.JSON, listing.Spec{URL: "https://example.org/api", Paging: &listing.Paging{By: "cursor", Param: "c", At: ".c"}})
	page := listing.Page{Result: parse.Result{Entries: 3}, Cursor: "x"}
	first, _ := l.First(time.Now(), "")
	second, more, _ := l.Next(first, page, time.Now(), "")
	if !more {
		t.Fatal("there is a second page")
	}
	if _, more, _ = l.Next(second, page, time.Now(), ""); more {
		t.Error("the same cursor leads on and on")
	}
}

func TestARunawayExpressionStops(t *testing.T) {
	t.Parallel()
	l := compile(t, listing.JSON, listing.Spec{Rows: listing.Rows{List: "def f: f; f"}})
	start := time.Now()
	if _, err := l.Read(parse.Input{Body: []byte(`{}`)}); err == nil {
		t.Error("no error")
	}
	if took := time.Since(start); took > 15*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestExpressionsSeeNothingButTheAnswer(t *testing.T) {
	t.Setenv("BACKDOORWATCH_SECRET", "s3cret")
	for _, expression := range []string{"$ENV.BACKDOORWATCH_SECRET", "env.BACKDOORWATCH_SECRET", "input", "$__loc__.file, input_filename"} {
		l, mistakes := listing.Compile(listing.JSON, listing.Spec{Rows: listing.Rows{Fields: listing.Fields{Title: listing.Field{{At: expression}}}}})
		if len(mistakes) > 0 {
			continue
		}
		page, _ := l.Read(parse.Input{Body: []byte(`{}`)})
		for _, doc := range page.Documents {
			if strings.Contains(doc.Title, "s3cret") {
				t.Errorf("%s yields %q", expression, doc.Title)
			}
		}
	}
}

func TestUnreadableAnswers(t *testing.T) {
	tests := []struct {
		name   string
		syntax listing.Syntax
		body   string
	}{
		{"no JSON", listing.JSON, "<html>"},
		{"cut off", listing.JSON, `{"a": [1, 2`},
		{"two answers", listing.JSON, `{} {}`},
		{"deep nesting", listing.JSON, strings.Repeat("[", 100_000)},
		{"no XML", listing.XML, "<a><b"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			title := listing.Field{{At: ".t"}}
			if test.syntax == listing.XML {
				title = listing.Field{{At: "t"}}
			}
			l := compile(t, test.syntax, listing.Spec{Rows: listing.Rows{Fields: listing.Fields{Title: title}}})
			if page, err := l.Read(parse.Input{Body: []byte(test.body)}); err == nil && len(page.Documents) > 0 {
				t.Errorf("read as %+v", page.Documents)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{`{"d": [{"t": "x", "p": "/Date(1)/"}]}`, `<d><t p="1">x</t></d>`, `<ul><li><a href="/x">y</a></ul>`, "\xff\xfe<\x00"} {
		f.Add([]byte(seed))
	}
	specs := map[listing.Syntax]listing.Rows{
		listing.JSON: {List: ".d", Fields: listing.Fields{Title: listing.Field{{At: ".t"}}, URL: listing.Field{{At: ".u"}}, Published: listing.Field{{At: ".p"}}}},
		listing.XML:  {List: "//d/*", Fields: listing.Fields{Title: listing.Field{{At: "."}}, URL: listing.Field{{At: "@u"}}, Published: listing.Field{{At: "@p"}}}},
		listing.HTML: {List: "li", Fields: listing.Fields{Title: listing.Field{{At: "a"}}, URL: listing.Field{{At: "a @href"}}, Published: listing.Field{{At: "time"}}}},
	}
	var readers []*listing.Listing
	for syntax, rows := range specs {
		l, mistakes := listing.Compile(syntax, listing.Spec{Rows: rows})
		if len(mistakes) > 0 {
			f.Fatal(mistakes)
		}
		readers = append(readers, l)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, l := range readers {
			page, err := l.Read(parse.Input{URL: "https://example.org/", Body: body})
			if err != nil {
				continue
			}
			if len(page.Details) != len(page.Documents) {
				t.Fatal("details and documents do not pair")
			}
			seen := map[string]bool{}
			for _, doc := range page.Documents {
				if doc.EntryID == "" || seen[doc.EntryID] || doc.CanonicalURL == "" {
					t.Fatalf("id %q, address %q", doc.EntryID, doc.CanonicalURL)
				}
				seen[doc.EntryID] = true
			}
		}
	})
}
