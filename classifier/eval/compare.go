package eval

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Comparison is what changed between two versions of the classifier on the same
// texts.
type Comparison struct {
	Old     string   `json:"old"` // versions
	New     string   `json:"new"`
	Figures []Figure `json:"figures"`
	Changes []Change `json:"changes"`
}

// Figure is one figure of both.
type Figure struct {
	Name string  `json:"name"`
	Old  float64 `json:"old"`
	New  float64 `json:"new"`
}

// Change is a label of a text that only one version has right, or that both have
// wrong in different ways.
type Change struct {
	ID    string `json:"id"`
	Label string `json:"label"`
	Want  string `json:"want"`
	Old   string `json:"old"`
	New   string `json:"new"`
	Title string `json:"title"`
}

// Better reports a label that only the new version has right.
func (c Change) Better() bool { return c.New == c.Want }

// Worse reports a label that only the old version has right.
func (c Change) Worse() bool { return c.Old == c.Want }

// ReadReport reads a report that WriteJSON wrote. It fails, wrapping
// policy.ErrInvalid, where it is none.
func ReadReport(in io.Reader) (Report, error) {
	var r Report
	if err := json.NewDecoder(in).Decode(&r); err != nil {
		return Report{}, fmt.Errorf("%w: reading a report of eval: %w", policy.ErrInvalid, err)
	}
	if r.Version == "" || r.Cases == 0 {
		return Report{}, fmt.Errorf("%w: this is no report of eval: it names no version or no texts; write one with eval --json", policy.ErrInvalid)
	}
	return r, nil
}

// Compare sets two reports on the same texts side by side.
func Compare(old, next Report) Comparison {
	c := Comparison{Old: old.Version, New: next.Version}
	of := old.figures()
	for i, f := range next.figures() {
		c.Figures = append(c.Figures, Figure{f.Name, of[i].New, f.New})
	}
	was, is := old.missed(), next.missed()
	for _, m := range next.Misses {
		if before, ok := was[m.key()]; !ok || answer(before) != answer(m) {
			c.Changes = append(c.Changes, Change{m.ID, m.Label, m.Want, orRight(before, ok, m.Want), answer(m), m.Title})
		}
	}
	for _, m := range old.Misses {
		if _, ok := is[m.key()]; !ok {
			c.Changes = append(c.Changes, Change{m.ID, m.Label, m.Want, answer(m), m.Want, m.Title})
		}
	}
	return c
}

func orRight(m Miss, missed bool, want string) string {
	if missed {
		return answer(m)
	}
	return want
}

// answer is what a version said, without its confidence.
func answer(m Miss) string {
	said, _, _ := strings.Cut(m.Got, " (")
	return said
}

func (m Miss) key() [2]string { return [2]string{m.ID, m.Label} }

func (r Report) missed() map[[2]string]Miss {
	out := map[[2]string]Miss{}
	for _, m := range r.Misses {
		out[m.key()] = m
	}
	return out
}

// figures are the figures that versions are compared by, in New.
func (r Report) figures() []Figure {
	return []Figure{
		{Name: "texts", New: float64(r.Cases)},
		{Name: "relevance F1", New: r.Relevance.F1}, {Name: "relevance precision", New: r.Relevance.Precision}, {Name: "relevance recall", New: r.Relevance.Recall},
		{Name: "main jurisdiction", New: r.Main}, {Name: "jurisdictions exact", New: r.Exact}, {Name: "jurisdictions F1", New: r.Jurisdictions.F1},
		{Name: "stance macro-F1", New: r.StanceMacroF1}, {Name: "kind accuracy", New: r.KindAccuracy}, {Name: "kind accuracy, relevant", New: r.KindRelevant},
		{Name: "dossiers F1", New: r.Dossiers.F1}, {Name: "measures F1", New: r.Measures.F1}, {Name: "events F1", New: r.Events.F1},
		{Name: "calibration error relevance", New: r.Calibration["relevance"]}, {Name: "calibration error stance", New: r.Calibration["stance"]},
		{Name: "calibration error kind", New: r.Calibration["kind"]}, {Name: "calibration error places", New: r.Calibration["jurisdiction"]},
	}
}

// WriteText writes the comparison for people.
func (c Comparison) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "old: classifier %s\nnew: classifier %s\n\n%-30s %8s %8s %8s\n", c.Old, c.New, "", "old", "new", "change")
	for _, f := range c.Figures {
		fmt.Fprintf(&b, "%-30s %8.3f %8.3f %+8.3f\n", f.Name, f.Old, f.New, f.New-f.Old)
	}
	better, worse := 0, 0
	var lines strings.Builder
	for _, change := range c.Changes {
		sign := "differently wrong"
		switch {
		case change.Better():
			sign, better = "better", better+1
		case change.Worse():
			sign, worse = "worse", worse+1
		}
		fmt.Fprintf(&lines, "  %-17s %s %s: right is %s, was %s, is %s\n      %s\n", sign, change.ID, change.Label, named(change.Want), named(change.Old), named(change.New), change.Title)
	}
	fmt.Fprintf(&b, "\nJudgements changed: %d better, %d worse, %d differently wrong\n%s", better, worse, len(c.Changes)-better-worse, lines.String())
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("writing the comparison: %w", err)
	}
	return nil
}

// WriteJSON writes the comparison as one JSON object.
func (c Comparison) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	if err := e.Encode(c); err != nil {
		return fmt.Errorf("writing the comparison: %w", err)
	}
	return nil
}
