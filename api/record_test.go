package api_test

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/api"
	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/record"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
	"github.com/gin-gonic/gin"
)

// whole returns the API over the record that we ship, with a real store.
func whole(t testing.TB, change ...func(*api.Options)) (*gin.Engine, *knowledge.Base) {
	t.Helper()
	base, err := knowledge.Load()
	if err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return day(20) }
	s, err := store.Open(t.Context(), store.Options{Database: filepath.Join(t.TempDir(), "test.db"), Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.SyncRecord(t.Context(), base, func(_ policy.Document, tags policy.Tags) policy.Tags { return tags }); err != nil {
		t.Fatal(err)
	}
	o := options(s)
	o.Chronicle = record.New(base, s, clock)
	o.Record = api.Record{Jurisdictions: base.Jurisdictions, Dossiers: base.Dossiers, Actors: base.Actors}
	for _, f := range change {
		f(&o)
	}
	engine, _ := mount(t, o)
	return engine, base
}

type listing struct {
	Dossiers []struct {
		ID, Name, URL, Feed string
		StatusLabel         string     `json:"status_label"`
		ContentChangedAt    *time.Time `json:"content_changed_at"`
	}
	Events []struct{ ID, URL string }
	Actors []struct{ ID, URL, Feed string }
	Next   string
}

// follow asks for a list and all its further pages.
func follow(t *testing.T, engine *gin.Engine, address string, see func(listing)) {
	t.Helper()
	for address != "" {
		w := ask(engine, "GET", address)
		if w.Code != http.StatusOK {
			t.Fatalf("%s: got %d: %s", address, w.Code, w.Body)
		}
		see(decode[listing](t, w.Body))
		address, _, _ = strings.Cut(strings.TrimPrefix(w.Header().Get("Link"), "<https://watch.example"), ">")
	}
}

// TestOverTheWholeRecord asks for everything that the record which we ship makes
// it possible to ask for.
func TestOverTheWholeRecord(t *testing.T) {
	engine, base := whole(t)
	dossiers, events := map[string]bool{}, map[string]bool{}
	follow(t, engine, "/api/v1/dossiers?limit=50", func(l listing) {
		for n, d := range l.Dossiers {
			dossiers[d.ID] = true
			if d.Name == "" || d.StatusLabel == "" || d.ContentChangedAt == nil {
				t.Errorf("%s has no name, status or clock: %+v", d.ID, d)
			}
			if n%10 == 0 {
				found(t, engine, d.URL)
				found(t, engine, d.URL+"/positions?on=2025-09-30")
				found(t, engine, d.Feed)
			}
		}
	})
	if len(dossiers) != len(base.Dossiers) || len(dossiers) == 0 {
		t.Errorf("the pages lead to %d dossiers of %d", len(dossiers), len(base.Dossiers))
	}
	follow(t, engine, "/api/v1/events?limit=200", func(l listing) {
		for n, e := range l.Events {
			events[e.ID] = true
			if n%50 == 0 {
				found(t, engine, e.URL)
			}
		}
	})
	upcoming := decode[struct{ Upcoming []struct{ ID string } }](t, ask(engine, "GET", "/api/v1/upcoming").Body).Upcoming
	if all := len(base.Events(policy.Filter{})); len(events)+len(upcoming) != all || len(upcoming) == 0 {
		t.Errorf("%d events and %d upcoming ones of %d", len(events), len(upcoming), all)
	}
	actors := decode[listing](t, ask(engine, "GET", "/api/v1/actors").Body).Actors
	if len(actors) != len(base.Actors) {
		t.Errorf("got %d actors of %d", len(actors), len(base.Actors))
	}
	for n := 0; n < len(actors); n += 20 {
		found(t, engine, actors[n].URL)
	}
	for n := 0; n < len(base.Jurisdictions); n += 10 {
		found(t, engine, "https://watch.example/api/v1/jurisdictions/"+base.Jurisdictions[n].Code)
	}
	for n, feed := range feedsOf(t, ask(engine, "GET", "/feeds.opml").Body.String()) {
		if n%10 == 0 {
			found(t, engine, feed)
		}
	}
}

func found(t *testing.T, engine *gin.Engine, address string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil || u.Host != "watch.example" {
		t.Errorf("%s is no address of ours: %v", address, err)
		return
	}
	if w := ask(engine, "GET", u.RequestURI()); w.Code != http.StatusOK {
		t.Errorf("%s: got %d: %s", address, w.Code, w.Body)
	}
}

// feedsOf returns the addresses in an OPML list.
func feedsOf(t *testing.T, opml string) []string {
	t.Helper()
	var all []string
	decoder := xml.NewDecoder(strings.NewReader(opml))
	for {
		token, err := decoder.Token()
		if token == nil {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		for _, a := range start.Attr {
			if a.Name.Local == "xmlUrl" {
				all = append(all, a.Value)
			}
		}
	}
	if len(all) < 50 {
		t.Errorf("the list names %d feeds", len(all))
	}
	return all
}

func TestTheRecordAnswers(t *testing.T) {
	engine, _ := mount(t, options(sample()))
	for _, tc := range []struct {
		name, address string
		status        int
		location      string
		parts         []string
	}{
		{"dossiers of a place", "/api/v1/dossiers?jurisdiction=EU", 200, "", []string{`"total":1`, `"id":"eu-rule"`}},
		{"one page", "/api/v1/dossiers?limit=1", 200, "", []string{`"total":2`, `"id":"fr-bill-7"`, `"next":"`}},
		{"a cursor that is none", "/api/v1/dossiers?cursor=abc", 400, "", []string{`#/query/cursor`}},
		{"changed since", "/api/v1/dossiers?changed_since=2026-05-06", 200, "", []string{`"total":1`, `"id":"fr-bill-7"`, `"removed":[{"id":"was-here","removed_at":"2026-05-10T08:30:00Z"}]`}},
		{"changed since, later", "/api/v1/dossiers?changed_since=2026-05-12T00:00:00Z", 200, "", []string{`"total":0`, `"dossiers":[]`, `"removed":[]`}},
		{"items changed since", "/api/v1/items?changed_since=2026-05-09", 200, "", []string{`"id":3`, `"removed":[{"id":1,"content_changed_at":"2026-05-09T08:30:00Z"}]`}},
		{"items changed since no day", "/api/v1/items?changed_since=x", 400, "", []string{`#/query/changed_since`}},
		{"since no day", "/api/v1/dossiers?changed_since=lately&limit=0", 400, "", []string{`#/query/changed_since`, `#/query/limit`}},
		{"no such dossier", "/api/v1/dossiers/unheard-of", 404, "", []string{`There is no dossier unheard-of.`}},
		{"a dossier that was", "/api/v1/dossiers/was-here", 410, "", []string{`/problems/gone`}},
		{"positions before the change", "/api/v1/dossiers/fr-bill-7/positions?on=2026-03-15", 200, "", []string{`"side":"neutral"`, `"changed_side":false`}},
		{"positions after it", "/api/v1/dossiers/fr-bill-7/positions?on=2026-04", 200, "", []string{`"side":"opposes"`, `"changed_side":true`, `"replaced":{`}},
		{"positions on no day", "/api/v1/dossiers/fr-bill-7/positions?on=then", 400, "", []string{`#/query/on`}},
		{"an event that the record has gained", "/api/v1/events/fr-bill-7.2026-04-08.committee.crawled", 301, "https://watch.example/api/v1/events/fr-bill-7.2026-04.committee", nil},
		{"no such event", "/api/v1/events/x", 404, "", nil},
		{"upcoming has no pages", "/api/v1/upcoming?cursor=1", 400, "", []string{`#/query/cursor`}},
		{"no such actor", "/api/v1/actors/nobody", 404, "", nil},
		{"no such place", "/api/v1/jurisdictions/XX", 404, "", nil},
		{"a candidate that has become a dossier", "/api/v1/candidates/7", 301, "https://watch.example/api/v1/dossiers/fr-bill-7", []string{`"dossier":"fr-bill-7"`}},
		{"no such candidate", "/api/v1/candidates/99", 404, "", nil},
		{"a candidate that is no number", "/api/v1/candidates/x", 404, "", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := ask(engine, "GET", tc.address)
			if w.Code != tc.status || w.Header().Get("Location") != tc.location {
				t.Fatalf("got %d %s: %s", w.Code, w.Header().Get("Location"), w.Body)
			}
			for _, part := range tc.parts {
				if !strings.Contains(w.Body.String(), part) {
					t.Errorf("the answer lacks %s: %s", part, w.Body)
				}
			}
		})
	}
}
