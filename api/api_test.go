package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/api"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/gin-gonic/gin"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) {
	gin.SetMode(gin.ReleaseMode)
	flag.Parse()
	os.Exit(m.Run())
}

func options(reader api.Reader) api.Options {
	return api.Options{
		Reader: reader, Chronicle: past(), BaseURL: "https://watch.example", Version: "test", FeedTTL: -1,
		Now: func() time.Time { return day(20) },
		Record: api.Record{
			Jurisdictions: []policy.Jurisdiction{
				{Code: "FR", Name: "France", Level: policy.LevelCountry}, {Code: "EU", Name: "European Union", Level: policy.LevelSupranational},
			},
			Dossiers: []policy.Dossier{theBill(), ruleOf()},
			Actors:   []policy.Actor{{ID: "someone", Name: "Somebody", Kind: "expert"}},
		},
	}
}

func mount(t testing.TB, o api.Options) (*gin.Engine, *api.API) {
	t.Helper()
	engine := gin.New()
	mounted, err := api.New(engine, o)
	if err != nil {
		t.Fatal(err)
	}
	return engine, mounted
}

// ask sends one request; header are pairs of name and value.
func ask(handler http.Handler, method, address string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, address, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

func decode[T any](t testing.TB, body io.Reader) T {
	t.Helper()
	var v T
	if err := json.NewDecoder(body).Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("%s is not what is committed; look at the difference and run the tests with -update if it is right.\ngot:\n%s", path, got)
	}
}

func TestAnswersAreWhatIsCommitted(t *testing.T) {
	engine, _ := mount(t, options(sample()))
	for _, tc := range []struct{ name, address string }{
		{"items.json", "/api/v1/items?relevant=all"},
		{"item.json", "/api/v1/items/3"},
		{"sources.json", "/api/v1/sources"},
		{"source.json", "/api/v1/sources/fr-parliament"},
		{"jurisdictions.json", "/api/v1/jurisdictions"},
		{"facets.json", "/api/v1/facets"},
		{"stats.json", "/api/v1/stats"},
		{"healthz.json", "/healthz"},
		{"dossiers.json", "/api/v1/dossiers"},
		{"dossier.json", "/api/v1/dossiers/fr-bill-7"},
		{"positions.json", "/api/v1/dossiers/fr-bill-7/positions?on=2026-03"},
		{"timeline.json", "/api/v1/timeline"},
		{"events.json", "/api/v1/events"},
		{"event.json", "/api/v1/events/fr-bill-7.2026-04.committee"},
		{"upcoming.json", "/api/v1/upcoming?jurisdiction=EU"},
		{"actors.json", "/api/v1/actors"},
		{"actor.json", "/api/v1/actors/someone"},
		{"jurisdiction.json", "/api/v1/jurisdictions/FR"},
		{"candidates.json", "/api/v1/candidates"},
		{"candidate.json", "/api/v1/candidates/8"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := ask(engine, "GET", tc.address)
			if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/json" {
				t.Fatalf("got %d %s: %s", w.Code, w.Header().Get("Content-Type"), w.Body)
			}
			if strings.Contains(w.Body.String(), "[null") || nullList(w.Body.String()) {
				t.Errorf("a list is null: %s", w.Body)
			}
			indented, err := json.MarshalIndent(decode[any](t, w.Body), "", " ")
			if err != nil {
				t.Fatal(err)
			}
			golden(t, tc.name, append(indented, '\n'))
		})
	}
}

// nullList reports whether a field that holds a list is null. Only times may be.
func nullList(body string) bool {
	for part := range strings.SplitSeq(body, ",") {
		name, value, _ := strings.Cut(part, ":")
		if strings.HasPrefix(value, "null") && !strings.Contains(name, "_at") && !strings.Contains(name, "date") {
			return true
		}
	}
	return false
}

func TestPagesAreLinked(t *testing.T) {
	engine, _ := mount(t, options(sample()))
	w := ask(engine, "GET", "/api/v1/items?relevant=all&limit=2&jurisdiction=FR&jurisdiction=eu,fr")
	if got := w.Header().Get("Link"); got != "" {
		t.Errorf("the last page has the link %s", got)
	}
	w = ask(engine, "GET", "/api/v1/items?relevant=all&limit=2")
	want := `<https://watch.example/api/v1/items?cursor=2&limit=2&relevant=all>; rel="next"`
	if got := w.Header().Get("Link"); got != want {
		t.Errorf("link: got %s, want %s", got, want)
	}
	page := decode[struct {
		Items []struct{ ID int64 }
		Next  string
	}](t, w.Body)
	if len(page.Items) != 2 || page.Next != "2" {
		t.Errorf("got %+v", page)
	}
	if w := ask(engine, "GET", "/api/v1/items?cursor=2&relevant=all&limit=2"); !strings.Contains(w.Body.String(), `"id":1`) {
		t.Errorf("the second page lacks the third item: %s", w.Body)
	}
}

func TestHealth(t *testing.T) {
	reader := sample()
	engine, _ := mount(t, options(reader))
	w := ask(engine, "GET", "/healthz")
	if w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("got %d, %v", w.Code, w.Header())
	}
	reader.fail(errors.New("disk on fire at /var/lib/secret"))
	for _, path := range []string{"/healthz", "/api/v1/healthz"} {
		w = ask(engine, "GET", path)
		if w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "secret") || w.Header().Get("Retry-After") == "" {
			t.Errorf("%s: got %d, %v: %s", path, w.Code, w.Header(), w.Body)
		}
	}
}

func TestInternalErrorsAreLoggedAndNotTold(t *testing.T) {
	var log strings.Builder
	reader := sample()
	reader.fail(errors.New("the table kitchen has no column spoon"))
	o := options(reader)
	o.Logger = slog.New(slog.NewTextHandler(&log, nil))
	engine, _ := mount(t, o)
	for _, path := range []string{"/api/v1/items", "/api/v1/stats", "/feeds/items.atom", "/api/v1/sources", "/api/v1/jurisdictions"} {
		log.Reset()
		w := ask(engine, "GET", path)
		if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "spoon") {
			t.Errorf("%s: got %d: %s", path, w.Code, w.Body)
		}
		if !strings.Contains(log.String(), "spoon") {
			t.Errorf("%s: nothing was logged: %q", path, log.String())
		}
	}
}

func TestAPanicCostsOneAnswer(t *testing.T) {
	o := options(panicking{sample()})
	engine, _ := mount(t, o)
	for _, path := range []string{"/api/v1/stats", "/api/v1/sources"} {
		w := ask(engine, "GET", path)
		if path == "/api/v1/sources" && w.Code != http.StatusOK {
			t.Errorf("%s: got %d", path, w.Code)
		}
		if path == "/api/v1/stats" && (w.Code != http.StatusInternalServerError || w.Header().Get("Content-Type") != "application/problem+json") {
			t.Errorf("%s: got %d %v %s", path, w.Code, w.Header(), w.Body)
		}
	}
}

type panicking struct{ *memory }

func (panicking) Stats(context.Context) (policy.Stats, error) { panic("a mistake") }

func TestHardQuestionsEnd(t *testing.T) {
	o := options(slow{sample()})
	o.Timeout = 10 * time.Millisecond
	engine, _ := mount(t, o)
	for _, path := range []string{"/api/v1/items", "/api/v1/items.csv", "/feeds/items.atom"} {
		if w := ask(engine, "GET", path); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
			t.Errorf("%s: got %d %v", path, w.Code, w.Header())
		}
	}
}

type slow struct{ *memory }

func (slow) Items(ctx context.Context, _ policy.Filter) (policy.ItemPage, error) {
	<-ctx.Done()
	return policy.ItemPage{}, ctx.Err()
}

func TestOptionsAreChecked(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(*api.Options)
	}{
		{"no reader", func(o *api.Options) { o.Reader = nil }},
		{"no chronicle", func(o *api.Options) { o.Chronicle = nil }},
		{"address without scheme", func(o *api.Options) { o.BaseURL = "watch.example" }},
		{"address with a path", func(o *api.Options) { o.BaseURL = "https://example.org/watch" }},
		{"bad proxy", func(o *api.Options) { o.TrustedProxies = []string{"everyone"} }},
		{"bad date", func(o *api.Options) { o.TagDate = "yesterday" }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := options(sample())
			tc.change(&o)
			if _, err := api.New(gin.New(), o); !errors.Is(err, policy.ErrConfig) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestAddressesComeFromTheOptions(t *testing.T) {
	for _, tc := range []struct{ name, base, listen, want string }{
		{"public", "https://watch.example/", "", "https://watch.example/api/v1/items/3"},
		{"listen", "", "127.0.0.1:9000", "http://127.0.0.1:9000/api/v1/items/3"},
		{"all addresses", "", ":9000", "http://localhost:9000/api/v1/items/3"},
		{"all IPv6 addresses", "", "[::]:9000", "http://localhost:9000/api/v1/items/3"},
		{"public on all addresses", "http://0.0.0.0:9000", "", "http://localhost:9000/api/v1/items/3"},
		{"public without a host", "http://:9000", "", "http://localhost:9000/api/v1/items/3"},
		{"neither", "", "", "http://127.0.0.1:8080/api/v1/items/3"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := options(sample())
			o.BaseURL, o.Listen = tc.base, tc.listen
			engine, _ := mount(t, o)
			r := httptest.NewRequest("GET", "/api/v1/items/3", nil)
			r.Host = "evil.example"
			w := httptest.NewRecorder()
			engine.ServeHTTP(w, r)
			if got := decode[struct{ URL string }](t, w.Body).URL; got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}
