package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// problemPage is shown instead of a page that cannot be shown.
type problemPage struct {
	frame
	Status  int
	Heading string
	Text    string
	Fields  []policy.FieldError // what was wrong with the question
	Way     link                // the way on
}

func (problemPage) template() string { return "problem" }

// problems are the texts for each status, for people.
var problems = map[int]problemPage{
	http.StatusBadRequest: {
		Heading: "This address does not make sense to us",
		Text:    "Something in the question is wrong, so we would rather not guess what was meant.",
		Way:     link{Label: "Start from the whole timeline", Href: "/timeline"},
	},
	http.StatusForbidden: {
		Heading: "This form came from another site",
		Text:    "We take settings only from our own pages.",
		Way:     link{Label: "Go to the front page", Href: "/"},
	},
	http.StatusNotFound: {
		Heading: "There is nothing at this address",
		Text:    "It may have been mistyped. Our own addresses do not go away: whatever had a page keeps it.",
		Way:     link{Label: "Look through the timeline", Href: "/timeline"},
	},
	http.StatusMethodNotAllowed: {
		Heading: "This page can only be read",
		Text:    "The request wanted to change something here, and there is nothing to change.",
		Way:     link{Label: "Go to the front page", Href: "/"},
	},
	http.StatusGone: {
		Heading: "This was removed on purpose",
		Text:    "There was something at this address and there no longer is.",
		Way:     link{Label: "Look through the timeline", Href: "/timeline"},
	},
	http.StatusInternalServerError: {
		Heading: "Something went wrong on our side",
		Text:    "It is not your doing. It has been written down for whoever runs this site; trying again in a minute may help.",
		Way:     link{Label: "Go to the front page", Href: "/"},
	},
	http.StatusServiceUnavailable: {
		Heading: "We cannot look that up right now",
		Text:    "Something that this site depends on does not answer. Nothing is lost; please try again in a minute.",
		Way:     link{Label: "Try the front page", Href: "/"},
	},
}

// statusOf maps each meaning that an error can have to a status.
func statusOf(err error) int {
	switch {
	case errors.Is(err, policy.ErrInvalid):
		return http.StatusBadRequest
	case errors.Is(err, policy.ErrNotFound):
		return http.StatusNotFound
	case errors.Is(err, policy.ErrGone):
		return http.StatusGone
	case errors.Is(err, policy.ErrUnavailable):
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// fail answers with the page for an error. What has no meaning for the outside
// is logged and told to nobody.
func (s *Site) fail(c *gin.Context, err error) {
	status := statusOf(err)
	if status >= 500 && !errors.Is(err, context.Canceled) {
		s.options.Logger.Error("page failed", "path", loggedPath(c), "error", err)
	}
	var fields policy.FieldErrors
	errors.As(err, &fields)
	s.failAs(c, status, fields)
}

func (s *Site) failAs(c *gin.Context, status int, fields policy.FieldErrors) {
	p, known := problems[status]
	if !known {
		p = problems[http.StatusInternalServerError]
	}
	p.Status, p.Fields, p.Title = status, fields, p.Heading
	s.dress(c, &p.frame)
	p.Canonical = "" // an error is nothing to point to
	body, err := s.templates.render(&p)
	if err != nil {
		s.options.Logger.Error("error page failed", "error", err)
		body = []byte(p.Heading)
	}
	h := c.Writer.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "60")
	}
	c.Writer.WriteHeader(status)
	if c.Request.Method != http.MethodHead {
		_, _ = c.Writer.Write(body) // the reader has left; nobody is to be told
	}
	c.Abort()
}
