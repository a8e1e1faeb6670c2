package eval_test

import (
	"crypto/sha256"
	"os"
	"path/filepath"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/classifier"
	"github.com/backdoorwatch/backdoorwatch/classifier/eval"
	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/prerequisite"
)

func newClassifier(t testing.TB) *classifier.Classifier {
	t.Helper()
	base, err := knowledge.Load()
	if err != nil {
		t.Fatal(err)
	}
	c, err := classifier.New(base)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The labelled set is split by a hash of the id: vocabulary and rules were tuned
// while looking at the first half only; the second half was never looked at.
func TestFloorsOnTheLabelledSet(t *testing.T) {
	f, err := os.Open(filepath.Join(prerequisite.Labelled(t), "dev.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	cases, err := eval.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	var halves [2][]eval.Case
	for _, c := range cases {
		half := sha256.Sum256([]byte(c.ID))[0] % 2
		halves[half] = append(halves[half], c)
	}
	c := newClassifier(t)
	for i, name := range []string{"looked at", "unseen"} {
		r := eval.Measure(c, halves[i])
		t.Logf("half %s\n%s", name, r.Summary())
		detail(t, r, name)
		for label, pair := range map[string][2]float64{
			"relevance F1": {r.Relevance.F1, floors[i].relevance}, "stance macro-F1": {r.StanceMacroF1, floors[i].stance}, "kind accuracy": {r.KindAccuracy, floors[i].kind},
			"main jurisdiction": {r.Main, floors[i].main}, "jurisdictions F1": {r.Jurisdictions.F1, floors[i].places}, "dossiers F1": {r.Dossiers.F1, floors[i].dossiers},
		} {
			if pair[0] < pair[1] {
				t.Errorf("half %s: %s is %.3f, want at least %.2f", name, label, pair[0], pair[1])
			}
		}
	}
}

// floors are a little below what is reached, so that a loss is noticed.
var floors = [2]struct{ relevance, stance, kind, main, places, dossiers float64 }{
	{0.92, 0.92, 0.83, 0.86, 0.87, 0.88},
	{0.93, 0.75, 0.74, 0.87, 0.88, 0.78},
}

// detail writes the whole report into a file where BACKDOORWATCH_EVAL_DETAIL names
// its beginning.
func detail(t *testing.T, r eval.Report, name string) {
	t.Helper()
	path := os.Getenv("BACKDOORWATCH_EVAL_DETAIL")
	if path == "" {
		return
	}
	out, err := os.Create(path + name[:1])
	if err != nil {
		t.Fatal(err)
	}
	if err := r.WriteText(out); err != nil {
		t.Error(err)
	}
	if err := out.Close(); err != nil {
		t.Error(err)
	}
}
