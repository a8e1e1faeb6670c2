package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

func TestFilter(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		one := func(value string) []policy.Tag { return []policy.Tag{{Value: value, Confidence: .9}} }
		for _, e := range []store.Entry{
			entry("bbc", "gb", published(policy.Day(2026, 5, 12)), jurisdictions("GB"), func(e *store.Entry) {
				e.Tags.Measures, e.Tags.Dossiers = one("traceability"), one("gb-osa")
			}),
			entry("bbc", "us-fl", published(policy.Day(2026, 5, 11)), jurisdictions("US-FL"), func(e *store.Entry) {
				e.Tags.Stance.Value, e.Tags.Kind.Value = "weakens", "legislation"
			}),
			entry("taz", "eu-de", published(policy.Day(2026, 5, 10)), jurisdictions("EU", "DE"), func(e *store.Entry) {
				e.Tags.Language, e.Tags.Actors = "de", one("bfdi")
			}),
			entry("folha", "br", published(policy.Month(2026, 4)), jurisdictions("BR"), func(e *store.Entry) {
				e.Tags.Language, e.Tags.Stance.Value = "pt-BR", "protects"
			}),
			entry("bbc", "year", published(policy.Year(2026))),
			entry("bbc", "noise", published(policy.Day(2026, 5, 13)), irrelevant, jurisdictions("GB")),
			entry("bbc", "undated", published(policy.Date{})), // first seen on 20 May 2026
		} {
			w.saved(t, e, store.New)
		}
		for _, tc := range []struct {
			name   string
			filter policy.Filter
			want   []string
		}{
			{"everything relevant", policy.Filter{}, []string{"undated", "gb", "us-fl", "eu-de", "br", "year"}},
			{"oldest first", policy.Filter{Order: policy.OrderOldest}, []string{"year", "br", "eu-de", "us-fl", "gb", "undated"}},
			{"all", policy.Filter{Relevance: policy.AnyRelevance}, []string{"undated", "noise", "gb", "us-fl", "eu-de", "br", "year"}},
			{"not relevant", policy.Filter{Relevance: policy.Irrelevant}, []string{"noise"}},
			{"jurisdiction", policy.Filter{Jurisdictions: []string{"GB"}}, []string{"gb"}},
			{"jurisdiction, all", policy.Filter{Jurisdictions: []string{"GB"}, Relevance: policy.AnyRelevance}, []string{"noise", "gb"}},
			{"country with its parts", policy.Filter{Jurisdictions: []string{"US"}}, []string{"us-fl"}},
			{"part of a country", policy.Filter{Jurisdictions: []string{"US-FL"}}, []string{"us-fl"}},
			{"union is not its members", policy.Filter{Jurisdictions: []string{"FR"}}, nil},
			{"any of two", policy.Filter{Jurisdictions: []string{"GB", "EU", "DE"}}, []string{"gb", "eu-de"}},
			{"two fields", policy.Filter{Jurisdictions: []string{"GB", "BR"}, Stances: []policy.Stance{"protects"}}, []string{"br"}},
			{"stances", policy.Filter{Stances: []policy.Stance{"protects", "weakens"}}, []string{"us-fl", "br"}},
			{"kind", policy.Filter{Kinds: []policy.Kind{"legislation"}}, []string{"us-fl"}},
			{"measure", policy.Filter{Measures: []policy.Measure{"traceability"}}, []string{"gb"}},
			{"dossier", policy.Filter{Dossiers: []string{"gb-osa"}}, []string{"gb"}},
			{"actor", policy.Filter{Actors: []string{"bfdi"}}, []string{"eu-de"}},
			{"source", policy.Filter{Sources: []string{"taz", "folha"}}, []string{"eu-de", "br"}},
			{"language", policy.Filter{Languages: []string{"de"}}, []string{"eu-de"}},
			{"language with region", policy.Filter{Languages: []string{"pt-BR"}}, []string{"br"}},
			{"language of any region", policy.Filter{Languages: []string{"pt"}}, []string{"br"}},
			{"from a day", policy.Filter{From: policy.Day(2026, 5, 11)}, []string{"undated", "gb", "us-fl", "year"}},
			{"to a day", policy.Filter{To: policy.Day(2026, 5, 11)}, []string{"us-fl", "eu-de", "br", "year"}},
			{"a month", policy.Filter{From: policy.Month(2026, 4), To: policy.Month(2026, 4)}, []string{"br", "year"}},
			{"a year before", policy.Filter{To: policy.Year(2025)}, nil},
			{"tag and dates", policy.Filter{Sources: []string{"bbc"}, From: policy.Day(2026, 5, 11), To: policy.Day(2026, 5, 11)}, []string{"us-fl", "year"}},
			{"field in the search", policy.Filter{Query: "jurisdiction:gb"}, []string{"gb"}},
			{"field in the search, negated", policy.Filter{Query: "source:bbc -stance:weakens -jurisdiction:GB"}, []string{"undated", "year"}},
			{"unknown value", policy.Filter{Sources: []string{"nobody"}}, nil},
		} {
			for _, limit := range []int{0, 1, 2} {
				tc.filter.Limit = limit
				t.Run(fmt.Sprintf("%s/%d a page", tc.name, limit), func(t *testing.T) {
					w.listed(t, tc.filter, tc.want...)
				})
			}
		}
	})
}

func TestItemsOfOneMomentAreListedByNumber(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		for i := range 7 {
			w.saved(t, entry("a", fmt.Sprint(i)), store.New)
		}
		w.listed(t, policy.Filter{Limit: 2}, "6", "5", "4", "3", "2", "1", "0")
		w.listed(t, policy.Filter{Limit: 2, Kinds: []policy.Kind{"news"}}, "6", "5", "4", "3", "2", "1", "0")
	})
}

func TestDatesBeforeComputers(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		for _, d := range []policy.Date{
			policy.Year(1215), policy.Day(1791, 12, 15), policy.Day(1970, 1, 1), policy.Moment(time.Date(2400, 1, 1, 0, 0, 0, 0, time.UTC)),
		} {
			w.saved(t, entry("a", d.String(), published(d)), store.New)
		}
		w.listed(t, policy.Filter{}, "2400-01-01T00:00:00Z", "1970-01-01", "1791-12-15", "1215")
		w.listed(t, policy.Filter{To: policy.Year(1800), Limit: 1}, "1791-12-15", "1215")
	})
}

func TestForeignAndBrokenCursors(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		for i := range 3 {
			w.saved(t, entry("a", fmt.Sprint(i)), store.New)
		}
		page, err := w.Items(t.Context(), policy.Filter{Limit: 1})
		if err != nil || page.Next == "" {
			t.Fatalf("got %+v, %v", page, err)
		}
		good := page.Next
		for name, f := range map[string]policy.Filter{
			"of another filter": {Kinds: []policy.Kind{"news"}, Cursor: good},
			"of another order":  {Order: policy.OrderOldest, Cursor: good},
			"altered":           {Cursor: "B" + good[1:]},
			"cut":               {Cursor: good[:len(good)-2]},
			"nonsense":          {Cursor: "x'; DROP TABLE items"},
		} {
			t.Run(name, func(t *testing.T) {
				_, err := w.Items(t.Context(), f)
				invalid(t, err, "cursor")
			})
		}
		if page, err = w.Items(t.Context(), policy.Filter{Limit: 2, Cursor: good}); err != nil || len(page.Items) != 2 || page.Next != "" {
			t.Errorf("another page size: got %d items, next %q, %v", len(page.Items), page.Next, err)
		}
	})
}
