package crawler

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/crawler/parse"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// What answers for programs call their parts, in the languages of the
// catalogue, in small letters and the likeliest first.
var (
	titleNames = []string{
		"title", "titel", "titre", "titulo", "título", "titolo", "tittel", "titol", "tytul", "tytuł", "nazev", "název", "nazva", "pavadinimas",
		"shorttitle", "short_title", "longtitle", "headline", "label", "doctitle", "documenttitle", "casename", "name", "nome", "nombre",
		"navn", "naam", "nazwa", "frbrname", "subject", "betreff", "objet", "langtitel", "kurztitel", "ementa", "rubrik",
	}
	summaryNames = []string{
		"summary", "abstract", "description", "resume", "resumo", "resumen", "résumé", "zusammenfassung", "excerpt", "leadtext",
		"longtitle", "purpose", "subtitle",
	}
	textNames = []string{
		"text", "body", "content", "html", "fulltext", "full_text", "testo", "texto", "texte", "tekst", "comment", "inhalt",
	}
	dateNames = []string{
		"date", "datum", "published", "pubdate", "publicationdate", "publication_date", "issued", "dato", "fecha", "data", "dateissued",
		"document_date", "activity_date", "begin_date", "startdate", "displaydate", "frbrdate", "orgdat", "posteddate",
	}
	addressNames = []string{"url", "html_url", "weburl", "web_url", "link", "href", "uri", "eli"}
	idNames      = []string{"id", "identifier", "uuid", "guid", "number", "nummer", "numero"}
)

const (
	guessDepth = 12    // how deep an answer is looked through
	guessNodes = 50000 // how much of it
	guessRows  = 500   // entries that are taken out of a list nobody describes
)

// node is one thing of an answer: an object with named parts, a list, or text.
type node struct {
	names []string // of parts, as the answer writes them
	parts []*node
	list  bool
	text  string
}

func (n *node) object() bool { return !n.list && len(n.parts) > 0 }

// guessJSON reads an answer that nobody describes by the usual names.
func guessJSON(in parse.Input) ([]policy.Document, error) {
	text, _ := parse.UTF8(in)
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, fmt.Errorf("no readable JSON: %w", err)
	}
	budget := guessNodes
	return guess(in, nodeOf(value, 0, &budget))
}

func nodeOf(value any, depth int, budget *int) *node {
	*budget--
	n := &node{}
	if depth > guessDepth || *budget < 0 {
		return n
	}
	switch value := value.(type) {
	case map[string]any:
		for _, name := range sorted(value) {
			n.names = append(n.names, name)
			n.parts = append(n.parts, nodeOf(value[name], depth+1, budget))
		}
	case []any:
		n.list = true
		for _, element := range value {
			n.parts = append(n.parts, nodeOf(element, depth+1, budget))
		}
	case string:
		n.text = value
	case json.Number:
		n.text = value.String()
	}
	return n
}

func sorted(m map[string]any) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// guess takes the largest list of titled things as entries, or else the whole
// answer as one document.
func guess(in parse.Input, root *node) ([]policy.Document, error) {
	if slices.Contains(root.names, "openapi") || slices.Contains(root.names, "swagger") {
		return nil, errors.New("a description of an interface, not a document")
	}
	var docs []policy.Document
	for _, row := range largestList(root) {
		if doc := guessDocument(in, row, len(docs)); doc.Title != "" {
			docs = append(docs, doc)
		}
	}
	if len(docs) > 1 {
		return docs, nil
	}
	doc := guessDocument(in, root, -1)
	if doc.Title == "" {
		doc.Title = deepest(root, titleNames)
	}
	if doc.Text == "" {
		doc.Text = longTexts(root)
	}
	doc.EntryID = doc.CanonicalURL
	switch {
	case doc.Title == "" && doc.Text == "":
		return nil, errors.New(undescribed + ", and it has no part named as a title or text usually is")
	case doc.Text == "" && doc.Summary == "" && doc.Published.IsZero():
		return nil, errors.New(undescribed + ", and it holds names but no text and no date")
	case doc.Title == "":
		doc.Title = firstLine(doc.Text)
	}
	return []policy.Document{doc}, nil
}

// largestList finds the list with the most things that have a title.
func largestList(n *node) (best []*node) {
	if n.list {
		titled := slices.DeleteFunc(slices.Clone(n.parts), func(p *node) bool { return !entryLike(inner(p)) })
		best = titled[:min(len(titled), guessRows)]
	}
	for _, p := range n.parts {
		if other := largestList(p); len(other) > len(best) {
			best = other
		}
	}
	return best
}

// entryLike tells an entry from a section of a text or a name in a form: it has
// a title, and a date or an address of its own.
func entryLike(n *node) bool {
	return part(n, titleNames) != "" && (part(n, dateNames) != "" || strings.HasPrefix(part(n, addressNames), "http"))
}

// inner opens wrappers such as {"bill": {...}} around each thing of a list.
func inner(n *node) *node {
	for n.object() && len(n.parts) == 1 && n.parts[0].object() {
		n = n.parts[0]
	}
	return n
}

func guessDocument(in parse.Input, n *node, index int) policy.Document {
	n = inner(n)
	doc := policy.Document{
		URL: in.URL, Title: firstLine(parse.PlainText(part(n, titleNames))), Summary: parse.PlainText(part(n, summaryNames)),
		Text: parse.PlainText(part(n, textNames)), Language: in.Language, Problems: []string{undescribed},
	}
	if date, ok := parse.Date(part(n, dateNames), in.Language); ok {
		doc.Published = date
	}
	if address := part(n, addressNames); strings.HasPrefix(address, "http") {
		doc.URL = address
	}
	doc.CanonicalURL = canonical(doc.URL)
	if index >= 0 {
		id := part(n, idNames)
		if id == "" {
			id = strconv.Itoa(index + 1)
		}
		doc.EntryID = in.URL + "#" + id
		if doc.URL == in.URL {
			doc.CanonicalURL = doc.EntryID
		}
	}
	return doc
}

// part returns the text of the first part that bears one of the names.
func part(n *node, names []string) string {
	for _, name := range names {
		for i, own := range n.names {
			if plainName(own) == name {
				if text := inWords(n.parts[i]); text != "" {
					return text
				}
			}
		}
	}
	return ""
}

// plainName is a name in small letters, without prefix and mark of an attribute.
func plainName(name string) string {
	if i := strings.LastIndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	return strings.ToLower(strings.TrimLeft(name, "@#_"))
}

// inWords returns the text of a part: its own, that of its English or first
// language, or that which it calls its value.
func inWords(n *node) string {
	if n.text != "" || len(n.parts) == 0 {
		return strings.TrimSpace(n.text)
	}
	if n.list {
		return inWords(n.parts[0])
	}
	for _, name := range []string{"en", "value", "#text", "text", "showas", "de", "fr", "it", "es", "mul"} {
		for i, own := range n.names {
			if strings.EqualFold(own, name) && n.parts[i].text != "" {
				return strings.TrimSpace(n.parts[i].text)
			}
		}
	}
	return ""
}

// deepest looks through the whole answer for a part with one of the names, the
// likeliest name first.
func deepest(root *node, names []string) string {
	for _, name := range names {
		if text := find(root, name); text != "" {
			return firstLine(parse.PlainText(text))
		}
	}
	return ""
}

func find(n *node, name string) string {
	for i, p := range n.parts {
		if i < len(n.names) && plainName(n.names[i]) == name {
			if text := inWords(p); len(text) > 3 {
				return text
			}
		}
		if text := find(p, name); text != "" {
			return text
		}
	}
	return ""
}

const (
	longText    = 60      // bytes from which a text is prose rather than a code
	maxLongText = 1 << 20 // bytes of all of them that are kept
)

// longTexts gathers the prose of an answer, in its order.
func longTexts(root *node) string {
	var out strings.Builder
	var walk func(*node)
	walk = func(n *node) {
		if len(n.text) >= longText && strings.ContainsRune(n.text, ' ') && out.Len() < maxLongText {
			out.WriteString(parse.PlainText(n.text))
			out.WriteString("\n\n")
		}
		for _, p := range n.parts {
			walk(p)
		}
	}
	walk(root)
	return strings.TrimSpace(out.String())
}
