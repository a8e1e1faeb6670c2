package listing

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Mistake is one thing wrong with a Spec.
type Mistake struct {
	Key     string // the path of the key inside the Spec, "fields.title"
	Message string
}

// Listing is a Spec that was found to be right. It is safe for concurrent use.
type Listing struct {
	syntax   Syntax
	spec     Spec
	engine   engine
	list     expression
	header   expression
	next     expression
	fields   map[string]compiledField
	steps    *compiledSteps
	hasDates bool
}

// expression is a compiled expression of an engine; nil where none was given.
type expression any

// engine is one syntax: how its expressions compile and its answers open.
type engine interface {
	compile(text string) (expression, error)
	open(body []byte, base string) (row, error)
}

// row is a part of an answer in which expressions can be asked.
type row interface {
	rows(e expression) ([]row, error)
	texts(e expression) ([]string, error)
}

type compiledChoice struct {
	at   expression
	find *regexp.Regexp
	as   string
}

type compiledField []compiledChoice

type compiledSteps struct {
	list             expression
	date, text, body compiledField
	stages           []compiledStage
}

type compiledStage struct {
	stage policy.Stage
	words []*regexp.Regexp
}

// Compile checks a Spec and makes it ready. All mistakes are returned at once;
// the Listing is nil if there are any. A Spec with no address is one for
// answers that are reached in another way.
func Compile(syntax Syntax, spec Spec) (*Listing, []Mistake) {
	c := &compiler{syntax: syntax, engine: engineFor(syntax)}
	if c.engine == nil {
		return nil, []Mistake{{"", fmt.Sprintf("unknown syntax %q", syntax)}}
	}
	l := &Listing{
		syntax: syntax, spec: spec, engine: c.engine,
		list:   c.optional("list", spec.List),
		fields: c.fields(spec.Fields),
		steps:  c.steps(spec.Steps),
	}
	l.hasDates = len(spec.Fields.Published)+len(spec.Fields.Updated) > 0
	if spec.Header != "" {
		l.header = c.header(spec.Header)
	}
	if len(spec.Fields.Title)+len(spec.Fields.Text) == 0 {
		c.fail("fields.title", "give title or text: without them a row says nothing")
	}
	c.request(spec)
	if spec.Paging != nil {
		l.next = c.paging(spec)
	}
	if len(c.mistakes) > 0 {
		return nil, c.mistakes
	}
	return l, nil
}

func engineFor(syntax Syntax) engine {
	switch syntax {
	case JSON:
		return jsonEngine{}
	case XML:
		return xmlEngine{}
	case HTML:
		return htmlEngine{}
	}
	return nil
}

type compiler struct {
	syntax   Syntax
	engine   engine
	mistakes []Mistake
}

func (c *compiler) fail(key, format string, args ...any) {
	c.mistakes = append(c.mistakes, Mistake{key, fmt.Sprintf(format, args...)})
}

func (c *compiler) optional(key, text string) expression {
	if text == "" {
		return nil
	}
	e, err := c.engine.compile(text)
	if err != nil {
		c.fail(key, "%v", err)
		return nil
	}
	return e
}

func (c *compiler) header(text string) expression {
	if c.syntax != JSON {
		c.fail("header", "only json rows can have a header")
	}
	return c.optional("header", text)
}

func (c *compiler) regexp(key, text string) *regexp.Regexp {
	if text == "" {
		return nil
	}
	re, err := regexp.Compile(text)
	if err != nil {
		c.fail(key, "%v", err)
	}
	return re
}

func (c *compiler) field(key string, f Field) compiledField {
	var out compiledField
	for i, choice := range f {
		at := key
		if len(f) > 1 {
			at += "." + strconv.Itoa(i)
		}
		if choice.At == "" {
			c.fail(at, "the expression is empty")
			continue
		}
		out = append(out, compiledChoice{
			at: c.optional(at, choice.At), find: c.regexp(at, choice.Find), as: choice.As,
		})
	}
	return out
}

// named pairs the fields with their keys, in the order of the reference.
func (f Fields) named() map[string]Field {
	return map[string]Field{
		"id": f.ID, "url": f.URL, "title": f.Title, "summary": f.Summary, "text": f.Text, "byline": f.Byline,
		"language": f.Language, "jurisdiction": f.Place, "published": f.Published, "updated": f.Updated, "official": f.Official,
		"attachments": f.Attachments, "detail": f.Detail,
	}
}

func (c *compiler) fields(f Fields) map[string]compiledField {
	out := map[string]compiledField{}
	named := f.named()
	for _, key := range sortedKeys(named) {
		out[key] = c.field("fields."+key, named[key])
	}
	return out
}

func (c *compiler) steps(s *Steps) *compiledSteps {
	if s == nil {
		return nil
	}
	if len(s.Text) == 0 {
		c.fail("steps.text", "missing: a step needs the source's words")
	}
	out := &compiledSteps{
		list: c.optional("steps.list", s.List),
		date: c.field("steps.date", s.Date), text: c.field("steps.text", s.Text), body: c.field("steps.body", s.Body),
	}
	for i, w := range s.Stages {
		key := "steps.stages." + strconv.Itoa(i)
		if _, known := w.Stage.Words(); !known {
			c.fail(key+".stage", "%q is none of our stages", w.Stage)
		}
		stage := compiledStage{stage: w.Stage}
		for _, word := range w.Words {
			stage.words = append(stage.words, c.regexp(key+".words", "(?i)"+word))
		}
		if len(w.Words) == 0 {
			c.fail(key+".words", "missing: no word would ever mean this stage")
		}
		out.stages = append(out.stages, stage)
	}
	return out
}

func (c *compiler) request(spec Spec) {
	if spec.Method != "" && spec.Method != "GET" && spec.Method != "POST" {
		c.fail("method", "%q is neither GET nor POST", spec.Method)
	}
	if spec.Body != "" && spec.Method != "POST" {
		c.fail("body", "only a POST has a body")
	}
	for _, text := range []struct{ key, value string }{{"url", spec.URL}, {"body", spec.Body}} {
		if _, err := expandDates(text.value, someDay); err != nil {
			c.fail(text.key, "%v", err)
		}
	}
	if k := spec.Key; k != nil {
		if !regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`).MatchString(k.Env) {
			c.fail("key.env", "%q is no name of an environment variable: write capitals, digits and underscores", k.Env)
		}
		if (k.Header == "") == (k.Query == "") {
			c.fail("key", "give either header or query")
		}
	}
}

func (c *compiler) paging(spec Spec) expression {
	p := spec.Paging
	braces := "{" + p.By + "}"
	switch p.By {
	case "page", "offset", "cursor":
		if p.Param == "" && !strings.Contains(spec.URL+spec.Body, braces) {
			c.fail("paging.param", "missing: give it, or write %s in the address or body", braces)
		}
	case "next":
	default:
		c.fail("paging.by", "%q is none of page, offset, cursor, next", p.By)
	}
	if p.By == "offset" && p.Size <= 0 {
		c.fail("paging.size", "missing: it is the step of the offset")
	}
	if p.Size < 0 || p.Max < 0 || p.Start < 0 {
		c.fail("paging", "numbers below zero mean nothing here")
	}
	if (p.By == "cursor" || p.By == "next") && p.At == "" {
		c.fail("paging.at", "missing: say where in the answer it is")
	}
	return c.optional("paging.at", p.At)
}

func sortedKeys[T any](m map[string]T) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
