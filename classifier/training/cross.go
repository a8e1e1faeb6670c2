package training

import (
	"crypto/sha256"
	"fmt"

	"github.com/backdoorwatch/backdoorwatch/classifier"
	"github.com/backdoorwatch/backdoorwatch/classifier/corpus"
	"github.com/backdoorwatch/backdoorwatch/classifier/eval"
	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Parts is how many parts Cross divides the labelled texts into.
const Parts = 5

// Cross judges each labelled text by models that were trained on the corpus and on
// the other parts of the labelled texts, never on itself. Beside the figures of the
// embedded models, which saw none of these texts, it shows what more real texts would
// teach them. It measures the models alone: vocabulary and rules are the same in both.
func Cross(base *knowledge.Base, cases []eval.Case) (eval.Report, error) {
	own, err := corpusSamples(base)
	if err != nil {
		return eval.Report{}, err
	}
	var judges [Parts]*classifier.Classifier
	for part := range judges {
		if judges[part], err = without(base, own, cases, part); err != nil {
			return eval.Report{}, fmt.Errorf("training without part %d: %w", part+1, err)
		}
	}
	version := fmt.Sprintf("cross-validated in %d parts", Parts)
	return eval.MeasureEach(version, cases, func(one eval.Case) policy.Tags { return judges[partOf(one)].Classify(one.Document()) }), nil
}

// partOf depends on the id alone, so that a new text moves no other.
func partOf(one eval.Case) int { return int(sha256.Sum256([]byte(one.ID))[1]) % Parts }

// without returns a classifier whose models saw the corpus and all labelled texts
// but those of one part.
func without(base *knowledge.Base, own []sample, cases []eval.Case, part int) (*classifier.Classifier, error) {
	c, err := classifier.Untrained(base)
	if err != nil {
		return nil, err
	}
	samples := append([]sample{}, own...)
	for i, one := range cases {
		if text, ok := textOf(one); ok && partOf(one) != part {
			samples = append(samples, newSample(c, text, one.Document(), i%folds, 1))
		}
	}
	weights, _, err := fit(samples, 1) // one fold is enough to calibrate
	if err != nil {
		return nil, err
	}
	return c, c.Use(weights)
}

// textOf returns a labelled text as one to train on, unless nobody decided its
// stance: then it cannot be told what it shows.
func textOf(one eval.Case) (corpus.Text, bool) {
	l := one.Labels
	if l.Relevant == nil || *l.Relevant && (l.Stance == nil || !policy.Stances.Has(policy.Stance(*l.Stance))) {
		return corpus.Text{}, false
	}
	text := corpus.Text{Where: one.ID, Title: one.Title, Text: one.Text}
	if *l.Relevant {
		text.Stance = policy.Stance(*l.Stance)
	}
	if l.Kind != nil {
		text.Kind = policy.Kind(*l.Kind)
	}
	return text, true
}
