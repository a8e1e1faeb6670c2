package fetch

import (
	"crypto/sha256"
	"encoding/hex"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/crawler/archive"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Request is what to get. Only URL must be given.
type Request struct {
	URL        string
	Method     string            // GET where empty
	Header     http.Header       // further headers; to another host after a redirect go only those that say what we accept
	Body       []byte            // of a POST
	Validators policy.Validators // of what we have; asks for the document only if it changed
	Accept     string            // the Accept header; "*/*" where empty
	// Secret are the names of query parameters and headers whose values must not
	// be seen. They are masked in every address and error that comes back, and in
	// recordings. The usual credential headers are secret anyway.
	Secret []string
	// Delay is how long the host rests after this request, where it is longer
	// than Options.Delay.
	Delay time.Duration
}

func (r Request) conditional() bool {
	return (r.Method == "" || r.Method == http.MethodGet || r.Method == http.MethodHead) &&
		(r.Validators.ETag != "" || r.Validators.LastModified != "")
}

// shownURL returns the address as it may be shown.
func (r Request) shownURL() string {
	u, err := url.Parse(r.URL)
	if err != nil {
		return "an address that is not a URL"
	}
	return r.secrets().URL(u)
}

// minSecret is the length from which a value is looked for in error texts: a
// shorter one would be found in half the words.
const minSecret = 4

// hide masks the values of secrets wherever they occur in a text.
func (r Request) hide(text string) string {
	for _, value := range r.secretValues() {
		if len(value) >= minSecret {
			text = strings.ReplaceAll(text, value, archive.Mask)
			text = strings.ReplaceAll(text, url.QueryEscape(value), archive.Mask)
		}
	}
	return text
}

// show returns an address as it may be shown, also one that a server made up of
// what we told it.
func (r Request) show(u *url.URL) string { return r.hide(r.secrets().URL(u)) }

func (r Request) secretValues() []string {
	var values []string
	secrets := r.secrets()
	for name, given := range r.Header {
		if secrets.HeaderIsSecret(name) {
			values = append(values, given...)
		}
	}
	u, err := url.Parse(r.URL)
	if err != nil {
		return values
	}
	query := u.Query()
	for name, given := range query {
		for _, secret := range secrets {
			if strings.EqualFold(name, secret) {
				values = append(values, given...)
			}
		}
	}
	return values
}

// Response is a document, or the news that there is no new one.
type Response struct {
	URL         string // the address that answered, after redirects; secrets masked
	RequestURL  string // the address asked for; secrets masked
	Status      int
	Header      http.Header
	MediaType   string // as declared, in lower case, without parameters; empty where undeclared
	Charset     string // as declared in the header; empty where undeclared
	Body        []byte // decompressed, otherwise as served; empty with a 304
	NotModified bool   // a 304, or the same bytes as last time
	Validators  policy.Validators
	Capture     policy.Capture
	MovedTo     string // where the address moved for good; empty unless it did
}

func (v *visit) response(asked *url.URL) *Response {
	a, given := v.last, v.request.Validators
	r := &Response{
		URL: v.request.show(a.url), RequestURL: v.request.show(asked), Status: a.status, Header: a.header, Body: v.body, MovedTo: v.movedTo,
		Validators: policy.Validators{ETag: a.header.Get("ETag"), LastModified: a.header.Get("Last-Modified")},
	}
	r.MediaType, r.Charset = contentType(a.header)
	if a.status == http.StatusNotModified {
		r.NotModified, r.Body = true, nil
		r.Validators.ETag = orDefault(r.Validators.ETag, given.ETag)
		r.Validators.LastModified = orDefault(r.Validators.LastModified, given.LastModified)
		r.Validators.Digest = given.Digest
	} else {
		r.Validators.Digest = Digest(r.Body)
		r.NotModified = given.Digest == r.Validators.Digest
	}
	r.Capture = policy.Capture{URL: r.URL, FetchedAt: a.at, Status: a.status, MediaType: r.MediaType, Digest: r.Validators.Digest, Archive: a.location}
	return r
}

// Digest names the bytes of a document, "sha256:" and hex.
func Digest(body []byte) string {
	sum := sha256.Sum256(body)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// contentType reads the header of that name, also a sloppy one.
func contentType(header http.Header) (kind, charset string) {
	value := header.Get("Content-Type")
	kind, params, err := mime.ParseMediaType(value)
	if err == nil || kind != "" {
		return kind, params["charset"]
	}
	kind, rest, _ := strings.Cut(value, ";")
	if _, after, ok := strings.Cut(strings.ToLower(rest), "charset="); ok {
		charset, _, _ = strings.Cut(after, ";")
	}
	return strings.ToLower(strings.TrimSpace(kind)), strings.Trim(charset, " \"'")
}
