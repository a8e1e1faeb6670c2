package knowledge_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func TestTimelineHoldsEveryEventOnce(t *testing.T) {
	base := load(t)
	all := base.Events(policy.Filter{Order: policy.OrderOldest})
	ids := map[string]bool{}
	for i, e := range all {
		ids[e.ID] = true
		if i > 0 && all[i-1].Date.Compare(e.Date) > 0 {
			t.Errorf("%s comes before %s", all[i-1].ID, e.ID)
		}
		if again, ok := base.Event(e.ID); !ok || again != e {
			t.Errorf("%s leads to %+v", e.ID, again)
		}
	}
	if len(all) != 1088 || len(ids) != 1088 {
		t.Errorf("got %d events with %d ids, want 1088", len(all), len(ids))
	}
	newest := base.Events(policy.Filter{})
	slices.Reverse(newest)
	if !slices.Equal(newest, all) {
		t.Error("newest first is not the reverse of oldest first")
	}
}

func TestEventsAnswerTheFilter(t *testing.T) {
	base, err := knowledge.Load(fstest.MapFS{"zz.yaml": {Data: []byte(lanterns)}})
	if err != nil {
		t.Fatal(err)
	}
	zz := func(f policy.Filter) policy.Filter { f.Jurisdictions = append(f.Jurisdictions, "ZZ"); return f }
	for _, tc := range []struct {
		name   string
		filter policy.Filter
		want   string
	}{
		{"a country with its parts, newest first", zz(policy.Filter{}), "zz-b 2025-06, zz-a 2025-05-20, zz-a 2025, zz-a 2024-12-31"},
		{"oldest first", zz(policy.Filter{Order: policy.OrderOldest}), "zz-a 2024-12-31, zz-a 2025, zz-a 2025-05-20, zz-b 2025-06"},
		{"a part alone", policy.Filter{Jurisdictions: []string{"ZZ-N"}}, "zz-b 2025-06"},
		{"either of two dossiers", policy.Filter{Dossiers: []string{"zz-b", "zz-c"}}, "zz-b 2025-06"},
		{"a measure", zz(policy.Filter{Measures: []policy.Measure{"right-to-encrypt"}}), "zz-b 2025-06"},
		{"an actor", zz(policy.Filter{Actors: []string{"signal"}}), "zz-b 2025-06"},
		{"a year may lie in a later month", zz(policy.Filter{From: policy.Month(2025, 6)}), "zz-b 2025-06, zz-a 2025"},
		{"to the end of a month", zz(policy.Filter{To: policy.Month(2025, 5)}), "zz-a 2025-05-20, zz-a 2025, zz-a 2024-12-31"},
		{"one day", zz(policy.Filter{From: policy.Day(2025, 5, 20), To: policy.Day(2025, 5, 20)}), "zz-a 2025-05-20, zz-a 2025"},
		{"nothing fits all", zz(policy.Filter{Dossiers: []string{"eu-csa-regulation"}}), ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got []string
			for _, e := range base.Events(tc.filter) {
				got = append(got, e.Dossier+" "+e.Date.String())
			}
			if text := strings.Join(got, ", "); text != tc.want {
				t.Errorf("got %q, want %q", text, tc.want)
			}
		})
	}
}

func TestPermalinksLast(t *testing.T) {
	ids := func(record string) (all []string) {
		base, err := knowledge.Load(fstest.MapFS{"zz.yaml": {Data: []byte(record)}})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range base.Events(policy.Filter{Dossiers: []string{"zz-a"}, Order: policy.OrderOldest}) {
			all = append(all, e.ID)
		}
		return all
	}
	if got := strings.Join(ids(lanterns), " "); got != "zz-a.2024-12-31.announced zz-a.2025.introduced zz-a.2025-05-20.committee" {
		t.Errorf("got %s", got)
	}
	more := strings.Replace(lanterns, "  - {date: 2025-05-20,", `  - {date: 2025, stage: introduced, title: Introduced again, source: "https://example.org/a/4"}
  - {date: 2025-05-20,`, 1)
	grown := ids(more)
	if len(grown) != 4 || !slices.Contains(grown, "zz-a.2025.introduced.2") {
		t.Errorf("got %v", grown)
	}
	for _, id := range ids(lanterns) {
		if !slices.Contains(grown, id) {
			t.Errorf("%s was lost when an event was added", id)
		}
	}
}

const lanterns = `
jurisdictions:
- {code: ZZ, name: Nowhere, level: country}
- {code: ZZ-N, name: North Nowhere, level: subnational, parent: ZZ}
dossiers:
- id: zz-a
  jurisdiction: ZZ
  title: Lantern Act
  kind: bill
  status: committee
  effect: weakens
  measures: [interception]
  summary: A made-up bill.
  confidence: high
  events:
  - {date: 2024-12-31, stage: announced, title: Announced, source: "https://example.org/a/1"}
  - {date: 2025, stage: introduced, title: Introduced, source: "https://example.org/a/2"}
  - {date: 2025-05-20, stage: committee, title: In committee, source: "https://example.org/a/3"}
- id: zz-b
  jurisdiction: ZZ-N
  title: Northern Lantern Act
  kind: law
  status: in-force
  effect: protects
  measures: [right-to-encrypt, e2ee-protection]
  summary: A made-up law.
  confidence: high
  events:
  - {date: 2025-06, stage: in-force, title: In force, source: "https://example.org/b/1"}
  positions:
  - {actor: signal, position: supports, on: 2025, claim: It likes it., source: "https://example.org/b/2"}
`

func TestNextSteps(t *testing.T) {
	event := func(on string, stage policy.Stage) policy.Event { return policy.Event{Date: date(t, on), Stage: stage} }
	d := policy.Dossier{Status: policy.StageCommittee, Events: []policy.Event{
		event("2026-01-10", policy.StageCommittee), event("2026-03", policy.StageUpcoming),
		event("2026-09-21", policy.StageUpcoming), event("2026-12-01", policy.StageInForce), event("2027", policy.StageUpcoming),
	}}
	next := knowledge.NextSteps(d, time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC))
	if next.Final || len(next.Possible) == 0 || next.Possible[0].Stage != policy.StageAmended || next.Possible[0].Label == "" {
		t.Errorf("possible: got %+v", next.Possible)
	}
	var got []string
	for _, e := range next.Expected {
		text := e.Date.String()
		if e.Overdue {
			text += " overdue"
		}
		if e.Vague {
			text += " vague"
		}
		got = append(got, text)
	}
	if text := strings.Join(got, ", "); text != "2026-03 overdue vague, 2026-09-21, 2026-12-01, 2027 vague" {
		t.Errorf("expected: got %q", text)
	}
	over := knowledge.NextSteps(policy.Dossier{Status: policy.StageRepealed}, time.Now())
	if !over.Final || len(over.Possible) != 0 || len(over.Expected) != 0 {
		t.Errorf("after repeal: got %+v", over)
	}
}

func TestAheadOfNow(t *testing.T) {
	now := time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		name, on string
		stage    policy.Stage
		want     bool
	}{
		{"an upcoming step of this month", "2026-05", policy.StageUpcoming, true},
		{"an upcoming step of today", "2026-05-20", policy.StageUpcoming, true},
		{"an upcoming step that is overdue", "2026-04", policy.StageUpcoming, false},
		{"a step of this month", "2026-05", policy.StagePassed, false},
		{"a step of tomorrow", "2026-05-21", policy.StageInForce, true},
		{"a step of yesterday", "2026-05-19", policy.StageInForce, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e := knowledge.Entry{Event: policy.Event{Date: date(t, tc.on), Stage: tc.stage}}
			if got := e.Ahead(now); got != tc.want {
				t.Errorf("got %v", got)
			}
		})
	}
}
