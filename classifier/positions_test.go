package classifier_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/classifier"
)

// positionFiles hold sentences with who says what in them, by language. Some are
// beyond what the rules can read, so they are measured and need not all come out.
const positionFiles = "testdata/positions-*.txt"

// What the rules must reach on each language's sentences. A wrong position is
// worse than a missing one.
const (
	leastPositionPrecision = 0.97
	leastPositionRecall    = 0.85
)

// tally counts positions that came out as wanted, that should not have, and that
// are missing.
type tally struct{ right, wrong, missing int }

func (t tally) precision() float64 { return share(t.right, t.right+t.wrong) }
func (t tally) recall() float64    { return share(t.right, t.right+t.missing) }

func share(part, all int) float64 {
	if all == 0 {
		return 1
	}
	return float64(part) / float64(all)
}

// TestPositionsMeasured prints precision and recall of positions by language, with
// each miss: go test ./classifier -run PositionsMeasured -v. Another file of the
// same form is measured, too, where BACKDOORWATCH_POSITIONS names it.
func TestPositionsMeasured(t *testing.T) {
	c := load(t)
	names, err := filepath.Glob(positionFiles)
	if err != nil || len(names) == 0 {
		t.Fatalf("no sentences to measure: %v", err)
	}
	for _, name := range names {
		lang := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(name), "positions-"), ".txt")
		t.Run(lang, func(t *testing.T) {
			n := measurePositions(t, c, name)
			if n.precision() < leastPositionPrecision || n.recall() < leastPositionRecall {
				t.Errorf("precision %.3f and recall %.3f must be %.2f and %.2f at least", n.precision(), n.recall(), leastPositionPrecision, leastPositionRecall)
			}
		})
	}
	if more := os.Getenv("BACKDOORWATCH_POSITIONS"); more != "" {
		measurePositions(t, c, more)
	}
}

func measurePositions(t *testing.T, c *classifier.Classifier, name string) tally {
	t.Helper()
	var n tally
	var misses strings.Builder
	for _, f := range fixturesOf(t, name) {
		got, _, _ := tagged(c.Classify(f.doc), "positions")
		for _, w := range f.want {
			if w[0] == "positions" {
				n.add(&misses, f, strings.Fields(strings.TrimPrefix(w[1], "none")), got)
			}
		}
	}
	t.Logf("%s: %d right, %d wrong, %d missing: precision %.3f, recall %.3f\n%s", filepath.Base(name), n.right, n.wrong, n.missing, n.precision(), n.recall(), &misses)
	return n
}

func (t *tally) add(misses *strings.Builder, f fixture, want, got []string) {
	for _, g := range got {
		if slices.Contains(want, g) {
			t.right++
			continue
		}
		t.wrong++
		fmt.Fprintf(misses, "%s wrong %s: %s\n", f.where, g, f.doc.Text)
	}
	for _, w := range want {
		if !slices.Contains(got, w) {
			t.missing++
			fmt.Fprintf(misses, "%s missing %s: %s\n", f.where, w, f.doc.Text)
		}
	}
}
