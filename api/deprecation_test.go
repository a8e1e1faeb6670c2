package api_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/api"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/prerequisite"
	"github.com/gin-gonic/gin"
)

var (
	since = time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	until = time.Date(2027, 5, 1, 0, 0, 0, 0, time.UTC)
)

func TestWhatIsDeprecatedSaysSo(t *testing.T) {
	o := options(sample())
	o.Deprecated = []api.Deprecation{
		{Operation: "get-stats", Since: since, Sunset: until, Instead: "Use /api/v1/facets."},
		{Operation: "follow-items-rss", Since: since, Instead: "Use Atom."},
		{Operation: "list-items", Parameter: "changed_since", Since: since.AddDate(0, 0, 1), Sunset: until, Instead: "Follow a feed."},
		{Operation: "list-items", Parameter: "q", Since: since, Sunset: until.AddDate(0, 0, -1), Instead: "Search elsewhere."},
		{Parameter: "lang", Since: since, Instead: "Use nothing."},
		{Schema: "Stats", Field: "sources", Since: since, Instead: "Count /api/v1/sources."},
	}
	engine, mounted := mount(t, o)
	docs := `<https://watch.example/api/v1/docs#`
	for _, tc := range []struct {
		name, method, address string
		since, sunset         string
		links                 []string // that lead to what is said
	}{
		{"an operation", "GET", "/api/v1/stats", "@1777593600", "Sat, 01 May 2027 00:00:00 GMT", []string{docs + `get-stats>; rel="deprecation"; type="text/html"`}},
		{"HEAD too", "HEAD", "/api/v1/stats", "@1777593600", "Sat, 01 May 2027 00:00:00 GMT", []string{docs + `get-stats>; rel="deprecation"; type="text/html"`}},
		{"a feed, beside its own links", "GET", "/feeds/items.rss", "@1777593600", "", []string{docs + `follow-items-rss>; rel="deprecation"; type="text/html"`}},
		{"another operation", "GET", "/api/v1/facets", "", "", nil},
		{"a parameter that is used", "GET", "/api/v1/items?changed_since=2026-05-09&limit=1", "@1777680000", "Sat, 01 May 2027 00:00:00 GMT", []string{docs + `list-items>; rel="deprecation"; type="text/html"`}},
		{"two of them", "GET", "/api/v1/items?changed_since=2026-05-09&q=x", "@1777593600", "Fri, 30 Apr 2027 00:00:00 GMT", []string{docs + `list-items>; rel="deprecation"; type="text/html"`}},
		{"a parameter that is not used", "GET", "/api/v1/items", "", "", nil},
		{"a parameter of all lists", "GET", "/feeds/events.atom?lang=de", "@1777593600", "", []string{docs + `follow-events-atom>; rel="deprecation"; type="text/html"`}},
		{"a mistake in it", "GET", "/api/v1/items?q=x&kind=y", "@1777593600", "Fri, 30 Apr 2027 00:00:00 GMT", []string{docs + `list-items>; rel="deprecation"; type="text/html"`}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := ask(engine, tc.method, tc.address)
			var links []string
			for _, link := range w.Header().Values("Link") {
				if strings.Contains(link, "deprecation") {
					links = append(links, link)
				}
			}
			if w.Header().Get("Deprecation") != tc.since || w.Header().Get("Sunset") != tc.sunset || !slices.Equal(links, tc.links) {
				t.Errorf("got %v", w.Header())
			}
		})
	}
	if links := ask(engine, "GET", "/feeds/items.rss").Header().Values("Link"); len(links) != 2 || !strings.Contains(links[0], `rel="self"`) {
		t.Errorf("a feed's links: %q", links)
	}
	first := ask(engine, "GET", "/api/v1/stats")
	if again := ask(engine, "GET", "/api/v1/stats", "If-None-Match", first.Header().Get("ETag")); again.Code != http.StatusNotModified || again.Header().Get("Deprecation") == "" {
		t.Errorf("304: %d %v", again.Code, again.Header())
	}
	checkDeprecatedDocument(t, mounted.OpenAPI(), ask(engine, "GET", "/api/v1/docs").Body.String())
}

func checkDeprecatedDocument(t *testing.T, document []byte, page string) {
	t.Helper()
	d := decode[struct {
		Paths map[string]map[string]struct {
			Deprecated bool
			Parameters []struct {
				Ref        string `json:"$ref"`
				Name       string
				Deprecated bool
			}
		}
		Components struct {
			Parameters map[string]struct{ Deprecated bool }
			Schemas    map[string]struct {
				Properties map[string]struct {
					Deprecated  bool
					Description string
				}
			}
		}
	}](t, strings.NewReader(string(document)))
	if !d.Paths["/api/v1/stats"]["get"].Deprecated || d.Paths["/api/v1/facets"]["get"].Deprecated {
		t.Error("the operation is not marked, or another is")
	}
	field := d.Components.Schemas["Stats"].Properties["sources"]
	if !field.Deprecated || !strings.Contains(field.Description, "Deprecated since 2026-05-01. Count /api/v1/sources.") {
		t.Errorf("the field: %+v", field)
	}
	if !d.Components.Parameters["lang"].Deprecated || d.Components.Parameters["q"].Deprecated {
		t.Error("the parameter of all lists is not marked, or one of a single list is")
	}
	marked := 0
	for path, operations := range d.Paths {
		for _, p := range operations["get"].Parameters {
			if p.Deprecated {
				marked++
				if path != "/api/v1/items" || p.Name != "q" && p.Name != "changed_since" {
					t.Errorf("%s: %s is marked", path, p.Name)
				}
			}
		}
	}
	if marked != 2 || !strings.Contains(page, "<strong>Deprecated.</strong>") || !strings.Contains(page, "until 2027-05-01. Use /api/v1/facets.") {
		t.Errorf("%d parameters are marked, or the page says nothing", marked)
	}
}

func TestADeprecationThatFitsNothingIsAMistake(t *testing.T) {
	for name, d := range map[string]api.Deprecation{
		"no such operation": {Operation: "get-nothing", Since: since, Instead: "x"},
		"no such parameter": {Operation: "get-stats", Parameter: "q", Since: since, Instead: "x"},
		"no such field":     {Schema: "Stats", Field: "nothing", Since: since, Instead: "x"},
		"nothing at all":    {Since: since, Instead: "x"},
		"no beginning":      {Operation: "get-stats", Instead: "x"},
		"no remedy":         {Operation: "get-stats", Since: since},
		"an end before":     {Operation: "get-stats", Since: until, Sunset: since, Instead: "x"},
	} {
		t.Run(name, func(t *testing.T) {
			o := options(sample())
			o.Deprecated = []api.Deprecation{d}
			if _, err := api.New(gin.New(), o); !errors.Is(err, policy.ErrConfig) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestTheChangelogIsOfThisVersion holds that nobody changes the contract in silence: the
// committed document and the newest entry of the changelog have the same version, and
// what is deprecated is written there.
func TestTheChangelogIsOfThisVersion(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(prerequisite.Root(t), "docs", "api-changelog.md"))
	if err != nil {
		t.Fatal(err)
	}
	newest := regexp.MustCompile(`(?m)^## (\S+)`).FindStringSubmatch(string(text))
	_, mounted := mount(t, options(sample()))
	version := decode[struct{ Info struct{ Version string } }](t, strings.NewReader(string(mounted.OpenAPI()))).Info.Version
	if newest == nil || newest[1] != version {
		t.Errorf("the newest entry is of %v, the contract of %s", newest, version)
	}
	for _, d := range api.Deprecations() {
		if name := d.Operation + d.Parameter + d.Field; !strings.Contains(string(text), "`"+name+"`") {
			t.Errorf("the changelog lacks what is deprecated: %s", name)
		}
	}
}
