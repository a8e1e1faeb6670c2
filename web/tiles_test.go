package web

import (
	"testing"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func TestEveryCountryIsOneTile(t *testing.T) {
	base, err := knowledge.Load()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, s := range worldSpots() {
		if seen[s.code] || s.col > 28 || s.row > 17 {
			t.Errorf("%s lies twice, or off the map, at %d/%d", s.code, s.row, s.col)
		}
		seen[s.code] = true
		if _, known := base.Jurisdiction(s.code); !known {
			t.Errorf("the record does not know %s", s.code)
		}
	}
	for _, j := range base.Jurisdictions {
		if (j.Level == policy.LevelCountry || j.Level == policy.LevelTerritory) && !seen[j.Code] {
			t.Errorf("%s (%s) is not on the map", j.Code, j.Name)
		}
	}
}

func TestTheMeaningFitsTheStatus(t *testing.T) {
	for _, c := range []struct {
		effect policy.Effect
		status policy.Stage
		want   string
	}{
		{policy.EffectWeakens, policy.StageCommittee, "If it works as written, it weakens strong encryption."},
		{policy.EffectWeakens, policy.StageWithdrawn, "It would have weakened strong encryption."},
		{policy.EffectProtects, policy.StageRepealed, "While it was law, it protected strong encryption."},
		{policy.EffectMixed, policy.StageLapsed, "It would have cut both ways: parts of it protected strong encryption and parts weakened it."},
		{policy.EffectUnclear, policy.StageInForce, "What it does to strong encryption is not settled by its text."},
	} {
		if got := meaningFor(policy.Dossier{Effect: c.effect, Status: c.status}); got != c.want {
			t.Errorf("%s, %s: %q", c.effect, c.status, got)
		}
	}
}

func TestLabelsStandWithinSentences(t *testing.T) {
	for label, want := range map[string]string{"VPN restriction": "VPN restriction", "Key disclosure": "key disclosure", "Right to encrypt": "right to encrypt", "A": "a"} {
		if got := inSentence(label); got != want {
			t.Errorf("%q became %q", label, got)
		}
	}
}
