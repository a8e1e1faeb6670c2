package parse

import (
	"bytes"
	"strings"
)

// outline is where the parts of an XML feed lie in its text. It is found without
// parsing, so that the entries can be counted, and read one by one where the
// whole cannot be read.
type outline struct {
	text    []byte
	root    tag
	channel tag // zero where there is none
	entries []span
	capped  bool // there are more entries than are read
}

// span is one entry. An entry without an end was cut off.
type span struct {
	start, end int
	cut        bool   // the text ends inside it
	unclosed   bool   // the next entry starts inside it
	deep       bool   // nested too deeply to be read
	name       string // of its element, with prefix
}

// tag is a start or end tag.
type tag struct {
	start, end int // the end is after ">"
	name       string
	closing    bool
	empty      bool // <a/>
}

func (t tag) local() string {
	_, local, ok := strings.Cut(t.name, ":")
	if !ok {
		local = t.name
	}
	return strings.ToLower(local)
}

func (t tag) prefix() string {
	prefix, _, ok := strings.Cut(t.name, ":")
	if !ok {
		return ""
	}
	return prefix
}

// feedRoots are the root elements of feeds and the element of their entries.
var feedRoots = map[string]string{"rss": "item", "rdf": "item", "channel": "item", "feed": "entry"}

// findOutline looks for the root of a feed, whatever stands before it; ok is
// false where there is none.
func findOutline(text []byte) (o outline, ok bool) {
	o.text = text
	page := false // in a page only what names a feed's vocabulary is one
	for at := 0; o.root.name == ""; {
		t, found := nextTag(text, at)
		if !found {
			return o, false
		}
		if feedRoots[t.local()] != "" && !t.closing && (!page || namesFeed(text[t.start:t.end])) {
			o.root = t
		}
		if o.root.name == "" && !htmlElements[t.local()] {
			return o, false // other XML, which may hold anything
		}
		page = page || t.local() == "html"
		at = t.end
	}
	if o.root.local() == "channel" { // RSS without its outer element
		o.channel = o.root
	}
	o.findEntries()
	return o, o.root.local() != "rdf" || len(o.entries) > 0 || o.channel.name != ""
}

// namesFeed reports whether a start tag itself shows that it begins a feed.
func namesFeed(start []byte) bool {
	return bytes.Contains(start, []byte("http://www.w3.org/2005/Atom")) || bytes.Contains(start, []byte("http://purl.org/rss/")) ||
		bytes.HasPrefix(start, []byte("<rss version="))
}

func (o *outline) findEntries() {
	element := feedRoots[o.root.local()]
	depth, open := 0, -1
	for at := o.root.end; ; {
		t, found := nextTag(o.text, at)
		if !found {
			break
		}
		at = t.end
		isEntry := t.local() == element && (t.prefix() == o.root.prefix() || t.prefix() == "" || t.prefix() == "rss")
		switch {
		case isEntry && !t.closing && !t.empty:
			if open >= 0 {
				o.entries[open].end, o.entries[open].unclosed, o.entries[open].cut = t.start, true, false
			}
			o.entries = append(o.entries, span{start: t.start, end: len(o.text), cut: true, name: t.name})
			open, depth = len(o.entries)-1, 0
		case isEntry && t.closing:
			if open >= 0 {
				o.entries[open].end, o.entries[open].cut = t.end, false
			}
			open = -1
		case open < 0 && t.local() == "channel" && !t.closing && o.channel.name == "":
			o.channel = t
		case open >= 0 && t.closing:
			depth--
		case open >= 0 && !t.empty:
			if depth++; depth > maxNesting {
				o.entries[open].deep = true
			}
		}
		if len(o.entries) > maxEntries {
			o.entries, o.capped = o.entries[:maxEntries], true
			return
		}
	}
}

// nextTag finds the next tag at or after at, past CDATA. The text has been
// repaired: it holds no comments and no instructions.
func nextTag(text []byte, at int) (tag, bool) {
	for at < len(text) {
		i := bytes.IndexByte(text[at:], '<')
		if i < 0 {
			return tag{}, false
		}
		at += i
		if bytes.HasPrefix(text[at:], []byte("<![CDATA[")) {
			at += until(text[at:], "]]>")
			continue
		}
		if t, ok := readTag(text, at); ok {
			return t, true
		}
		at++ // no tag after all
	}
	return tag{}, false
}

func readTag(text []byte, at int) (tag, bool) {
	t := tag{start: at}
	i := at + 1
	if i < len(text) && text[i] == '/' {
		t.closing = true
		i++
	}
	from := i
	for i < len(text) && !bytes.ContainsRune([]byte(" \t\r\n/>"), rune(text[i])) && i-from < 256 {
		i++
	}
	t.name = string(text[from:i])
	end := tagEnd(text, i)
	if end < 0 {
		return tag{}, false
	}
	t.end, t.empty = end, text[end-2] == '/'
	return t, true
}

const maxTag = 16 << 10 // bytes of a tag

// tagEnd returns what is after the ">" of a tag, which may stand in quotes;
// negative where the tag has no end.
func tagEnd(text []byte, at int) int {
	text = text[:min(len(text), at+maxTag)]
	quote := byte(0)
	for i := at; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0 && c == '<': // the quote was perhaps never closed
			return plainEnd(text, at)
		case quote != 0:
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i + 1
		case c == '<':
			return -1
		}
	}
	return plainEnd(text, at)
}

func plainEnd(text []byte, at int) int {
	if i := bytes.IndexByte(text[at:], '>'); i >= 0 {
		return at + i + 1
	}
	return -1
}

// around returns a feed that holds only the given text instead of the entries.
func (o *outline) around(text ...[]byte) []byte {
	var b bytes.Buffer
	b.Write(o.text[o.root.start:o.root.end])
	inside := o.channel.name != "" && o.root.local() == "rss"
	if inside {
		b.Write(o.text[o.channel.start:o.channel.end])
	}
	for _, t := range text {
		b.Write(t)
	}
	if inside {
		b.WriteString("</" + o.channel.name + ">")
	}
	b.WriteString("</" + o.root.name + ">")
	return b.Bytes()
}

// head returns the feed without its entries.
func (o *outline) head() []byte {
	from := o.root.end
	if o.channel.name != "" && o.root.local() == "rss" {
		from = o.channel.end
	}
	to := len(o.text)
	if len(o.entries) > 0 {
		to = o.entries[0].start
	}
	if from > to {
		return o.around()
	}
	return o.around(o.text[from:to])
}

// entry returns the text of one entry, closed where it was not.
func (o *outline) entry(s span) []byte {
	text := o.text[s.start:s.end]
	if s.unclosed {
		return append(bytes.Clone(text), "</"+s.name+">"...)
	}
	return text
}
