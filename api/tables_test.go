package api_test

import (
	"encoding/csv"
	"strings"
	"testing"
)

func TestTablesHoldTheList(t *testing.T) {
	reader := sample()
	reader.items[0].Document.Title = `=HYPERLINK("https://evil.example", "x")`
	engine, _ := mount(t, options(reader))
	w := ask(engine, "GET", "/api/v1/items.csv?relevant=all")
	rows, err := csv.NewReader(w.Body).ReadAll()
	if err != nil || len(rows) != 4 {
		t.Fatalf("got %d rows, %v", len(rows), err)
	}
	named := map[string]string{}
	for n, name := range rows[0] {
		named[name] = rows[1][n]
	}
	for name, want := range map[string]string{
		"id": "3", "occurred_at": "2026-05-12", "jurisdictions": "FR", "kind": "legislation", "verified_at": "2026-05-14T08:30:00Z",
		"title": `'=HYPERLINK("https://evil.example", "x")`, // no formula
	} {
		if named[name] != want {
			t.Errorf("%s: got %q, want %q", name, named[name], want)
		}
	}
	lines := strings.Split(strings.TrimSpace(ask(engine, "GET", "/api/v1/items.ndjson?relevant=all").Body.String()), "\n")
	if len(lines) != 3 {
		t.Fatalf("got %d lines", len(lines))
	}
	if one := decode[struct{ ID int64 }](t, strings.NewReader(lines[2])); one.ID != 1 {
		t.Errorf("got %+v", one)
	}
	page := ask(engine, "GET", "/api/v1/items.ndjson?relevant=all&limit=2")
	if got := page.Header().Get("Link"); got != `<https://watch.example/api/v1/items.ndjson?cursor=2&limit=2&relevant=all>; rel="next"` {
		t.Errorf("link: %s", got)
	}
}

func TestManyAskAtOnce(t *testing.T) {
	o := options(sample())
	o.FeedTTL, o.CacheBytes, o.RatePerMinute = 1, 64<<10, 1_000_000 // everything expires and is pushed out at once
	engine, _ := mount(t, o)
	done := make(chan string)
	for n := range 8 {
		go func() {
			wrong := ""
			for i := range 20 {
				address := addresses[(n+i)%len(addresses)]
				if w := ask(engine, "GET", address, "Accept-Encoding", "gzip"); w.Code != 200 {
					wrong = address + ": " + w.Body.String()
				}
			}
			done <- wrong
		}()
	}
	for range 8 {
		if wrong := <-done; wrong != "" {
			t.Error(wrong)
		}
	}
}
