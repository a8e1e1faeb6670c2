package api_test

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/api/problem"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/prerequisite"
)

func TestHandbookNamesWhatThereIs(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(prerequisite.Root(t), "docs", "api.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range policy.FilterParams {
		if !strings.Contains(string(text), "`"+name+"`") {
			t.Errorf("docs/api.md lacks the parameter %s", name)
		}
	}
	for _, k := range problem.Kinds() {
		if !strings.Contains(string(text), "`"+k.Name+"`") {
			t.Errorf("docs/api.md lacks the problem %s", k.Name)
		}
	}
}

func TestHandbookShowsTheProblemAsItIs(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(prerequisite.Root(t), "docs", "api.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, shown, _ := strings.Cut(string(text), "items?kind=novel'\n")
	want := decode[problem.Problem](t, strings.NewReader(shown))
	o := options(sample())
	o.BaseURL = ""
	engine, _ := mount(t, o)
	got := decode[problem.Problem](t, ask(engine, "GET", "/api/v1/items?kind=novel").Body)
	if got.Detail != want.Detail || got.Type != want.Type || got.Hint != want.Hint || got.Errors[0] != want.Errors[0] {
		t.Errorf("got %+v, docs/api.md shows %+v", got, want)
	}
}

// values writes URL parameters of pairs of name and value; empty ones are left out.
func values(pairs ...string) string {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			v.Set(pairs[i], pairs[i+1])
		}
	}
	return v.Encode()
}
