package policy_test

import (
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"pgregory.net/rapid"
)

func TestDateKeepsItsPrecision(t *testing.T) {
	for _, tc := range []struct{ name, text, words, start, end string }{
		{"year", "2026", "2026", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"},
		{"month", "2026-05", "May 2026", "2026-05-01T00:00:00Z", "2026-06-01T00:00:00Z"},
		{"day", "2026-02-28", "28 February 2026", "2026-02-28T00:00:00Z", "2026-03-01T00:00:00Z"},
		{"moment in a zone", "2026-05-12T01:30:00+02:00", "11 May 2026", "2026-05-11T23:30:00Z", "2026-05-11T23:30:01Z"},
		{"unknown", "", "date unknown", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d, err := policy.ParseDate(tc.text)
			if err != nil {
				t.Fatal(err)
			}
			if got := d.Words(); got != tc.words {
				t.Errorf("words: got %q, want %q", got, tc.words)
			}
			if got := d.Start().Format(time.RFC3339); got != tc.start {
				t.Errorf("start: got %s, want %s", got, tc.start)
			}
			if got := d.End().Format(time.RFC3339); got != tc.end {
				t.Errorf("end: got %s, want %s", got, tc.end)
			}
			data, err := json.Marshal(d)
			if err != nil {
				t.Fatal(err)
			}
			var back policy.Date
			if err := json.Unmarshal(data, &back); err != nil || back != d {
				t.Errorf("JSON round trip: %s became %v, %v", data, back, err)
			}
		})
	}
}

func TestDateRefusesWhatIsNoDate(t *testing.T) {
	for _, text := range []string{"yesterday", "2026-13", "2026-02-30", "12.05.2026", "20260512", "2026-5-1"} {
		if _, err := policy.ParseDate(text); !errors.Is(err, policy.ErrInvalid) {
			t.Errorf("%q: got error %v, want ErrInvalid", text, err)
		}
	}
}

func TestDateOrder(t *testing.T) {
	want := []policy.Date{
		{}, policy.Year(2025), policy.Month(2025, 1), policy.Day(2025, 1, 1), policy.Day(2025, 1, 2), policy.Year(2026),
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, policy.Date.Compare)
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestFilterMistakes(t *testing.T) {
	for _, tc := range []struct{ name, query, field, says string }{
		{"unknown stance", "stance=angry", "stance", "protects"},
		{"unknown parameter", "colour=red", "colour", "jurisdiction"},
		{"bad date", "from=tomorrow", "from", "2026-05"},
		{"dates swapped", "from=2026-05&to=2025", "to", "swap"},
		{"page too large", "limit=9999", "limit", "200"},
		{"unknown order", "order=random", "order", "newest"},
		{"unknown search field", "q=colour:red", "q", "jurisdiction"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			values, _ := url.ParseQuery(tc.query)
			_, err := policy.ParseFilter(values)
			var mistakes policy.FieldErrors
			if !errors.As(err, &mistakes) || !errors.Is(err, policy.ErrInvalid) {
				t.Fatalf("got error %v, want FieldErrors that are ErrInvalid", err)
			}
			if len(mistakes) != 1 || mistakes[0].Field != tc.field || !strings.Contains(mistakes[0].Error(), tc.says) {
				t.Errorf("got %v, want one mistake in %s that says %q", mistakes, tc.field, tc.says)
			}
		})
	}
}

func TestFilterReportsAllMistakes(t *testing.T) {
	values, _ := url.ParseQuery("stance=angry&kind=poem&limit=0&from=x")
	_, err := policy.ParseFilter(values)
	var mistakes policy.FieldErrors
	if errors.As(err, &mistakes); len(mistakes) != 4 {
		t.Errorf("got %d mistakes (%v), want 4", len(mistakes), err)
	}
}

func TestFilterRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := policy.Filter{
			Jurisdictions: subset(t, "jurisdictions", "EU", "GB", "US-FL"),
			Stances:       subset(t, "stances", policy.Stances.Values()...),
			Kinds:         subset(t, "kinds", policy.Kinds.Values()...),
			Measures:      subset(t, "measures", policy.Measures.Values()...),
			Dossiers:      subset(t, "dossiers", "eu-csa-regulation", "gb-osa"),
			Languages:     subset(t, "languages", "en", "pt-BR"),
			Query:         rapid.SampledFrom([]string{"", `"chat control" -spam`, "title:chiffrement", "加密"}).Draw(t, "q"),
			From:          rapid.SampledFrom([]policy.Date{{}, policy.Year(2024), policy.Month(2024, 7)}).Draw(t, "from"),
			Relevance:     rapid.SampledFrom([]policy.Relevance{policy.RelevantOnly, policy.AnyRelevance}).Draw(t, "relevance"),
			Order:         rapid.SampledFrom([]policy.Order{policy.OrderNewest, policy.OrderOldest}).Draw(t, "order"),
			Limit:         rapid.IntRange(1, policy.MaxLimit).Draw(t, "limit"),
			Cursor:        rapid.SampledFrom([]string{"", "abc123"}).Draw(t, "cursor"),
		}
		back, err := policy.ParseFilter(f.Values())
		if err != nil {
			t.Fatal(err)
		}
		if got, want := back.Values().Encode(), f.Values().Encode(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if len(back.Jurisdictions) != len(f.Jurisdictions) || back.Limit != f.Limit || back.From != f.From {
			t.Errorf("got %+v, want %+v", back, f)
		}
	})
}

func subset[T ~string](t *rapid.T, name string, values ...T) []T {
	return rapid.SliceOfNDistinct(rapid.SampledFrom(values), 0, len(values), func(v T) T { return v }).Draw(t, name)
}

func TestParseQuery(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       []policy.Term
	}{
		{"words", "chat control", []policy.Term{{Text: "chat"}, {Text: "control"}}},
		{"phrase", `"chat control" vote`, []policy.Term{{Text: "chat control", Exact: true}, {Text: "vote"}}},
		{"not", `-spam -"age check"`, []policy.Term{{Text: "spam", Not: true}, {Text: "age check", Exact: true, Not: true}}},
		{"field", "jurisdiction:EU -stance:weakens", []policy.Term{{Field: "jurisdiction", Text: "EU"}, {Field: "stance", Text: "weakens", Not: true}}},
		{"field phrase", `title:"data retention"`, []policy.Term{{Field: "title", Text: "data retention", Exact: true}}},
		{"address is a word", "https://example.org/a", []policy.Term{{Text: "https://example.org/a"}}},
		{"time is a word", "12:30", []policy.Term{{Text: "12:30"}}},
		{"unclosed phrase", `"chat con`, []policy.Term{{Text: "chat con", Exact: true}}},
		{"nothing", `  "" - `, nil},
		{"ideographic space", "加密　法", []policy.Term{{Text: "加密"}, {Text: "法"}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := policy.ParseQuery(tc.text)
			if err != nil || !slices.Equal(got.Terms, tc.want) {
				t.Errorf("got %+v, %v, want %+v", got.Terms, err, tc.want)
			}
		})
	}
}

func FuzzParseQuery(f *testing.F) {
	f.Add(`a "b c" -d title:"e" -x:y 加密　法`)
	f.Fuzz(func(t *testing.T, text string) {
		q, err := policy.ParseQuery(text)
		if err != nil && !errors.Is(err, policy.ErrInvalid) {
			t.Errorf("error of another kind: %v", err)
		}
		for _, term := range q.Terms {
			if term.Text == "" {
				t.Errorf("empty term in %+v", q)
			}
		}
	})
}

func TestStagesAreOneClosedTable(t *testing.T) {
	seen := map[policy.Stage]bool{}
	for _, w := range policy.Stages {
		if seen[w.Stage] {
			t.Errorf("%s is there twice", w.Stage)
		}
		seen[w.Stage] = true
		if w.Label == "" || !strings.HasSuffix(w.Meaning, ".") {
			t.Errorf("%s lacks its label or a sentence that explains it", w.Stage)
		}
		for _, next := range w.Next {
			if _, known := next.Words(); !known {
				t.Errorf("%s can be followed by %q, which is no stage", w.Stage, next)
			}
		}
	}
	if len(seen) != 21 {
		t.Errorf("got %d stages, want the vocabulary's 21", len(seen))
	}
}

func TestCorrectionsOutliveTheClassifier(t *testing.T) {
	machine := policy.Tags{
		Relevant:      policy.Tag{Value: "yes", Confidence: .8},
		Stance:        policy.Tag{Value: "neutral", Confidence: .6},
		Jurisdictions: []policy.Tag{{Value: "EU", Confidence: .9}, {Value: "DE", Confidence: .5}},
	}
	got := policy.Apply(machine, []policy.Correction{
		{Facet: policy.FacetStance, Value: "protects", Verdict: policy.VerdictSet},
		{Facet: policy.FacetJurisdiction, Value: "DE", Verdict: policy.VerdictRemove},
		{Facet: policy.FacetJurisdiction, Value: "FR", Verdict: policy.VerdictAdd},
		{Facet: policy.FacetMeasure, Value: "traceability", Verdict: policy.VerdictSet},
	})
	if got.Stance.Value != "protects" || got.Stance.Confidence != 1 {
		t.Errorf("stance: got %+v", got.Stance)
	}
	var codes []string
	for _, tag := range got.Jurisdictions {
		codes = append(codes, tag.Value)
	}
	if !slices.Equal(codes, []string{"EU", "FR"}) {
		t.Errorf("jurisdictions: got %v, want [EU FR]", codes)
	}
	if len(got.Measures) != 1 || got.Measures[0].Value != "traceability" {
		t.Errorf("measures: got %v", got.Measures)
	}
	if len(machine.Jurisdictions) != 2 || machine.Jurisdictions[1].Value != "DE" {
		t.Errorf("the machine's own tags changed: %v", machine.Jurisdictions)
	}
}

func TestAnOpinionAgreesWithTheSameTag(t *testing.T) {
	tags := policy.Tags{Relevant: policy.Tag{Value: "yes"}, Measures: []policy.Tag{{Value: "interception"}, {Value: "key-disclosure"}}}
	for _, tc := range []struct {
		facet policy.Facet
		value string
		want  bool
	}{
		{policy.FacetRelevant, "yes", true},
		{policy.FacetRelevant, "no", false},
		{policy.FacetMeasure, "key-disclosure", true},
		{policy.FacetStance, "yes", false},
		{policy.FacetStance, "", false},
	} {
		if got := (policy.Opinion{Facet: tc.facet, Value: tc.value}).Agrees(tags); got != tc.want {
			t.Errorf("%s %q: got %v", tc.facet, tc.value, got)
		}
	}
}
