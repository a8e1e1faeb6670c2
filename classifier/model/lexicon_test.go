package model_test

import (
	"math"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/classifier/model"
)

func TestWeighGivesEachDocumentTheSameLength(t *testing.T) {
	even := model.NewLexicon(map[string]float64{"a": 2, "b": 2})
	for _, c := range []struct {
		name            string
		counts          []int
		strange         int
		first, together float64 // value of the first word, length of all
	}{
		{"one word", []int{1}, 0, 1, 1},
		{"two alike", []int{1, 1}, 0, math.Sqrt(0.5), 1},
		{"half of the words are strange", []int{1}, 1, 1 / math.Sqrt(1+0.7*0.7), 1 / math.Sqrt(1+0.7*0.7)},
		{"often is more, but not in proportion", []int{3, 1}, 0, 2 / math.Sqrt(5), 1},
	} {
		numbers := make([]int, len(c.counts))
		for i := range numbers {
			numbers[i] = i
		}
		words, sum := even.Weigh(numbers, c.counts, c.strange), 0.0
		for _, w := range words {
			sum += w.Value * w.Value
		}
		if math.Abs(words[0].Value-c.first) > 1e-9 || math.Abs(math.Sqrt(sum)-c.together) > 1e-9 {
			t.Errorf("%s: first %v, together %v; want %v and %v", c.name, words[0].Value, math.Sqrt(sum), c.first, c.together)
		}
	}
	rare := model.NewLexicon(map[string]float64{"a": 1, "b": 3})
	if w := rare.Weigh([]int{0, 1}, []int{1, 1}, 0); math.Abs(w[1].Value-3*w[0].Value) > 1e-9 {
		t.Errorf("a word three times as rare weighs %v beside %v", w[1].Value, w[0].Value)
	}
	if got := even.Weigh(nil, nil, 0); len(got) != 0 {
		t.Errorf("no words give %v", got)
	}
}

func TestRarity(t *testing.T) {
	if common, rare := model.Rarity(500, 1000), model.Rarity(3, 1000); common != 0.69 || rare != 5.52 {
		t.Errorf("rarity of a word of 500 and of 3 in 1,000 texts: %v and %v", common, rare)
	}
}

func TestLexiconNumbersEachWordOnce(t *testing.T) {
	l := model.NewLexicon(map[string]float64{"b": 1, "a": 2})
	if n, ok := l.Number([]byte("b")); !ok || n != 1 || len(l.Words()) != 2 {
		t.Errorf("b has number %d (%v) of %d words", n, ok, len(l.Words()))
	}
	if _, ok := l.Number([]byte("c")); ok {
		t.Error("an unknown word has a number")
	}
}

func TestWordsDecideWhereFeaturesAreSilent(t *testing.T) {
	l := model.NewLexicon(map[string]float64{"said": 1, "must": 1})
	said, _ := l.Number([]byte("said"))
	must, _ := l.Number([]byte("must"))
	example := func(word, class int) model.Example {
		return model.Example{X: []float64{1}, Words: []model.Word{{Number: word, Value: 1}}, Class: class, Weight: 1}
	}
	examples := []model.Example{example(said, 0), example(must, 1)}
	m := model.Train([]string{"news", "opinion"}, []string{"x"}, l, examples, model.Settings{Rounds: 50, Rate: 0.3, Ridge: 0.001, Wording: 2})
	if err := m.Bind([]string{"x"}, l); err != nil {
		t.Fatal(err)
	}
	word := model.Word{Number: must, Value: 1}
	if p := m.Probabilities(m.Scores([]float64{1}, []model.Word{word})); p[1] < 0.8 {
		t.Errorf("must gives %v, want opinion", p)
	}
	if m.WordContribution(word, 1) <= 0 || m.WordContribution(word, 0) >= 0 {
		t.Error("must does not speak for opinion, against news")
	}
	if err := m.Bind([]string{"x"}, model.NewLexicon(map[string]float64{"said": 1})); err == nil {
		t.Error("a lexicon without one of its words was taken")
	}
}
