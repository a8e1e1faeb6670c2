package opinion_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/backdoorwatch/backdoorwatch/internal/opinion"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

var update = flag.Bool("update", false, "write the golden files")

// TestAnswers puts the words of testdata/answers/*.in into a model's mouth and
// expects what counts of them in *.want. A new case needs no code.
func TestAnswers(t *testing.T) {
	files, err := filepath.Glob("testdata/answers/*.in")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no answers: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".in"), func(t *testing.T) {
			t.Parallel()
			words, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			m := newModel(t, says(string(words)))
			answer, err := m.client(t, opinion.Options{}).Ask(t.Context(), question())
			golden(t, strings.TrimSuffix(file, ".in")+".want", account(answer, err))
		})
	}
}

// account writes an answer for people.
func account(answer opinion.Answer, err error) string {
	var out strings.Builder
	if err != nil {
		fmt.Fprintf(&out, "error: %v\n", err)
	}
	for _, o := range answer.Opinions {
		fmt.Fprintf(&out, "%s: %s (%g) %q\n", o.Facet, o.Value, o.Confidence, o.Reason)
	}
	for _, what := range answer.Dropped {
		fmt.Fprintf(&out, "dropped %s\n", what)
	}
	return out.String()
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(path); err != nil || string(want) != got {
		t.Errorf("%s differs, %v; look at the change and run the test with -update. Got:\n%s\nwant:\n%s", path, err, got, want)
	}
}

// FuzzAnswer holds that whatever a model says, only words of the closed lists and
// offered dossiers come out of it, in bounds.
func FuzzAnswer(f *testing.F) {
	files, _ := filepath.Glob("testdata/answers/*.in")
	for _, file := range files {
		words, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(words))
	}
	f.Fuzz(func(t *testing.T, content string) {
		answer, err := opinion.ReadAnswer(content, question().Dossiers)
		if err == nil && len(answer.Opinions) == 0 {
			t.Error("an answer without a word is no error")
		}
		if err != nil && len(answer.Opinions) > 0 {
			t.Errorf("words of an answer that failed: %+v", answer.Opinions)
		}
		if len(answer.Opinions) > 3+12+12 || len(answer.Dropped) > 20 {
			t.Errorf("%d opinions, %d dropped", len(answer.Opinions), len(answer.Dropped))
		}
		for _, what := range answer.Dropped {
			if len(what) > 400 || strings.ContainsFunc(what, func(r rune) bool { return r < ' ' || r > '~' }) {
				t.Errorf("dropped says %q", what)
			}
		}
		for _, o := range answer.Opinions {
			if err := sound(o); err != nil {
				t.Errorf("%+v: %v", o, err)
			}
		}
	})
}

func sound(o policy.Opinion) error {
	known := map[policy.Facet]bool{
		policy.FacetRelevant: o.Value == "yes" || o.Value == "no",
		policy.FacetKind:     policy.Kinds.Has(policy.Kind(o.Value)),
		policy.FacetStance:   policy.Stances.Has(policy.Stance(o.Value)),
		policy.FacetMeasure:  policy.Measures.Has(policy.Measure(o.Value)),
		policy.FacetDossier:  o.Value == "xx-access-bill" || o.Value == "xx-old-law",
	}[o.Facet]
	switch {
	case !known:
		return errors.New("no such word")
	case !(o.Confidence >= 0 && o.Confidence <= 1):
		return errors.New("no such confidence")
	case len(o.Reason) > 240 || !utf8.ValidString(o.Reason) || strings.ContainsAny(o.Reason, "<@\x00\u202e") || strings.Contains(o.Reason, "://"):
		return errors.New("a reason that must not be shown")
	}
	return nil
}
