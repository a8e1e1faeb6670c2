package feed

import (
	"html"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// excerpt is about how many characters of a text an entry quotes: enough to
// decide whether to read it at its source, and fair to the source.
const excerpt = 700

// Fact is one line below the text of an entry.
type Fact struct {
	Label string
	Value string
	Link  string // an address; empty for plain words
}

// Content returns safe HTML of plain text and facts: nothing in it comes from
// elsewhere but escaped words and web addresses.
func Content(text string, facts []Fact) string {
	var b strings.Builder
	for paragraph := range strings.SplitSeq(Excerpt(Clean(text)), "\n\n") {
		if paragraph = strings.TrimSpace(paragraph); paragraph != "" {
			b.WriteString("<p>" + strings.ReplaceAll(html.EscapeString(paragraph), "\n", "<br>") + "</p>")
		}
	}
	if len(facts) == 0 {
		return b.String()
	}
	b.WriteString(`<ul lang="en">`)
	for _, f := range facts {
		b.WriteString("<li>" + html.EscapeString(f.Label) + ": " + f.value() + "</li>")
	}
	b.WriteString("</ul>")
	return b.String()
}

func (f Fact) value() string {
	words := html.EscapeString(Clean(f.Value))
	if !Web(f.Link) {
		return words
	}
	return `<a href="` + html.EscapeString(f.Link) + `">` + words + "</a>"
}

// Clean removes control characters, which XML cannot hold and no reader shows,
// and what is no character at all.
func Clean(text string) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || r == '\ufffe' || r == '\uffff' || unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, text)
}

// Web reports whether an address is one of the web: no script, no data.
func Web(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// Excerpt returns the beginning of a text, cut between words.
func Excerpt(text string) string {
	text = strings.TrimSpace(text)
	if utf8.RuneCountInString(text) <= excerpt {
		return text
	}
	end, count := 0, 0
	for end = range text {
		if count++; count > excerpt {
			break
		}
	}
	cut := strings.LastIndexAny(text[:end], " \n")
	if cut < end/2 { // a script without spaces
		cut = end
	}
	return strings.TrimRight(text[:cut], " \n,;:–-") + " …"
}
