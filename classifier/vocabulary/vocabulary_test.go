package vocabulary

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func TestEmbeddedVocabulary(t *testing.T) {
	v, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, l := range v.Languages {
		codes = append(codes, l.Code)
		for _, g := range []string{"encryption", "function"} {
			if l.Code != "mul" && len(l.Groups[g]) == 0 {
				t.Errorf("%s has no words of group %s", l.Code, g)
			}
		}
	}
	for _, want := range strings.Fields("en de fr es it nl sv da nb fi pl cs pt ru uk ja zh ko tr ar hi el hu ro") {
		if !slices.Contains(codes, want) {
			t.Errorf("there is no vocabulary of %s", want)
		}
	}
}

// What the vocabulary says of dossiers and actors must be in the record.
func TestHintsAndOfficesNameTheRecord(t *testing.T) {
	v, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	base, err := knowledge.Load()
	if err != nil {
		t.Fatal(err)
	}
	for id, hints := range v.Hints {
		if _, ok := base.Dossier(id); !ok {
			t.Errorf("there is no dossier %s", id)
		}
		for _, h := range hints {
			if len(h.All) == 0 || h.In != "" && h.In != "lead" && h.In != "sentence" {
				t.Errorf("%s: a hint needs lists, and knows only in: lead and in: sentence", id)
			}
			if _, ok := base.Jurisdiction(h.Place); h.Place != "" && !ok {
				t.Errorf("%s: there is no jurisdiction %s", id, h.Place)
			}
		}
	}
	for _, relation := range []map[string][]string{v.Yields, v.Brings} {
		for id, to := range relation {
			for _, id := range append([]string{id}, to...) {
				if _, ok := base.Dossier(id); !ok {
					t.Errorf("there is no dossier %s", id)
				}
			}
		}
	}
	for _, o := range v.Offices {
		if _, ok := base.Actor(o.Actor); !ok {
			t.Errorf("there is no actor %s", o.Actor)
		}
	}
}

func TestMistakesAreReported(t *testing.T) {
	for name, c := range map[string]struct{ file, body, want string }{
		"unknown group":     {"en.yaml", "language: en\ngroups: {encription: [x]}", "encription"},
		"unknown key":       {"en.yaml", "language: en\ngroup: {}", "line 2"},
		"other language":    {"en.yaml", "language: de\ngroups: {}", "\"de\""},
		"empty phrase":      {"en.yaml", "language: en\ngroups: {law: ['*']}", "empty phrase"},
		"no kind":           {"publishers.yaml", "blog: [example.org]", "blog"},
		"host listed twice": {"publishers.yaml", "news: [example.org]\nopinion: [example.org]", "twice"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(fstest.MapFS{c.file: {Data: []byte(c.body)}})
			if !errors.Is(err, policy.ErrConfig) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.file) {
				t.Errorf("got %v, want a mistake of %s that says %s", err, c.file, c.want)
			}
		})
	}
}

func TestOfficesAreHeldForATime(t *testing.T) {
	o := Office{From: policy.Month(2022, 7), Until: policy.Month(2025, 10)}
	for date, want := range map[policy.Date]bool{{}: true, policy.Day(2025, 4, 1): true, policy.Day(2025, 10, 31): true, policy.Day(2022, 6, 30): false, policy.Day(2025, 11, 1): false} {
		if o.HeldAt(date) != want {
			t.Errorf("held at %v: %v", date, !want)
		}
	}
}
