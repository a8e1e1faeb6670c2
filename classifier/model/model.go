// Package model holds small linear models: a softmax over features that people
// can read. Training gives the same weights, byte for byte, on every run.
package model

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
)

// Linear is a softmax classifier. Weights are by class, then by feature.
type Linear struct {
	Classes []string             `json:"classes"`
	Bias    []float64            `json:"bias"`
	Weights map[string][]float64 `json:"weights"` // feature → weight of each class; features without weight are left out
	Heat    float64              `json:"heat"`    // what scores are divided by, so that confidences are calibrated
	dense   [][]float64          // by class, then by the number of the feature
}

// Bind prepares the model for feature vectors in the order of names. It fails
// where the model knows a feature that names lacks, since it was then trained for
// another program.
func (m *Linear) Bind(names []string) error {
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
	if len(m.Bias) != len(m.Classes) {
		problems = append(problems, errors.New("the model has a bias for another number of classes"))
	}
	return errors.Join(problems...)
}

// Scores returns the score of each class before the softmax.
func (m *Linear) Scores(x []float64) []float64 {
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

// Example is one vector with its class and its weight in training.
type Example struct {
	X      []float64
	Class  int
	Weight float64
}

// Settings of training.
type Settings struct {
	Rounds int     // passes over all examples
	Rate   float64 // step size of AdaGrad
	Ridge  float64 // how strongly weights are drawn to zero
}

// Train fits a model by full passes of AdaGrad, which needs no chance.
func Train(classes, names []string, examples []Example, s Settings) *Linear {
	t := trainer{classes: len(classes), dims: len(names) + 1}
	t.weights, t.squares, t.slope = make([]float64, t.classes*t.dims), make([]float64, t.classes*t.dims), make([]float64, t.classes*t.dims)
	compressed := compress(examples)
	for range s.Rounds {
		t.round(compressed, s)
	}
	m := &Linear{Classes: classes, Bias: make([]float64, t.classes), Weights: map[string][]float64{}, Heat: 1}
	for c := range classes {
		m.Bias[c] = rounded(t.weights[c*t.dims+t.dims-1])
	}
	for i, n := range names {
		row, any := make([]float64, t.classes), false
		for c := range classes {
			row[c] = rounded(t.weights[c*t.dims+i])
			any = any || row[c] != 0
		}
		if any {
			m.Weights[n] = row
		}
	}
	return m
}

// rounded keeps three decimals: enough for decisions, and the same on machines
// that differ in the last bits of their arithmetic.
func rounded(w float64) float64 { return math.Round(w*1000)/1000 + 0 }

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

func compress(examples []Example) []sparse {
	out := make([]sparse, len(examples))
	for i, e := range examples {
		out[i].class, out[i].weight = e.Class, e.Weight
		for k, v := range e.X {
			if v != 0 {
				out[i].at, out[i].values = append(out[i].at, k), append(out[i].values, v)
			}
		}
	}
	return out
}

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

// Marshal writes models by name, always in the same bytes.
func Marshal(models map[string]*Linear) ([]byte, error) {
	out, err := json.MarshalIndent(models, "", " ")
	if err != nil {
		return nil, fmt.Errorf("writing the models: %w", err)
	}
	return append(out, '\n'), nil
}

// Unmarshal reads what Marshal wrote.
func Unmarshal(body []byte) (map[string]*Linear, error) {
	var models map[string]*Linear
	if err := json.Unmarshal(body, &models); err != nil {
		return nil, fmt.Errorf("reading the models: %w", err)
	}
	return models, nil
}
