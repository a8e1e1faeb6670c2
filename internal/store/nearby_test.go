package store_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// signed gives an entry a signature of which a share of the hashes is another
// than that of the seed.
func signed(seed uint64, changed float64) func(*store.Entry) {
	return func(e *store.Entry) {
		random := rand.New(rand.NewPCG(seed, 1))
		other := rand.New(rand.NewPCG(seed, 2))
		e.Signature = make([]uint64, 128)
		for i := range e.Signature {
			e.Signature[i] = random.Uint64()
			if float64(i) >= 128*(1-changed) {
				e.Signature[i] = other.Uint64()
			}
		}
	}
}

func TestStories(t *testing.T) {
	for _, tc := range []struct {
		name   string
		second store.Entry
		want   store.Outcome
	}{
		{"near-duplicate", entry("b", "2", signed(1, .2)), store.Story},
		{"as far as it goes", entry("b", "2", signed(1, .39)), store.Story},
		{"too different", entry("b", "2", signed(1, .45)), store.New},
		{"another text", entry("b", "2", signed(2, 0)), store.New},
		{"another language", entry("b", "2", signed(1, .2), func(e *store.Entry) { e.Tags.Language = "de" }), store.New},
		{"another region's language", entry("b", "2", signed(1, .2), func(e *store.Entry) { e.Tags.Language = "en-GB" }), store.Story},
		{"13 days later", entry("b", "2", signed(1, .2), published(policy.Day(2026, 5, 25))), store.Story},
		{"15 days later", entry("b", "2", signed(1, .2), published(policy.Day(2026, 5, 27))), store.New},
		{"not relevant", entry("b", "2", signed(1, .2), irrelevant), store.New},
		{"no signature", entry("b", "2"), store.New},
		{"a short signature", entry("b", "2", func(e *store.Entry) { e.Signature = make([]uint64, 7) }), store.New},
	} {
		t.Run(tc.name, func(t *testing.T) {
			// SQLite alone: what differs is decided in Go. The other tests run on both.
			w := open(t, t.TempDir()+"/test.db")
			first := w.saved(t, entry("a", "1", signed(1, 0)), store.New)
			second := w.saved(t, tc.second, tc.want)
			if story := w.item(t, second).Story; (story == first) != (tc.want == store.Story) {
				t.Errorf("got story %d", story)
			}
		})
	}
}

func TestAStoryHasTheSightingsOfAllItsItems(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		first := w.saved(t, entry("a", "1", signed(1, 0)), store.New)
		w.clock.Add(time.Minute)
		second := w.saved(t, entry("b", "2", signed(1, .2)), store.Story)
		w.clock.Add(time.Minute)
		third := w.saved(t, entry("c", "3", signed(1, .1)), store.Story)
		w.saved(t, entry("d", "4"), store.New)
		check := func(item policy.Item) {
			t.Helper()
			var from string
			for _, s := range item.Sightings {
				from += s.Source
			}
			if item.Story != first || from != "abc" || item.Sightings[1].Item != second {
				t.Errorf("item %d: got story %d, sightings %+v", item.ID, item.Story, item.Sightings)
			}
		}
		for _, id := range []policy.ItemID{first, second, third} {
			check(w.item(t, id))
		}
		page, err := w.Items(t.Context(), policy.Filter{})
		if err != nil || len(page.Items) != 4 {
			t.Fatalf("got %d items, %v", len(page.Items), err)
		}
		for _, item := range page.Items[1:] {
			check(item)
		}
		if alone := page.Items[0]; alone.Story != alone.ID || len(alone.Sightings) != 1 {
			t.Errorf("got %+v", alone)
		}
	})
}
