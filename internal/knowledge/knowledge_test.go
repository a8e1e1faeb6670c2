package knowledge_test

import (
	"testing"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
)

func TestShippedRecordIsWhole(t *testing.T) {
	base := load(t)
	events, positions, places := 0, 0, map[string]bool{}
	for _, d := range base.Dossiers {
		events, positions = events+len(d.Events), positions+len(d.Positions)
		places[d.Jurisdiction] = true
	}
	for _, tc := range []struct {
		name      string
		got, want int
	}{
		{"dossiers", len(base.Dossiers), 210}, {"events", events, 1088}, {"positions", positions, 588},
		{"actors", len(base.Actors), 343}, {"jurisdictions", len(base.Jurisdictions), 298}, {"with dossiers", len(places), 70},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: got %d, want %d", tc.name, tc.got, tc.want)
		}
	}
}

func load(t testing.TB) *knowledge.Base {
	t.Helper()
	base, err := knowledge.Load()
	if err != nil {
		t.Fatalf("loading the shipped record: %v", err)
	}
	return base
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		load(b)
	}
}
