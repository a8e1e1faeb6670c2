package web

import (
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// formsOf returns the other forms of a list: each answers the same question, from
// its beginning.
func formsOf(f policy.Filter) []link {
	f.Cursor, f.Limit = "", 0
	values := f.Values()
	return []link{
		{Label: "RSS", Href: withQuery("/feeds/items.rss", values), Type: "application/rss+xml"},
		{Label: "Atom", Href: withQuery("/feeds/items.atom", values), Type: "application/atom+xml"},
		{Label: "JSON Feed", Href: withQuery("/feeds/items.json", values), Type: "application/feed+json"},
		{Label: "JSON", Href: withQuery("/api/v1/items", values), Type: "application/json"},
	}
}
