package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// changes returns all that changed, page by page: "title" of what is there and
// "-number" of what is not.
func (w world) changes(t *testing.T, f policy.Filter, since time.Time) []string {
	t.Helper()
	all := []string{}
	for {
		page, err := w.ItemChanges(t.Context(), f, since)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range page.Items {
			all = append(all, i.Document.EntryID)
			if len(i.Sightings) == 0 {
				t.Errorf("%s has no sightings", i.Document.EntryID)
			}
		}
		for _, r := range page.Removed {
			all = append(all, fmt.Sprint(-r.ID))
		}
		if f.Cursor = page.Next; f.Cursor == "" {
			return all
		}
	}
}

func TestItemChanges(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		old := w.saved(t, entry("bbc", "old", jurisdictions("GB")), store.New)
		gone := w.saved(t, entry("bbc", "gone", jurisdictions("GB"), published(policy.Year(2019))), store.New)
		w.clock.Add(time.Hour)
		asked := w.clock.Now()
		w.clock.Add(time.Hour)
		w.saved(t, entry("taz", "fresh", jurisdictions("DE"), published(policy.Day(2026, 5, 1))), store.New)
		w.saved(t, entry("taz", "noise", irrelevant, jurisdictions("DE")), store.New)
		w.clock.Add(time.Hour)
		w.saved(t, entry("bbc", "old", jurisdictions("GB"), text(strings.Repeat("The ministry now wants the keys of all messages. ", 5)), func(e *store.Entry) { e.Tags.Stance.Value = "weakens" }), store.Updated)
		w.clock.Add(time.Hour)
		w.saved(t, entry("bbc", "gone", jurisdictions("GB"), published(policy.Year(2019)), irrelevant, text(strings.Repeat("It was about football all along. ", 8))), store.Updated)

		check := func(name string, f policy.Filter, since time.Time, want ...string) {
			t.Helper()
			for _, limit := range []int{1, 2, 30} {
				f.Limit = limit
				if got := w.changes(t, f, since); !slices.Equal(got, append([]string{}, want...)) {
					t.Errorf("%s, %d at once: got %v, want %v", name, limit, got, want)
				}
			}
		}
		removed := fmt.Sprint(-gone)
		check("since asked", policy.Filter{}, asked, "fresh", "old", removed)
		check("what is not relevant too", policy.Filter{Relevance: policy.AnyRelevance}, asked, "fresh", "noise", "old", "gone")
		// Nobody can have had what came later and never answered.
		check("of a place", policy.Filter{Jurisdictions: []string{"GB"}}, asked, "old", removed)
		check("left what was asked for", policy.Filter{Stances: []policy.Stance{"neutral"}}, asked, "fresh", fmt.Sprint(-old), removed)
		check("words", policy.Filter{Query: "fresh"}, asked, "fresh", fmt.Sprint(-old), removed)
		check("dates", policy.Filter{From: policy.Month(2026, 5), Sources: []string{"bbc"}}, asked, "old", removed)
		check("nothing since", policy.Filter{}, w.clock.Now().Add(time.Second))

		page, err := w.Items(t.Context(), policy.Filter{Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		for _, cursor := range []string{page.Next, "made-up", "!"} {
			if _, err := w.ItemChanges(t.Context(), policy.Filter{Limit: 1, Cursor: cursor}, asked); !errors.Is(err, policy.ErrInvalid) {
				t.Errorf("cursor %q: %v", cursor, err)
			}
		}
	})
}
