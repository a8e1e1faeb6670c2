package parse

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// pageText makes paragraphs of the lines of a page. A line goes on in the next
// one where it is as long as lines are and does not end a sentence, or where the
// next begins in lower case.
func pageText(raw string) string {
	raw = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\uFFFE", "", "\x02", "").Replace(raw)
	lines := strings.Split(raw, "\n")
	width := 0
	for i, line := range lines {
		lines[i] = logicalOrder(strings.TrimSpace(line))
		width = max(width, utf8.RuneCountInString(lines[i]))
	}
	var out strings.Builder
	for i, line := range lines {
		out.WriteString(line)
		switch {
		case i+1 == len(lines):
		case line != "" && continues(line, lines[i+1], width):
			out.WriteByte(' ')
		default:
			out.WriteString("\n\n")
		}
	}
	return tidy(out.String())
}

func continues(line, next string, width int) bool {
	first, _ := utf8.DecodeRuneInString(next)
	if next == "" {
		return false
	}
	if unicode.IsLower(first) {
		return true
	}
	full := utf8.RuneCountInString(line)*4 >= width*3
	last, _ := utf8.DecodeLastRuneInString(line)
	return full && !strings.ContainsRune(".!?:;。！？", last)
}

// mostlyRTL reports whether most letters of a line run from right to left.
func mostlyRTL(line string) bool {
	rtl, letters := 0, 0
	for _, r := range line {
		if unicode.IsLetter(r) {
			letters++
			if isRTL(r) {
				rtl++
			}
		}
	}
	return rtl*2 > letters
}

func isRTL(r rune) bool {
	return unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana)
}

// logicalOrder turns a line of Arabic or Hebrew, whose words PDFium gives in the
// order in which they are painted, into the order in which it is read. Numbers
// and Latin words inside it keep theirs. The letters of some words come reversed
// and those of others do not, see reversed.
func logicalOrder(line string) string {
	if !mostlyRTL(line) {
		return line
	}
	fields := strings.Fields(line)
	slices.Reverse(fields)
	for i := 0; i < len(fields); {
		j := i
		for j < len(fields) && !strings.ContainsFunc(fields[j], isRTL) {
			j++
		}
		slices.Reverse(fields[i:j])
		i = max(j, i+1)
	}
	for i, word := range fields {
		if strings.ContainsFunc(word, isRTL) && reversed(word) {
			letters := []rune(word)
			slices.Reverse(letters)
			fields[i] = string(letters)
		}
	}
	return strings.Join(fields, " ")
}

// finals are letters that end words and never begin them.
const finals = "ةىךםןףץ"

// reversed guesses whether the letters of a word come in reverse: from letters
// that only end a word and from the Arabic article; without such evidence PDFium
// mostly reverses Arabic and does not reverse Hebrew.
func reversed(word string) bool {
	word = strings.Trim(word, ".,:;!?()[]\"'،؛؟")
	first, _ := utf8.DecodeRuneInString(word)
	last, _ := utf8.DecodeLastRuneInString(word)
	switch {
	case strings.ContainsRune(finals, first):
		return true
	case strings.ContainsRune(finals, last), strings.HasPrefix(word, "ال"):
		return false
	case strings.HasSuffix(word, "لا"):
		return true
	}
	return unicode.Is(unicode.Arabic, first)
}
