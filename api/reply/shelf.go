package reply

import (
	"bytes"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

// Shelf keeps entities by their content, so that the same bytes are compressed
// once however often they are made.
type Shelf struct {
	byContent *LRU[*Entity]
}

// NewShelf returns a shelf for up to limit bytes.
func NewShelf(limit int) *Shelf { return &Shelf{NewLRU[*Entity](limit)} }

// Keep returns the entity of these bytes: the kept one where there is one.
func (s *Shelf) Keep(body []byte, mediaType string, modified time.Time) *Entity {
	fresh := New(body, mediaType, modified)
	name := mediaType + " " + fresh.tag
	if kept, ok := s.byContent.Get(name); ok && kept.Modified.Equal(modified) {
		return kept
	}
	s.byContent.Put(name, fresh, fresh.Cost())
	return fresh
}

// Buffer is a gin middleware: it holds back what the handlers after it write, and
// sends a success as an Entity. Other answers pass as they are.
func (s *Shelf) Buffer(c *gin.Context) {
	out := c.Writer
	held := &holder{ResponseWriter: out, status: http.StatusOK}
	c.Writer = held
	// A handler that panics leaves the real writer untouched, for whoever recovers.
	defer func() { c.Writer = out }()
	c.Next()
	c.Writer = out
	if held.status == http.StatusOK {
		if out.Header().Get("Cache-Control") == "" {
			out.Header().Set("Cache-Control", "no-cache") // keep it, and ask whether it still holds
		}
		s.Keep(held.body.Bytes(), out.Header().Get("Content-Type"), time.Time{}).Serve(out, c.Request)
		return
	}
	out.WriteHeader(held.status)
	if c.Request.Method != http.MethodHead {
		_, _ = out.Write(held.body.Bytes())
	}
	out.WriteHeaderNow()
}

// holder is a gin.ResponseWriter that keeps status and body to itself.
type holder struct {
	gin.ResponseWriter
	status  int
	body    bytes.Buffer
	written bool
}

func (h *holder) WriteHeader(status int) { h.status = status }

func (h *holder) WriteHeaderNow() {}

func (h *holder) Write(data []byte) (int, error) {
	h.written = true
	return h.body.Write(data)
}

func (h *holder) WriteString(text string) (int, error) {
	h.written = true
	return h.body.WriteString(text)
}

func (h *holder) Status() int { return h.status }

func (h *holder) Size() int { return h.body.Len() }

func (h *holder) Written() bool { return h.written }

func (h *holder) Flush() {}
