package parse

import (
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// nodeText returns the visible text of a part of a page, in the form of
// PlainText.
func nodeText(nodes ...*html.Node) string {
	var w textWriter
	for _, n := range nodes {
		w.node(n)
	}
	return tidy(w.String())
}

// node writes the text of n. The parser bounds how deep a page is nested.
func (w *textWriter) node(n *html.Node) {
	switch n.Type {
	case html.TextNode:
		w.text(n.Data)
		return
	case html.ElementNode:
		if invisible[n.DataAtom] || isHidden(n) {
			return
		}
		w.separate(n.DataAtom)
		if n.DataAtom == atom.Pre {
			w.pre++
			defer func() { w.pre-- }()
		}
	}
	if w.Len() > maxText {
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.node(c)
	}
	if n.Type == html.ElementNode && blocks[n.DataAtom] {
		w.separate(n.DataAtom)
	}
}

func isHidden(n *html.Node) bool {
	for _, a := range n.Attr {
		if a.Key == "hidden" || a.Key == "style" && hiddenStyle(a.Val) {
			return true
		}
	}
	return false
}

// attribute returns an attribute of the first element that a selector finds.
func attribute(s *goquery.Selection, selector, name string) string {
	value, _ := s.Find(selector).First().Attr(name)
	return strings.TrimSpace(value)
}

// realParagraphs counts the paragraphs that are long enough to be prose.
func realParagraphs(s *goquery.Selection) int {
	n := 0
	s.Find("p").Each(func(_ int, p *goquery.Selection) {
		if len(strings.TrimSpace(p.Text())) >= 80 {
			n++
		}
	})
	return n
}

// drop removes elements that hold no article wherever they stand.
func drop(s *goquery.Selection, atoms map[atom.Atom]bool) {
	var gone []*html.Node
	for n := range s.Get(0).Descendants() {
		if n.Type == html.ElementNode && atoms[n.DataAtom] {
			gone = append(gone, n)
		}
	}
	for _, n := range gone {
		if n.Parent != nil {
			n.Parent.RemoveChild(n)
		}
	}
}
