package store

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// longestWord is where a word is cut, in bytes. PostgreSQL's index takes no
// longer ones than 2,700, and no person searches for more.
const longestWord = 96

// foldedWords returns the words of a text as both databases index them: in
// compatible forms (NFKC), lower case, without accents, vowel points or the
// variants of one letter. In scripts that are written without spaces every sign is
// a word of its own, and a search word of several signs is a phrase.
func foldedWords(text string) []string {
	if folded, ok := asciiWords(text); ok {
		return folded
	}
	w := words{}
	for _, r := range norm.NFC.String(stripped(text)) {
		w.add(r)
	}
	w.end()
	return w.found
}

// asciiWords is the same for plain English, which is most of what we read.
func asciiWords(text string) (found []string, ok bool) {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return nil, false
		}
	}
	notInWord := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}
	found = strings.FieldsFunc(strings.ToLower(text), notInWord)
	for i, word := range found {
		found[i] = word[:min(len(word), longestWord)]
	}
	return found, true
}

// stripped takes the text apart (NFKD), drops the marks that search ignores and
// replaces letters that are variants of others.
func stripped(text string) string {
	var out strings.Builder
	out.Grow(len(text) + len(text)/8)
	var before rune
	for _, r := range norm.NFKD.String(text) {
		switch {
		case r == 0x0306 && (before == 'и' || before == 'И'): // й is a letter, not an и with an accent
			out.WriteRune(r)
		case ignoredMark(r):
		default:
			before = r
			fold(&out, r)
		}
	}
	return out.String()
}

// fold writes the form by which a letter is found.
func fold(out *strings.Builder, r rune) {
	r = unicode.ToLower(r)
	if r < utf8.RuneSelf {
		out.WriteByte(byte(r))
		return
	}
	if variant, ok := variantOf(r); ok {
		out.WriteString(variant)
		return
	}
	out.WriteRune(r)
}

// variantOf returns the plain form of letters that Unicode does not take apart.
func variantOf(r rune) (string, bool) {
	switch r {
	case 'ß':
		return "ss", true
	case 'æ':
		return "ae", true
	case 'œ':
		return "oe", true
	case 'ø':
		return "o", true
	case 'đ', 'ð':
		return "d", true
	case 'þ':
		return "th", true
	case 'ł':
		return "l", true
	case 'ħ':
		return "h", true
	case 'ı':
		return "i", true
	case 'ς':
		return "σ", true
	case 'ى', 'ی', 'ې': // Arabic alef maksura, Persian and Pashto yeh
		return "ي", true
	case 'ک':
		return "ك", true
	case 'ة':
		return "ه", true
	case 'ٱ':
		return "ا", true
	}
	return "", false
}

// ignoredMark reports whether a mark is an accent or a vowel point that people
// leave out when they type. The vowel signs of Indic scripts are not: without them
// a word is another word.
func ignoredMark(r rune) bool {
	if r < 0x0300 {
		return r == 0x00AD // soft hyphen
	}
	switch {
	case r <= 0x036F, // accents
		r >= 0x0591 && r <= 0x05C7 && unicode.Is(unicode.Mn, r),             // Hebrew points
		r >= 0x0610 && r <= 0x061A, r >= 0x064B && r <= 0x065F, r == 0x0670, // Arabic tashkeel
		r >= 0x06D6 && r <= 0x06ED && unicode.Is(unicode.Mn, r), r == 0x0640, // Quranic marks, tatweel
		r >= 0x1AB0 && r <= 0x1AFF, r >= 0x1DC0 && r <= 0x1DFF, r >= 0x20D0 && r <= 0x20FF, // more accents
		r >= 0x200B && r <= 0x200F, r == 0x2060, r == 0xFEFF, // characters that cannot be seen
		r >= 0xFE00 && r <= 0xFE0F: // variation selectors
		return true
	}
	return false
}

// words collects the words of a text.
type words struct {
	found   []string
	current strings.Builder
}

func (w *words) add(r rune) {
	switch {
	case spaceless(r):
		w.end()
		w.found = append(w.found, string(r))
	case unicode.IsLetter(r), unicode.IsNumber(r), unicode.IsMark(r), unicode.Is(unicode.Co, r):
		if w.current.Len()+utf8.RuneLen(r) <= longestWord {
			w.current.WriteRune(r)
		}
	default:
		w.end()
	}
}

func (w *words) end() {
	if w.current.Len() > 0 {
		w.found = append(w.found, w.current.String())
		w.current.Reset()
	}
}

// spaceless reports whether a sign belongs to a script that puts no spaces
// between words.
func spaceless(r rune) bool {
	if r < 0x0E00 {
		return false
	}
	return r == 'ー' || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}
