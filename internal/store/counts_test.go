package store_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

func (w world) seedCounts(t *testing.T) {
	w.sync(t, source("a"), source("b"))
	w.visit(t, store.SourceVisit{Source: "a", At: w.clock.Now(), Health: policy.HealthOK})
	w.saved(t, entry("a", "1", jurisdictions("GB")), store.New)
	w.saved(t, entry("a", "2", jurisdictions("US-FL"), func(e *store.Entry) { e.Tags.Stance.Value = "weakens" }), store.New)
	w.saved(t, entry("b", "3", jurisdictions("GB", "EU"), published(policy.Month(2026, 4)), func(e *store.Entry) { e.Tags.Language = "pt-BR" }), store.New)
	w.saved(t, entry("b", "4", irrelevant, jurisdictions("FR")), store.New)
	w.saved(t, entry("b", "5", published(policy.Day(2031, 1, 1))), store.New)
}

func TestFacets(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		w.seedCounts(t)
		all := policy.Facets{
			Total:         4,
			Jurisdictions: []policy.Count{{Value: "GB", Count: 2}, {Value: "EU", Count: 1}, {Value: "US", Count: 1}, {Value: "US-FL", Count: 1}},
			Stances:       []policy.Count{{Value: "neutral", Count: 3}, {Value: "weakens", Count: 1}},
			Kinds:         []policy.Count{{Value: "news", Count: 4}},
			Sources:       []policy.Count{{Value: "a", Count: 2}, {Value: "b", Count: 2}},
			Languages:     []policy.Count{{Value: "en", Count: 3}, {Value: "pt", Count: 1}},
			ByMonth:       []policy.Count{{Value: "2026-04", Count: 1}, {Value: "2026-05", Count: 2}, {Value: "2031-01", Count: 1}},
		}
		british := policy.Facets{
			Total: 2, Jurisdictions: all.Jurisdictions,
			Stances: []policy.Count{{Value: "neutral", Count: 2}}, Kinds: []policy.Count{{Value: "news", Count: 2}},
			Sources:   []policy.Count{{Value: "a", Count: 1}, {Value: "b", Count: 1}},
			Languages: []policy.Count{{Value: "en", Count: 1}, {Value: "pt", Count: 1}},
			ByMonth:   []policy.Count{{Value: "2026-04", Count: 1}, {Value: "2026-05", Count: 1}},
		}
		searched := british
		searched.Jurisdictions = all.Jurisdictions
		for _, tc := range []struct {
			name   string
			filter policy.Filter
			want   policy.Facets
		}{
			{"everything", policy.Filter{}, all},
			{"page and order do not matter", policy.Filter{Limit: 1, Order: policy.OrderOldest, Cursor: "x"}, all},
			{"one field", policy.Filter{Jurisdictions: []string{"GB"}}, british},
			{"two values", policy.Filter{Jurisdictions: []string{"GB", "EU"}}, british},
			{"with a search", policy.Filter{Jurisdictions: []string{"GB"}, Query: "encryption"}, searched},
			{"dates do not narrow the months", policy.Filter{Jurisdictions: []string{"US"}, To: policy.Month(2026, 4)}, policy.Facets{
				Jurisdictions: []policy.Count{{Value: "EU", Count: 1}, {Value: "GB", Count: 1}}, ByMonth: []policy.Count{{Value: "2026-05", Count: 1}},
			}},
			{"nothing", policy.Filter{Query: "nowhere"}, policy.Facets{}},
		} {
			t.Run(tc.name, func(t *testing.T) {
				if got, err := w.Facets(t.Context(), tc.filter); err != nil || !reflect.DeepEqual(got, tc.want) {
					t.Errorf("got\n%+v, %v, want\n%+v", got, err, tc.want)
				}
			})
		}
		_, err := w.Facets(t.Context(), policy.Filter{Query: "colour:red"})
		invalid(t, err, "colour")
	})
}

func TestStats(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		if got, err := w.Stats(t.Context()); err != nil || !reflect.DeepEqual(got, policy.Stats{}) {
			t.Errorf("empty: got %+v, %v", got, err)
		}
		w.seedCounts(t)
		want := policy.Stats{
			Items: 5, Relevant: 4, Sources: 2, SourcesHealthy: 1, Jurisdictions: 4, NewestAt: time.Date(2026, 5, 12, 0, 0, 0, 0, time.UTC),
			ByMonth: []policy.Count{{Value: "2026-04", Count: 1}, {Value: "2026-05", Count: 2}, {Value: "2031-01", Count: 1}},
		}
		if got, err := w.Stats(t.Context()); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("got\n%+v, %v, want\n%+v", got, err, want)
		}
	})
}

func TestCountsMayBeAsOldAsAllowed(t *testing.T) {
	c := &clock{now: time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)}
	s, err := store.Open(t.Context(), store.Options{Database: t.TempDir() + "/test.db", Now: c.Now, CountsAge: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	w := world{Store: s, clock: c}
	for _, step := range []struct {
		after time.Duration
		want  int
	}{{0, 0}, {59 * time.Second, 0}, {time.Second, 1}} {
		c.Add(step.after)
		facets, err := s.Facets(t.Context(), policy.Filter{})
		if stats, failed := s.Stats(t.Context()); err != nil || failed != nil || facets.Total != step.want || stats.Items != step.want {
			t.Errorf("got %d and %d items, %v, %v, want %d", facets.Total, stats.Items, err, failed, step.want)
		}
		w.save(t, entry("a", "1"))
	}
}
