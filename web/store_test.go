package web_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/prerequisite"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
	"github.com/backdoorwatch/backdoorwatch/web"
)

var _ web.Reader = (*store.Store)(nil)

// kept puts the storybook into a real database.
func kept(t testing.TB, database string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Database: database, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	story := storybook()
	var sources []policy.Source
	for _, status := range story.sources {
		sources = append(sources, status.Source)
	}
	if err := s.SyncSources(t.Context(), sources); err != nil {
		t.Fatal(err)
	}
	err = s.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		for _, item := range story.items {
			d := item.Document
			d.EntryID = strconv.Itoa(int(item.ID))
			if _, err := tx.Save(ctx, store.Entry{Document: d, Digest: d.EntryID, Tags: item.Tags}); err != nil {
				return fmt.Errorf("saving %q: %w", d.Title, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPagesOverARealStore(t *testing.T) {
	databases := map[string]func(t *testing.T) string{
		"SQLite":     func(t *testing.T) string { return filepath.Join(t.TempDir(), "watch.db") },
		"PostgreSQL": func(t *testing.T) string { return prerequisite.Postgres(t) },
	}
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			server := serve(t, kept(t, database(t)))
			for _, p := range pages {
				if p.status == 200 && !p.empty && !strings.Contains(p.path, "cursor=") && !strings.HasPrefix(p.path, "/candidates/") && !strings.HasSuffix(p.path, ".suggested") {
					open(t, server.URL+p.path, 200)
				}
			}
			walk(t, server.URL)
			doc := open(t, server.URL+"/timeline?stance=weakens&q=chiffr%C3%A9s", 200)
			if got := text(doc.Find("[role=status]")); got != "1 entry with these filters" {
				t.Errorf("the search found %q", got)
			}
			item := doc.Find("article.entry h3 a").AttrOr("href", "")
			if got := text(open(t, server.URL+item, 200).Find("mark").First()); got != "gardent un moyen d’accès" {
				t.Errorf("the marked words are %q", got)
			}
			open(t, server.URL+"/timeline?cursor=nonsense", 400)
			open(t, server.URL+"/items/999999", 404)
			open(t, server.URL+"/sources/none", 404)
		})
	}
}

// walk follows the pages of the timeline and holds that the count above it, the
// entries in it, the places' counts and the months' counts agree.
func walk(t *testing.T, base string) {
	t.Helper()
	seen, months := map[string]bool{}, 0
	for path := "/timeline?limit=20&show=items"; path != ""; {
		doc := open(t, base+path, 200)
		if got := text(doc.Find("[role=status]")); got != "58 entries" {
			t.Errorf("%s says %q", path, got)
		}
		doc.Find("article.entry").Each(func(_ int, s *goquery.Selection) { seen[s.AttrOr("id", "")] = true })
		months = 0
		doc.Find(".density tbody .num").Each(func(_ int, s *goquery.Selection) {
			n, _ := strconv.Atoi(strings.ReplaceAll(text(s), ",", ""))
			months += n
		})
		path = doc.Find("a[rel=next]").AttrOr("href", "")
	}
	if len(seen) != 58 || months != 58 {
		t.Errorf("%d entries, %d by month, want 58", len(seen), months)
	}
}
