// Package feed writes lists as Atom, RSS 2.0 and JSON Feed. What it writes
// depends on the content alone and never on the time of writing, so that equal
// content has equal bytes.
package feed

import "time"

// The media types of the formats.
const (
	TypeAtom = "application/atom+xml"
	TypeRSS  = "application/rss+xml"
	TypeJSON = "application/feed+json"
	TypeOPML = "text/x-opml"
)

// generator is how the feeds name their maker.
const generator = "Backdoor Watch"

// Feed is one page of a list. All addresses are absolute.
type Feed struct {
	ID       string // a tag: URI that stays
	Title    string
	Subtitle string
	Self     string // this very document
	First    string // the first page in this format
	Next     string // the next page; empty on the last one
	Page     string // the same list for people
	Icon     string
	Hubs     []string // of WebSub
	Updated  time.Time
	Entries  []Entry
}

// Entry is one thing of a list.
type Entry struct {
	ID         string // a tag: URI, made once
	Number     int64  // our own number, for those who use the API too
	Title      string // plain text
	Page       string // our own page of it, which stays
	Source     string // the address of the document at its source
	Content    string // safe HTML, see Content
	Language   string // BCP 47; empty where unknown
	Author     string // plain text; empty where unknown
	Date       string // in the world, in words, as far as it is known; for pages
	Published  time.Time
	Updated    time.Time // when its meaning changed
	Categories []Category
}

// Category is a tag of an entry.
type Category struct {
	Scheme string // the address of the closed list
	Facet  string // the list's short name
	Term   string
	Label  string
}

// Latest returns the latest time at which an entry changed; otherwise the given
// one, so that an empty feed does not change with the clock.
func Latest(entries []Entry, otherwise time.Time) time.Time {
	var latest time.Time
	for _, e := range entries {
		if e.Updated.After(latest) {
			latest = e.Updated
		}
	}
	if latest.IsZero() {
		return otherwise
	}
	return latest
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
