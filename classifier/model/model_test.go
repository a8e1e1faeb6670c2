package model_test

import (
	"bytes"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/classifier/model"
)

func trained() *model.Linear {
	examples := []model.Example{{X: []float64{1, 0}, Class: 0, Weight: 1}, {X: []float64{0, 1}, Class: 1, Weight: 1}, {X: []float64{1, 0}, Class: 0, Weight: 1}}
	return model.Train([]string{"a", "b"}, []string{"x", "y"}, model.NewLexicon(nil), examples, model.Settings{Rounds: 50, Rate: 0.3, Ridge: 0.001})
}

func TestTrainLearnsAndRepeatsItself(t *testing.T) {
	m := trained()
	if err := m.Bind([]string{"x", "y"}, model.NewLexicon(nil)); err != nil {
		t.Fatal(err)
	}
	if p := m.Probabilities(m.Scores([]float64{0, 1}, nil)); p[1] < 0.8 {
		t.Errorf("y gives %v, want b", p)
	}
	if m.Contribution([]float64{1, 0}, 0, 0) <= 0 {
		t.Error("x does not speak for a")
	}
	lexicon := model.NewLexicon(map[string]float64{"word": 1.5, "another": 0.25})
	first, err := model.Marshal(model.Set{Models: map[string]*model.Linear{"m": m}, Lexicon: lexicon})
	if err != nil {
		t.Fatal(err)
	}
	again, _ := model.Marshal(model.Set{Models: map[string]*model.Linear{"m": trained()}, Lexicon: lexicon})
	if !bytes.Equal(first, again) {
		t.Error("two trainings differ")
	}
	read, err := model.Unmarshal(first)
	if err != nil || read.Models["m"] == nil {
		t.Errorf("the models do not read back: %v", err)
	}
	if _, ok := read.Lexicon.Number([]byte("word")); !ok || len(read.Lexicon.Words()) != 2 {
		t.Errorf("the lexicon reads back as %v", read.Lexicon.Words())
	}
}

func TestBindRefusesModelsOfAnotherProgram(t *testing.T) {
	if err := trained().Bind([]string{"x"}, model.NewLexicon(nil)); err == nil {
		t.Error("a model with unknown features was taken")
	}
	if _, err := model.Unmarshal([]byte("nonsense")); err == nil {
		t.Error("nonsense was read")
	}
}

func TestCalibrateCoolsOverconfidence(t *testing.T) {
	m := trained()
	m.Calibrate([][]float64{{4, 0}, {4, 0}, {4, 0}, {4, 0}}, []int{0, 0, 0, 1})
	if m.Heat <= 1 {
		t.Errorf("heat is %v after a wrong one of four at high confidence", m.Heat)
	}
}
