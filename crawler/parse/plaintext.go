package parse

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/unicode/norm"
)

// PlainText returns the visible text of an HTML fragment: block elements part
// paragraphs (an empty line), <br> and list items part lines, runs of blanks
// become one, entities are resolved. Soft hyphens, zero-width and direction
// marks are removed, and the text is in NFC.
func PlainText(fragment string) string {
	if strings.IndexByte(fragment, '<') < 0 && strings.IndexByte(fragment, '&') < 0 {
		return tidy(paragraphs(fragment))
	}
	var w textWriter
	w.fragment(fragment)
	return tidy(w.String())
}

// paragraphs keeps the empty lines of a text without markup; other line breaks
// are only where the source was wrapped.
func paragraphs(text string) string {
	if !strings.ContainsRune(text, '\n') {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.TrimSpace(line) == "" {
			lines[i] = "\n\n"
		} else {
			lines[i] = line + " "
		}
	}
	return strings.Join(lines, "")
}

// textWriter collects visible text. Line breaks that mean something are written
// as newlines; those of the source were turned into blanks.
type textWriter struct {
	strings.Builder
	hidden     atom.Atom // the element whose content is skipped
	hiddenDeep int
	pre        int // open <pre> elements, in which empty lines part paragraphs
}

func (w *textWriter) fragment(fragment string) {
	z := html.NewTokenizer(strings.NewReader(fragment))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.TextToken:
			if w.hidden == 0 {
				w.text(string(z.Text()))
			}
		case html.StartTagToken:
			w.start(z, false)
		case html.SelfClosingTagToken:
			w.start(z, true)
		case html.EndTagToken:
			name, _ := z.TagName()
			w.end(atom.Lookup(name))
		}
	}
}

func (w *textWriter) text(text string) {
	if !strings.ContainsAny(text, "\n\r\t") {
		w.WriteString(text)
		return
	}
	if w.pre > 0 {
		w.WriteString(paragraphs(strings.ReplaceAll(text, "\r", "")))
		return
	}
	w.WriteString(strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == '\t' {
			return ' '
		}
		return r
	}, text))
}

func (w *textWriter) start(z *html.Tokenizer, selfClosing bool) {
	name, more := z.TagName()
	a := atom.Lookup(name)
	switch {
	case w.hidden != 0:
		if a == w.hidden && !selfClosing {
			w.hiddenDeep++
		}
	case invisible[a] || more && hiddenByAttribute(z):
		if !selfClosing && !void[a] {
			w.hidden, w.hiddenDeep = a, 1
		}
	default:
		if a == atom.Pre {
			w.pre++
		}
		w.separate(a)
	}
}

func (w *textWriter) end(a atom.Atom) {
	if w.hidden == 0 {
		if a == atom.Pre && w.pre > 0 {
			w.pre--
		}
		if blocks[a] {
			w.separate(a)
		}
		return
	}
	if a == w.hidden {
		if w.hiddenDeep--; w.hiddenDeep == 0 {
			w.hidden = 0
		}
	}
}

func (w *textWriter) separate(a atom.Atom) {
	switch {
	case a == atom.Br || a == atom.Li || a == atom.Tr || a == atom.Dt || a == atom.Dd:
		w.WriteByte('\n')
	case a == atom.Td || a == atom.Th:
		w.WriteByte(' ')
	case blocks[a]:
		w.WriteString("\n\n")
	}
}

func hiddenByAttribute(z *html.Tokenizer) bool {
	hidden := false
	for {
		key, value, more := z.TagAttr()
		switch string(key) {
		case "hidden":
			hidden = true
		case "style":
			hidden = hidden || hiddenStyle(string(value))
		}
		if !more {
			return hidden
		}
	}
}

func hiddenStyle(style string) bool {
	style = strings.ToLower(strings.Join(strings.Fields(style), ""))
	return strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden")
}

func set(atoms ...atom.Atom) map[atom.Atom]bool {
	m := make(map[atom.Atom]bool, len(atoms))
	for _, a := range atoms {
		m[a] = true
	}
	return m
}

var (
	invisible = set(atom.Script, atom.Style, atom.Template, atom.Head, atom.Iframe, atom.Noscript, atom.Object, atom.Svg, atom.Math,
		atom.Select, atom.Textarea, atom.Button, atom.Audio, atom.Video, atom.Canvas, atom.Noembed, atom.Noframes, atom.Title)
	void = set(atom.Area, atom.Base, atom.Br, atom.Col, atom.Embed, atom.Hr, atom.Img, atom.Input, atom.Link, atom.Meta, atom.Param,
		atom.Source, atom.Track, atom.Wbr)
	blocks = set(atom.Address, atom.Article, atom.Aside, atom.Blockquote, atom.Body, atom.Center, atom.Details, atom.Dialog, atom.Div,
		atom.Dl, atom.Fieldset, atom.Figcaption, atom.Figure, atom.Footer, atom.Form, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6,
		atom.Header, atom.Hgroup, atom.Hr, atom.Html, atom.Legend, atom.Main, atom.Nav, atom.Ol, atom.P, atom.Pre, atom.Section,
		atom.Summary, atom.Table, atom.Tbody, atom.Tfoot, atom.Thead, atom.Ul, atom.Caption)
)

// tidy cleans characters and blanks: one blank between words, at most one empty
// line between paragraphs, none at the ends.
func tidy(text string) string {
	text = clean(text)
	var out strings.Builder
	out.Grow(len(text))
	newlines, blank := 0, false
	for i := 0; i < len(text); {
		if run := wordEnd(text, i); run > i && newlines == 0 && !blank { // the inside of a word
			out.WriteString(text[i:run])
			i = run
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		i += size
		switch {
		case r == '\n':
			newlines++
		case unicode.IsSpace(r):
			blank = true
		default:
			if out.Len() > 0 {
				switch {
				case newlines > 1:
					out.WriteString("\n\n")
				case newlines == 1:
					out.WriteByte('\n')
				case blank:
					out.WriteByte(' ')
				}
			}
			newlines, blank = 0, false
			out.WriteRune(r)
		}
	}
	return out.String()
}

// wordEnd returns where the run of visible ASCII that starts at from ends.
func wordEnd(text string, from int) int {
	for from < len(text) && text[from] > ' ' && text[from] < 0x7F {
		from++
	}
	return from
}

// oneLine is tidy for titles and names.
func oneLine(text string) string { return strings.Join(strings.Fields(clean(text)), " ") }

// clean removes the characters that nobody sees and that break the matching of
// words, and brings the rest to NFC.
func clean(text string) string {
	if plainASCII(text) {
		return text
	}
	return norm.NFC.String(strings.Map(visible, text))
}

func plainASCII(text string) bool {
	for i := range len(text) {
		if c := text[i]; c >= utf8.RuneSelf || c < ' ' && c != '\n' && c != '\t' && c != '\r' || c == 0x7F {
			return false
		}
	}
	return true
}

func visible(r rune) rune {
	switch {
	case r == '\n' || r == '\t' || r == '\r':
		return r
	case r < ' ' || r >= 0x7F && r < 0xA0:
		return ' '
	case r == 0xAD, r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x206F, r == 0xFEFF,
		r >= 0xFFF9 && r <= 0xFFFB:
		return -1
	case r == 0x2028 || r == 0x2029:
		return '\n'
	}
	return r
}
