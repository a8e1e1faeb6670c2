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

func TestCandidateIsOneBill(t *testing.T) {
	base := shipped(t)
	onBoth(t, func(t *testing.T, w world) {
		start := w.clock.Now()
		a := entry("parliament", "a", official("GB", "HL Bill 77", "4711"), measures("client-side-scanning"), steps(
			step(policy.Day(2026, 4, 9), policy.StageCommittee, "Committee stage"), step(policy.Day(2026, 3, 1), policy.StageIntroduced, "First reading")))
		id, noticed := w.take(t, base, a)
		if noticed.Opened != 1 || noticed.Candidate == 0 {
			t.Fatalf("noticed %+v", noticed)
		}
		w.clock.Add(time.Hour)
		if _, again := w.take(t, base, a); again.Opened != 0 || again.Candidate != noticed.Candidate {
			t.Errorf("a second crawl: %+v", again)
		}
		got := w.candidate(t, noticed.Candidate)
		want := policy.Candidate{ID: noticed.Candidate, Jurisdiction: "GB", OfficialIDs: []string{"HL Bill 77", "4711"}, Title: "Title of a",
			FirstStage: policy.StageIntroduced, Stage: policy.StageCommittee, StageDate: policy.Day(2026, 4, 9), StageText: "Committee stage",
			Measures: []policy.Measure{"client-side-scanning"}, FirstSeenAt: start, ChangedAt: start, Items: []policy.ItemID{id}}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}

		// The same bill from another source, with an id written otherwise and one more.
		other, second := w.take(t, base, entry("gazette", "b", official("GB", "hl  bill (77)", "CP 99"), measures("backdoor-mandate"),
			steps(step(policy.Day(2026, 5, 2), policy.StageAmended, "Amended")), text("What the gazette says of the bill, in words that are all its own and none of the parliament's.")))
		if second.Opened != 0 || second.Candidate != noticed.Candidate {
			t.Errorf("another source: %+v", second)
		}
		got = w.candidate(t, noticed.Candidate)
		if !slices.Equal(got.OfficialIDs, []string{"HL Bill 77", "4711", "CP 99"}) || got.FirstStage != policy.StageIntroduced || got.Stage != policy.StageAmended ||
			len(got.Measures) != 2 || !slices.Equal(got.Items, []policy.ItemID{id, other}) || !got.ChangedAt.Equal(w.clock.Now()) || !got.FirstSeenAt.Equal(start) {
			t.Errorf("got %+v", got)
		}
		if _, err := w.Candidate(t.Context(), 99); !errors.Is(err, policy.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
	})
}

func (w world) candidate(t testing.TB, id policy.CandidateID) policy.Candidate {
	t.Helper()
	c, err := w.Candidate(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWhatOpensNoCandidate(t *testing.T) {
	base := shipped(t)
	onBoth(t, func(t *testing.T, w world) {
		for _, tc := range []struct {
			name   string
			change []func(*store.Entry)
			opens  int
		}{
			{"official", []func(*store.Entry){official("GB", "1")}, 1},
			{"the same number elsewhere", []func(*store.Entry){official("FR", "1")}, 1},
			{"irrelevant", []func(*store.Entry){official("GB", "2"), irrelevant}, 0},
			{"press", []func(*store.Entry){official("GB", "3"), func(e *store.Entry) { e.Document.Grade = policy.GradePress }}, 0},
			{"no id", []func(*store.Entry){official("GB")}, 0},
			{"an id of nothing", []func(*store.Entry){official("GB", " () ")}, 0},
			{"of a dossier by its id", []func(*store.Entry){official("GB", "2023 c. 50")}, 0},
			{"of a dossier by its name", []func(*store.Entry){official("GB", "4"), dossiers("gb-online-safety-act-2023")}, 0},
			{"an agenda", []func(*store.Entry){official("GB", "5", "6", "7", "8", "9")}, 0},
			{"nowhere", []func(*store.Entry){official("", "1")}, 0},
			{"of all places, about one", []func(*store.Entry){official("INT", "10"), jurisdictions("BR")}, 1},
		} {
			words := "The text of " + tc.name + " in words of its own, so that it is no copy of another, " + strings.Repeat(tc.name+" ", 3)
			_, noticed := w.take(t, base, entry("a", tc.name, append(tc.change, text(words))...))
			if noticed.Opened != tc.opens {
				t.Errorf("%s: noticed %+v", tc.name, noticed)
			}
		}
	})
}

func TestCandidateBecomesTheDossier(t *testing.T) {
	base := shipped(t)
	onBoth(t, func(t *testing.T, w world) {
		w.syncRecord(t, base, plain)
		first, noticed := w.take(t, base, entry("parliament", "a", official("GB", "HL Bill 77", "GB/4711/2026"), steps(step(policy.Day(2026, 3, 9), policy.StageCommittee, "Committee"))))
		other, _ := w.take(t, base, entry("gazette", "b", official("GB", "HL Bill 77"), text("What the gazette says of the bill, in words that are all its own and none of the parliament's.")))
		w.take(t, base, entry("c", "c", official("GB", "HL Bill 78"), text("Another bill of the same session, which has nothing to do with the first one, and stays what it is.")))

		grown := ofRecord(t, aDossier("gb-zebra", "GB", "Grown.", "GB/4711/2026"))
		w.clock.Add(time.Hour)
		w.syncRecord(t, grown, linking(grown))
		w.syncRecord(t, grown, linking(grown))
		got := w.candidate(t, noticed.Candidate)
		if got.Dossier != "gb-zebra" || !got.ResolvedAt.Equal(w.clock.Now()) {
			t.Errorf("it is still a candidate: %+v", got)
		}
		for _, id := range []policy.ItemID{first, other} {
			tags := w.item(t, id).Tags.Dossiers
			if len(tags) != 1 || tags[0].Value != "gb-zebra" || tags[0].Confidence != 1 || !strings.Contains(tags[0].Reasons[0], "official id") {
				t.Errorf("item %d has %+v", id, tags)
			}
		}
		w.listed(t, policy.Filter{Dossiers: []string{"gb-zebra"}, Order: policy.OrderOldest}, "a", "b")
		same(t, "open candidates", w.titles(t, policy.Filter{}), "Title of c")
		same(t, "events", w.events(t, policy.EventQuery{}), "gb-zebra.2026-03-09.committee.crawled/1")

		// A third source that states only the id which the record lacks belongs to it too.
		third, late := w.take(t, grown, entry("d", "d", official("GB", "HL Bill 77"), steps(step(policy.Day(2026, 6, 1), policy.StageFloor, "Third reading")),
			text("Something the clerk says much later on, and in a way that nobody else would put it, about the reading.")))
		if late.Opened != 0 || late.Crawled != 1 || len(w.item(t, third).Tags.Dossiers) != 1 {
			t.Errorf("noticed %+v, tags %+v", late, w.item(t, third).Tags.Dossiers)
		}

		// The operator takes the entry back: the candidate is one again.
		w.syncRecord(t, base, linking(base))
		if got := w.candidate(t, noticed.Candidate); got.Dossier != "" || !got.ResolvedAt.IsZero() {
			t.Errorf("it still is %+v", got)
		}
	})
}

// titles returns the titles of all pages of candidates.
func (w world) titles(t testing.TB, f policy.Filter) []string {
	t.Helper()
	titles := []string{}
	for range 20 {
		page, err := w.Candidates(t.Context(), f)
		if err != nil {
			t.Fatalf("%s: %v", f.Values().Encode(), err)
		}
		for _, c := range page.Candidates {
			titles = append(titles, c.Title)
		}
		if page.Next == "" {
			return titles
		}
		f = f.Page(page.Next)
	}
	t.Fatal("the list does not end")
	return nil
}

func TestCandidatesAnswerTheFilter(t *testing.T) {
	base := shipped(t)
	onBoth(t, func(t *testing.T, w world) {
		bill := func(title_, place, measure string) policy.ItemID {
			w.clock.Add(24 * time.Hour)
			id, _ := w.take(t, base, entry("a", title_, official(place, "Bill of "+title_), title(title_), measures(measure),
				text("This is the bill that is called "+title_+" and it says things about "+strings.Repeat(title_+" ", 6))))
			return id
		}
		uk := bill("aardvark", "GB", "client-side-scanning")
		texas := bill("bear", "US-TX", "backdoor-mandate")
		bill("chamois élan", "FR", "client-side-scanning")
		for _, tc := range []struct {
			name string
			f    policy.Filter
			want []string
		}{
			{"all", policy.Filter{}, []string{"chamois élan", "bear", "aardvark"}},
			{"paged", policy.Filter{Limit: 1}, []string{"chamois élan", "bear", "aardvark"}},
			{"oldest", policy.Filter{Limit: 2, Order: policy.OrderOldest}, []string{"aardvark", "bear", "chamois élan"}},
			{"a place", policy.Filter{Jurisdictions: []string{"GB"}}, []string{"aardvark"}},
			{"a country of states", policy.Filter{Jurisdictions: []string{"US"}}, []string{"bear"}},
			{"a measure", policy.Filter{Measures: []policy.Measure{"client-side-scanning"}, Limit: 1}, []string{"chamois élan", "aardvark"}},
			{"words", policy.Filter{Query: "elan"}, []string{"chamois élan"}},
			{"a phrase that is not there", policy.Filter{Query: `"elan chamois bill"`}, nil},
			{"a field", policy.Filter{Query: "measure:backdoor-mandate"}, []string{"bear"}},
			{"not a field", policy.Filter{Query: "-measure:backdoor-mandate -title:elan"}, []string{"aardvark"}},
			{"from", policy.Filter{From: policy.Day(2026, 5, 22)}, []string{"chamois élan", "bear"}},
			{"to", policy.Filter{To: policy.Day(2026, 5, 21)}, []string{"aardvark"}},
			{"a percent sign", policy.Filter{Jurisdictions: []string{"%"}}, nil},
		} {
			t.Run(tc.name, func(t *testing.T) { same(t, tc.name, w.titles(t, tc.f), tc.want...) })
		}
		page, err := w.Items(t.Context(), policy.Filter{Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.Candidates(t.Context(), policy.Filter{Limit: 1, Cursor: page.Next})
		invalid(t, err, "cursor")
		if err := w.Correct(t.Context(), policy.Correction{Item: uk, Facet: policy.FacetRelevant, Value: "no", Verdict: policy.VerdictSet}); err != nil {
			t.Fatal(err)
		}
		same(t, "after a correction", w.titles(t, policy.Filter{}), "chamois élan", "bear")
		if err := w.Correct(t.Context(), policy.Correction{Item: texas, Facet: policy.FacetDossier, Value: csar, Verdict: policy.VerdictAdd}); err != nil {
			t.Fatal(err)
		}
		same(t, "after another", w.titles(t, policy.Filter{}), "chamois élan")
	})
}
