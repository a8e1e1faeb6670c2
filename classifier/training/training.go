// Package training fits the classifier's models to the corpus. The same corpus,
// vocabulary and record give the same weights, byte for byte.
package training

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/classifier"
	"github.com/backdoorwatch/backdoorwatch/classifier/corpus"
	"github.com/backdoorwatch/backdoorwatch/classifier/model"
	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// folds of the cross-validation that calibrates and measures.
const folds = 4

// joined is how many texts make up a long one, see lengthen.
const joined = 4

// task is one model to train: its classes, and the class of a text (-1 is none).
type task struct {
	name     string
	classes  []string
	of       func(corpus.Text) int
	settings model.Settings
	blind    []string // groups that it must not learn from: they say nothing of it but by chance
	sees     []string // where given, the only groups that it may learn from
	gated    bool     // whether the program asks it only of texts that touch the subject
}

// topics are the groups of what a text is about; they do not show whose side it
// takes or what kind of document it is.
var topics = []string{"encryption", "e2ee", "backdoor", "scanning", "access", "hacking", "keys", "retention", "interception", "traceability", "licensing",
	"ban", "age", "vpnban", "right", "protection", "mandate", "export", "messenger", "vpn", "currency"}

// voices are the groups that show whose side a text takes.
var voices = []string{"pro", "con", "loaded", "oppose", "support", "report", "first", "modal", "campaign", "speech", "opinion", "corporate", "dateline", "statute", "ruling",
	"research", "consultation", "crime", "rights", "surveillance", "break"}

// aboutTopic are the single features that say what a text is about.
var aboutTopic = []string{"policy in one sentence", "policy with ciphers in one sentence", "policy in the title", "share of core sentences", "core in the lead",
	"named dossiers", "named dossier in the lead", "official id", "core in the title"}

// aboutForm are the single features that say how a text is built.
var aboutForm = []string{"stages", "length", "short", "links", "digits", "questions", "title length", "signs of code"}

// hides reports whether the task must not learn from a feature.
func (t task) hides(feature string) bool {
	_, group, ok := strings.Cut(feature, ":")
	if !ok {
		return t.name != "relevance" && slices.Contains(aboutTopic, feature) || t.name == "stance" && slices.Contains(aboutForm, feature)
	}
	return slices.Contains(t.blind, group) || len(t.sees) > 0 && !slices.Contains(t.sees, group)
}

func tasks() []task {
	kinds, stances := words(policy.Kinds), words(policy.Stances)
	return []task{
		{"relevance", []string{"no", "yes"}, func(t corpus.Text) int {
			if t.Relevant() {
				return 1
			}
			return 0
		}, model.Settings{Rounds: 200, Rate: 0.2, Ridge: 0.0008}, []string{"negation", "first", "loaded", "opinion", "you", "modal"}, nil, true},
		{"kind", kinds, func(t corpus.Text) int { return at(kinds, string(t.Kind)) }, model.Settings{Rounds: 200, Rate: 0.2, Ridge: 0.004, Wording: 6}, topics, nil, false},
		{"stance", stances, func(t corpus.Text) int { return at(stances, string(t.Stance)) }, model.Settings{Rounds: 200, Rate: 0.2, Ridge: 0.01, Wording: 6}, nil, voices, false},
	}
}

func words[T ~string](l policy.List[T]) []string {
	var out []string
	for _, v := range l.Values() {
		out = append(out, string(v))
	}
	return out
}

func at(list []string, value string) int {
	for i, v := range list {
		if v == value {
			return i
		}
	}
	return -1
}

// sample is a text with its features.
type sample struct {
	text    corpus.Text
	x       []float64
	said    []string     // its words, as classifier.Words gives them
	words   []model.Word // … by the lexicon
	touches bool         // whether it has a word of the subject
	fold    int
	weight  float64
}

// Train returns the models for classifier.Use.
func Train(base *knowledge.Base) ([]byte, Report, error) {
	samples, err := corpusSamples(base)
	if err != nil {
		return nil, Report{}, err
	}
	return fit(samples, folds)
}

// corpusSamples are the texts of the corpus with their features.
func corpusSamples(base *knowledge.Base) ([]sample, error) {
	c, err := classifier.Untrained(base)
	if err != nil {
		return nil, err
	}
	texts, err := corpus.Load()
	if err != nil {
		return nil, err
	}
	return features(c, texts), nil
}

// fit trains all models. The first folds are held out in turn, to calibrate and to
// measure.
func fit(samples []sample, held int) ([]byte, Report, error) {
	models := map[string]*model.Linear{}
	report := Report{Accuracy: map[string]float64{}, MacroF1: map[string]float64{}}
	for _, s := range samples {
		if s.weight == 1 {
			report.Texts++
		}
	}
	lexicon := weighWords(samples)
	for _, t := range tasks() {
		m, counted, err := t.train(samples, lexicon, held)
		if err != nil {
			return nil, Report{}, fmt.Errorf("training %s: %w", t.name, err)
		}
		models[t.name] = m
		counted.into(&report, t)
	}
	body, err := model.Marshal(model.Set{Models: models, Lexicon: lexicon})
	return body, report, err
}

func newSample(c *classifier.Classifier, t corpus.Text, doc policy.Document, fold int, weight float64) sample {
	return sample{text: t, x: c.Features(doc), said: c.Words(doc), touches: c.Touches(doc), fold: fold, weight: weight}
}

// rareWord is in how many texts a word must occur to be learnt.
const rareWord = 3

// weighWords gives each sample its words by the lexicon of those that are not rare.
func weighWords(samples []sample) *model.Lexicon {
	texts := map[string]int{}
	all := 0
	for _, s := range samples {
		if s.weight < 1 {
			continue // made of the others
		}
		all++
		for _, word := range slices.Compact(slices.Sorted(slices.Values(s.said))) {
			texts[word]++
		}
	}
	maps.DeleteFunc(texts, func(_ string, n int) bool { return n < rareWord })
	rarity := make(map[string]float64, len(texts))
	for word, n := range texts {
		rarity[word] = model.Rarity(n, all)
	}
	lexicon := model.NewLexicon(rarity)
	for i := range samples {
		samples[i].words = inLexicon(lexicon, samples[i].said)
	}
	return lexicon
}

func inLexicon(lexicon *model.Lexicon, said []string) []model.Word {
	counts := map[int]int{}
	strange := 0
	for _, word := range said {
		if n, ok := lexicon.Number([]byte(word)); ok {
			counts[n]++
		} else {
			strange++
		}
	}
	numbers := slices.Sorted(maps.Keys(counts))
	times := make([]int, len(numbers))
	for i, n := range numbers {
		times[i] = counts[n]
	}
	return lexicon.Weigh(numbers, times, strange)
}

func features(c *classifier.Classifier, texts []corpus.Text) []sample {
	var out []sample
	for i, t := range texts {
		out = append(out, newSample(c, t, t.Document(), i%folds, 1))
	}
	for i, t := range lengthen(texts) {
		out = append(out, newSample(c, t, t.Document(), i%folds, 0.6))
	}
	return out
}

// longEnough is from how many bytes a text is long by itself.
const longEnough = 800

// lengthen makes a long text of each short one, from those of the same file, stance
// and kind after it, so that the models do not mistake length for meaning. The title
// and fold are those of the first. What is long already stays as it is.
func lengthen(texts []corpus.Text) []corpus.Text {
	out := make([]corpus.Text, len(texts))
	for i, t := range texts {
		file, _, _ := strings.Cut(t.Where, ":")
		body := []string{t.Text}
		for step := folds; step < len(texts) && len(body) < joined && len(t.Text) < longEnough; step += folds {
			o := texts[(i+step)%len(texts)] // of the same fold, so that nothing leaks into the test
			other, _, _ := strings.Cut(o.Where, ":")
			if other == file && o.Stance == t.Stance && o.Kind == t.Kind {
				body = append(body, o.Text)
			}
		}
		t.Text = strings.Join(body, "\n\n")
		out[i] = t
	}
	return out
}

func (t task) train(samples []sample, lexicon *model.Lexicon, held int) (*model.Linear, *tally, error) {
	names := classifier.FeatureNames()
	samples = t.blinded(samples, names)
	var scores [][]float64
	var classes []int
	counted := newTally(len(t.classes))
	for fold := range held {
		m := model.Train(t.classes, names, lexicon, t.examples(samples, func(s sample) bool { return s.fold != fold }), t.settings)
		if err := m.Bind(names, lexicon); err != nil {
			return nil, nil, err
		}
		for _, s := range samples {
			class := t.of(s.text)
			if s.fold != fold || s.weight < 1 || class < 0 {
				continue
			}
			if !t.asked(s) {
				counted.add(class, 0)
				continue
			}
			found := m.Scores(s.x, s.words)
			scores, classes = append(scores, found), append(classes, class)
			counted.add(class, best(found))
		}
	}
	m := model.Train(t.classes, names, lexicon, t.examples(samples, func(sample) bool { return true }), t.settings)
	m.Calibrate(scores, classes)
	return m, counted, nil
}

// asked reports whether the program asks this model of a text. A text that no word
// of the subject is in is not relevant, whatever the model says: to learn from it
// would only teach that no evidence is evidence.
func (t task) asked(s sample) bool { return s.touches || !t.gated }

// blinded returns the samples without the features that the task must not see.
func (t task) blinded(samples []sample, names []string) []sample {
	out := slices.Clone(samples)
	for i := range out {
		out[i].x = slices.Clone(out[i].x)
		for k, n := range names {
			if t.hides(n) {
				out[i].x[k] = 0
			}
		}
	}
	return out
}

// examples are the samples that the task learns from. Classes are not made alike in
// weight: how often a kind of document occurs is a part of what there is to learn.
func (t task) examples(samples []sample, keep func(sample) bool) []model.Example {
	var out []model.Example
	for _, s := range samples {
		if class := t.of(s.text); class >= 0 && keep(s) {
			out = append(out, model.Example{X: s.x, Words: s.words, Class: class, Weight: s.weight})
		}
	}
	return out
}

func best(scores []float64) int {
	b := 0
	for i := range scores {
		if scores[i] > scores[b] {
			b = i
		}
	}
	return b
}
