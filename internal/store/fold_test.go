package store

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFoldedWordsCutWhatIsTooLong(t *testing.T) {
	for _, text := range []string{strings.Repeat("a", 1000), strings.Repeat("ж", 1000)} {
		if got := foldedWords(text); len(got) != 1 || len(got[0]) > longestWord {
			t.Errorf("got %d words, the first of %d bytes", len(got), len(got[0]))
		}
	}
}

func TestFoldedWordsAreTheSameByBothWays(t *testing.T) {
	text := "The U.K.'s end-to-end BILL, no. 17/2026"
	quick, ok := asciiWords(text)
	slow := foldedWords(text + " é")
	if !ok || !slices.Equal(quick, slow[:len(slow)-1]) {
		t.Errorf("got %q and %q", quick, slow)
	}
}

func FuzzFoldedWords(f *testing.F) {
	f.Add("Le chiffrement est menacé — 加密 е\u0308")
	f.Fuzz(func(t *testing.T, text string) {
		for _, word := range foldedWords(text) {
			if word == "" || len(word) > longestWord || strings.ContainsAny(word, " \"'|=\x00") || (utf8.ValidString(text) && !utf8.ValidString(word)) {
				t.Errorf("got the word %q", word)
			}
			if again := foldedWords(word); utf8.ValidString(text) && !slices.Equal(again, []string{word}) {
				t.Errorf("the word %q becomes %q when it is looked for", word, again)
			}
		}
	})
}

func TestNumberedParameters(t *testing.T) {
	got := numberedParameters("SELECT '$1', a FROM b WHERE c = $2 AND d = $10 AND e = '$' || $1")
	if want := "SELECT '$1', a FROM b WHERE c = ?2 AND d = ?10 AND e = '$' || ?1"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
