package api

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/api/reply"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
)

// Deprecation says that a part of the contract is kept for those who use it, and is not
// for anybody new. docs/stability.md says for how long such a part stays.
type Deprecation struct {
	// Operation is the id of one operation; empty, with a Parameter, means every one.
	Operation string
	// Parameter is what is deprecated of it; empty for all of it.
	Parameter string
	// Schema and Field are a field of an answer instead. It is told in the document alone:
	// an answer's header would say that all of it is deprecated.
	Schema, Field string

	Since   time.Time
	Sunset  time.Time // when it may stop working; zero where that is not decided
	Instead string    // what to use, as a sentence
}

// Deprecations is the table of what is deprecated now.
func Deprecations() []Deprecation { return nil }

// words are what the document and its page say.
func (d Deprecation) words() string {
	text := "Deprecated since " + d.Since.UTC().Format(time.DateOnly)
	if !d.Sunset.IsZero() {
		text += ", until " + d.Sunset.UTC().Format(time.DateOnly)
	}
	return text + ". " + d.Instead
}

// notice is a deprecation at one address.
type notice struct {
	Deprecation
	link string // the header Link that leads to what is said about it
}

// concerns reports whether a request uses what is deprecated.
func (n notice) concerns(r *http.Request) bool {
	return n.Parameter == "" || r.URL.Query().Has(n.Parameter)
}

// applyDeprecations marks in the document what is deprecated, and prepares what answers
// say. A row of the table that fits nothing wraps policy.ErrConfig.
func (s *server) applyDeprecations() error {
	s.notices = map[string][]notice{}
	for _, d := range s.Deprecated {
		if d.Since.IsZero() || !d.Sunset.IsZero() && !d.Sunset.After(d.Since) || d.Instead == "" {
			return fmt.Errorf("%w: the deprecation %+v lacks its beginning or its remedy, or ends before it begins", policy.ErrConfig, d)
		}
		if !s.mark(d) {
			return fmt.Errorf("%w: the deprecation %+v fits nothing", policy.ErrConfig, d)
		}
	}
	return nil
}

// mark reports whether something fits the row.
func (s *server) mark(d Deprecation) bool {
	document := s.huma.OpenAPI()
	if d.Field != "" {
		schema := document.Components.Schemas.Map()[d.Schema]
		if schema == nil || schema.Properties[d.Field] == nil {
			return false
		}
		field := schema.Properties[d.Field]
		field.Deprecated, field.Description = true, joined(field.Description, d.words())
		return true
	}
	fits := false
	for path, item := range document.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post} {
			if op == nil || d.Operation != "" && d.Operation != op.OperationID || !markOperation(op, d) {
				continue
			}
			fits = true
			route := op.Method + " " + ginPath(path)
			link := reply.Link(s.BaseURL+docsPath+"#"+op.OperationID, "deprecation") + `; type="text/html"`
			s.notices[route] = append(s.notices[route], notice{d, link})
		}
	}
	return fits
}

func markOperation(op *huma.Operation, d Deprecation) bool {
	if d.Parameter == "" {
		if d.Operation == "" {
			return false
		}
		op.Deprecated, op.Description = true, joined(op.Description, d.words())
		return true
	}
	fits := false
	for _, p := range op.Parameters {
		if p.Name == d.Parameter && p.In == "query" {
			p.Deprecated, p.Description, fits = true, joined(p.Description, d.words()), true
		}
	}
	return fits
}

func joined(text, more string) string {
	if text == "" {
		return more
	}
	return strings.TrimSuffix(text, ".") + ". " + more
}

// tellDeprecation says in an answer that what was asked for is deprecated (RFC 9745), and
// until when it works (RFC 8594). Of several the earliest ends count.
func (s *server) tellDeprecation(c *gin.Context) {
	method := c.Request.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	var since, sunset time.Time
	var links []string
	for _, n := range s.notices[method+" "+c.FullPath()] {
		if !n.concerns(c.Request) {
			continue
		}
		since, sunset = earliest(since, n.Since), earliest(sunset, n.Sunset)
		links = append(links, n.link)
	}
	if len(links) == 0 {
		return
	}
	c.Header("Deprecation", "@"+strconv.FormatInt(since.Unix(), 10))
	if !sunset.IsZero() {
		c.Header("Sunset", sunset.UTC().Format(http.TimeFormat))
	}
	c.Writer = &linking{ResponseWriter: c.Writer, links: slices.Compact(links)}
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// linking adds links at the last moment, beside those that a handler sets.
type linking struct {
	gin.ResponseWriter
	links []string
}

func (l *linking) add() {
	for _, link := range l.links {
		l.Header().Add("Link", link)
	}
	l.links = nil
}

func (l *linking) WriteHeader(status int) {
	l.add()
	l.ResponseWriter.WriteHeader(status)
}

func (l *linking) WriteHeaderNow() {
	l.add()
	l.ResponseWriter.WriteHeaderNow()
}

func (l *linking) Write(data []byte) (int, error) {
	l.add()
	return l.ResponseWriter.Write(data)
}

func (l *linking) WriteString(text string) (int, error) {
	l.add()
	return l.ResponseWriter.WriteString(text)
}
