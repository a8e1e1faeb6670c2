package knowledge_test

import (
	"sync"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
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

// shipped is read once for all tests, since a Base never changes.
var shipped = sync.OnceValues(func() (*knowledge.Base, error) { return knowledge.Load() })

func load(t testing.TB) *knowledge.Base {
	t.Helper()
	base, err := shipped()
	if err != nil {
		t.Fatalf("loading the shipped record: %v", err)
	}
	return base
}

func TestManyReadAtOnce(t *testing.T) {
	base := load(t)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for _, d := range base.Dossiers[:40] {
				base.PositionsOn(d.ID, policy.Year(2025))
				base.Events(policy.Filter{Dossiers: []string{d.ID}})
				for _, p := range d.Positions {
					base.History(p.Actor)
				}
			}
		})
	}
	wait.Wait()
}

// The goal for a start is 60 ms for the whole record.
func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := knowledge.Load(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEvents(b *testing.B) {
	base := load(b)
	b.ReportAllocs()
	for b.Loop() {
		base.Events(policy.Filter{Jurisdictions: []string{"EU"}, Measures: []policy.Measure{"client-side-scanning"}})
	}
}
