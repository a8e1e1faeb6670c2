package catalogue

import (
	"net/url"
	"time"

	"github.com/backdoorwatch/backdoorwatch/crawler/parse/listing"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Source is one source and how it is read: exactly one of Feed, JSON, XML,
// HTML and Sitemap says that.
type Source struct {
	policy.Source
	Article  bool         // each new entry's page is fetched for its full text
	Match    []string     // patterns of further addresses whose answers read like the list
	Feed     string       // address of a feed
	Official []OfficialID // ids that entries of the feed state
	JSON     *listing.Spec
	XML      *listing.Spec
	HTML     *listing.Spec
	Sitemap  *Sitemap
	Details  []Detail

	list  *listing.Listing // the compiled JSON, XML or HTML
	match []pattern
}

// OfficialID says where an entry of a feed states an official id.
type OfficialID struct {
	At   string `yaml:"at" about:"Part of the entry: id, url, title, summary or text."`
	Find string `yaml:"find" about:"A regular expression; its first group, or else the whole match, is the id."`
	As   string `yaml:"as" about:"A text to make of it: $0 is the match, $1 the first group."`
}

// Sitemap is a source that only lists its pages.
type Sitemap struct {
	URL     string   `yaml:"url" about:"Address of the sitemap."`
	Include []string `yaml:"include" about:"Patterns of the addresses that count, written as in match. Left out: all."`
}

// Detail says how the answer to one sort of address is read: the page or record
// of a single bill, say. Exactly one of JSON, XML and HTML is given.
type Detail struct {
	Match []string
	JSON  *listing.Rows
	XML   *listing.Rows
	HTML  *listing.Rows

	list  *listing.Listing
	match []pattern
}

// Listing is the compiled description of the list; nil for feeds and sitemaps.
func (s Source) Listing() *listing.Listing { return s.list }

// Listing is the compiled description of the answer.
func (d Detail) Listing() *listing.Listing { return d.list }

// Address is where the source is read, with its braces as written.
func (s Source) Address() string {
	switch {
	case s.Feed != "":
		return s.Feed
	case s.JSON != nil:
		return s.JSON.URL
	case s.XML != nil:
		return s.XML.URL
	case s.HTML != nil:
		return s.HTML.URL
	case s.Sitemap != nil:
		return s.Sitemap.URL
	}
	return ""
}

// Form names how the source is read: feed, json, xml, html or sitemap.
func (s Source) Form() string {
	switch {
	case s.Feed != "":
		return "feed"
	case s.JSON != nil:
		return "json"
	case s.XML != nil:
		return "xml"
	case s.HTML != nil:
		return "html"
	case s.Sitemap != nil:
		return "sitemap"
	}
	return ""
}

// KeyEnv is the environment variable that must hold a key for this source, or
// empty.
func (s Source) KeyEnv() string {
	if s.list == nil {
		return ""
	}
	return s.list.KeyEnv()
}

// DetailFor returns how the answer of an address is read, if the source
// describes it.
func (s Source) DetailFor(address string) (Detail, bool) {
	for _, d := range s.Details {
		if matchesAny(d.match, address) {
			return d, true
		}
	}
	return Detail{}, false
}

// Includes reports whether a page of the sitemap counts.
func (s Source) Includes(address string) bool {
	if s.Sitemap == nil || len(s.Sitemap.Include) == 0 {
		return true
	}
	for _, text := range s.Sitemap.Include {
		if p, err := compilePattern(text); err == nil && p.matches(address) {
			return true
		}
	}
	return false
}

// Host is the host that is asked, or empty.
func (s Source) Host() string {
	u, err := url.Parse(s.Address())
	if err != nil {
		return ""
	}
	return u.Host
}

// The bounds of an interval.
const (
	minInterval = 5 * time.Minute
	maxInterval = 31 * 24 * time.Hour
)
