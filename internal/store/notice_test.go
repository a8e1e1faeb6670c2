package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// official makes an entry the record of a procedure.
func official(place string, ids ...string) func(*store.Entry) {
	return func(e *store.Entry) {
		e.Document.Grade, e.Document.Jurisdiction, e.Document.OfficialIDs = policy.GradeOfficial, place, ids
	}
}

func steps(steps ...policy.Step) func(*store.Entry) {
	return func(e *store.Entry) { e.Document.Steps = steps }
}

func step(date policy.Date, stage policy.Stage, text string) policy.Step {
	return policy.Step{Date: date, Stage: stage, Text: text, Body: "Committee of the Whole"}
}

func dossiers(ids ...string) func(*store.Entry) {
	return func(e *store.Entry) {
		for i, id := range ids {
			e.Tags.Dossiers = append(e.Tags.Dossiers, policy.Tag{Value: id, Confidence: .9 - float64(i)/10})
		}
	}
}

func reports(stage policy.Stage, on policy.Date) func(*store.Entry) {
	return func(e *store.Entry) {
		e.Tags.Event, e.Tags.EventDate = policy.Tag{Value: string(stage), Confidence: .8}, on
	}
}

func measures(words ...string) func(*store.Entry) {
	return func(e *store.Entry) {
		for _, word := range words {
			e.Tags.Measures = append(e.Tags.Measures, policy.Tag{Value: word, Confidence: .9})
		}
	}
}

// linking adds the dossiers whose official ids a document states, as the flow does
// between classifying and saving.
func linking(base *knowledge.Base) store.Linker {
	return func(doc policy.Document, tags policy.Tags) policy.Tags {
		for _, id := range doc.OfficialIDs {
			d, ok := base.Stated(id, doc.Jurisdiction)
			if ok && !slices.ContainsFunc(tags.Dossiers, func(t policy.Tag) bool { return t.Value == d.ID }) {
				tags.Dossiers = append(slices.Clone(tags.Dossiers), policy.Tag{Value: d.ID, Confidence: 1, Reasons: []string{"states the official id " + id}})
			}
		}
		return tags
	}
}

// take saves an entry as the flow does: linked, saved, noticed.
func (w world) take(t testing.TB, base *knowledge.Base, e store.Entry) (policy.ItemID, store.Noticed) {
	t.Helper()
	e.Tags = linking(base)(e.Document, e.Tags)
	var saved store.Saved
	var noticed store.Noticed
	err := w.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		var err error
		if saved, err = tx.Save(ctx, e); err == nil {
			noticed, err = tx.Notice(ctx, saved.ID, e.Document, base)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return saved.ID, noticed
}

// load reads the shipped record once for all tests: it never changes.
var load = sync.OnceValues(func() (*knowledge.Base, error) { return knowledge.Load() })

func shipped(t testing.TB) *knowledge.Base {
	t.Helper()
	base, err := load()
	if err != nil {
		t.Fatal(err)
	}
	return base
}

func TestTells(t *testing.T) {
	bill := entry("a", "1", official("GB", "HL Bill 77"))
	news, report := entry("a", "2"), entry("a", "3", reports(policy.StagePassed, policy.Year(2027)))
	dull := entry("a", "4", official("GB", "HL Bill 77"), irrelevant)
	for _, tc := range []struct {
		name    string
		e       store.Entry
		outcome store.Outcome
		want    bool
	}{
		{"a bill", bill, store.New, true}, {"a bill again", bill, store.Unchanged, false}, {"a bill changed", bill, store.Updated, true},
		{"news", news, store.New, false}, {"a report of a step", report, store.Story, true},
		{"an irrelevant bill", dull, store.New, false}, {"one of which a person may have said otherwise", dull, store.Updated, true},
	} {
		if got := (store.Saved{Outcome: tc.outcome}).Tells(tc.e.Document, tc.e.Tags); got != tc.want {
			t.Errorf("%s: got %v", tc.name, got)
		}
	}
}

func (w world) events(t testing.TB, q policy.EventQuery) []string {
	t.Helper()
	found, err := w.NoticedEvents(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	all := []string{}
	for _, e := range found {
		all = append(all, fmt.Sprintf("%s/%d", e.ID, e.Items))
	}
	return all
}

func same(t testing.TB, what string, got []string, want ...string) {
	t.Helper()
	if len(got)+len(want) > 0 && !slices.Equal(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

const csar = "eu-csa-regulation"

func TestStepsBecomeEvents(t *testing.T) {
	base := shipped(t)
	onBoth(t, func(t *testing.T, w world) {
		bill := entry("ep", "bill", official("EU", "2022/0155(COD)"), steps(
			step(policy.Day(2027, 1, 5), policy.StageFloor, "Debate in Parliament"),
			step(policy.Month(2027, 3), policy.StagePassed, "Act adopted"),
			step(policy.Day(2027, 1, 4), "", "Printing of the report"),
			step(policy.Date{}, policy.StageCommittee, "Some day"),
		))
		id, noticed := w.take(t, base, bill)
		if noticed.Crawled != 2 || noticed.Opened != 0 {
			t.Errorf("noticed %+v", noticed)
		}
		floor, passed := csar+".2027-01-05.floor.crawled", csar+".2027-03.passed.crawled"
		same(t, "events", w.events(t, policy.EventQuery{}), floor+"/1", passed+"/1")
		if _, again := w.take(t, base, bill); again.Crawled != 0 {
			t.Errorf("a second crawl adds %+v", again)
		}
		// Another source's copy of the step is the same event with one more item.
		w.take(t, base, entry("council", "bill", official("EU", "COM(2022) 209"), steps(step(policy.Day(2027, 1, 5), policy.StageFloor, "Plenary"))))
		same(t, "events", w.events(t, policy.EventQuery{Newest: true}), passed+"/1", floor+"/2")

		e, err := w.NoticedEvent(t.Context(), floor)
		if err != nil {
			t.Fatal(err)
		}
		want := policy.DossierEvent{ID: floor, Dossier: csar, Date: policy.Day(2027, 1, 5), Stage: policy.StageFloor, Title: "Debate in Parliament",
			Body: "Committee of the Whole", Source: bill.Document.URL, Grade: policy.GradeOfficial, Origin: policy.OriginCrawled, Item: id, Items: 2, SeenAt: e.SeenAt}
		if fmt.Sprint(e) != fmt.Sprint(want) || e.SeenAt.IsZero() {
			t.Errorf("got  %+v\nwant %+v", e, want)
		}
		w.found(t, `"debate in parliament" chatkontrolle`, "event:"+floor+":2")

		// A person who takes the link away takes the events away, at once.
		if err := w.Correct(t.Context(), policy.Correction{Item: id, Facet: policy.FacetDossier, Value: csar, Verdict: policy.VerdictRemove}); err != nil {
			t.Fatal(err)
		}
		same(t, "after a correction", w.events(t, policy.EventQuery{}), floor+"/1")
		if _, err := w.NoticedEvent(t.Context(), passed); !errors.Is(err, policy.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
	})
}

func TestStepsThatAreNobodysEvents(t *testing.T) {
	base := shipped(t)
	passed := steps(step(policy.Day(2027, 1, 5), policy.StagePassed, "Passed"))
	onBoth(t, func(t *testing.T, w world) {
		for _, tc := range []struct {
			name string
			e    store.Entry
		}{
			{"linked by a guess", entry("a", "guess", official("EU"), passed, dossiers(csar))},
			{"ids of two dossiers", entry("a", "two", official("EU", "2022/0155(COD)", "2020/0259(COD)"), passed)},
			{"press", entry("a", "press", official("EU", "2022/0155(COD)"), passed, func(e *store.Entry) { e.Document.Grade = policy.GradePress })},
			{"another place", entry("a", "place", official("GB", "Section 69"), passed)},
		} {
			if _, noticed := w.take(t, base, tc.e); noticed.Crawled+noticed.Suggested != 0 {
				t.Errorf("%s: noticed %+v", tc.name, noticed)
			}
		}
		// What a person says counts as an official id does.
		id, _ := w.take(t, base, entry("b", "said", official("EU"), passed, text("A text that is nothing like the others, about the procedure and the vote in the plenary on Tuesday.")))
		if err := w.Correct(t.Context(), policy.Correction{Item: id, Facet: policy.FacetDossier, Value: csar, Verdict: policy.VerdictAdd}); err != nil {
			t.Fatal(err)
		}
		total, err := w.NoticeAll(t.Context(), base)
		if err != nil || total.Crawled != 1 {
			t.Errorf("noticed %+v, %v", total, err)
		}
	})
}

func TestReportsSuggest(t *testing.T) {
	base := shipped(t)
	onBoth(t, func(t *testing.T, w world) {
		on := policy.Day(2027, 1, 5)
		first := entry("press", "1", dossiers(csar, "gb-online-safety-act-2023"), reports(policy.StagePassed, on))
		id, noticed := w.take(t, base, first)
		if noticed.Suggested != 1 || noticed.Crawled != 0 {
			t.Errorf("noticed %+v", noticed)
		}
		w.take(t, base, entry("press", "2", dossiers(csar), reports(policy.StagePassed, policy.Day(2027, 1, 7)), text("Quite another text of another paper, which also reports that the law was adopted by a narrow vote.")))
		w.take(t, base, entry("press", "3", dossiers(csar), reports(policy.StagePassed, policy.Day(2027, 2, 7)), text("A third one, much later, about another vote in the other chamber, with many other words in it.")))
		w.take(t, base, entry("press", "4", dossiers(csar), reports(policy.StageCommittee, policy.Date{}), text("A fourth report that gives no date for what the committee did, so that the day of the paper counts.")))
		w.take(t, base, entry("press", "5", reports(policy.StageCommittee, on), text("A fifth that belongs to no dossier at all, and so suggests nothing to anybody who reads it.")))
		same(t, "crawled", w.events(t, policy.EventQuery{}))
		january, february, may := csar+".2027-01-05.passed.suggested", csar+".2027-02-07.passed.suggested", csar+".2026-05-12.committee.suggested"
		same(t, "suggested", w.events(t, policy.EventQuery{Suggested: true}), may+"/1", january+"/2", february+"/1")

		// Read otherwise later, the report suggests something else.
		first.Tags.Event.Value, first.Tags.EventDate = string(policy.StageRejected), on
		first.Document.Text += " Corrected."
		first.Digest = "other"
		if again, _ := w.take(t, base, first); again != id {
			t.Fatalf("item %d became %d", id, again)
		}
		same(t, "suggested", w.events(t, policy.EventQuery{Suggested: true, From: policy.Year(2027)}),
			january+"/1", csar+".2027-01-05.rejected.suggested/1", february+"/1")
	})
}

func TestNoticedEventsAreNarrowed(t *testing.T) {
	base := shipped(t)
	onBoth(t, func(t *testing.T, w world) {
		w.take(t, base, entry("ep", "bill", official("EU", "2022/0155(COD)"), steps(
			step(policy.Day(2027, 1, 5), policy.StageFloor, "a"), step(policy.Day(2027, 1, 5), policy.StageAmended, "b"),
			step(policy.Year(2027), policy.StagePassed, "c"), step(policy.Day(1962, 1, 5), policy.StageAnnounced, "d"))))
		old, year, amended, floor := csar+".1962-01-05.announced.crawled", csar+".2027.passed.crawled", csar+".2027-01-05.amended.crawled", csar+".2027-01-05.floor.crawled"
		one := func(ids ...string) (all []string) {
			for _, id := range ids {
				all = append(all, id+"/1")
			}
			return all
		}
		at := policy.Day(2027, 1, 5).Start()
		for _, tc := range []struct {
			name string
			q    policy.EventQuery
			want []string
		}{
			{"all", policy.EventQuery{}, one(old, year, amended, floor)},
			{"newest", policy.EventQuery{Newest: true}, one(amended, floor, year, old)},
			{"no dossier", policy.EventQuery{Dossiers: []string{}}, nil},
			{"another dossier", policy.EventQuery{Dossiers: []string{"x"}}, nil},
			{"this dossier", policy.EventQuery{Dossiers: []string{"x", csar}, Limit: 1}, one(old)},
			{"a year may lie within", policy.EventQuery{From: policy.Month(2027, time.June)}, one(year)},
			{"to", policy.EventQuery{To: policy.Day(2027, 1, 4)}, one(old, year)},
			{"ids", policy.EventQuery{IDs: []string{floor}}, one(floor)},
			{"behind", policy.EventQuery{After: at, AfterID: amended}, one(floor)},
			{"behind, newest", policy.EventQuery{After: at, AfterID: amended, Newest: true}, one(floor, year, old)},
			{"behind a moment", policy.EventQuery{After: at, AfterID: "~", Newest: true}, one(year, old)},
		} {
			t.Run(tc.name, func(t *testing.T) { same(t, tc.name, w.events(t, tc.q), tc.want...) })
		}
	})
}
