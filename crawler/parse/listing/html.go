package listing

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"

	"github.com/backdoorwatch/backdoorwatch/crawler/parse"
)

type htmlEngine struct{}

// selector is a CSS selector with the attribute that is wanted of what it
// selects; no attribute means the visible text.
type selector struct {
	css       cascadia.Selector // nil for the row itself
	attribute string
}

var attributeSuffix = regexp.MustCompile(`^(.*?)\s*@([A-Za-z][\w:-]*)$`)

func (htmlEngine) compile(text string) (expression, error) {
	s := selector{}
	css := strings.TrimSpace(text)
	if m := attributeSuffix.FindStringSubmatch(css); m != nil {
		css, s.attribute = m[1], m[2]
	}
	if css == "" || css == "." {
		return s, nil
	}
	compiled, err := cascadia.Compile(css)
	if err != nil {
		return nil, fmt.Errorf("no CSS selector: %w", err)
	}
	s.css = compiled
	return s, nil
}

func (htmlEngine) open(body []byte, _ string) (row, error) {
	document, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("no readable page: %w", err)
	}
	return htmlRow{document.Selection}, nil
}

type htmlRow struct{ at *goquery.Selection }

func (r htmlRow) selected(e expression) (*goquery.Selection, string) {
	s, ok := e.(selector)
	if !ok || s.css == nil {
		return r.at, s.attribute
	}
	return r.at.FindMatcher(s.css), s.attribute
}

func (r htmlRow) rows(e expression) ([]row, error) {
	if e == nil {
		return []row{r}, nil
	}
	found, _ := r.selected(e)
	var out []row
	for i := range min(found.Length(), maxResults) {
		out = append(out, htmlRow{found.Eq(i)})
	}
	return out, nil
}

func (r htmlRow) texts(e expression) ([]string, error) {
	found, attribute := r.selected(e)
	var out []string
	for i := range min(found.Length(), maxResults) {
		one := found.Eq(i)
		if attribute != "" {
			if value, has := one.Attr(attribute); has {
				out = append(out, value)
			}
			continue
		}
		inner, err := one.Html()
		if err != nil {
			return out, fmt.Errorf("writing the selected part: %w", err)
		}
		out = append(out, parse.PlainText(inner))
	}
	return out, nil
}
