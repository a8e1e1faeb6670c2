package training

import (
	"fmt"
	"strings"
)

// Report says how well the models do on texts of the corpus that they were not
// trained on.
type Report struct {
	Texts    int
	Accuracy map[string]float64 // by model
	MacroF1  map[string]float64 // by model, over the classes that the corpus has
	Classes  []ClassScore       // in the order of models and classes
}

// ClassScore is how well one class of a model is found in held-out texts.
type ClassScore struct {
	Model, Class          string
	Precision, Recall, F1 float64
	Texts                 int
}

// Summary is the report in words and figures.
func (r Report) Summary() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d texts of the corpus, each judged by models that were not trained on it (%d folds)\n", r.Texts, folds)
	model := ""
	for _, c := range r.Classes {
		if c.Model != model {
			model = c.Model
			fmt.Fprintf(&b, "%-14s accuracy %.3f  macro-F1 %.3f\n", model, r.Accuracy[model], r.MacroF1[model])
		}
		fmt.Fprintf(&b, "  %-14s F1 %.3f  precision %.3f  recall %.3f  (%d texts)\n", c.Class, c.F1, c.Precision, c.Recall, c.Texts)
	}
	return b.String()
}

// tally counts right and found of each class.
type tally struct{ right, wanted, found []int }

func newTally(classes int) *tally {
	return &tally{make([]int, classes), make([]int, classes), make([]int, classes)}
}

func (t *tally) add(want, got int) {
	t.wanted[want]++
	t.found[got]++
	if want == got {
		t.right[want]++
	}
}

func (t *tally) into(r *Report, task task) {
	sum, right, texts, classes := 0.0, 0, 0, 0
	for i, class := range task.classes {
		if t.wanted[i] == 0 {
			continue
		}
		s := ClassScore{Model: task.name, Class: class, Texts: t.wanted[i],
			Precision: float64(t.right[i]) / float64(max(t.found[i], 1)), Recall: float64(t.right[i]) / float64(t.wanted[i])}
		if s.Precision+s.Recall > 0 {
			s.F1 = 2 * s.Precision * s.Recall / (s.Precision + s.Recall)
		}
		r.Classes = append(r.Classes, s)
		sum, right, texts, classes = sum+s.F1, right+t.right[i], texts+t.wanted[i], classes+1
	}
	r.Accuracy[task.name] = float64(right) / float64(max(texts, 1))
	r.MacroF1[task.name] = sum / float64(max(classes, 1))
}
