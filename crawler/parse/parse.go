// Package parse turns the bytes of a response into documents: feeds, article
// pages, sitemaps and PDF. What it reads is foreign and often broken; it keeps
// what can be read, says in Problems what was lost or guessed, and never
// panics.
package parse

import (
	"errors"
	"fmt"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Input is what a server answered.
type Input struct {
	URL       string // the address that answered, after redirects; relative links are resolved against it
	MediaType string // as declared in HTTP, without parameters
	Charset   string // as declared in HTTP; empty where nothing was declared
	Body      []byte // decompressed, in the character set in which it was served
	Language  string // BCP 47, what is known of the source; a hint only
}

// Result is what a list of documents (feed, sitemap) says.
type Result struct {
	Documents []policy.Document
	Problems  []string      // what was lost or guessed in the list as a whole
	Title     string        // plain text
	Language  string        // as the list declares it; may be wrong or empty
	Next      string        // address of the next page; empty where there is none
	Hub       string        // WebSub hub
	Self      string        // the address that the list gives itself
	TTL       time.Duration // how long the list asks not to be read again; zero where it says nothing
	Entries   int           // entries found, also those that could not be read
	Dated     int           // documents with a readable date
	Undatable int           // documents that state a date which could not be read
	Sitemaps  []SitemapRef  // of a sitemap index: the sitemaps that hold the documents
}

// Limits on what is read of one response. They bound memory and time against
// hostile input; no genuine list or page comes near them.
const (
	maxBody    = 32 << 20 // bytes
	maxEntries = 20_000   // entries of one list
	maxNesting = 256      // open elements or JSON brackets inside one another
	maxText    = 2 << 20  // bytes of one document's text
	maxTitle   = 1_000    // bytes of a title
)

// ErrConsent means that the page asks for consent instead of showing an
// article. The article itself was not served.
var ErrConsent = errors.New("the page asks for consent instead of showing the article")

// errTooBig is wrapped where a response is over the limits above.
var errTooBig = fmt.Errorf("%w: larger than what is read", policy.ErrInvalid)

// guard calls read and turns a panic inside it, from a third-party parser that
// met what it did not expect, into an error.
func guard[T any](what string, read func() (T, error)) (value T, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			var none T
			value, err = none, fmt.Errorf("%w %s: the parser failed: %v", policy.ErrInvalid, what, cause)
		}
	}()
	return read()
}
