package crawler

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/crawler/parse"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// guessXML reads an XML answer that nobody describes: a list of titled things
// as entries, anything else, such as the text of a law, as one document.
func guessXML(in parse.Input) ([]policy.Document, error) {
	text, _ := parse.UTF8(in)
	root, broken := xmlNode(text)
	if root == nil {
		return nil, fmt.Errorf("no readable XML: %w", broken)
	}
	docs, err := guess(in, root)
	if len(docs) > 1 {
		return docs, nil
	}
	if err != nil {
		doc := policy.Document{URL: in.URL, CanonicalURL: canonical(in.URL), Language: in.Language, Problems: []string{undescribed}}
		if doc.Title = deepest(root, titleNames); doc.Title == "" || len(wholeText(root)) < longText {
			return nil, err
		}
		docs = []policy.Document{doc}
	}
	if whole := wholeText(root); len(whole) > len(docs[0].Text) {
		docs[0].Text = whole
	}
	if broken != nil {
		docs[0].Problems = append(docs[0].Problems, "the XML ends early: "+broken.Error())
	}
	return docs, nil
}

// xmlNode turns XML into nodes: elements of the same name beside each other
// become a list, as they would be in JSON. What comes before an error is kept.
func xmlNode(text []byte) (*node, error) {
	decoder := xml.NewDecoder(bytes.NewReader(text))
	decoder.Strict, decoder.Entity = false, xml.HTMLEntity
	decoder.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	budget := guessNodes
	top := &node{}
	stack := []*node{top}
	for budget > 0 {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return firstOf(top), err
		}
		switch token := token.(type) {
		case xml.StartElement:
			budget--
			child := &node{}
			if len(stack) <= 64 {
				stack[len(stack)-1].add(token.Name.Local, child)
			}
			for _, a := range token.Attr {
				child.add(a.Name.Local, &node{text: a.Value})
			}
			stack = append(stack, child)
		case xml.EndElement:
			if len(stack) > 1 {
				stack = stack[:len(stack)-1]
			}
		case xml.CharData:
			if words := strings.TrimSpace(string(token)); words != "" {
				stack[len(stack)-1].say(words)
			}
		}
	}
	if first := firstOf(top); first != nil {
		return first, nil
	}
	return nil, errors.New("it has no element")
}

func firstOf(top *node) *node {
	if len(top.parts) == 0 {
		return nil
	}
	return &node{names: top.names[:1], parts: top.parts[:1]}
}

// say adds words to an element; words between elements are parts without a
// name, so that the order of mixed text is kept.
func (n *node) say(words string) {
	if len(n.parts) == 0 {
		n.text = strings.TrimSpace(n.text + " " + words)
		return
	}
	n.names = append(n.names, "")
	n.parts = append(n.parts, &node{text: words})
}

func (n *node) add(name string, child *node) {
	last := len(n.parts) - 1
	if last >= 0 && n.names[last] == name {
		if !n.parts[last].list {
			n.parts[last] = &node{list: true, parts: []*node{n.parts[last]}}
		}
		n.parts[last].parts = append(n.parts[last].parts, child)
		return
	}
	n.names, n.parts = append(n.names, name), append(n.parts, child)
}

// wholeText is all text of the elements, in order.
func wholeText(root *node) string {
	var out strings.Builder
	var walk func(*node)
	walk = func(n *node) {
		if n.text != "" && out.Len() < maxLongText && strings.ContainsAny(n.text, " ,.;") {
			out.WriteString(n.text)
			out.WriteString("\n")
		}
		for _, p := range n.parts {
			walk(p)
		}
	}
	walk(root)
	return parse.PlainText(strings.NewReplacer("&", "&amp;", "<", "&lt;", "\n", "<br>").Replace(out.String()))
}
