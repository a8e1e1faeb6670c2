// Package reply sends bytes as HTTP wants them sent: with a strong validator made
// from the content, the right 304, HEAD, and gzip that is computed once.
package reply

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"
)

// smallest is the number of bytes below which gzip gains nothing.
const smallest = 1024

// Entity is a body that is ready to be sent, any number of times. Two entities
// with the same bytes have the same tag, whenever they were made.
type Entity struct {
	Body      []byte
	MediaType string
	Modified  time.Time // of the content; zero where unknown
	Next      string    // where the list goes on, for whoever made it; empty on the last page
	tag       string    // without quotation marks

	once   sync.Once
	zipped []byte
}

// New returns an entity of a body.
func New(body []byte, mediaType string, modified time.Time) *Entity {
	return &Entity{Body: body, MediaType: mediaType, Modified: modified, tag: Digest(body)}
}

// Digest returns a short text that is different for different bytes.
func Digest(body []byte) string {
	sum := sha256.Sum256(body)
	return base64.RawURLEncoding.EncodeToString(sum[:18])
}

// Tag returns the strong validator of the body as it is, in quotation marks.
func (e *Entity) Tag() string { return `"` + e.tag + `"` }

// Cost is the number of bytes by which an entity counts in an LRU: its body and,
// generously, the compressed one.
func (e *Entity) Cost() int { return cap(e.Body)*3/2 + 512 }

// gzipped returns the compressed body, or nil where it would gain nothing.
func (e *Entity) gzipped() []byte {
	e.once.Do(func() {
		if len(e.Body) < smallest {
			return
		}
		var buffer bytes.Buffer
		writer := gzip.NewWriter(&buffer)
		_, err := writer.Write(e.Body)
		if closeErr := writer.Close(); err == nil && closeErr == nil && buffer.Len() < len(e.Body) {
			e.zipped = bytes.Clone(buffer.Bytes())
		}
	})
	return e.zipped
}

// Serve sends the entity, or 304 where the caller has it already. Headers that
// are set stay, Cache-Control among them.
func (e *Entity) Serve(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	body, tag := e.Body, `"`+e.tag+`"`
	addVary(header, "Accept-Encoding")
	if acceptsGzip(r.Header.Get("Accept-Encoding")) {
		if zipped := e.gzipped(); zipped != nil {
			// Another representation needs another strong validator.
			body, tag = zipped, `"`+e.tag+`-gzip"`
			header.Set("Content-Encoding", "gzip")
		}
	}
	header.Set("ETag", tag)
	if !e.Modified.IsZero() {
		header.Set("Last-Modified", e.Modified.UTC().Format(http.TimeFormat))
	}
	if e.known(r) {
		header.Del("Content-Type")
		header.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	header.Set("Content-Type", e.MediaType)
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		// A caller who has hung up cannot be told anything more.
		_, _ = io.Copy(w, bytes.NewReader(body))
	}
}

// known reports whether the caller has this entity. If-None-Match is exact and
// silences If-Modified-Since (RFC 9110 §13.2.2).
func (e *Entity) known(r *http.Request) bool {
	if tags := r.Header.Values("If-None-Match"); len(tags) > 0 {
		return e.among(strings.Join(tags, ","))
	}
	since := r.Header.Get("If-Modified-Since")
	if since == "" || e.Modified.IsZero() {
		return false
	}
	t, err := http.ParseTime(since)
	return err == nil && !e.Modified.Truncate(time.Second).After(t)
}

func (e *Entity) among(tags string) bool {
	for tag := range strings.SplitSeq(tags, ",") {
		tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
		if tag == "*" || tag == `"`+e.tag+`"` || tag == `"`+e.tag+`-gzip"` {
			return true
		}
	}
	return false
}

// Link writes the value of a header Link (RFC 8288).
func Link(address, relation string) string {
	return "<" + address + `>; rel="` + relation + `"`
}

func addVary(header http.Header, name string) {
	switch old := header.Get("Vary"); {
	case old == "":
		header.Set("Vary", name)
	case !strings.Contains(old, name):
		header.Set("Vary", old+", "+name)
	}
}
