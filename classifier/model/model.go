// Package model holds small linear models: a softmax over features that people
// can read. Training gives the same weights, byte for byte, on every run.
package model

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
)

// Linear is a softmax classifier. Weights are by class, then by feature.
type Linear struct {
	Classes []string             `json:"classes"`
	Bias    []float64            `json:"bias"`
	Weights map[string][]float64 `json:"weights"` // feature → weight of each class; features without weight are left out
	Words   map[string][]float64 `json:"words"`   // word → weight of each class, where the model reads words
	Heat    float64              `json:"heat"`    // what scores are divided by, so that confidences are calibrated
	dense   [][]float64          // by class, then by the number of the feature
	lexical [][]float64          // by the number of the word, then by class; nil for words that say nothing
}

// Bind prepares the model for feature vectors in the order of names and for the
// words of a lexicon. It fails where the model knows a feature that names lacks, since
// it was then trained for another program.
func (m *Linear) Bind(names []string, lexicon *Lexicon) error {
	at := make(map[string]int, len(names))
	for i, n := range names {
		at[n] = i
	}
	m.dense = make([][]float64, len(m.Classes))
	for c := range m.dense {
		m.dense[c] = make([]float64, len(names))
	}
	var problems []error
	for name, weights := range m.Weights {
		i, ok := at[name]
		if !ok || len(weights) != len(m.Classes) {
			problems = append(problems, fmt.Errorf("the model has weights for %q, which is no feature of this program: train it again", name))
			continue
		}
		for c, w := range weights {
			m.dense[c][i] = w
		}
	}
	m.lexical = make([][]float64, len(lexicon.words))
	for word, weights := range m.Words {
		n, ok := lexicon.numbers[word]
		if !ok || len(weights) != len(m.Classes) {
			problems = append(problems, fmt.Errorf("the model has weights for the word %q that do not fit: train it again", word))
			continue
		}
		m.lexical[n] = weights
	}
	if len(m.Bias) != len(m.Classes) {
		problems = append(problems, errors.New("the model has a bias for another number of classes"))
	}
	return errors.Join(problems...)
}

// Scores returns the score of each class before the softmax.
func (m *Linear) Scores(x []float64, words []Word) []float64 {
	scores := make([]float64, len(m.Classes))
	for c := range scores {
		s := m.Bias[c]
		row := m.dense[c]
		for i, v := range x {
			if v != 0 {
				s += float64(v * row[i])
			}
		}
		scores[c] = s
	}
	for _, w := range words {
		for c, weight := range m.lexical[w.Number] {
			scores[c] += float64(w.Value * weight)
		}
	}
	return scores
}

// Probabilities turns scores into probabilities, by the model's heat.
func (m *Linear) Probabilities(scores []float64) []float64 {
	heat := m.Heat
	if heat <= 0 {
		heat = 1
	}
	p := make([]float64, len(scores))
	for i, s := range scores {
		p[i] = s / heat
	}
	softmax(p)
	return p
}

// Contribution is what feature i adds to the score of class c, beyond what it
// adds to the others on average.
func (m *Linear) Contribution(x []float64, c, i int) float64 {
	mean := 0.0
	for k := range m.dense {
		mean += m.dense[k][i]
	}
	return x[i] * (m.dense[c][i] - mean/float64(len(m.dense)))
}

// WordContribution is what a word adds to the score of class c, beyond what it
// adds to the others on average.
func (m *Linear) WordContribution(w Word, c int) float64 {
	weights := m.lexical[w.Number]
	if weights == nil {
		return 0
	}
	mean := 0.0
	for _, weight := range weights {
		mean += weight
	}
	return w.Value * (weights[c] - mean/float64(len(weights)))
}

//go:norace
func softmax(s []float64) {
	top := slices.Max(s)
	sum := 0.0
	for i := range s {
		s[i] = math.Exp(s[i] - top)
		sum += s[i]
	}
	for i := range s {
		s[i] /= sum
	}
}

// Example is one vector with its words, its class and its weight in training.
type Example struct {
	X      []float64
	Words  []Word
	Class  int
	Weight float64
}

// Settings of training.
type Settings struct {
	Rounds  int     // passes over all examples
	Rate    float64 // step size of AdaGrad
	Ridge   float64 // how strongly weights are drawn to zero
	Wording float64 // how much words count beside features; 0 leaves them out
}

// Train fits a model by full passes of AdaGrad, which needs no chance.
func Train(classes, names []string, lexicon *Lexicon, examples []Example, s Settings) *Linear {
	t := trainer{classes: len(classes), dims: len(names) + 1}
	if s.Wording > 0 {
		t.dims += len(lexicon.words)
	}
	t.weights, t.squares, t.slope = make([]float64, t.classes*t.dims), make([]float64, t.classes*t.dims), make([]float64, t.classes*t.dims)
	compressed := compress(examples, len(names), s.Wording)
	for range s.Rounds {
		t.round(compressed, s)
	}
	m := &Linear{Classes: classes, Bias: t.row(t.dims-1, 1, 1000), Weights: map[string][]float64{}, Heat: 1}
	for i, n := range names {
		if row := t.row(i, 1, 1000); row != nil {
			m.Weights[n] = row
		}
	}
	if s.Wording > 0 {
		m.Words = map[string][]float64{}
		for i, w := range lexicon.words {
			if row := t.row(len(names)+i, s.Wording, 100); row != nil {
				m.Words[w] = row
			}
		}
	}
	if m.Bias == nil {
		m.Bias = make([]float64, len(classes))
	}
	return m
}

// row returns the weights of a feature by class, times a scale and rounded to parts
// of one; nil where all are zero. Rounding to few digits is enough for decisions, and
// the same on machines that differ in the last bits of their arithmetic.
func (t *trainer) row(feature int, scale, parts float64) []float64 {
	row, any := make([]float64, t.classes), false
	for c := range row {
		row[c] = math.Round(float64(t.weights[c*t.dims+feature]*scale)*parts)/parts + 0
		any = any || row[c] != 0
	}
	if !any {
		return nil
	}
	return row
}

type trainer struct {
	classes, dims           int
	weights, squares, slope []float64
}

// sparse is an example without its zeros.
type sparse struct {
	at     []int
	values []float64
	class  int
	weight float64
}

// compress numbers the words of examples after their features.
func compress(examples []Example, features int, wording float64) []sparse {
	out := make([]sparse, len(examples))
	for i, e := range examples {
		out[i].class, out[i].weight = e.Class, e.Weight
		for k, v := range e.X {
			if v != 0 {
				out[i].at, out[i].values = append(out[i].at, k), append(out[i].values, v)
			}
		}
		if wording == 0 {
			continue
		}
		for _, w := range e.Words {
			out[i].at, out[i].values = append(out[i].at, features+w.Number), append(out[i].values, float64(w.Value*wording))
		}
	}
	return out
}

// round is one pass. Race detection is left out of it, since it is nothing but arithmetic
// on the trainer's own numbers, and would take most of the time of all our tests.
//
//go:norace
func (t *trainer) round(examples []sparse, s Settings) {
	clear(t.slope)
	total := 0.0
	p := make([]float64, t.classes)
	for _, e := range examples {
		total += e.weight
		for c := range p {
			row := t.weights[c*t.dims : (c+1)*t.dims]
			sum := row[t.dims-1]
			for i, k := range e.at {
				sum += float64(e.values[i] * row[k])
			}
			p[c] = sum
		}
		softmax(p)
		p[e.class]--
		for c := range p {
			g := float64(p[c] * e.weight)
			row := t.slope[c*t.dims : (c+1)*t.dims]
			for i, k := range e.at {
				row[k] += float64(e.values[i] * g)
			}
			row[t.dims-1] += g
		}
	}
	t.step(total, s)
}

//go:norace
func (t *trainer) step(total float64, s Settings) {
	for k := range t.weights {
		g := t.slope[k] / total
		if k%t.dims != t.dims-1 {
			g += float64(s.Ridge * t.weights[k])
		}
		t.squares[k] += float64(g * g)
		if t.squares[k] > 0 {
			t.weights[k] -= float64(s.Rate*g) / math.Sqrt(t.squares[k])
		}
	}
}

// Calibrate sets the heat that makes the probabilities fit best what held-out
// scores and classes show.
func (m *Linear) Calibrate(scores [][]float64, classes []int) {
	best, loss := 1.0, math.Inf(1)
	for heat := 0.5; heat <= 4.01; heat += 0.05 {
		m.Heat = heat
		sum := 0.0
		for i, s := range scores {
			sum -= math.Log(max(m.Probabilities(s)[classes[i]], 1e-9))
		}
		if sum < loss {
			best, loss = heat, sum
		}
	}
	m.Heat = math.Round(best*100) / 100
}

// Set is what was trained together: models by name, and the lexicon of the words that
// they read.
type Set struct {
	Models  map[string]*Linear `json:"models"`
	Lexicon *Lexicon           `json:"lexicon"`
}

// Marshal writes a set always in the same bytes, with each feature and word on a line
// of its own, so that a change can be read.
func Marshal(set Set) ([]byte, error) {
	out, err := json.Marshal(set)
	if err != nil {
		return nil, fmt.Errorf("writing the models: %w", err)
	}
	return append(lineEnds.ReplaceAll(out, []byte("$1,\n\"")), '\n'), nil
}

// lineEnds are commas after weights or a rarity, before the next name.
var lineEnds = regexp.MustCompile(`([\]0-9]),"`)

// Unmarshal reads what Marshal wrote.
func Unmarshal(body []byte) (Set, error) {
	set := Set{Lexicon: NewLexicon(nil)}
	if err := json.Unmarshal(body, &set); err != nil {
		return Set{}, fmt.Errorf("reading the models: %w", err)
	}
	return set, nil
}
