package record_test

import (
	"slices"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func TestJurisdiction(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		w.filled(t)
		w.take(t, "new bill", policy.Day(2026, 5, 3), func(d *policy.Document, tags *policy.Tags) {
			d.Grade, d.OfficialIDs, tags.Dossiers = policy.GradeOfficial, []string{"HL Bill 77"}, nil
			d.Steps = []policy.Step{step(policy.Day(2026, 5, 2), policy.StageIntroduced)}
		})
		j, err := w.Jurisdiction(t.Context(), "gb", policy.Filter{Limit: 5})
		if err != nil {
			t.Fatal(err)
		}
		total := 0
		for _, group := range j.ByStatus {
			total += len(group.Dossiers)
		}
		if total != j.Counts.Total || total != len(w.base.DossiersOf("GB")) || j.Counts.Statuses[policy.StageCommittee] == 0 {
			t.Errorf("%d dossiers by status, counts %+v", total, j.Counts)
		}
		if !slices.ContainsFunc(j.Upcoming, func(e policy.DossierEvent) bool { return e.ID == "gb-zebra.2026-09.upcoming" }) {
			t.Errorf("upcoming: %v", described(j.Upcoming))
		}
		if len(j.Actors) == 0 || len(j.Timeline.Entries) != 5 || len(j.Candidates.Candidates) != 1 || j.ChangedAt != now {
			t.Errorf("%d actors, %d entries, %d candidates, changed %v", len(j.Actors), len(j.Timeline.Entries), len(j.Candidates.Candidates), j.ChangedAt)
		}
		c, err := w.Candidate(t.Context(), j.Candidates.Candidates[0].ID)
		if err != nil || c.FirstStage != policy.StageIntroduced || len(c.Items) != 1 || len(c.Steps) != 1 {
			t.Errorf("candidate %+v, %v", c, err)
		}
		page, err := w.Candidates(t.Context(), policy.Filter{Jurisdictions: []string{"FR"}})
		if err != nil || len(page.Candidates) != 0 {
			t.Errorf("candidates elsewhere: %+v, %v", page, err)
		}
	})
}

func TestJurisdictionsAndTheirParts(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		florida, err := w.Jurisdiction(t.Context(), "US-FL", policy.Filter{})
		if err != nil || florida.Parent == nil || florida.Parent.Code != "US" {
			t.Errorf("Florida: %+v, %v", florida.Parent, err)
		}
		states, err := w.Jurisdiction(t.Context(), "US", policy.Filter{})
		if err != nil || len(states.Parts) < 5 || states.Parent != nil {
			t.Errorf("the US have %d parts, %v", len(states.Parts), err)
		}
		total := 0
		for _, p := range w.Places() {
			total += p.Total
		}
		if total != len(w.base.Dossiers) {
			t.Errorf("the places have %d dossiers of %d", total, len(w.base.Dossiers))
		}
	})
}

func TestActor(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		w.take(t, "signal speaks", policy.Day(2026, 5, 3), func(_ *policy.Document, tags *policy.Tags) {
			tags.Actors = []policy.Tag{{Value: "signal", Confidence: .9}}
		})
		a, err := w.Actor(t.Context(), "signal", policy.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		if len(a.History) < 3 || len(a.Items.Items) != 1 || a.ChangedAt != now {
			t.Errorf("%d steps, %d items, changed %v", len(a.History), len(a.Items.Items), a.ChangedAt)
		}
		changed := false
		for _, s := range a.Changes {
			changed = changed || s.Dossier == "gb-zebra" && s.From == policy.SideNeutral && s.Side == policy.SideOpposes
		}
		if !changed {
			t.Errorf("changes of side: %+v", a.Changes)
		}
	})
}

func TestDossiers(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		ids := func(f policy.Filter) []string {
			found, err := w.Dossiers(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			all := []string{}
			for _, d := range found {
				all = append(all, d.ID)
			}
			return all
		}
		if all := ids(policy.Filter{}); len(all) != len(w.base.Dossiers) {
			t.Errorf("%d dossiers of %d", len(all), len(w.base.Dossiers))
		}
		same(t, "words", ids(policy.Filter{Query: "zebrastreifengesetz"}), "gb-zebra")
		same(t, "words and place", ids(policy.Filter{Query: "zebrastreifengesetz", Jurisdictions: []string{"FR"}}))
		same(t, "items' fields", ids(policy.Filter{Stances: []policy.Stance{"neutral"}}))
		british := ids(policy.Filter{Jurisdictions: []string{"GB"}, Measures: []policy.Measure{"traceability"}, From: policy.Day(2026, 3, 4), To: policy.Day(2026, 3, 4)})
		same(t, "place, measure and dates", british, "gb-zebra")
		newest, oldest := ids(policy.Filter{Jurisdictions: []string{"EU"}}), ids(policy.Filter{Jurisdictions: []string{"EU"}, Order: policy.OrderOldest})
		if len(newest) < 3 || newest[0] != oldest[len(oldest)-1] {
			t.Errorf("newest %v, oldest %v", newest, oldest)
		}
	})
}
