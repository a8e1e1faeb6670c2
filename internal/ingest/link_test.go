package ingest

import (
	"reflect"
	"slices"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func TestLink(t *testing.T) {
	base, err := knowledge.Load()
	if err != nil {
		t.Fatal(err)
	}
	guess := policy.Tag{Value: "eu-csa-regulation", Confidence: .6, Reasons: []string{"the text names it", "b", "c"},
		Evidence: []policy.Span{{Field: "text", Start: 0, End: 4, Text: "Chat"}}}
	other := policy.Tag{Value: "gb-online-safety-act-2023", Confidence: .5}
	official := func(ids ...string) policy.Document {
		return policy.Document{Grade: policy.GradeOfficial, Jurisdiction: "EU", OfficialIDs: ids, Title: "Chat", Text: "See file 2022/0155 (COD) and more."}
	}
	for _, tc := range []struct {
		name     string
		doc      policy.Document
		tags     policy.Tags
		dossiers []string
		relevant string
	}{
		{"no id", official(), policy.Tags{Dossiers: []policy.Tag{other}}, []string{other.Value}, ""},
		{"unknown id", official("2099/1(COD)"), policy.Tags{}, nil, ""},
		{"known id", official("2022/0155(COD)"), policy.Tags{}, []string{guess.Value}, "yes"},
		{"two ids of one", official("2022/0155(COD)", "COM(2022) 209"), policy.Tags{}, []string{guess.Value}, "yes"},
		{"before what was guessed", official("2022/0155(COD)"), policy.Tags{Dossiers: []policy.Tag{other}}, []string{guess.Value, other.Value}, "yes"},
		{"guessed already", official("2022/0155(COD)"), policy.Tags{Dossiers: []policy.Tag{other, guess}}, []string{guess.Value, other.Value}, "yes"},
		{"called irrelevant", official("2022/0155(COD)"), policy.Tags{Relevant: policy.Tag{Value: "no", Confidence: .9}}, []string{guess.Value}, "yes"},
		{"press called irrelevant", policy.Document{Grade: policy.GradePress, Jurisdiction: "EU", OfficialIDs: []string{"2022/0155(COD)"}},
			policy.Tags{Relevant: policy.Tag{Value: "no", Confidence: .9}}, []string{guess.Value}, "no"},
		{"a number of another place", policy.Document{Grade: policy.GradeOfficial, Jurisdiction: "GB", OfficialIDs: []string{"Section 69"}}, policy.Tags{}, nil, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			before := slices.Clone(tc.tags.Dossiers)
			got := Link(base, tc.doc, tc.tags)
			var ids []string
			for _, tag := range got.Dossiers {
				ids = append(ids, tag.Value)
			}
			if !slices.Equal(ids, tc.dossiers) || got.Relevant.Value != tc.relevant {
				t.Errorf("got dossiers %v, relevant %q; want %v, %q", ids, got.Relevant.Value, tc.dossiers, tc.relevant)
			}
			if !reflect.DeepEqual(before, tc.tags.Dossiers) {
				t.Error("the given tags were changed")
			}
		})
	}
}

func TestLinkSaysWhy(t *testing.T) {
	base, err := knowledge.Load()
	if err != nil {
		t.Fatal(err)
	}
	guess := policy.Tag{Value: "eu-csa-regulation", Confidence: .6, Reasons: []string{"a", "b", "c"}, Evidence: []policy.Span{{Field: "title", Start: 0, End: 4, Text: "Chat"}}}
	doc := policy.Document{Jurisdiction: "EU", OfficialIDs: []string{"2022/0155(COD)"}, Title: "Chat", Text: "§ See file 2022/0155 (COD)."}
	got := Link(base, doc, policy.Tags{Dossiers: []policy.Tag{guess}}).Dossiers[0]
	want := policy.Tag{Value: "eu-csa-regulation", Confidence: 1, Reasons: []string{"states the official id 2022/0155(COD)", "a", "b"},
		Evidence: []policy.Span{{Field: "text", Start: 12, End: 27, Text: "2022/0155 (COD)"}, guess.Evidence[0]}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if s := got.Evidence[0]; doc.Text[s.Start:s.End] != s.Text {
		t.Errorf("the offsets give %q", doc.Text[s.Start:s.End])
	}
}

func TestFindID(t *testing.T) {
	for _, tc := range []struct{ name, text, id, want string }{
		{"plain", "The bill SB 868 was heard", "SB 868", "SB 868"},
		{"spaced", "COM (2022)\u00a0209 final", "COM(2022) 209", "COM (2022)\u00a0209"},
		{"bracket at the end", "(2022/0155(COD))", "2022/0155(COD)", "2022/0155(COD)"},
		{"inside of a longer number", "SB 8685 and XSB 868", "SB 868", ""},
		{"the second place", "SB 8685, sb868!", "SB 868", "sb868"},
		{"after other scripts", "Закон № 374-ФЗ", "374-ФЗ", "374-ФЗ"},
		{"a letter that grows in lower case", "İİ 2C_544/2020", "2C_544/2020", "2C_544/2020"},
		{"absent", "nothing", "SB 868", ""},
		{"only brackets", "()", "()", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			start, end, ok := findID(tc.text, knowledge.NormalOfficialID(tc.id))
			if got := tc.text[start:end]; got != tc.want || ok != (tc.want != "") {
				t.Errorf("got %q, %v, want %q", got, ok, tc.want)
			}
		})
	}
}

func FuzzFindID(f *testing.F) {
	f.Add("See 2022/0155 (COD).", "2022/0155(COD)")
	f.Add("İ\xff(", "i")
	f.Fuzz(func(t *testing.T, text, id string) {
		start, end, ok := findID(text, knowledge.NormalOfficialID(id))
		if start < 0 || end > len(text) || start > end || ok && start == end {
			t.Errorf("%q in %q: %d to %d, %v", id, text, start, end, ok)
		}
	})
}

func TestLinkGivesTheDossiersHomeWhereNoneWasFound(t *testing.T) {
	base, err := knowledge.Load()
	if err != nil {
		t.Fatal(err)
	}
	doc := policy.Document{Grade: policy.GradeOfficial, Jurisdiction: "EU", OfficialIDs: []string{"2022/0155(COD)"}, Title: "2022/0155(COD)"}
	got := Link(base, doc, policy.Tags{})
	if len(got.Jurisdictions) != 1 || got.Jurisdictions[0].Value != "EU" || len(got.Jurisdictions[0].Evidence) == 0 {
		t.Errorf("got %+v, want EU with the id as its evidence", got.Jurisdictions)
	}
	found := []policy.Tag{{Value: "DE", Confidence: .8}}
	if got := Link(base, doc, policy.Tags{Jurisdictions: found}); !reflect.DeepEqual(got.Jurisdictions, found) {
		t.Errorf("got %+v, want what the classifier found", got.Jurisdictions)
	}
}
