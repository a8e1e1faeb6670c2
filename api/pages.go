package api

import (
	"time"

	"github.com/backdoorwatch/backdoorwatch/api/problem"
	"github.com/backdoorwatch/backdoorwatch/api/reply"
	"github.com/gin-gonic/gin"
)

// servePage answers with a page for people.
func (s *server) servePage(c *gin.Context, name string, data any) {
	s.servePageUnder(c, s.pages.ContentPolicy(), name, data)
}

// servePageUnder answers with a page under a Content-Security-Policy of its own.
func (s *server) servePageUnder(c *gin.Context, contentPolicy, name string, data any) {
	body, err := s.pages.Render(name, data)
	if err != nil {
		s.fail(c, s.desk.New(problem.Internal, "The page could not be written. It has been logged."))
		s.Logger.ErrorContext(c.Request.Context(), "writing a page failed", "page", name, "error", err)
		return
	}
	c.Header("Content-Security-Policy", contentPolicy)
	c.Header("Cache-Control", "no-cache")
	s.shelf.Keep(body, typePage, time.Time{}).Serve(c.Writer, c.Request)
}

// serveFixed answers with what is ready to be sent.
func (s *server) serveFixed(c *gin.Context, e *reply.Entity) {
	c.Header("Content-Security-Policy", s.pages.ContentPolicy())
	c.Header("Cache-Control", "no-cache")
	e.Serve(c.Writer, c.Request)
}
