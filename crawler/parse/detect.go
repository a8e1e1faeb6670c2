package parse

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
)

// Format says what a body is.
type Format string

// The formats.
const (
	FormatFeed     Format = "feed" // RSS, RDF or Atom
	FormatJSONFeed Format = "json-feed"
	FormatHTML     Format = "html"
	FormatPDF      Format = "pdf"
	FormatJSON     Format = "json"
	FormatXML      Format = "xml" // none of the others
	FormatSitemap  Format = "sitemap"
	FormatText     Format = "text"
	FormatOther    Format = "other" // pictures, archives, nothing
)

const detectWindow = 64 << 10 // how much of a body is looked at

// Detect says what a body is, by what it holds: file names and declared types
// are too often wrong.
func Detect(in Input) Format {
	in.Body = in.Body[:min(len(in.Body), detectWindow)]
	if i := bytes.Index(in.Body[:min(len(in.Body), 1024)], []byte("%PDF-")); i >= 0 {
		return FormatPDF
	}
	text, _ := UTF8(in)
	text = bytes.TrimLeft(text, "\uFEFF \t\r\n\f\v\x00")
	switch {
	case len(text) == 0:
		return FormatOther
	case text[0] == '{' || text[0] == '[':
		return detectJSON(text)
	}
	if format, ok := detectMarkup(text); ok {
		return format
	}
	if isText(in.Body, text) {
		return FormatText
	}
	return FormatOther
}

func detectJSON(text []byte) Format {
	decoder := json.NewDecoder(bytes.NewReader(text[:min(len(text), 4096)]))
	for range 3 {
		if _, err := decoder.Token(); err != nil && strings.Contains(err.Error(), "invalid character") {
			return FormatText
		}
	}
	if text[0] == '{' && jsonFeedVersion.Match(text) {
		return FormatJSONFeed
	}
	return FormatJSON
}

var (
	jsonFeedVersion = regexp.MustCompile(`"version"\s*:\s*"https?:(?:\\?/){2}(?:www\.)?jsonfeed\.org(?:\\?/)version`)
	feedRoot        = regexp.MustCompile(`<(?:[A-Za-z_][\w.-]*:)?(?:rss|RSS|RDF|rdf|feed|channel)[\s>]`)
	anyElement      = regexp.MustCompile(`<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)`)
	htmlDoctype     = regexp.MustCompile(`(?i)^\s*<!doctype\s+html`)
)

// htmlElements are elements by which a page without a doctype shows itself.
var htmlElements = words("html head body title meta link script style div p span table a h1 h2 h3 br b i img form center font article main section header nav ul ol noscript")

func detectMarkup(text []byte) (Format, bool) {
	first := anyElement.FindSubmatchIndex(text)
	if first == nil {
		return "", false
	}
	name := strings.ToLower(string(text[first[2]:first[3]]))
	page := bytes.Index(bytes.ToLower(text), []byte("<html"))
	switch {
	case isFeed(text, name, first[0], page):
		return FormatFeed, true
	case name == "urlset" || name == "sitemapindex":
		return FormatSitemap, true
	case htmlDoctype.Match(text) || page >= 0 && (name == "html" || htmlElements[name]):
		return FormatHTML, true
	case text[0] == '<' && htmlElements[name]:
		return FormatHTML, true
	case text[0] == '<':
		return FormatXML, true
	}
	return "", false
}

const maxPrologue = 8 << 10 // bytes of junk before a feed: a comment, a warning of the server

// isFeed reports whether the root of a feed is the first element of a text, or
// comes after a little HTML that was not meant to be there. first is where the
// first element is, named name, and page where <html> is, or negative.
func isFeed(text []byte, name string, first, page int) bool {
	root := feedRoot.FindIndex(text)
	if root == nil || root[0] > maxPrologue {
		return false
	}
	if bytes.Contains(bytes.ToLower(text[root[0]:root[1]]), []byte("rdf")) && !isRSS10(text) {
		return false // RDF that is other data
	}
	if namesFeed(text[root[0]:min(len(text), root[0]+400)]) && (root[0] == first || htmlElements[name]) {
		return true
	}
	if htmlDoctype.Match(text) || page >= 0 && page < root[0] {
		return false
	}
	return root[0] == first || htmlElements[name]
}

// isRSS10 reports whether an RDF document is a feed.
func isRSS10(text []byte) bool {
	for _, sign := range []string{"purl.org/rss/", "my.netscape.com/rdf/simple", "<channel", "<item"} {
		if bytes.Contains(text, []byte(sign)) {
			return true
		}
	}
	return false
}

func isText(body, text []byte) bool {
	kind := http.DetectContentType(body)
	return strings.HasPrefix(kind, "text/") || !bytes.ContainsRune(text, 0) && !bytes.ContainsRune(text, '\uFFFD') && kind == "application/octet-stream" && printable(text)
}

func printable(text []byte) bool {
	controls := 0
	for _, c := range text {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1B {
			controls++
		}
	}
	return controls*100 <= len(text)
}
