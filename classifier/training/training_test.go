package training_test

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/classifier/training"
	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
)

var update = flag.Bool("update", false, "write the trained weights into classifier/weights.json")

const weights = "../weights.json"

// The embedded weights are those that the corpus, the vocabulary and the record
// give: whoever changes one of them trains again.
func TestWeightsAreThoseOfTheCorpus(t *testing.T) {
	base, err := knowledge.Load()
	if err != nil {
		t.Fatal(err)
	}
	got, report, err := training.Train(base)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d texts; held-out accuracy %v", report.Texts, report.Accuracy)
	if *update {
		if err := os.WriteFile(weights, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(weights)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("classifier/weights.json is not what training gives; run: go test ./classifier/training -update")
	}
	for name, least := range map[string]float64{"relevance": 0.85, "stance": 0.76, "kind": 0.73} {
		if report.Accuracy[name] < least {
			t.Errorf("held-out accuracy of %s is %.3f, want at least %.2f", name, report.Accuracy[name], least)
		}
	}
}
