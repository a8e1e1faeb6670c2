package api

import (
	"context"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/api/problem"
	"github.com/gin-gonic/gin"
)

// recover turns a panic into a problem, so that one mistake of ours costs one
// answer and not the server.
func (s *server) recover(c *gin.Context) {
	defer func() {
		cause := recover()
		if cause == nil {
			return
		}
		if cause == http.ErrAbortHandler {
			panic(cause)
		}
		s.Logger.ErrorContext(c.Request.Context(), "answering panicked",
			"path", c.Request.URL.Path, "cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
		c.Abort()
		if !c.Writer.Written() {
			s.fail(c, s.desk.New(problem.Internal, "Something went wrong on our side. It has been logged."))
		}
	}()
	c.Next()
}

// bound ends an answer that takes too long, so that a question which is hard to
// answer cannot hold the database for ever.
func (s *server) bound(c *gin.Context) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), s.Timeout)
	defer cancel()
	c.Request = c.Request.WithContext(ctx)
	c.Next()
}

// open lets pages of any site read what is public (CORS): there is no secret and
// no cookie in it.
func (s *server) open(c *gin.Context) {
	s.openHeaders(c)
	c.Next()
}

func (s *server) openHeaders(c *gin.Context) {
	header := c.Writer.Header()
	header.Set("Access-Control-Allow-Origin", "*")
	header.Set("Access-Control-Expose-Headers", "Link, ETag, Last-Modified, Accept-Ranges, Content-Range, Retry-After, RateLimit, RateLimit-Policy, Allow, Deprecation, Sunset")
	header.Set("Cross-Origin-Resource-Policy", "cross-origin")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
}

// optionsOf answers OPTIONS, also as the question that browsers ask before a
// request with headers of its own.
func (s *server) optionsOf(methods string) gin.HandlerFunc {
	return func(c *gin.Context) {
		header := c.Writer.Header()
		header.Set("Allow", methods)
		if c.GetHeader("Access-Control-Request-Method") != "" {
			header.Set("Access-Control-Allow-Methods", methods)
			header.Set("Access-Control-Allow-Headers", "Accept, If-None-Match, If-Modified-Since, If-Range, Range")
			header.Set("Access-Control-Max-Age", "86400")
		}
		c.Status(http.StatusNoContent)
	}
}

// limit refuses a client who sends more requests than its share.
func (s *server) limit(c *gin.Context) {
	if s.limiter.Off() || strings.HasSuffix(c.Request.URL.Path, healthPath) {
		return
	}
	verdict := s.limiter.Ask(c.ClientIP())
	policy, state := verdict.Headers()
	c.Header("RateLimit-Policy", policy)
	c.Header("RateLimit", state)
	if !verdict.Allowed {
		s.fail(c, s.desk.New(problem.TooMany, fmt.Sprintf("Your network may send %d requests a minute.", s.RatePerMinute)).
			With("Retry-After", verdict.Seconds()))
	}
}
