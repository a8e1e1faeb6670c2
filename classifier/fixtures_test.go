package classifier_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/classifier"
	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func load(t testing.TB) *classifier.Classifier {
	t.Helper()
	base, err := knowledge.Load()
	if err != nil {
		t.Fatal(err)
	}
	c, err := classifier.New(base)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// fixture is one text of a file in testdata, with what must come out of it. See
// testdata/README.md for the form.
type fixture struct {
	where string
	doc   policy.Document
	want  [][2]string
}

func fixtures(t *testing.T) []fixture {
	t.Helper()
	names, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(names) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	var out []fixture
	for _, name := range names {
		if measured, err := filepath.Match(positionFiles, name); err != nil || !measured {
			out = append(out, fixturesOf(t, name)...)
		}
	}
	return out
}

func fixturesOf(t *testing.T, name string) []fixture {
	t.Helper()
	body, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var out []fixture
	for i, block := range strings.Split(string(body), "\n---\n") {
		f := fixture{where: fmt.Sprintf("%s/%d", strings.TrimSuffix(filepath.Base(name), ".txt"), i+1)}
		for _, line := range strings.Split(block, "\n") {
			f.line(t, line)
		}
		if f.doc.Title == "" || len(f.want) == 0 {
			t.Fatalf("%s: a fixture needs a title and what is wanted", f.where)
		}
		out = append(out, f)
	}
	return out
}

func (f *fixture) line(t *testing.T, line string) {
	t.Helper()
	line = strings.TrimSpace(line)
	if line == "" || strings.HasPrefix(line, "#") {
		return
	}
	key, value, ok := strings.Cut(line, ":")
	value = strings.TrimSpace(value)
	if !ok {
		t.Fatalf("%s: %q is no line of a fixture", f.where, line)
	}
	switch key {
	case "title":
		f.doc.Title = value
	case "text":
		f.doc.Text = strings.TrimSpace(f.doc.Text + "\n\n" + value)
	case "url":
		f.doc.URL = value
	case "from":
		f.doc.Jurisdiction = value
	case "date":
		d, err := policy.ParseDate(value)
		if err != nil {
			t.Fatalf("%s: %v", f.where, err)
		}
		f.doc.Published = d
	default:
		f.want = append(f.want, [2]string{key, value})
	}
}

func TestFixtures(t *testing.T) {
	c := load(t)
	for _, f := range fixtures(t) {
		t.Run(f.where, func(t *testing.T) {
			tags := c.Classify(f.doc)
			for _, w := range f.want {
				got, list, ok := tagged(tags, strings.TrimSuffix(w[0], "+"))
				if !ok {
					t.Fatalf("%q is nothing that a fixture can want", w[0])
				}
				check(t, f.doc.Title, w, got, list)
			}
			checkSpans(t, f.doc, tags)
		})
	}
}

// tagged returns what came out under a key of a fixture.
func tagged(tags policy.Tags, key string) (got []string, list, ok bool) {
	all := func(ts []policy.Tag) []string {
		var out []string
		for _, t := range ts {
			out = append(out, t.Value)
		}
		return out
	}
	one := func(v string) []string {
		if v == "" {
			return []string{"none"}
		}
		return []string{v}
	}
	switch key {
	case "relevant":
		return one(tags.Relevant.Value), false, true
	case "language":
		return one(tags.Language), false, true
	case "kind":
		return one(tags.Kind.Value), false, true
	case "stance":
		return one(tags.Stance.Value), false, true
	case "event":
		return one(tags.Event.Value), false, true
	case "jurisdictions":
		return all(tags.Jurisdictions), true, true
	case "measures":
		return all(tags.Measures), true, true
	case "dossiers":
		return all(tags.Dossiers), true, true
	case "actors":
		return all(tags.Actors), true, true
	case "positions":
		for _, p := range tags.Positions {
			got = append(got, p.Actor+"="+string(p.Side))
		}
		return got, true, true
	}
	return nil, false, false
}

func check(t *testing.T, title string, want [2]string, got []string, list bool) {
	t.Helper()
	wanted := strings.Fields(want[1])
	switch {
	case !list && !slices.Contains(wanted, got[0]):
		t.Errorf("%s\n%s is %v, want one of %v", title, want[0], got, wanted)
	case list && strings.HasSuffix(want[0], "+"):
		for _, w := range wanted {
			if !slices.Contains(got, w) {
				t.Errorf("%s\n%s are %v, want %s among them", title, want[0], got, w)
			}
		}
	case list && !(len(got) == 0 && want[1] == "none") && !slices.Equal(got, wanted):
		slices.Sort(got)
		slices.Sort(wanted)
		if want[0] == "jurisdictions" || !slices.Equal(got, wanted) {
			t.Errorf("%s\n%s are %v, want %v", title, want[0], got, wanted)
		}
	}
}
