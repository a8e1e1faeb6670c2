package knowledge_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func TestLookUps(t *testing.T) {
	base := load(t)
	if d, ok := base.Dossier("eu-csa-regulation"); !ok || d.Jurisdiction != "EU" {
		t.Errorf("dossier: got %+v", d)
	}
	if a, ok := base.Actor("signal"); !ok || a.Name != "Signal Foundation" {
		t.Errorf("actor: got %+v", a)
	}
	if j, ok := base.Jurisdiction("NO"); !ok || j.Name != "Norway" {
		t.Errorf("jurisdiction NO, which YAML may take for false: got %+v", j)
	}
	for _, found := range []bool{second(base.Dossier("none")), second(base.Actor("")), second(base.Jurisdiction("eu"))} {
		if found {
			t.Error("something was found that is not there")
		}
	}
}

func second[T any](_ T, ok bool) bool { return ok }

func TestByOfficialID(t *testing.T) {
	base := load(t)
	for _, tc := range []struct{ name, id, want string }{
		{"as in the record", "2022/0155(COD)", "eu-csa-regulation"},
		{"blanks and case", " com (2022)  209", "eu-csa-regulation"},
		{"other brackets", "[2022/0155]cod", "eu-csa-regulation"},
		{"no such id", "2022/0156(COD)", ""},
		{"nothing", "", ""},
		{"blanks alone", " () ", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if d, _ := base.ByOfficialID(tc.id); d.ID != tc.want {
				t.Errorf("got %q, want %q", d.ID, tc.want)
			}
		})
	}
}

func TestPlacesAndTheirParts(t *testing.T) {
	base := load(t)
	if parent, ok := base.Parent("US-FL"); !ok || parent.Code != "US" {
		t.Errorf("parent of US-FL: got %+v", parent)
	}
	if _, ok := base.Parent("US"); ok {
		t.Error("a country has no parent")
	}
	states := base.Children("US")
	if len(states) < 7 || !slices.ContainsFunc(states, func(j policy.Jurisdiction) bool { return j.Code == "US-FL" }) {
		t.Errorf("children of US: got %d", len(states))
	}
	for _, j := range states {
		if !strings.HasPrefix(j.Code, "US-") {
			t.Errorf("%s is no part of the US", j.Code)
		}
	}
	if got := len(base.DossiersOf("EU")); got != 24 {
		t.Errorf("dossiers of the EU: got %d, want 24", got)
	}
	if got := len(base.DossiersOf("US")); got != 28 {
		t.Errorf("dossiers of the US without its states: got %d, want 28", got)
	}
}

func TestPositionsOfAnActor(t *testing.T) {
	base := load(t)
	total := 0
	for _, a := range base.Actors {
		for _, p := range base.PositionsOf(a.ID) {
			total++
			if p.Actor != a.ID || p.Dossier == "" {
				t.Errorf("%s has the position %+v", a.ID, p)
			}
		}
	}
	if total != 588 {
		t.Errorf("got %d positions, want 588", total)
	}
}
