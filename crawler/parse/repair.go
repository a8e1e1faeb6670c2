package parse

import (
	"bytes"
	"html"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// repairer makes XML of what only looks like it. It drops comments, processing
// instructions and document types (no entity is ever declared or loaded),
// characters and character references that XML forbids, escapes bare ampersands
// and stray less-than signs, and resolves the entities of HTML. CDATA keeps its
// content.
type repairer struct {
	in   []byte
	out  []byte
	lost int // characters that were dropped because XML forbids them
}

// repairXML returns the repaired text and how many characters were lost.
func repairXML(text []byte) ([]byte, int) {
	r := repairer{in: text, out: make([]byte, 0, len(text)+64)}
	for len(r.in) > 0 {
		n := bytes.IndexAny(r.in, "<&")
		if n < 0 {
			n = len(r.in)
		}
		r.copy(n)
		if len(r.in) == 0 {
			break
		}
		if r.in[0] == '&' {
			r.reference()
		} else {
			r.markup()
		}
	}
	return r.out, r.lost
}

// copy takes over n bytes, without forbidden characters.
func (r *repairer) copy(n int) {
	part := r.in[:n]
	r.in = r.in[n:]
	start := 0
	for i := 0; i < len(part); i++ {
		width := forbidden(part[i:])
		if width == 0 {
			continue
		}
		r.out = append(r.out, part[start:i]...)
		r.lost++
		i += width - 1
		start = i + 1
	}
	r.out = append(r.out, part[start:]...)
}

// forbidden returns the width of the character at the start of text where XML
// forbids it, and zero otherwise.
func forbidden(text []byte) int {
	switch c := text[0]; {
	case c < ' ' && c != '\n' && c != '\r' && c != '\t':
		return 1
	case c == 0xEF && len(text) > 2 && text[1] == 0xBF && text[2] >= 0xBE: // U+FFFE, U+FFFF
		return 3
	}
	return 0
}

func (r *repairer) markup() {
	switch {
	case bytes.HasPrefix(r.in, []byte("<![CDATA[")):
		r.copy(until(r.in, "]]>"))
	case bytes.HasPrefix(r.in, []byte("<!--")):
		r.in = r.in[until(r.in, "-->"):]
	case bytes.HasPrefix(r.in, []byte("<?")):
		r.in = r.in[until(r.in, ">"):]
	case bytes.HasPrefix(r.in, []byte("<!")):
		r.in = r.in[doctypeEnd(r.in):]
	case len(r.in) > 1 && r.in[1] == '/':
		r.copy(1)
	case len(r.in) > 1 && isNameStart(r.in[1]):
		r.startTag()
	default:
		r.out = append(r.out, "&lt;"...)
		r.in = r.in[1:]
	}
}

// startTag takes over the "<" of a tag, or the whole tag where it has attributes
// without quotes, which get them.
func (r *repairer) startTag() {
	end := tagEnd(r.in, 1)
	if end < 0 || !bytes.ContainsRune(r.in[:end], '=') {
		r.copy(1)
		return
	}
	quoted, changed := quoteAttributes(r.in[:end])
	if !changed {
		r.copy(1)
		return
	}
	tag := repairer{in: quoted[1:]}
	for len(tag.in) > 0 {
		n := bytes.IndexByte(tag.in, '&')
		if n < 0 {
			n = len(tag.in)
		}
		tag.copy(n)
		if len(tag.in) > 0 {
			tag.reference()
		}
	}
	r.out = append(append(r.out, '<'), tag.out...)
	r.lost += tag.lost
	r.in = r.in[end:]
}

// quoteAttributes puts quotes round the values of attributes that have none.
func quoteAttributes(tag []byte) (out []byte, changed bool) {
	quote := byte(0)
	for i := 0; i < len(tag); i++ {
		c := tag[i]
		out = append(out, c)
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '=' && i+1 < len(tag) && !bytes.ContainsRune([]byte(" \t\r\n\"'>/"), rune(tag[i+1])):
			n := bytes.IndexAny(tag[i+1:], " \t\r\n\"'>")
			if n < 0 {
				return tag, false
			}
			value := bytes.TrimSuffix(tag[i+1:i+1+n], []byte("/"))
			out = append(append(append(out, '"'), value...), '"')
			i += len(value)
			changed = true
		}
	}
	return out, changed
}

func isNameStart(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == ':' || c >= utf8.RuneSelf
}

// until returns where the end mark ends; the length of text where it is missing.
func until(text []byte, end string) int {
	if i := bytes.Index(text, []byte(end)); i >= 0 {
		return i + len(end)
	}
	return len(text)
}

// doctypeEnd returns where a document type ends, with its inner declarations.
func doctypeEnd(text []byte) int {
	depth := 0
	for i, c := range text {
		switch c {
		case '[':
			depth++
		case ']':
			depth--
		case '>':
			if depth <= 0 {
				return i + 1
			}
		}
	}
	return until(text, ">")
}

const maxReference = 40 // bytes of the longest reference that has a name

// reference takes over an entity or character reference, or a bare ampersand.
func (r *repairer) reference() {
	end := bytes.IndexByte(r.in[:min(len(r.in), maxReference)], ';')
	if end < 2 {
		r.bareAmpersand()
		return
	}
	name := string(r.in[1:end])
	switch {
	case name == "amp" || name == "lt" || name == "gt" || name == "quot" || name == "apos":
		r.out = append(r.out, r.in[:end+1]...)
	case name[0] == '#':
		c, ok := characterReference(name[1:])
		if !ok {
			r.bareAmpersand()
			return
		}
		r.character(c)
	default:
		text := html.UnescapeString("&" + name + ";")
		if text[0] == '&' {
			r.bareAmpersand()
			return
		}
		r.out = append(r.out, text...)
	}
	r.in = r.in[end+1:]
}

func (r *repairer) bareAmpersand() {
	r.out = append(r.out, "&amp;"...)
	r.in = r.in[1:]
}

func characterReference(digits string) (rune, bool) {
	base := 10
	if digits != "" && (digits[0] == 'x' || digits[0] == 'X') {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	return rune(min(n, unicode.MaxRune+1)), err == nil
}

func (r *repairer) character(c rune) {
	if c >= 0x80 && c < 0xA0 { // numbers of windows-1252, which browsers accept
		c, _ = utf8.DecodeRuneInString(html.UnescapeString("&#" + strconv.Itoa(int(c)) + ";"))
	}
	switch {
	case c == '<':
		r.out = append(r.out, "&lt;"...)
	case c == '&':
		r.out = append(r.out, "&amp;"...)
	case c == '>':
		r.out = append(r.out, "&gt;"...)
	case c == '"':
		r.out = append(r.out, "&quot;"...)
	case c == '\'':
		r.out = append(r.out, "&apos;"...)
	case !utf8.ValidRune(c) || c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0xFFFE || c == 0xFFFF:
		r.lost++
	default:
		r.out = utf8.AppendRune(r.out, c)
	}
}
