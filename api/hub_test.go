package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/api/problem"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// hub remembers what it was asked.
type hub struct {
	asked  []url.Values
	client netip.Addr
	err    error
}

func (h *hub) Ask(_ context.Context, form url.Values, client netip.Addr) error {
	h.asked, h.client = append(h.asked, form), client
	return h.err
}

func post(handler http.Handler, address, mediaType, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", address, strings.NewReader(body))
	r.Header.Set("Content-Type", mediaType)
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

const formType = "application/x-www-form-urlencoded"

func TestTheHubTakesOnlyOurFeeds(t *testing.T) {
	h := &hub{}
	o := options(sample())
	o.Hub = h
	engine, _ := mount(t, o)
	const ours = "https://watch.example/feeds/"
	for _, tc := range []struct {
		name, mode, topic string
		status            int
	}{
		{"Atom", "subscribe", ours + "items.atom", 202},
		{"with parameters", "subscribe", ours + "items.json?jurisdiction=FR&kind=news", 202},
		{"a table", "subscribe", ours + "events.csv", 202},
		{"a calendar", "subscribe", ours + "upcoming.ics", 202},
		{"a dossier", "subscribe", ours + "dossiers/fr-bill-7.rss", 202},
		{"parameters in another order", "subscribe", ours + "items.json?kind=news&jurisdiction=FR", 400},
		{"a place by another spelling", "subscribe", ours + "jurisdictions/fr.atom", 400},
		{"no suffix", "subscribe", ours + "items", 400},
		{"a further page", "subscribe", ours + "items.atom?cursor=20", 400},
		{"a wrong parameter", "subscribe", ours + "items.atom?stance=x", 400},
		{"a calendar of what has none", "subscribe", ours + "items.ics", 400},
		{"no such dossier", "subscribe", ours + "dossiers/unheard-of.atom", 400},
		{"a dossier that was", "subscribe", ours + "dossiers/was-here.atom", 400},
		{"something else of ours", "subscribe", "https://watch.example/api/v1/items", 400},
		{"somebody else's", "subscribe", "https://watch.example.evil.example/feeds/items.atom", 400},
		{"the end of a feed that was", "unsubscribe", ours + "dossiers/was-here.atom", 202},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h.asked = nil
			body := url.Values{"hub.mode": {tc.mode}, "hub.topic": {tc.topic}, "hub.callback": {"https://reader.example/"}}.Encode()
			w := post(engine, "/websub", formType, body)
			if w.Code != tc.status || (len(h.asked) == 1) != (tc.status == 202) {
				t.Fatalf("got %d, the hub was asked %v: %s", w.Code, h.asked, w.Body)
			}
			if tc.status == 202 {
				if w.Body.Len() > 0 || h.client != netip.MustParseAddr("192.0.2.1") {
					t.Errorf("got %q, asked for %s", w.Body, h.client)
				}
				return
			}
			if p := decode[problem.Problem](t, w.Body); len(p.Errors) != 1 || p.Errors[0].Parameter != "hub.topic" {
				t.Errorf("got %+v", p)
			}
		})
	}
}

func TestTheHubsErrorsAreProblems(t *testing.T) {
	right := "hub.mode=unsubscribe&hub.topic=x&hub.callback=https://reader.example/"
	for _, tc := range []struct {
		name, mediaType, body string
		err                   error
		status                int
	}{
		{"no form", "application/json", "{}", nil, 400},
		{"broken", formType, "hub.mode=%zz", nil, 400},
		{"much too long", formType, "x=" + strings.Repeat("y", 1<<20), nil, 400},
		{"mistakes", formType, right, policy.FieldErrors{{Field: "hub.callback", Problem: "it is missing"}}, 400},
		{"too much", formType, right, fmt.Errorf("asked too often: %w", policy.ErrTooMany), 429},
		{"a broken database", formType, right, errors.New("disk full"), 500},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := options(sample())
			o.Hub = &hub{err: tc.err}
			engine, _ := mount(t, o)
			w := post(engine, "/websub", tc.mediaType, tc.body)
			if w.Code != tc.status || w.Header().Get("Content-Type") != problem.MediaType || (w.Header().Get("Retry-After") != "") != (tc.status == 429) {
				t.Errorf("got %d %v: %s", w.Code, w.Header(), w.Body)
			}
		})
	}
}

func TestWithoutAHubThereIsNone(t *testing.T) {
	engine, _ := mount(t, options(sample()))
	if w := post(engine, "/websub", formType, ""); w.Code != 404 {
		t.Errorf("got %d", w.Code)
	}
	if w := ask(engine, "GET", "/websub"); w.Code != 405 || w.Header().Get("Allow") != "POST, OPTIONS" && w.Header().Get("Allow") != "OPTIONS, POST" {
		t.Errorf("got %d, %v", w.Code, w.Header())
	}
	if w := ask(engine, "OPTIONS", "/websub"); w.Header().Get("Allow") != "POST, OPTIONS" {
		t.Errorf("got %v", w.Header())
	}
	for _, suffix := range []string{"atom", "rss", "json"} {
		w := ask(engine, "GET", "/feeds/items."+suffix)
		if text := w.Header().Get("Link") + w.Body.String(); strings.Contains(text, "hub") {
			t.Errorf("%s names a hub", suffix)
		}
	}
}

// TestHubsAreNamedWhereTheyKnow holds that a feed names the outside hub only where that
// is told of it, and the first page alone has what is new.
func TestHubsAreNamedWhereTheyKnow(t *testing.T) {
	o := options(sample())
	o.Hub, o.OutsideHub = &hub{}, "https://hub.example/x"
	engine, mounted := mount(t, o)
	const our, outside = "https://watch.example/websub", "https://hub.example/x"
	for _, tc := range []struct {
		address      string
		our, outside bool
	}{
		{"/feeds/items.atom", true, true},
		{"/feeds/items.rss", true, true},
		{"/feeds/items.json", true, true},
		{"/feeds/dossiers/fr-bill-7.atom", true, true},
		{"/feeds/items.atom?jurisdiction=FR", true, false},
		{"/feeds/items.csv", true, false},
		{"/feeds/upcoming.ics", true, false},
		{"/feeds/items.atom?cursor=1&limit=1", false, false},
	} {
		w := ask(engine, "GET", tc.address)
		link, body := w.Header().Get("Link"), w.Body.String()
		if strings.Contains(link, "<"+our+`>; rel="hub"`) != tc.our || strings.Contains(link, "<"+outside+`>; rel="hub"`) != tc.outside {
			t.Errorf("%s: %s", tc.address, link)
		}
		if strings.HasSuffix(tc.address, ".csv") || strings.HasSuffix(tc.address, ".ics") {
			continue
		}
		if strings.Contains(body, `"`+our+`"`) != tc.our || strings.Contains(body, `"`+outside+`"`) != tc.outside {
			t.Errorf("%s: the hubs in the feed", tc.address)
		}
	}
	var all []string
	for _, group := range mounted.Announced() {
		all = append(all, group...)
	}
	for _, address := range all {
		if _, err := mounted.Followed(t.Context(), address); err != nil {
			t.Errorf("%s: %v", address, err)
		}
		if link := ask(engine, "GET", address).Header().Get("Link"); !strings.Contains(link, outside) || !strings.Contains(link, "<"+address+`>; rel="self"`) {
			t.Errorf("%s: %s", address, link)
		}
	}
	if len(all) != 3*(6+2+2+1) {
		t.Errorf("%d feeds are announced", len(all))
	}
}

func TestFollowedIsWhatIsServed(t *testing.T) {
	engine, mounted := mount(t, options(sample()))
	for _, path := range []string{"/feeds/items.atom", "/feeds/upcoming.ics", "/feeds/actors/someone.json", "/feeds/events.ndjson?jurisdiction=FR"} {
		w := ask(engine, "GET", path)
		entity, err := mounted.Followed(t.Context(), "https://watch.example"+path)
		if err != nil || string(entity.Body) != w.Body.String() || entity.Tag() != w.Header().Get("ETag") || entity.MediaType != w.Header().Get("Content-Type") {
			t.Errorf("%s: %v", path, err)
		}
	}
	for path, want := range map[string]error{
		"/feeds/dossiers/was-here.atom": policy.ErrGone, "/feeds/dossiers/unheard-of.atom": policy.ErrNotFound, "/feeds/items": policy.ErrInvalid,
		"/feeds/nothing.atom": policy.ErrNotFound,
	} {
		if _, err := mounted.Followed(t.Context(), "https://watch.example"+path); !errors.Is(err, want) {
			t.Errorf("%s: got %v", path, err)
		}
	}
}
