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
	root := feedRoot.FindIndex(text)
	page := bytes.Index(bytes.ToLower(text), []byte("<html"))
	switch {
	case root != nil && namesFeed(text[root[0]:min(len(text), root[0]+400)]) && isPrologue(text[:root[0]]):
		return FormatFeed, true
	case root != nil && (page < 0 || root[0] < page) && !htmlDoctype.Match(text) && (root[0] == first[0] || isPrologue(text[:root[0]])):
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

// isPrologue reports whether the junk before a feed is so short that the feed
// still is the document: a warning of the server, a comment.
func isPrologue(text []byte) bool { return len(text) < 8<<10 }

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
