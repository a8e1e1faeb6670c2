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
		if path := os.Getenv("BACKDOORWATCH_EVAL_DETAIL"); path != "" && i <= 1 {
			out, err := os.Create(path + name[:1])
			if err != nil {
				t.Fatal(err)
			}
			if err := r.WriteText(out); err != nil {
				t.Error(err)
			}
			_ = out.Close()
		}
	}
}
