package web

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// maxVersions bounds the memory of versions; at that number it starts afresh.
const maxVersions = 512

// version is what one address last answered.
type version struct {
	tag    string    // of the bytes, without quotation marks
	since  time.Time // when these bytes were first given, to the second
	packed []byte    // the bytes, compressed
}

// versions remembers what each address last answered, for two ends: that
// Last-Modified is the moment at which these very bytes first appeared, whatever
// they were made from, and that equal bytes are compressed once.
type versions struct {
	now func() time.Time

	mu  sync.Mutex
	all map[string]version
}

func newVersions(now func() time.Time) *versions {
	return &versions{now: now, all: map[string]version{}}
}

// of returns the version for the bytes that the address answers now. A version
// always starts at least a second after the one before it, so that a reader who
// knows only the second is never told "unchanged" wrongly.
func (v *versions) of(address string, body []byte) version {
	sum := sha256.Sum256(body)
	tag := hex.EncodeToString(sum[:12])
	v.mu.Lock()
	known, seen := v.all[address]
	v.mu.Unlock()
	if seen && known.tag == tag {
		return known
	}
	packed, err := pack(body, gzip.BestSpeed)
	if err != nil {
		packed = nil
	}
	since := v.now().UTC().Truncate(time.Second)
	if seen && !since.After(known.since) {
		since = known.since.Add(time.Second)
	}
	fresh := version{tag, since, packed}
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.all) >= maxVersions {
		clear(v.all)
	}
	v.all[address] = fresh
	return fresh
}

// write answers with a page: conditionally, compressed where the reader takes
// that, and without a body for HEAD.
func (v version) write(w http.ResponseWriter, r *http.Request, body []byte) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Vary", "Accept-Encoding, Cookie")
	h.Set("Cache-Control", "public, max-age=0, stale-while-revalidate=30")
	h.Set("Last-Modified", v.since.Format(http.TimeFormat))
	zip := v.packed != nil && takesGzip(r)
	if zip {
		h.Set("ETag", `"`+v.tag+`-gz"`)
	} else {
		h.Set("ETag", `"`+v.tag+`"`)
	}
	if v.unchanged(r) {
		h.Del("Content-Type")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if zip {
		h.Set("Content-Encoding", "gzip")
		body = v.packed
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the reader has left; nobody is to be told
	}
}

// unchanged reports whether the reader has these bytes already. By RFC 9110 a
// date counts only where no tag is given.
func (v version) unchanged(r *http.Request) bool {
	if tags := r.Header.Get("If-None-Match"); tags != "" {
		for tag := range strings.SplitSeq(tags, ",") {
			tag = strings.Trim(strings.TrimPrefix(strings.TrimSpace(tag), "W/"), `"`)
			if tag == "*" || strings.TrimSuffix(tag, "-gz") == v.tag {
				return true
			}
		}
		return false
	}
	known, err := http.ParseTime(r.Header.Get("If-Modified-Since"))
	return err == nil && !v.since.After(known)
}

// takesGzip reports whether the reader accepts gzip.
func takesGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		coding, params, _ := strings.Cut(part, ";")
		coding = strings.ToLower(strings.TrimSpace(coding))
		if coding != "gzip" && coding != "*" {
			continue
		}
		quality, err := strconv.ParseFloat(strings.TrimPrefix(strings.ReplaceAll(params, " ", ""), "q="), 64)
		return err != nil || quality > 0
	}
	return false
}
