package lexeme

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// folding of one rune; the empty text drops the rune.
type folding string

// tableEnd bounds the runes whose folding is looked up; all others fold to
// their lower case. It covers Latin, Greek, Cyrillic, Hebrew and Arabic.
const tableEnd = 0x2100

// Folder turns runes into the form in which words are compared: lower case,
// without diacritics, compatibility forms made plain. It is read-only after New
// and safe for concurrent use.
type Folder struct {
	table [tableEnd]folding
	wide  map[rune]folding // full-width forms, ligatures, presentation forms
	class [tableEnd]class
}

// NewFolder computes the tables, which takes a few milliseconds.
func NewFolder() *Folder {
	f := &Folder{wide: map[rune]folding{}}
	for r := rune(0); r < tableEnd; r++ {
		f.table[r] = fold(r)
		f.class[r] = classify(r)
	}
	for _, span := range [][2]rune{{0xFB00, 0xFB4F}, {0xFE70, 0xFEFC}, {0xFF01, 0xFF9F}} {
		for r := span[0]; r <= span[1]; r++ {
			f.wide[r] = fold(r)
		}
	}
	return f
}

// special foldings that decomposition does not give. Both sides of a comparison
// fold alike, so what counts is that spellings people mix fall together.
var special = map[rune]folding{
	'ß': "ss", 'ẞ': "ss", 'ø': "o", 'Ø': "o", 'ł': "l", 'Ł': "l", 'đ': "d", 'Đ': "d", 'æ': "ae", 'Æ': "ae", 'œ': "oe", 'Œ': "oe",
	'ı': "i", 'İ': "i", 'ð': "d", 'Ð': "d", 'þ': "th", 'Þ': "th",
	'أ': "ا", 'إ': "ا", 'آ': "ا", 'ى': "ي", 'ة': "ه", 'ـ': "", 'ς': "σ", 'ґ': "г", 'Ґ': "г",
}

func fold(r rune) folding {
	if s, ok := special[r]; ok {
		return s
	}
	if dropped(r) {
		return ""
	}
	var out []rune
	for _, d := range norm.NFKD.String(string(r)) {
		if !dropped(d) {
			out = append(out, unicode.ToLower(d))
		}
	}
	return folding(out)
}

// dropped reports marks that distinguish no words for us, and invisible runes
// that may stand inside of one.
func dropped(r rune) bool {
	switch {
	case r >= 0x300 && r <= 0x36F, r >= 0x591 && r <= 0x5C7, r >= 0x610 && r <= 0x61A, r >= 0x64B && r <= 0x65F, r == 0x670:
		return true
	}
	return invisible(r)
}

func invisible(r rune) bool {
	switch {
	case r == 0xAD, r == 0x61C, r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x2069, r == 0xFEFF:
		return true
	}
	return false
}

// appendFolded appends the folded form of r.
func (f *Folder) appendFolded(dst []byte, r rune) []byte {
	if r < tableEnd {
		return append(dst, f.table[r]...)
	}
	if s, ok := f.wide[r]; ok {
		return append(dst, s...)
	}
	return utf8.AppendRune(dst, unicode.ToLower(r))
}
