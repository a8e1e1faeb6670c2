package eval_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/classifier/eval"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// fake answers by title.
type fake map[string]policy.Tags

func (f fake) Classify(d policy.Document) policy.Tags { return f[d.Title] }
func (f fake) Version() string                        { return "fake" }

func tag(v string) policy.Tag { return policy.Tag{Value: v, Confidence: 0.9} }

const cases = `{"id":"1","lang":"en","title":"a","text":"x","date":"2025-04-01","labels":{"relevant":true,"jurisdictions":["FR","EU"],"stance":"protects","kind":"news","dossiers":["d1"],"measures":["m1"],"event":"passed"}}
{"id":"2","lang":"de","title":"b","text":"y","labels":{"relevant":false,"jurisdictions":[],"stance":"none","kind":"other","dossiers":[],"measures":[],"event":""}}
{"id":"3","lang":"de","title":"c","text":"z","labels":{"relevant":true,"jurisdictions":["DE"],"stance":"weakens","kind":"official","dossiers":null,"measures":null,"event":null}}
`

func report(t *testing.T) eval.Report {
	t.Helper()
	r, err := eval.Run(fake{
		"a": {Relevant: tag("yes"), Stance: tag("neutral"), Kind: tag("news"), Jurisdictions: []policy.Tag{tag("FR")}, Dossiers: []policy.Tag{tag("d1"), tag("d2")}, Event: tag("passed")},
		"b": {Relevant: tag("yes"), Kind: tag("news")},
		"c": {Relevant: tag("yes"), Stance: tag("weakens"), Kind: tag("official"), Jurisdictions: []policy.Tag{tag("DE")}, Dossiers: []policy.Tag{tag("d9")}},
	}, strings.NewReader(cases))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestFiguresLeaveOutWhatNobodyRead(t *testing.T) {
	r := report(t)
	if r.Relevance.Right != 2 || r.Relevance.Wrong != 1 || r.Relevance.Missed != 0 {
		t.Errorf("relevance %+v", r.Relevance)
	}
	if r.Dossiers.Right != 1 || r.Dossiers.Wrong != 1 || r.Dossiers.Missed != 0 {
		t.Errorf("dossiers %+v: the null of the third text counts", r.Dossiers)
	}
	if r.Measures.Missed != 1 || r.Events.Right != 1 {
		t.Errorf("measures %+v, events %+v", r.Measures, r.Events)
	}
	if r.Main != 1 || r.Exact != 0.5 || r.Jurisdictions.Missed != 1 {
		t.Errorf("jurisdictions main %v exact %v %+v", r.Main, r.Exact, r.Jurisdictions)
	}
	if want := (0.0 + 1 + 0) / 3; r.StanceMacroF1 != want {
		t.Errorf("stance macro-F1 %v, want %v", r.StanceMacroF1, want)
	}
	if got := r.ByDossier["d1"].Right; got != 1 {
		t.Errorf("dossier d1 is right %d times", got)
	}
	if e := r.Calibration["kind"]; e < 0.2 || e > 0.3 {
		t.Errorf("calibration error of kind %v: two of three are right at 0.9", e)
	}
}

func TestFiguresByLanguage(t *testing.T) {
	r := report(t)
	de, en := r.ByLanguage["de"], r.ByLanguage["en"]
	if de.Texts != 2 || de.Relevance.Right != 1 || de.Relevance.Wrong != 1 || de.Kind.Right != 1 || de.Kind.Missed != 1 || de.Main.F1 != 1 {
		t.Errorf("German %+v", de)
	}
	if de.Dossiers != (eval.Score{}) {
		t.Errorf("German dossiers %+v: nobody decided them but for a text that has none", de.Dossiers)
	}
	if en.Stance.Missed != 1 || en.Stance.Wrong != 1 || en.Jurisdictions.Recall != 0.5 || en.Dossiers.Precision != 0.5 || en.Events.F1 != 1 {
		t.Errorf("English %+v", en)
	}
}

func TestReportIsTextAndJSON(t *testing.T) {
	r := report(t)
	var text, object bytes.Buffer
	if err := r.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"relevance", "  de           2  0.667 0.50 1.00", "Stance: right → found", "Misses", "want protects, got neutral"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the text lacks %q", want)
		}
	}
	if err := r.WriteJSON(&object); err != nil {
		t.Fatal(err)
	}
	var back eval.Report
	if err := json.Unmarshal(object.Bytes(), &back); err != nil || back.Cases != 3 {
		t.Errorf("the JSON does not read back: %v", err)
	}
}

func TestBadInputSaysWhere(t *testing.T) {
	for name, in := range map[string]string{"empty": "\n", "no JSON": "{}\nnonsense\n"} {
		if _, err := eval.Run(fake{}, strings.NewReader(in)); !errors.Is(err, policy.ErrInvalid) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
