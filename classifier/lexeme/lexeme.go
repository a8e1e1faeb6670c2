// Package lexeme cuts text into words for comparison: folded in case, width and
// diacritics, with byte offsets that point into the original text and always lie
// on rune borders. Scripts that write no spaces give one word per character, so
// that a phrase of theirs is found wherever it stands.
package lexeme

import (
	"unicode"
	"unicode/utf8"
)

// Flags are what the original spelling of a word and its place say.
type Flags uint8

// The flags of a word.
const (
	Upper  Flags = 1 << iota // all its letters are capitals
	Title                    // its first letter is a capital
	Break                    // a sentence begins with it
	Quoted                   // it stands within quotation marks
	Single                   // one character of a script without spaces
)

// Word is a run of letters and digits in a text.
type Word struct {
	Start, End uint32 // byte offsets in the original text
	Sentence   uint32 // number of its sentence in the text
	Flags      Flags
}

// MaxFolded bounds the folded form of a word in bytes; the rest of a longer word
// is not compared.
const MaxFolded = 64

type class uint8

const (
	classOther class = iota
	classSpace
	classLetter
	classDigit
	classSingle  // a letter that is a word of its own
	classJoiner  // belongs to the word that it stands in, and begins none
	classStop    // may end a sentence, if what follows agrees
	classFinal   // ends a sentence whatever follows
	classOpen    // opening quotation mark
	classClose   // closing quotation mark
	classEither  // quotation mark that opens or closes
	classNewline // two of them end a paragraph
)

func classify(r rune) class {
	switch r {
	case '.', '!', '?', '…', '؟':
		return classStop
	case '。', '！', '？', '।':
		return classFinal
	case '「', '『':
		return classOpen
	case '」', '』':
		return classClose
	case '"', '„', '‟', '“', '”', '«', '»', '‹', '›':
		return classEither // “ opens in English and closes in German, » in French and Danish
	case '\n', '\u2029':
		return classNewline
	case '§':
		return classSingle // a word of statutes
	}
	switch {
	case invisible(r) || dropped(r):
		return classJoiner
	case r < 0x80:
		return classifyASCII(r)
	case single(r):
		return classSingle
	case unicode.IsLetter(r):
		return classLetter
	case unicode.IsMark(r):
		return classJoiner
	case unicode.IsDigit(r):
		return classDigit
	case unicode.IsSpace(r):
		return classSpace
	}
	return classOther
}

func classifyASCII(r rune) class {
	switch {
	case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z':
		return classLetter
	case r >= '0' && r <= '9':
		return classDigit
	case r == ' ' || r == '\t' || r == '\r' || r == '\v' || r == '\f':
		return classSpace
	}
	return classOther
}

// single reports scripts whose words are not parted by spaces, and Hangul, whose
// words carry endings that are best ignored.
func single(r rune) bool {
	switch {
	case r >= 0x3041 && r <= 0x30FF && r != 0x30FB, r >= 0x3400 && r <= 0x9FFF, r >= 0xAC00 && r <= 0xD7A3, r >= 0xF900 && r <= 0xFAFF,
		r >= 0x20000 && r <= 0x323AF, r >= 0x0E01 && r <= 0x0E3A, r >= 0x0E40 && r <= 0x0E4E, r >= 0x1780 && r <= 0x17D3, r >= 0x1000 && r <= 0x109F,
		r >= 0xFF66 && r <= 0xFF9D:
		return true
	}
	return false
}

func (f *Folder) classOf(r rune) class {
	if r < tableEnd {
		return f.class[r]
	}
	return classify(r)
}

// Scan calls visit for each word of the text, in order. The folded form is only
// valid during the call.
func (f *Folder) Scan(text string, visit func(w Word, folded []byte)) {
	s := scanner{f: f, text: text, visit: visit, pending: true}
	s.run()
}

type scanner struct {
	f        *Folder
	text     string
	visit    func(Word, []byte)
	buf      [MaxFolded + 16]byte
	sentence uint32
	pending  bool // the next word begins a sentence
	stop     bool // a full stop was seen; what follows decides
	quoted   bool
	newlines int
	last     Word // the word before, to know abbreviations
	words    int
}

func (s *scanner) run() {
	for i := 0; i < len(s.text); {
		c, r, size := s.at(i)
		switch c {
		case classLetter, classDigit:
			i = s.word(i)
			continue
		case classSingle:
			s.emit(Word{Start: uint32(i), End: uint32(i + size), Flags: Single}, s.f.appendFolded(s.buf[:0], r))
		case classNewline:
			s.newline()
		case classStop:
			s.stop, s.newlines = true, 0
		case classFinal:
			s.pending = true
		case classOpen, classClose, classEither:
			s.quote(c, i, i+size)
		}
		i += size
	}
}

func (s *scanner) at(i int) (class, rune, int) {
	if b := s.text[i]; b < utf8.RuneSelf {
		return s.f.class[b], rune(b), 1
	}
	r, size := utf8.DecodeRuneInString(s.text[i:])
	if r == utf8.RuneError && size <= 1 {
		return classOther, r, 1
	}
	return s.f.classOf(r), r, size
}

func (s *scanner) newline() {
	if s.newlines++; s.newlines >= 2 {
		s.pending, s.quoted, s.stop = true, false, false
	}
}

// quote reads the quotation mark that stands from start to end. One that opens or closes
// by language is told by its neighbours: it opens before a word, and closes after one.
func (s *scanner) quote(c class, start, end int) { s.quoted = opens(c, s.text, start, end, s.quoted) }

func opens(c class, text string, start, end int, inside bool) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:start])
	next, _ := utf8.DecodeRuneInString(text[end:])
	switch {
	case c == classOpen, c == classEither && wordy(next) && !wordy(before):
		return true
	case c == classClose, c == classEither && !wordy(next) && start > 0 && !unicode.IsSpace(before):
		return false
	}
	return !inside
}

// Quotation reports whether the character r at a byte of a text is a quotation mark, and
// whether it opens a quotation. inside says whether one is open; it decides where the
// neighbours do not.
func Quotation(text string, at int, r rune, inside bool) (open, mark bool) {
	c := classify(r)
	if c != classOpen && c != classClose && c != classEither {
		return inside, false
	}
	return opens(c, text, at, at+utf8.RuneLen(r), inside), true
}

func wordy(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// word reads the word that begins at start and returns where it ends.
func (s *scanner) word(start int) int {
	folded := s.buf[:0]
	w := Word{Start: uint32(start)}
	letters, upper := 0, 0
	i := start
	for i < len(s.text) {
		c, r, size := s.at(i)
		if c != classLetter && c != classDigit && c != classJoiner {
			break
		}
		if c == classLetter {
			if isUpper(r) {
				upper++
				if letters == 0 {
					w.Flags |= Title
				}
			}
			letters++
		}
		if len(folded) < MaxFolded {
			folded = s.f.appendFolded(folded, r)
		}
		i += size
	}
	w.End = uint32(i)
	if letters > 0 && upper == letters {
		w.Flags |= Upper
	}
	if len(folded) > 0 {
		s.emit(w, folded)
	}
	return i
}

func isUpper(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'A' && r <= 'Z'
	}
	return unicode.IsUpper(r)
}

func (s *scanner) emit(w Word, folded []byte) {
	if s.stop && s.endsSentence(w) {
		s.pending = true
	}
	if s.pending {
		w.Flags |= Break
		if s.words > 0 {
			s.sentence++
		}
	}
	if s.quoted {
		w.Flags |= Quoted
	}
	w.Sentence = s.sentence
	s.pending, s.stop, s.newlines = false, false, 0
	s.last = w
	s.words++
	s.visit(w, folded)
}

// endsSentence decides whether the full stop before w ended a sentence: w must
// begin like one and stand apart, and the word before must not look like an
// abbreviation.
func (s *scanner) endsSentence(w Word) bool {
	if s.words == 0 || w.Start <= s.last.End+1 {
		return false
	}
	if s.text[s.last.End] != '.' {
		return true
	}
	length := s.last.End - s.last.Start
	short := length <= 1 || length <= 3 && s.last.Flags&Title != 0 && s.last.Flags&Upper == 0
	if short {
		return false
	}
	r, _ := utf8.DecodeRuneInString(s.text[w.Start:])
	return !unicode.IsLower(r)
}
