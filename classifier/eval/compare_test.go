package eval_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/classifier/eval"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func versionReport(version string, f1 float64, misses ...eval.Miss) eval.Report {
	return eval.Report{Version: version, Cases: 3, Relevance: eval.Score{F1: f1}, Misses: misses}
}

func TestCompareShowsWhatChanged(t *testing.T) {
	old := versionReport("1-a", 0.5,
		eval.Miss{ID: "one", Label: "stance", Want: "neutral", Got: "protects (0.61)", Title: "Fixed"},
		eval.Miss{ID: "two", Label: "kind", Want: "news", Got: "opinion", Title: "Other"},
		eval.Miss{ID: "three", Label: "stance", Want: "weakens", Got: "neutral (0.50)", Title: "Same"})
	next := versionReport("1-b", 0.75,
		eval.Miss{ID: "two", Label: "kind", Want: "news", Got: "other", Title: "Other"},
		eval.Miss{ID: "three", Label: "stance", Want: "weakens", Got: "neutral (0.71)", Title: "Same"},
		eval.Miss{ID: "four", Label: "event", Want: "", Got: "passed", Title: "Broken"})
	var written bytes.Buffer
	if err := old.WriteJSON(&written); err != nil {
		t.Fatal(err)
	}
	read, err := eval.ReadReport(&written)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := eval.Compare(read, next).WriteText(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"classifier 1-a", "classifier 1-b", "relevance F1                      0.500    0.750   +0.250", "1 better, 1 worse, 1 differently wrong",
		"better            one stance: right is neutral, was protects, is neutral", "worse             four event: right is (none), was (none), is passed",
		"differently wrong two kind: right is news, was opinion, is other"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the comparison lacks %q:\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "three") {
		t.Errorf("a text that is judged as before is listed:\n%s", out.String())
	}
}

func TestOnlyReportsAreCompared(t *testing.T) {
	for name, body := range map[string]string{"no JSON": "figures", "another object": `{"a": 1}`, "nothing": ""} {
		t.Run(name, func(t *testing.T) {
			if _, err := eval.ReadReport(strings.NewReader(body)); !errors.Is(err, policy.ErrInvalid) {
				t.Errorf("got %v", err)
			}
		})
	}
}
