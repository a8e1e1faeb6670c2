package eval

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Language is how well each label was found in the texts of one language. Of labels
// of which a text has one (stance, kind, main jurisdiction) a wrong one counts as
// wrong and as missed.
type Language struct {
	Texts         int   `json:"texts"`
	Relevance     Score `json:"relevance"`
	Stance        Score `json:"stance"` // on relevant texts, as the following
	Kind          Score `json:"kind"`   // … but on all texts
	Main          Score `json:"main_jurisdiction"`
	Jurisdictions Score `json:"jurisdictions"`
	Dossiers      Score `json:"dossiers"`
	Measures      Score `json:"measures"`
	Events        Score `json:"events"`
}

// scores are all figures of a language, in the order of languageLabels.
func (l *Language) scores() []*Score {
	return []*Score{&l.Relevance, &l.Stance, &l.Kind, &l.Main, &l.Jurisdictions, &l.Dossiers, &l.Measures, &l.Events}
}

func (l *Language) settle() {
	for _, s := range l.scores() {
		s.settle()
	}
}

var languageLabels = []string{"relevance", "stance", "kind", "main", "jurisdictions", "dossiers", "measures", "events"}

// language is the figures of the language that a text declares: "en" for "en-US".
func (m *measuring) language(declared string) *Language {
	code, _, _ := strings.Cut(strings.ToLower(declared), "-")
	l := m.r.ByLanguage[code]
	if l == nil {
		l = &Language{}
		m.r.ByLanguage[code] = l
	}
	return l
}

func (l *Language) add(labels Labels, t policy.Tags) {
	l.Texts++
	relevant := labels.Relevant != nil && *labels.Relevant
	if labels.Relevant != nil {
		tally(&l.Relevance, relevant, t.IsRelevant())
	}
	if labels.Kind != nil {
		l.Kind.choose(*labels.Kind, t.Kind.Value)
	}
	if relevant && labels.Stance != nil && *labels.Stance != "none" {
		l.Stance.choose(*labels.Stance, t.Stance.Value)
	}
	if relevant && labels.Jurisdictions != nil {
		want, got := *labels.Jurisdictions, values(t.Jurisdictions)
		l.Main.choose(first(want), first(got))
		l.Jurisdictions.among(want, got)
	}
	if labels.Dossiers != nil {
		l.Dossiers.among(*labels.Dossiers, values(t.Dossiers))
	}
	if labels.Measures != nil {
		l.Measures.among(*labels.Measures, values(t.Measures))
	}
	if labels.Event != nil {
		l.Events.choose(*labels.Event, t.Event.Value)
	}
}

// writeLanguages writes F1, precision and recall of each label by language; a dash
// where there was nothing to find and nothing was found.
func writeLanguages(b *strings.Builder, table map[string]*Language) {
	fmt.Fprintf(b, "\nBy language: F1, precision, recall\n  %-8s %5s", "", "texts")
	for _, label := range languageLabels {
		fmt.Fprintf(b, "  %-15s", label)
	}
	b.WriteString("\n")
	for _, code := range slices.Sorted(maps.Keys(table)) {
		l := table[code]
		line := fmt.Sprintf("  %-8s %5d", named(code), l.Texts)
		for _, s := range l.scores() {
			cell := "–"
			if s.Right+s.Wrong+s.Missed > 0 {
				cell = fmt.Sprintf("%.3f %.2f %.2f", s.F1, s.Precision, s.Recall)
			}
			line += fmt.Sprintf("  %-15s", cell)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}
