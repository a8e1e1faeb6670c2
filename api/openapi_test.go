package api_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/danielgtaylor/huma/v2"
)

type document struct {
	OpenAPI string
	Paths   map[string]map[string]struct {
		OperationID string
		Parameters  []parameter
		Responses   map[string]struct {
			Content map[string]struct{ Schema *huma.Schema }
		}
	}
	Components struct {
		Schemas    map[string]*huma.Schema
		Parameters map[string]parameter
	}
}

// acts are the paths at which something is done, and nothing read.
var acts = map[string]bool{"/websub": true}

type parameter struct {
	Ref      string `json:"$ref"`
	Name, In string
}

// parameters returns the names of an operation's parameters.
func (d document) parameters(path string) []string {
	var names []string
	for _, p := range d.Paths[path]["get"].Parameters {
		if name, shared := strings.CutPrefix(p.Ref, "#/components/parameters/"); shared {
			p = d.Components.Parameters[name]
		}
		names = append(names, p.Name)
	}
	return names
}

func TestDocumentIsWhatIsCommitted(t *testing.T) {
	_, mounted := mount(t, options(sample()))
	golden(t, "openapi.json", mounted.OpenAPI())
}

func TestDocumentAndRoutesAreEqual(t *testing.T) {
	engine, mounted := mount(t, options(sample()))
	documented := decodeDocument(t, mounted.OpenAPI())
	if documented.OpenAPI != "3.1.0" {
		t.Errorf("got OpenAPI %s", documented.OpenAPI)
	}
	routes := map[string][]string{}
	parameter := regexp.MustCompile(`:(\w+)`)
	for _, r := range engine.Routes() {
		path := parameter.ReplaceAllString(r.Path, "{$1}")
		routes[path] = append(routes[path], r.Method)
	}
	for path, methods := range routes {
		slices.Sort(methods)
		want, named := []string{"GET", "HEAD", "OPTIONS"}, "get"
		if acts[path] {
			want, named = []string{"OPTIONS", "POST"}, "post"
		}
		if !slices.Equal(methods, want) {
			t.Errorf("%s takes %v", path, methods)
		}
		if documented.Paths[path][named].OperationID == "" {
			t.Errorf("%s is a route and not in the document", path)
		}
	}
	ids := map[string]bool{}
	for path, operations := range documented.Paths {
		if len(routes[path]) == 0 {
			t.Errorf("%s is in the document and no route", path)
		}
		want := "get"
		if acts[path] {
			want = "post"
		}
		if methods := slices.Collect(maps.Keys(operations)); !slices.Equal(methods, []string{want}) {
			t.Errorf("%s: the document has %v", path, methods)
		}
		if id := operations[want].OperationID; ids[id] {
			t.Errorf("the operation %s is there twice", id)
		} else {
			ids[id] = true
		}
	}
}

func TestDocumentNamesTheParametersOfTheFilter(t *testing.T) {
	_, mounted := mount(t, options(sample()))
	documented := decodeDocument(t, mounted.OpenAPI())
	for _, path := range []string{"/api/v1/items.csv", "/api/v1/items.ndjson", "/embed/items", "/api/v1/facets", "/api/v1/timeline", "/api/v1/events", "/api/v1/upcoming", "/api/v1/candidates", "/feeds/upcoming.ics", "/feeds/events.csv", "/feeds/items", "/feeds/items.rss", "/feeds/items.atom", "/feeds/items.json"} {
		if names := documented.parameters(path); !slices.Equal(names, policy.FilterParams) {
			t.Errorf("%s: got %v, want %v", path, names, policy.FilterParams)
		}
	}
}

func TestAnswersFollowTheirSchema(t *testing.T) {
	engine, mounted := mount(t, options(sample()))
	documented := decodeDocument(t, mounted.OpenAPI())
	registry := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	for name, schema := range documented.Components.Schemas {
		forbidUnknown(schema)
		registry.Map()[name] = schema
	}
	for _, tc := range []struct{ path, address, status, mediaType string }{
		{"/api/v1/items", "/api/v1/items?relevant=all", "200", "application/json"},
		{"/api/v1/items", "/api/v1/items?relevant=all&limit=1", "200", "application/json"},
		{"/api/v1/items", "/api/v1/items?changed_since=2026-05-09", "200", "application/json"},
		{"/api/v1/items/{id}", "/api/v1/items/3", "200", "application/json"},
		{"/api/v1/items/{id}", "/api/v1/items/1", "200", "application/json"},
		{"/api/v1/items/{id}", "/api/v1/items/999", "default", "application/problem+json"},
		{"/api/v1/items", "/api/v1/items?kind=x&limit=y", "default", "application/problem+json"},
		{"/api/v1/facets", "/api/v1/facets", "200", "application/json"},
		{"/api/v1/sources", "/api/v1/sources", "200", "application/json"},
		{"/api/v1/sources/{id}", "/api/v1/sources/press", "200", "application/json"},
		{"/api/v1/jurisdictions", "/api/v1/jurisdictions", "200", "application/json"},
		{"/api/v1/stats", "/api/v1/stats", "200", "application/json"},
		{"/api/v1/vocabulary", "/api/v1/vocabulary", "200", "application/json"},
		{"/api/v1/healthz", "/api/v1/healthz", "200", "application/json"},
		{"/api/v1/dossiers", "/api/v1/dossiers", "200", "application/json"},
		{"/api/v1/dossiers/{id}", "/api/v1/dossiers/fr-bill-7", "200", "application/json"},
		{"/api/v1/dossiers", "/api/v1/dossiers?changed_since=2026-05-06", "200", "application/json"},
		{"/api/v1/dossiers/{id}", "/api/v1/dossiers/unheard-of", "default", "application/problem+json"},
		{"/api/v1/dossiers/{id}/positions", "/api/v1/dossiers/fr-bill-7/positions", "200", "application/json"},
		{"/api/v1/timeline", "/api/v1/timeline", "200", "application/json"},
		{"/api/v1/events", "/api/v1/events", "200", "application/json"},
		{"/api/v1/events/{id}", "/api/v1/events/fr-bill-7.2026-05-11.amended.crawled", "200", "application/json"},
		{"/api/v1/upcoming", "/api/v1/upcoming", "200", "application/json"},
		{"/api/v1/actors", "/api/v1/actors", "200", "application/json"},
		{"/api/v1/actors/{id}", "/api/v1/actors/someone", "200", "application/json"},
		{"/api/v1/jurisdictions/{code}", "/api/v1/jurisdictions/FR", "200", "application/json"},
		{"/api/v1/candidates", "/api/v1/candidates", "200", "application/json"},
		{"/api/v1/candidates/{id}", "/api/v1/candidates/8", "200", "application/json"},
		{"/api/v1/oembed", "/api/v1/oembed?url=https://watch.example/timeline", "200", "application/json"},
		{"/healthz", "/healthz", "200", "application/json"},
	} {
		t.Run(tc.address, func(t *testing.T) {
			schema := documented.Paths[tc.path]["get"].Responses[tc.status].Content[tc.mediaType].Schema
			if schema == nil {
				t.Fatalf("%s %s has no schema", tc.path, tc.status)
			}
			w := ask(engine, "GET", tc.address)
			if tc.status == "200" && w.Code != http.StatusOK {
				t.Fatalf("got %d: %s", w.Code, w.Body)
			}
			schema.PrecomputeMessages()
			result := &huma.ValidateResult{}
			huma.Validate(registry, schema, huma.NewPathBuffer([]byte{}, 0), huma.ModeReadFromServer, decode[any](t, w.Body), result)
			for _, err := range result.Errors {
				t.Error(err)
			}
		})
	}
}

// forbidUnknown makes a schema refuse fields that it does not name, so that the
// test sees those that nobody described.
func forbidUnknown(s *huma.Schema) {
	if s.Type == huma.TypeObject {
		s.AdditionalProperties = false
	}
	for _, p := range s.Properties {
		forbidUnknown(p)
	}
	if s.Items != nil {
		forbidUnknown(s.Items)
	}
	s.PrecomputeMessages()
}

func decodeDocument(t *testing.T, data []byte) document {
	t.Helper()
	// The decoder of huma's schemas does not know that a type may be a list.
	nullable := regexp.MustCompile(`"type":\s*\[\s*"(\w+)",\s*"null"\s*\]`)
	data = nullable.ReplaceAll(data, []byte(`"type": "$1", "nullable": true`))
	var d document
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestReferencePageLoadsNothing(t *testing.T) {
	engine, _ := mount(t, options(sample()))
	for _, address := range []string{"/api/v1/docs", "/feeds/", "/problems/internal", "/feeds/items", "/embed/items"} {
		w := ask(engine, "GET", address, "Accept", "text/html", "Sec-Fetch-Dest", "document")
		body := w.Body.String()
		if !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") || w.Code != http.StatusOK {
			t.Fatalf("%s: got %d %v", address, w.Code, w.Header())
		}
		for _, loading := range []string{"<script", "stylesheet", "icon", "<img", "<iframe", "src=", "@import", "url(", "style=", "ZgotmplZ"} {
			if strings.Contains(body, loading) {
				t.Errorf("%s holds %s", address, loading)
			}
		}
		if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, styleHash(body)) {
			t.Errorf("%s: the policy %s does not name the style %s", address, csp, styleHash(body))
		}
	}
}

func TestReferencePageHasEverything(t *testing.T) {
	engine, mounted := mount(t, options(sample()))
	body := ask(engine, "GET", "/api/v1/docs").Body.String()
	for path := range decodeDocument(t, mounted.OpenAPI()).Paths {
		method := "GET "
		if acts[path] {
			method = "POST "
		}
		if !strings.Contains(body, method+path+"<") {
			t.Errorf("the page lacks %s", path)
		}
	}
	for _, name := range policy.FilterParams {
		if !strings.Contains(body, "<code>"+name+"</code>") {
			t.Errorf("the page lacks the parameter %s", name)
		}
	}
}
