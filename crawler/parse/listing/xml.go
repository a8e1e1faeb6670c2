package listing

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"

	"github.com/antchfx/xmlquery"
	"github.com/antchfx/xpath"
)

type xmlEngine struct{}

func (xmlEngine) compile(text string) (e expression, err error) {
	defer func() {
		if r := recover(); r != nil { // the compiler panics on some wrong functions
			err = fmt.Errorf("no XPath: %v", r)
		}
	}()
	compiled, err := xpath.Compile(text)
	if err != nil {
		return nil, fmt.Errorf("no XPath: %w", err)
	}
	return compiled, nil
}

// declaration is taken away before reading: the bytes are UTF-8 by then,
// whatever it says.
var declaration = regexp.MustCompile(`^\s*<\?xml[^>]*\?>`)

func (xmlEngine) open(body []byte, _ string) (row, error) {
	body = declaration.ReplaceAll(body, nil)
	options := xmlquery.ParserOptions{Decoder: &xmlquery.DecoderOptions{
		Strict: false, Entity: xml.HTMLEntity,
		CharsetReader: func(_ string, in io.Reader) (io.Reader, error) { return in, nil },
	}}
	root, err := xmlquery.ParseWithOptions(bytes.NewReader(body), options)
	if err != nil {
		return nil, fmt.Errorf("no readable XML: %w", err)
	}
	return xmlRow{root}, nil
}

type xmlRow struct{ node *xmlquery.Node }

func (r xmlRow) rows(e expression) (out []row, err error) {
	if e == nil {
		return []row{r}, nil
	}
	defer recovered(&err)
	nodes, ok := r.evaluate(e).(*xpath.NodeIterator)
	if !ok {
		return nil, errors.New("the XPath yields a value where nodes are needed")
	}
	for nodes.MoveNext() && len(out) < maxResults {
		if at, ok := nodes.Current().(*xmlquery.NodeNavigator); ok {
			out = append(out, xmlRow{at.Current()})
		}
	}
	return out, nil
}

func (r xmlRow) texts(e expression) (out []string, err error) {
	defer recovered(&err)
	switch value := r.evaluate(e).(type) {
	case *xpath.NodeIterator:
		for value.MoveNext() && len(out) < maxResults {
			out = append(out, value.Current().Value())
		}
	case string:
		out = append(out, value)
	case float64:
		out = append(out, strconv.FormatFloat(value, 'f', -1, 64))
	case bool:
		out = append(out, strconv.FormatBool(value))
	}
	return out, nil
}

func (r xmlRow) evaluate(e expression) any {
	compiled, ok := e.(*xpath.Expr)
	if !ok {
		return nil
	}
	return compiled.Evaluate(xmlquery.CreateXPathNavigator(r.node))
}

func recovered(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("evaluating the expression: %v", r)
	}
}
