package api_test

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/prerequisite"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
	"github.com/gin-gonic/gin"
)

// kept returns the API over a real store that holds the sample and a few more.
func kept(t testing.TB, database string, more int) *gin.Engine {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Database: database})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	sample := sample()
	var sources []policy.Source
	for _, status := range sample.sources {
		sources = append(sources, status.Source)
	}
	if err := s.SyncSources(t.Context(), sources); err != nil {
		t.Fatal(err)
	}
	items := sample.items[:2]
	for n := range more {
		item := opinion()
		item.Document.URL += fmt.Sprint("/", n)
		item.Document.Title = fmt.Sprint("Opinion number ", n)
		item.Document.Text = fmt.Sprintf("Text %d on keys, written as the %dth of many.", n, n)
		items = append(items, item)
	}
	err = s.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		for n, i := range items {
			i.Document.EntryID = fmt.Sprint(n)
			if _, err := tx.Save(ctx, store.Entry{Document: i.Document, Digest: fmt.Sprint(n), Tags: i.Tags}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	engine, _ := mount(t, options(s))
	return engine
}

func TestOverARealStore(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) { realStore(t, kept(t, filepath.Join(t.TempDir(), "test.db"), 40)) })
	t.Run("PostgreSQL", func(t *testing.T) { realStore(t, kept(t, prerequisite.Postgres(t), 40)) })
}

func realStore(t *testing.T, engine *gin.Engine) {
	for _, address := range append(addresses, "/healthz") {
		if strings.Contains(address, "items/3") {
			continue // the store gives numbers of its own
		}
		if w := ask(engine, "GET", address); w.Code != http.StatusOK {
			t.Errorf("%s: got %d: %s", address, w.Code, w.Body)
		}
	}
	type page struct {
		Items []struct {
			ID    int64
			Title string
		}
		Next string
	}
	for _, start := range []string{"/api/v1/items?limit=9", "/api/v1/items?limit=9&changed_since=2026-01-01"} {
		seen, address := map[int64]bool{}, start
		for address != "" {
			w := ask(engine, "GET", address)
			for _, i := range decode[page](t, w.Body).Items {
				seen[i.ID] = true
			}
			address, _, _ = strings.Cut(strings.TrimPrefix(w.Header().Get("Link"), "<https://watch.example"), ">")
		}
		if len(seen) != 42 {
			t.Errorf("%s: the pages led to %d items", start, len(seen))
		}
	}
	found := decode[page](t, ask(engine, "GET", "/api/v1/items?q=contest%C3%A9&jurisdiction=FR").Body)
	if len(found.Items) != 1 || !strings.Contains(found.Items[0].Title, "portes") {
		t.Fatalf("got %+v", found)
	}
	one := ask(engine, "GET", fmt.Sprint("/api/v1/items/", found.Items[0].ID))
	for _, part := range []string{`"text":"Le texte impose`, `"value":"backdoor-mandate"`, `"occurred_at":"2026-05-12"`, `"digest":"sha256:00ff"`} {
		if !strings.Contains(one.Body.String(), part) {
			t.Errorf("the item lacks %s: %s", part, one.Body)
		}
	}
	for _, bad := range []string{"/api/v1/items?cursor=made-up", "/feeds/items.rss?cursor=%00", "/api/v1/items?q=colour:red"} {
		if w := ask(engine, "GET", bad); w.Code != http.StatusBadRequest {
			t.Errorf("%s: got %d: %s", bad, w.Code, w.Body)
		}
	}
	if w := ask(engine, "GET", "/api/v1/items/123456789"); w.Code != http.StatusNotFound {
		t.Errorf("got %d: %s", w.Code, w.Body)
	}
	first, again := ask(engine, "GET", "/feeds/items.atom"), ask(engine, "GET", "/feeds/items.atom")
	if first.Header().Get("ETag") != again.Header().Get("ETag") {
		t.Error("the feed's tag moved by itself")
	}
}

func FuzzStore(f *testing.F) {
	for _, seed := range []string{`"`, `a AND "b`, "-", "title:x", "NEAR(a b)", "*", "加密", "a:b:c", "((("} {
		f.Add(seed, "")
	}
	f.Add("", "bogus")
	engine := kept(f, filepath.Join(f.TempDir(), "test.db"), 3)
	f.Fuzz(func(t *testing.T, query, cursor string) {
		w := ask(engine, "GET", "/api/v1/items?"+values("q", query, "cursor", cursor))
		if w.Code != http.StatusOK && w.Code != http.StatusBadRequest {
			t.Errorf("q=%q cursor=%q: got %d: %s", query, cursor, w.Code, w.Body)
		}
	})
}

func BenchmarkStoreItems(b *testing.B) {
	measure(b, kept(b, filepath.Join(b.TempDir(), "test.db"), 300), "/api/v1/items")
}
