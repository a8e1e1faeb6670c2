package phrase_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/classifier/lexeme"
	"github.com/backdoorwatch/backdoorwatch/classifier/phrase"
)

func find(t *testing.T, forms []string, text string) []string {
	t.Helper()
	b := phrase.NewBuilder(lexeme.NewFolder())
	for i, f := range forms {
		if err := b.Add(f, uint32(i)); err != nil {
			t.Fatal(err)
		}
	}
	var s phrase.Scratch
	b.Build().Scan(text, &s)
	var got []string
	for _, m := range s.Matches {
		got = append(got, text[s.Words[m.First].Start:s.Words[m.Last].End])
	}
	slices.Sort(got)
	return got
}

func TestPhrasesAreFound(t *testing.T) {
	for _, c := range []struct {
		name  string
		forms []string
		text  string
		want  []string
	}{
		{"whole words only", []string{"ban"}, "ban bank urban", []string{"ban"}},
		{"stem", []string{"verschlüssel*"}, "Verschlüsselungsverbot und verschlüsselte Chats", []string{"Verschlüsselungsverbot", "verschlüsselte"}},
		{"compound", []string{"*verschlüsselung*"}, "Transportverschlüsselungen", []string{"Transportverschlüsselungen"}},
		{"ending", []string{"*gesetz"}, "Bundespolizeigesetz Gesetze", []string{"Bundespolizeigesetz"}},
		{"several words", []string{"end to end encrypt*"}, "End-to-end encrypted chats", []string{"End-to-end encrypted"}},
		{"stem within", []string{"tyln* furtk*"}, "bez tylnej furtki", []string{"tylnej furtki"}},
		{"overlapping", []string{"chat control", "control"}, "Chat Control", []string{"Chat Control", "Control"}},
		{"not over a sentence", []string{"chat control"}, "We chat. Control yourself.", nil},
		{"without spaces", []string{"加密"}, "端到端加密通讯", []string{"加密"}},
		{"official id", []string{"2022/0155(COD)"}, "file 2022/0155 (COD)", []string{"2022/0155 (COD"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := find(t, c.forms, c.text); !slices.Equal(got, c.want) {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

func TestInflectedNamesGainAnEndingOnly(t *testing.T) {
	b := phrase.NewBuilder(lexeme.NewFolder())
	if err := b.AddInflected("Deutschland", 2, 1); err != nil {
		t.Fatal(err)
	}
	var s phrase.Scratch
	b.Build().Scan("Deutschland Deutschlands Deutschlandfunk", &s)
	if len(s.Matches) != 2 {
		t.Errorf("found %d, want 2", len(s.Matches))
	}
}

func TestBadPhrasesAreRefused(t *testing.T) {
	b := phrase.NewBuilder(lexeme.NewFolder())
	for _, form := range []string{"", "...", "a*b", strings.Repeat("x ", phrase.MaxWords+1)} {
		if err := b.Add(form, 1); err == nil {
			t.Errorf("%q was taken", form)
		}
	}
}

func BenchmarkScan(b *testing.B) {
	builder := phrase.NewBuilder(lexeme.NewFolder())
	for i, f := range []string{"encrypt*", "*verschlüsselung*", "end to end", "European Commission", "chat control"} {
		if err := builder.Add(f, uint32(i)); err != nil {
			b.Fatal(err)
		}
	}
	a := builder.Build()
	text := strings.Repeat("The Commission wants to scan messages although they are end-to-end encrypted. ", 200)
	b.SetBytes(int64(len(text)))
	var s phrase.Scratch
	for b.Loop() {
		a.Scan(text, &s)
	}
}
