package store

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// TestPagesAreReadOffAnIndex asks SQLite how it answers: a list that sorts, or
// looks at every item, is quick in a test and slow in life.
func TestPagesAreReadOffAnIndex(t *testing.T) {
	s, err := Open(t.Context(), Options{Database: filepath.Join(t.TempDir(), "test.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	for _, tc := range []struct {
		name   string
		filter policy.Filter
		sorts  bool // a few rows for each word, never the list
	}{
		{"newest", policy.Filter{}, false},
		{"oldest", policy.Filter{Order: policy.OrderOldest}, false},
		{"all", policy.Filter{Relevance: policy.AnyRelevance}, false},
		{"one tag", policy.Filter{Jurisdictions: []string{"GB"}}, false},
		{"one source", policy.Filter{Sources: []string{"a"}}, false},
		{"two tags", policy.Filter{Jurisdictions: []string{"GB"}, Stances: []policy.Stance{"weakens"}}, false},
		{"tag and dates", policy.Filter{Kinds: []policy.Kind{"news"}, From: policy.Year(2025), To: policy.Year(2026)}, false},
		{"not a tag", policy.Filter{Query: "-stance:weakens"}, false},
		{"words", policy.Filter{Query: "encryption -ghost"}, false},
		{"words and tag", policy.Filter{Query: "encryption", Kinds: []policy.Kind{"news"}}, false},
		{"any of two tags", policy.Filter{Jurisdictions: []string{"GB", "FR"}}, true},
	} {
		for _, paged := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/paged %v", tc.name, paged), func(t *testing.T) {
				if paged {
					tc.filter.Cursor = cursor(tc.filter, sortKey(s.now(), 1))
				}
				plan := explain(t, s, tc.filter)
				for _, bad := range []string{"SCAN i", "SCAN t", "SCAN e", "SCAN x", "TEMP B-TREE"} {
					for line := range strings.Lines(plan) {
						if strings.HasPrefix(strings.TrimSpace(line), "SCAN item_search VIRTUAL") || (tc.sorts && strings.Contains(line, "TEMP B-TREE")) {
							continue
						}
						if strings.Contains(line, bad) && !strings.Contains(line, "USING COVERING INDEX items_sort_key") {
							t.Errorf("the plan has %q:\n%s", strings.TrimSpace(line), plan)
						}
					}
				}
			})
		}
	}
}

func explain(t *testing.T, s *Store, f policy.Filter) string {
	t.Helper()
	chosen, err := selectionOf(f)
	if err != nil {
		t.Fatal(err)
	}
	var args arguments
	text := pageSQL(s.dialect, chosen, &args)
	rows, err := s.read.QueryContext(context.Background(), "EXPLAIN QUERY PLAN "+numberedParameters(text), args...)
	var plan strings.Builder
	err = each(rows, err, func(rows *sql.Rows) error {
		var id, parent, unused int
		var detail string
		err := rows.Scan(&id, &parent, &unused, &detail)
		plan.WriteString(detail + "\n")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return plan.String()
}
