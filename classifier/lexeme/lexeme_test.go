package lexeme_test

import (
	"slices"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/classifier/lexeme"
)

func words(text string) (folded, original []string, sentences []uint32, flags []lexeme.Flags) {
	lexeme.NewFolder().Scan(text, func(w lexeme.Word, f []byte) {
		folded = append(folded, string(f))
		original = append(original, text[w.Start:w.End])
		sentences = append(sentences, w.Sentence)
		flags = append(flags, w.Flags)
	})
	return folded, original, sentences, flags
}

func TestWordsAreFoldedAndPointToTheOriginal(t *testing.T) {
	for _, c := range []struct {
		name, text       string
		folded, original []string
	}{
		{"case and diacritics", "Verschlüsselung ÉTAT", []string{"verschlusselung", "etat"}, []string{"Verschlüsselung", "ÉTAT"}},
		{"apostrophe and hyphen part", "l'accès end-to-end", []string{"l", "acces", "end", "to", "end"}, []string{"l", "accès", "end", "to", "end"}},
		{"letters without decomposition", "Straße bakdør łódź", []string{"strasse", "bakdor", "lodz"}, []string{"Straße", "bakdør", "łódź"}},
		{"decomposed and soft hyphen", "ve\u0301rite\u00ad\u0301", []string{"verite"}, []string{"ve\u0301rite\u00ad\u0301"}},
		{"joiners inside", "back\u200ddoor", []string{"backdoor"}, []string{"back\u200ddoor"}},
		{"one character a word", "加密법", []string{"加", "密", "법"}, []string{"加", "密", "법"}},
		{"full width", "ＶＰＮ", []string{"vpn"}, []string{"ＶＰＮ"}},
		{"arabic forms", "التَّشفير إلى", []string{"التشفير", "الي"}, []string{"التَّشفير", "إلى"}},
		{"broken bytes", "en\xffcrypt", []string{"en", "crypt"}, []string{"en", "crypt"}},
		{"turkish", "İSTANBUL ılık", []string{"istanbul", "ilik"}, []string{"İSTANBUL", "ılık"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			folded, original, _, _ := words(c.text)
			if !slices.Equal(folded, c.folded) || !slices.Equal(original, c.original) {
				t.Errorf("got %q from %q, want %q from %q", folded, original, c.folded, c.original)
			}
		})
	}
}

func TestSentences(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []uint32
	}{
		{"stop and capital", "It passed. Then it failed.", []uint32{0, 0, 1, 1, 1}},
		{"abbreviation", "Dr. Smith spoke.", []uint32{0, 0, 0}},
		{"initial", "J. Smith", []uint32{0, 0}},
		{"small letter goes on", "approx. ten", []uint32{0, 0}},
		{"number with a point", "COM 2.0 now", []uint32{0, 0, 0, 0}},
		{"question", "Why? Because.", []uint32{0, 1}},
		{"paragraph", "one\n\ntwo", []uint32{0, 1}},
		{"line break", "one\ntwo", []uint32{0, 0}},
		{"ideographic stop", "加。密", []uint32{0, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, _, got, _ := words(c.text); !slices.Equal(got, c.want) {
				t.Errorf("%q has sentences %v, want %v", c.text, got, c.want)
			}
		})
	}
}

func TestFlags(t *testing.T) {
	_, _, _, flags := words("EU law “is bad” today")
	for i, want := range []lexeme.Flags{lexeme.Upper | lexeme.Title | lexeme.Break, 0, lexeme.Quoted, lexeme.Quoted, 0} {
		if flags[i] != want {
			t.Errorf("word %d has flags %b, want %b", i, flags[i], want)
		}
	}
}

func TestQuotationMarksOfLanguages(t *testing.T) {
	for name, text := range map[string]string{
		"English":            "a “b c” d",
		"straight":           `a "b c" d`,
		"German":             "a „b c“ d",
		"German in books":    "a »b c« d",
		"French":             "a «b c» d",
		"French with spaces": "a « b c » d",
		"Swedish":            "a ”b c” d",
		"Polish":             "a „b c” d",
		"with a full stop":   "a “b c.” d",
		"in brackets":        "a (“b c”) d",
		"Japanese":           "a「b c」d",
	} {
		_, _, _, flags := words(text)
		for i, want := range []bool{false, true, true, false} {
			if got := flags[i]&lexeme.Quoted != 0; got != want {
				t.Errorf("%s: word %d of %s is quoted: %v, want %v", name, i, text, got, want)
			}
		}
	}
}
