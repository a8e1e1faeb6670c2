package eval

import (
	"fmt"
	"slices"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Score is how well one label, or one sort of label, was found.
type Score struct {
	Right     int     `json:"right"`     // found and right
	Wrong     int     `json:"wrong"`     // found and not right
	Missed    int     `json:"missed"`    // right and not found
	Precision float64 `json:"precision"` // of those found, how many are right
	Recall    float64 `json:"recall"`    // of those right, how many were found
	F1        float64 `json:"f1"`
}

func (s *Score) settle() {
	s.Precision, s.Recall = share(s.Right, s.Right+s.Wrong), share(s.Right, s.Right+s.Missed)
	if s.Precision+s.Recall > 0 {
		s.F1 = 2 * s.Precision * s.Recall / (s.Precision + s.Recall)
	}
}

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// Miss is a label that came out wrong.
type Miss struct {
	ID    string `json:"id"`
	Lang  string `json:"lang"`
	Label string `json:"label"`
	Want  string `json:"want"`
	Got   string `json:"got"`
	Title string `json:"title"`
	Text  string `json:"text"` // its beginning
}

// Bin is one step of the reliability of a confidence.
type Bin struct {
	From       float64 `json:"from"`
	Count      int     `json:"count"`
	Confidence float64 `json:"confidence"` // on average
	Right      float64 `json:"right"`      // how often it was right
}

// Report is what eval found.
type Report struct {
	Version       string                    `json:"version"`
	Cases         int                       `json:"cases"`
	BytesPerSec   float64                   `json:"bytes_per_second"`
	Relevance     Score                     `json:"relevance"`
	ByLanguage    map[string]*Language      `json:"by_language"`
	Stance        map[string]Score          `json:"stance"`          // on relevant texts
	StanceMacroF1 float64                   `json:"stance_macro_f1"` // over protects, weakens and neutral
	Kind          map[string]Score          `json:"kind"`
	KindAccuracy  float64                   `json:"kind_accuracy"`
	KindRelevant  float64                   `json:"kind_accuracy_relevant"`
	Jurisdictions Score                     `json:"jurisdictions"` // micro
	Main          float64                   `json:"main_jurisdiction_accuracy"`
	Exact         float64                   `json:"jurisdictions_exact"`
	Dossiers      Score                     `json:"dossiers"` // micro
	ByDossier     map[string]Score          `json:"by_dossier"`
	Measures      Score                     `json:"measures"` // micro
	ByMeasure     map[string]Score          `json:"by_measure"`
	Events        Score                     `json:"events"`
	Calibration   map[string]float64        `json:"calibration_error"` // expected calibration error by label
	Reliability   map[string][]Bin          `json:"reliability"`
	Confusion     map[string]map[string]int `json:"stance_confusion"` // right → found → count
	KindConfusion map[string]map[string]int `json:"kind_confusion"`
	MainConfusion map[string]map[string]int `json:"main_jurisdiction_confusion"`
	Misses        []Miss                    `json:"misses"`
}

type outcome struct {
	confidence float64
	right      bool
}

type measuring struct {
	r                   Report
	bytes               int
	seconds             float64
	total               Language // all languages together
	places, exact       int
	relKinds, relRights int
	outcomes            map[string][]outcome
}

func newMeasuring(version string) *measuring {
	return &measuring{r: Report{Version: version, ByLanguage: map[string]*Language{}, Stance: map[string]Score{}, Kind: map[string]Score{}, ByDossier: map[string]Score{},
		ByMeasure: map[string]Score{}, Calibration: map[string]float64{}, Reliability: map[string][]Bin{}, Confusion: map[string]map[string]int{},
		KindConfusion: map[string]map[string]int{}, MainConfusion: map[string]map[string]int{}}, outcomes: map[string][]outcome{}}
}

func (m *measuring) miss(c Case, label, want, got string) {
	text := []rune(strings.Join(strings.Fields(c.Text), " "))
	m.r.Misses = append(m.r.Misses, Miss{c.ID, c.Lang, label, want, got, c.Title, string(text[:min(len(text), 200)])})
}

func (m *measuring) add(c Case, t policy.Tags) {
	l := c.Labels
	m.language(c.Lang).add(l, t)
	m.total.add(l, t)
	relevant := l.Relevant != nil && *l.Relevant
	if l.Relevant != nil {
		m.relevance(c, t, relevant)
	}
	if l.Kind != nil {
		m.kind(c, t, relevant)
	}
	if relevant && l.Stance != nil && *l.Stance != "none" {
		m.stance(c, t)
	}
	if relevant && l.Jurisdictions != nil {
		m.jurisdictions(c, t)
	}
	if l.Dossiers != nil {
		m.set(c, "dossier", m.r.ByDossier, *l.Dossiers, values(t.Dossiers))
	}
	if l.Measures != nil {
		m.set(c, "measure", m.r.ByMeasure, *l.Measures, values(t.Measures))
	}
	if l.Event != nil {
		m.event(c, t)
	}
}

func (m *measuring) relevance(c Case, t policy.Tags, want bool) {
	m.outcomes["relevance"] = append(m.outcomes["relevance"], outcome{t.Relevant.Confidence, want == t.IsRelevant()})
	if want != t.IsRelevant() {
		m.miss(c, "relevant", fmt.Sprint(want), fmt.Sprintf("%v (%.2f)", t.IsRelevant(), t.Relevant.Confidence))
	}
}

func tally(s *Score, want, got bool) {
	switch {
	case want && got:
		s.Right++
	case got:
		s.Wrong++
	case want:
		s.Missed++
	}
}

// choose counts a label of which a text has one; "" is none.
func (s *Score) choose(want, got string) {
	switch {
	case want == got && want != "":
		s.Right++
	case want != got:
		if got != "" {
			s.Wrong++
		}
		if want != "" {
			s.Missed++
		}
	}
}

// among counts labels of which a text may have several.
func (s *Score) among(want, got []string) {
	for _, v := range want {
		tally(s, true, slices.Contains(got, v))
	}
	for _, v := range got {
		if !slices.Contains(want, v) {
			s.Wrong++
		}
	}
}

func (m *measuring) kind(c Case, t policy.Tags, relevant bool) {
	want, got := *c.Labels.Kind, t.Kind.Value
	if want != got {
		m.miss(c, "kind", want, got)
	}
	if relevant {
		m.relKinds++
		if want == got {
			m.relRights++
		}
	}
	confuse(m.r.Kind, m.r.KindConfusion, want, got)
	m.outcomes["kind"] = append(m.outcomes["kind"], outcome{t.Kind.Confidence, want == got})
}

func confuse(scores map[string]Score, table map[string]map[string]int, want, got string) {
	if table[want] == nil {
		table[want] = map[string]int{}
	}
	table[want][got]++
	w := scores[want]
	if want == got {
		w.Right++
		scores[want] = w
		return
	}
	w.Missed++
	scores[want] = w
	if got != "" {
		g := scores[got]
		g.Wrong++
		scores[got] = g
	}
}

func (m *measuring) stance(c Case, t policy.Tags) {
	want, got := *c.Labels.Stance, t.Stance.Value
	confuse(m.r.Stance, m.r.Confusion, want, got)
	if got != "" {
		m.outcomes["stance"] = append(m.outcomes["stance"], outcome{t.Stance.Confidence, want == got})
	}
	if want != got {
		m.miss(c, "stance", want, fmt.Sprintf("%s (%.2f)", got, t.Stance.Confidence))
	}
}

func (m *measuring) jurisdictions(c Case, t policy.Tags) {
	want, got := *c.Labels.Jurisdictions, values(t.Jurisdictions)
	m.places++
	confuse(map[string]Score{}, m.r.MainConfusion, first(want), first(got))
	if slices.Equal(sorted(want), sorted(got)) {
		m.exact++
	}
	for _, tag := range t.Jurisdictions {
		m.outcomes["jurisdiction"] = append(m.outcomes["jurisdiction"], outcome{tag.Confidence, slices.Contains(want, tag.Value)})
	}
	m.set(c, "jurisdiction", nil, want, got)
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

func (m *measuring) set(c Case, label string, by map[string]Score, want, got []string) {
	for _, v := range union(want, got) {
		if by != nil {
			one := by[v]
			tally(&one, slices.Contains(want, v), slices.Contains(got, v))
			by[v] = one
		}
	}
	if !slices.Equal(sorted(want), sorted(got)) {
		m.miss(c, label, strings.Join(want, " "), strings.Join(got, " "))
	}
}

func union(a, b []string) []string {
	return slices.Compact(sorted(slices.Concat(a, b)))
}

func (m *measuring) event(c Case, t policy.Tags) {
	want, got := *c.Labels.Event, t.Event.Value
	if want != got {
		m.miss(c, "event", want, got)
	}
}

func (m *measuring) report(cases int) Report {
	r := &m.r
	r.Cases = cases
	if m.seconds > 0 {
		r.BytesPerSec = float64(m.bytes) / m.seconds
	}
	m.total.settle()
	r.Relevance, r.Jurisdictions, r.Dossiers, r.Measures, r.Events = m.total.Relevance, m.total.Jurisdictions, m.total.Dossiers, m.total.Measures, m.total.Events
	for _, table := range []map[string]Score{r.Stance, r.Kind, r.ByDossier, r.ByMeasure} {
		for k, s := range table {
			s.settle()
			table[k] = s
		}
	}
	for _, l := range r.ByLanguage {
		l.settle()
	}
	r.StanceMacroF1 = (r.Stance["protects"].F1 + r.Stance["weakens"].F1 + r.Stance["neutral"].F1) / 3
	r.KindAccuracy, r.KindRelevant = m.total.Kind.Recall, share(m.relRights, m.relKinds)
	r.Main, r.Exact = share(m.total.Main.Right, m.places), share(m.exact, m.places)
	for label, list := range m.outcomes {
		r.Reliability[label], r.Calibration[label] = reliability(list)
	}
	return *r
}

// reliability puts confidences into ten bins and returns them with the expected
// calibration error.
func reliability(list []outcome) ([]Bin, float64) {
	bins := make([]Bin, 10)
	rights := make([]int, 10)
	for _, o := range list {
		b := min(int(o.confidence*10), 9)
		bins[b].Count++
		bins[b].Confidence += o.confidence
		if o.right {
			rights[b]++
		}
	}
	failure := 0.0
	var out []Bin
	for i, b := range bins {
		if b.Count == 0 {
			continue
		}
		b.From, b.Right = float64(i)/10, share(rights[i], b.Count)
		b.Confidence /= float64(b.Count)
		failure += abs(b.Confidence-b.Right) * float64(b.Count) / float64(len(list))
		out = append(out, b)
	}
	return out, failure
}

func abs(x float64) float64 {
	if x < 0 {
		return -x
	}
	return x
}
