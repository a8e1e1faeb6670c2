package eval

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// WriteJSON writes the report as one JSON object.
func (r Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	if err := e.Encode(r); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// Summary is the figures in one screen of text.
func (r Report) Summary() string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("classifier %s, %d texts, %.1f MB/s", r.Version, r.Cases, r.BytesPerSec/1e6)
	p("%-28s %s", "relevance", r.Relevance)
	p("%-28s %.3f", "stance macro-F1", r.StanceMacroF1)
	p("%-28s %.3f (relevant texts %.3f)", "kind accuracy", r.KindAccuracy, r.KindRelevant)
	p("%-28s main %.3f, exact %.3f, %s", "jurisdictions", r.Main, r.Exact, r.Jurisdictions)
	p("%-28s %s", "dossiers", r.Dossiers)
	p("%-28s %s", "measures", r.Measures)
	p("%-28s %s", "events", r.Events)
	for _, label := range slices.Sorted(maps.Keys(r.Calibration)) {
		p("%-28s %.3f", "calibration error "+label, r.Calibration[label])
	}
	return b.String()
}

// String is a score in one line.
func (s Score) String() string {
	return fmt.Sprintf("F1 %.3f  precision %.3f  recall %.3f  (right %d, wrong %d, missed %d)", s.F1, s.Precision, s.Recall, s.Right, s.Wrong, s.Missed)
}

// WriteText writes the report for people: the figures, then each table, then the
// misses with the beginning of their text.
func (r Report) WriteText(w io.Writer) error {
	var b strings.Builder
	b.WriteString(r.Summary())
	writeLanguages(&b, r.ByLanguage)
	for _, t := range []struct {
		title string
		table map[string]Score
	}{{"Stance", r.Stance}, {"Kind", r.Kind}, {"Dossiers", r.ByDossier}, {"Measures", r.ByMeasure}} {
		fmt.Fprintf(&b, "\n%s\n", t.title)
		for _, k := range slices.Sorted(maps.Keys(t.table)) {
			fmt.Fprintf(&b, "  %-32s %s\n", named(k), t.table[k])
		}
	}
	confusion(&b, "Stance: right → found", r.Confusion)
	confusion(&b, "Kind: right → found", r.KindConfusion)
	confusion(&b, "Main jurisdiction: right → found", r.MainConfusion)
	for _, label := range slices.Sorted(maps.Keys(r.Reliability)) {
		fmt.Fprintf(&b, "\nReliability of %s: confidence → how often right\n", label)
		for _, bin := range r.Reliability[label] {
			fmt.Fprintf(&b, "  %.2f → %.2f  (%d)\n", bin.Confidence, bin.Right, bin.Count)
		}
	}
	b.WriteString("\nMisses\n")
	for _, m := range r.Misses {
		fmt.Fprintf(&b, "  %s %s %s: want %s, got %s\n      %s | %s\n", m.ID, m.Lang, m.Label, named(m.Want), named(m.Got), m.Title, m.Text)
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

func confusion(b *strings.Builder, title string, table map[string]map[string]int) {
	fmt.Fprintf(b, "\n%s\n", title)
	for _, want := range slices.Sorted(maps.Keys(table)) {
		fmt.Fprintf(b, "  %-14s", named(want))
		for _, got := range slices.Sorted(maps.Keys(table[want])) {
			fmt.Fprintf(b, " %s %d", named(got), table[want][got])
		}
		b.WriteString("\n")
	}
}

func named(s string) string {
	if s == "" {
		return "(none)"
	}
	return s
}
