package record_test

import (
	"slices"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// walk returns the ids of all pages.
func (w world) walk(t *testing.T, f policy.Filter) (entries, upcoming []string) {
	t.Helper()
	for range 2000 {
		page, err := w.Timeline(t.Context(), f)
		if err != nil {
			t.Fatalf("%s: %v", f.Values().Encode(), err)
		}
		if f.Cursor == "" {
			for _, e := range page.Upcoming {
				upcoming = append(upcoming, e.ID)
			}
		} else if page.Upcoming != nil {
			t.Error("what is expected stands on a later page")
		}
		for _, e := range page.Entries {
			entries = append(entries, e.ID)
		}
		if len(page.Entries) > f.PageSize() {
			t.Errorf("%d entries on a page of %d", len(page.Entries), f.PageSize())
		}
		if page.Next == "" {
			return entries, upcoming
		}
		f = f.Page(page.Next)
	}
	t.Fatal("the timeline does not end")
	return nil, nil
}

func TestTimelineOfADossier(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		w.filled(t)
		newest := []string{
			"item.4", "item.3", "item.2", "item.1", "gb-zebra.2026-05-09.amended.crawled", "gb-zebra.2026-05-09.floor.crawled",
			"gb-zebra.2026-05-01.upcoming", "gb-zebra.2026-04-14.committee.crawled", "gb-zebra.2026-04-10.consultation.crawled", "gb-zebra.2026-04-10.committee", "gb-zebra.2026-04-10.statement",
			"gb-zebra.2026-03-04.introduced", "gb-zebra.2026-01.announced",
		}
		oldest := []string{
			"gb-zebra.2026-01.announced", "gb-zebra.2026-03-04.introduced", "gb-zebra.2026-04-10.committee", "gb-zebra.2026-04-10.statement", "gb-zebra.2026-04-10.consultation.crawled",
			"gb-zebra.2026-04-14.committee.crawled", "gb-zebra.2026-05-01.upcoming", "gb-zebra.2026-05-09.amended.crawled", "gb-zebra.2026-05-09.floor.crawled",
			"item.1", "item.2", "item.3", "item.4",
		}
		for _, limit := range []int{1, 2, 3, 5, 30} {
			f := policy.Filter{Dossiers: []string{"gb-zebra"}, Limit: limit}
			entries, upcoming := w.walk(t, f)
			same(t, "newest", entries, newest...)
			same(t, "upcoming", upcoming, "gb-zebra.2026-06-02.passed-chamber.crawled", "gb-zebra.2026-09.upcoming")
			f.Order = policy.OrderOldest
			entries, _ = w.walk(t, f)
			same(t, "oldest", entries, oldest...)
		}
	})
}

func TestTimelineAnswersTheFilter(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		w.filled(t)
		zebra := policy.Filter{Dossiers: []string{"gb-zebra"}}
		with := func(change func(*policy.Filter)) policy.Filter {
			f := zebra
			change(&f)
			return f
		}
		for _, tc := range []struct {
			name string
			f    policy.Filter
			want []string
		}{
			{"only items have a stance", with(func(f *policy.Filter) { f.Stances = []policy.Stance{"neutral"} }), []string{"item.4", "item.3", "item.2", "item.1"}},
			{"dates", with(func(f *policy.Filter) { f.From, f.To = policy.Month(2026, 4), policy.Day(2026, 4, 12) }),
				[]string{"gb-zebra.2026-04-10.consultation.crawled", "gb-zebra.2026-04-10.committee", "gb-zebra.2026-04-10.statement"}},
			{"a month may lie within", with(func(f *policy.Filter) { f.To = policy.Day(2026, 1, 10) }), []string{"gb-zebra.2026-01.announced"}},
			{"words of an event", policy.Filter{Query: "quagga"}, []string{"gb-zebra.2026-03-04.introduced"}},
			{"words of the dossier's name", with(func(f *policy.Filter) {
				f.Query, f.To = "zebrastreifengesetz", policy.Year(2026)
				f.From = policy.Month(2026, 5)
			}),
				[]string{"gb-zebra.2026-05-09.amended.crawled", "gb-zebra.2026-05-09.floor.crawled", "gb-zebra.2026-05-01.upcoming"}},
			{"words of a crawled event", with(func(f *policy.Filter) { f.Query = `"clerk notes floor"` }), []string{"gb-zebra.2026-05-09.floor.crawled"}},
			{"words of items", with(func(f *policy.Filter) { f.Query = "rumour" }), []string{"item.3"}},
			{"a field in the words", policy.Filter{Query: "quagga dossier:gb-zebra"}, []string{"gb-zebra.2026-03-04.introduced"}},
			{"another field in the words", policy.Filter{Query: "quagga jurisdiction:FR"}, nil},
			{"not a field", policy.Filter{Query: "quagga -measure:traceability"}, nil},
			{"a field of items", policy.Filter{Query: "quagga stance:neutral"}, nil},
			{"an actor", with(func(f *policy.Filter) { f.Actors, f.To = []string{"signal"}, policy.Month(2026, 1) }), []string{"gb-zebra.2026-01.announced"}},
			{"another actor", with(func(f *policy.Filter) { f.Actors = []string{"meta"} }), nil},
		} {
			t.Run(tc.name, func(t *testing.T) {
				tc.f.Limit = 1
				entries, _ := w.walk(t, tc.f)
				same(t, tc.name, entries, tc.want...)
			})
		}
		page, err := w.Timeline(t.Context(), policy.Filter{Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Timeline(t.Context(), policy.Filter{Limit: 1, Order: policy.OrderOldest, Cursor: page.Next}); err == nil {
			t.Error("a cursor of the other order was taken")
		}
	})
}

// TestPagesMakeTheWholeTimeline walks the shipped record in pages of several sizes:
// nothing is lost, nothing comes twice, and everything is in order.
func TestPagesMakeTheWholeTimeline(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		w.filled(t)
		day := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
		for i := range 40 {
			w.take(t, "item of day "+string(rune('A'+i)), policy.Day(day.AddDate(0, 0, 17*i).Date()))
		}
		for _, order := range []policy.Order{policy.OrderNewest, policy.OrderOldest} {
			whole, _ := w.walk(t, policy.Filter{Order: order, Limit: 200})
			if len(whole) < 1000+40 {
				t.Fatalf("only %d entries", len(whole))
			}
			if sorted := slices.Sorted(slices.Values(whole)); len(slices.Compact(sorted)) != len(whole) {
				t.Error("an entry comes twice")
			}
			parts, _ := w.walk(t, policy.Filter{Order: order, Limit: 37})
			same(t, string(order), parts, whole...)
		}
	})
}

func TestEventsByMonth(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		w.filled(t)
		months, err := w.EventsByMonth(t.Context(), policy.Filter{Dossiers: []string{"gb-zebra"}, From: policy.Year(2030)})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range months {
			got = append(got, m.Month+string(rune('0'+m.Total)))
			if m.Counts[policy.EffectWeakens] != m.Total {
				t.Errorf("%s: %v", m.Month, m.Counts)
			}
		}
		same(t, "months", got, "2026-011", "2026-031", "2026-044", "2026-053")
	})
}
