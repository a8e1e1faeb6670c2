package record_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/prerequisite"
	"github.com/backdoorwatch/backdoorwatch/internal/record"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// ours is an operator's addition to the shipped record: a small bill of which every
// event is known here.
const ours = `
dossiers:
- id: gb-zebra
  jurisdiction: GB
  title: The Zebra Crossing Bill
  official_ids: [ZZ 4711/2026]
  kind: bill
  status: committee
  effect: weakens
  measures: [traceability]
  aliases: {de: [Zebrastreifengesetz]}
  summary: A bill of which every event is known to the tests.
  confidence: low
  events:
  - {date: '2026-01', stage: announced, title: The minister says that a bill will come, source: 'https://example.org/1'}
  - {date: '2026-03-04', stage: introduced, title: The quagga text is tabled, source: 'https://example.org/2'}
  - {date: '2026-04-10', stage: committee, title: The committee sits, source: 'https://example.org/3'}
  - {date: '2026-04-10', stage: statement, title: A member walks out, source: 'https://example.org/4'}
  - {date: '2026-05-01', stage: upcoming, title: A vote was expected, source: 'https://example.org/5'}
  - {date: '2026-09', stage: upcoming, title: Third reading, source: 'https://example.org/6'}
  positions:
  - {actor: signal, position: neutral, on: '2026-02', claim: Waits for the text, source: 'https://example.org/7'}
  - {actor: signal, position: opposes, on: '2026-03-05', claim: Would rather leave, source: 'https://example.org/8'}
hosts:
- {host: example.org, grade: press}
`

// load reads the record once for all tests: it never changes.
var load = sync.OnceValues(func() (*knowledge.Base, error) {
	return knowledge.Load(fstest.MapFS{"ours.yaml": {Data: []byte(ours)}})
})

var now = time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)

// world is a record over a store.
type world struct {
	*record.Record
	store *store.Store
	base  *knowledge.Base
}

func onBoth(t *testing.T, test func(t *testing.T, w world)) {
	t.Helper()
	base, err := load()
	if err != nil {
		t.Fatal(err)
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, open(t, base, filepath.Join(t.TempDir(), "test.db")))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, open(t, base, prerequisite.Postgres(t)))
	})
}

func open(t *testing.T, base *knowledge.Base, database string) world {
	t.Helper()
	clock := func() time.Time { return now }
	s, err := store.Open(t.Context(), store.Options{Database: database, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	err = s.SyncRecord(t.Context(), base, func(_ policy.Document, tags policy.Tags) policy.Tags { return tags })
	if err != nil {
		t.Fatal(err)
	}
	return world{record.New(base, s, clock), s, base}
}

// take stores a relevant document of the bill.
func (w world) take(t *testing.T, title string, on policy.Date, change ...func(*policy.Document, *policy.Tags)) policy.ItemID {
	t.Helper()
	doc := policy.Document{
		Source: "test", EntryID: title, Title: title, URL: "https://example.org/" + title, CanonicalURL: "https://example.org/" + title,
		Text: "All about " + title, Published: on, Grade: policy.GradePress, Jurisdiction: "GB", Language: "en",
	}
	tags := policy.Tags{
		Language: "en", Relevant: policy.Tag{Value: "yes", Confidence: 1}, Stance: policy.Tag{Value: "neutral", Confidence: 1},
		Jurisdictions: []policy.Tag{{Value: "GB", Confidence: 1}}, Measures: []policy.Tag{{Value: "traceability", Confidence: 1}},
		Dossiers: []policy.Tag{{Value: "gb-zebra", Confidence: .9}},
	}
	for _, f := range change {
		f(&doc, &tags)
	}
	var saved store.Saved
	err := w.store.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		var err error
		if saved, err = tx.Save(ctx, store.Entry{Document: doc, Tags: tags, Digest: title}); err == nil {
			_, err = tx.Notice(ctx, saved.ID, doc, w.base)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return saved.ID
}

// states makes a document the bill's own, with steps.
func states(steps ...policy.Step) func(*policy.Document, *policy.Tags) {
	return func(d *policy.Document, _ *policy.Tags) {
		d.Grade, d.OfficialIDs, d.Steps = policy.GradeOfficial, []string{"ZZ 4711/2026"}, steps
	}
}

func step(on policy.Date, stage policy.Stage) policy.Step {
	return policy.Step{Date: on, Stage: stage, Text: "the clerk notes " + string(stage)}
}

func reports(stage policy.Stage, on policy.Date) func(*policy.Document, *policy.Tags) {
	return func(_ *policy.Document, t *policy.Tags) {
		t.Event, t.EventDate = policy.Tag{Value: string(stage), Confidence: .8}, on
	}
}

// described writes events as people read them in a test.
func described(events []policy.DossierEvent) []string {
	all := []string{}
	for _, e := range events {
		text := fmt.Sprintf("%s %s %s", e.Date, e.Stage, e.Origin)
		for word, holds := range map[string]bool{" ahead": e.Ahead, " overdue": e.Overdue} {
			if holds {
				text += word
			}
		}
		for _, also := range e.Also {
			text += " +" + also.Date.String()
		}
		all = append(all, text)
	}
	return all
}

func same(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if len(got)+len(want) > 0 && !slices.Equal(got, want) {
		t.Errorf("%s: got\n  %s\nwant\n  %s", what, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// filled adds what the tests of the bill look for.
func (w world) filled(t *testing.T) {
	t.Helper()
	w.take(t, "official", policy.Day(2026, 5, 10), states(
		step(policy.Day(2026, 3, 7), policy.StageIntroduced),                                         // the curated one, three days later
		step(policy.Day(2026, 4, 14), policy.StageCommittee),                                         // four days later: another sitting
		step(policy.Day(2026, 1, 30), policy.StageAnnounced),                                         // in the curated one's month
		step(policy.Day(2026, 5, 9), policy.StageFloor),                                              // new
		step(policy.Day(2026, 5, 9), policy.StageAmended),                                            // usually after the former
		step(policy.Moment(time.Date(2026, 4, 10, 18, 0, 0, 0, time.UTC)), policy.StageConsultation), // on the day of curated ones
		step(policy.Day(2026, 6, 2), policy.StagePassedChamber),                                      // still to come
		step(policy.Day(2026, 5, 11), policy.Stage("nothing"))))                                      // no stage of ours
	w.take(t, "report", policy.Day(2026, 5, 12), reports(policy.StageFloor, policy.Day(2026, 5, 11)))
	w.take(t, "rumour", policy.Day(2026, 5, 12), reports(policy.StageWithdrawn, policy.Day(2026, 5, 12)))
	w.take(t, "undated", policy.Date{})
}

func TestHistoryOfADossier(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		w.filled(t)
		d, err := w.Dossier(t.Context(), "gb-zebra", policy.Date{}, policy.Filter{Limit: 2})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "history", described(d.History),
			"2026-01 announced curated +2026-01-30", "2026-03-04 introduced curated +2026-03-07", "2026-04-10 committee curated",
			"2026-04-10 statement curated", "2026-04-10T18:00:00Z consultation crawled", "2026-04-14 committee crawled", "2026-05-01 upcoming curated overdue",
			"2026-05-09 floor crawled", "2026-05-09 amended crawled", "2026-06-02 passed-chamber crawled ahead", "2026-09 upcoming curated ahead")
		same(t, "later", described(d.Later), "2026-04-14 committee crawled", "2026-05-09 floor crawled", "2026-05-09 amended crawled")
		same(t, "suggested", described(d.Suggested), "2026-05-12 withdrawn suggested")
		if d.Since != policy.Day(2026, 4, 10) || d.ChangedAt != now || len(d.Items.Items) != 2 || d.Items.Next == "" || len(d.Next.Expected) != 2 {
			t.Errorf("since %v, changed %v, %d items, next %+v", d.Since, d.ChangedAt, len(d.Items.Items), d.Next)
		}
		if d.History[1].Grade != policy.GradePress || d.Standings[0].Grade != policy.GradePress {
			t.Errorf("grades of what the record says: %+v, %+v", d.History[1], d.Standings[0])
		}
		if e := d.History[7]; e.Jurisdiction != "GB" || e.Source != "https://example.org/official" || e.Grade != policy.GradeOfficial || e.Item == 0 {
			t.Errorf("the crawled event: %+v", e)
		}
		if len(d.Standings) != 1 || d.Standings[0].Side != policy.SideOpposes || !d.Standings[0].ChangedSide {
			t.Errorf("positions: %+v", d.Standings)
		}
		before, err := w.Positions(t.Context(), "gb-zebra", policy.Day(2026, 3, 1))
		if err != nil || len(before) != 1 || before[0].Side != policy.SideNeutral {
			t.Errorf("positions before: %+v, %v", before, err)
		}
	})
}

func TestWhatIsNotThere(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		ctx := t.Context()
		shipped, err := knowledge.Load()
		if err != nil {
			t.Fatal(err)
		}
		if err := w.store.SyncRecord(ctx, shipped, func(_ policy.Document, tags policy.Tags) policy.Tags { return tags }); err != nil {
			t.Fatal(err)
		}
		without := record.New(shipped, w.store, nil)
		for name, tc := range map[string]struct {
			ask  func() error
			want error
		}{
			"a dossier that vanished": {func() error { _, err := without.Dossier(ctx, "gb-zebra", policy.Date{}, policy.Filter{}); return err }, policy.ErrGone},
			"a dossier":               {func() error { _, err := without.Dossier(ctx, "x", policy.Date{}, policy.Filter{}); return err }, policy.ErrNotFound},
			"positions":               {func() error { _, err := without.Positions(ctx, "x", policy.Date{}); return err }, policy.ErrNotFound},
			"an actor":                {func() error { _, err := without.Actor(ctx, "x", policy.Filter{}); return err }, policy.ErrNotFound},
			"a jurisdiction":          {func() error { _, err := without.Jurisdiction(ctx, "XX", policy.Filter{}); return err }, policy.ErrNotFound},
			"an event":                {func() error { _, err := without.Entry(ctx, "x.2026.floor"); return err }, policy.ErrNotFound},
			"a noticed event":         {func() error { _, err := without.Entry(ctx, "x.2026.floor.crawled"); return err }, policy.ErrNotFound},
			"an item":                 {func() error { _, err := without.Entry(ctx, "item.77"); return err }, policy.ErrNotFound},
			"no item":                 {func() error { _, err := without.Entry(ctx, "item.x"); return err }, policy.ErrNotFound},
			"a candidate":             {func() error { _, err := without.Candidate(ctx, 7); return err }, policy.ErrNotFound},
			"a cursor": {func() error {
				_, err := without.Timeline(ctx, policy.Filter{Cursor: "AAAA"})
				return err
			}, policy.ErrInvalid},
			"a search": {func() error { _, err := without.Timeline(ctx, policy.Filter{Query: "colour:red"}); return err }, policy.ErrInvalid},
		} {
			if err := tc.ask(); !errors.Is(err, tc.want) {
				t.Errorf("%s: got %v, want %v", name, err, tc.want)
			}
		}
	})
}

func TestEntriesHaveLastingIDs(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		w.filled(t)
		for id, want := range map[string]string{
			"gb-zebra.2026-03-04.introduced":          "2026-03-04 introduced curated +2026-03-07",
			"gb-zebra.2026-03-07.introduced.crawled":  "2026-03-04 introduced curated +2026-03-07",
			"gb-zebra.2026-05-09.floor.crawled":       "2026-05-09 floor crawled",
			"gb-zebra.2026-05-12.withdrawn.suggested": "2026-05-12 withdrawn suggested",
		} {
			entry, err := w.Entry(t.Context(), id)
			if err != nil || entry.Event == nil {
				t.Fatalf("%s: %v", id, err)
			}
			same(t, id, described([]policy.DossierEvent{*entry.Event}), want)
		}
		entry, err := w.Entry(t.Context(), "item.1")
		if err != nil || entry.Item == nil || entry.Item.Document.Title != "official" || entry.ID != "item.1" {
			t.Errorf("an item: %+v, %v", entry, err)
		}
	})
}
