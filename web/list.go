package web

import (
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// feedForms are the forms in which every list can be followed.
var feedForms = []struct{ label, suffix, mediaType string }{
	{"RSS", ".rss", "application/rss+xml"},
	{"Atom", ".atom", "application/atom+xml"},
	{"JSON Feed", ".json", "application/feed+json"},
	{"CSV", ".csv", "text/csv"},
}

// formsOf returns the other forms of a list, by its name in the API: each answers
// the same question, from its beginning.
func formsOf(list string, f policy.Filter) []link {
	f.Cursor, f.Limit = "", 0
	return formsAt("/feeds/"+list, "/api/v1/"+list, f)
}

// streamForms are the forms of a list in which dates may be ahead: these come as a
// calendar too.
func streamForms(list string, f policy.Filter) []link {
	f.Cursor, f.Limit = "", 0
	return append(formsOf(list, f), link{Label: "calendar of what is expected", Href: withQuery("/feeds/upcoming.ics", f.Values()), Type: "text/calendar"})
}

// entryForms are the forms of all that concerns one entry of the record, by the
// name of its list and its id.
func entryForms(list, id string) []link {
	return formsAt("/feeds/"+list+"/"+id, "/api/v1/"+list+"/"+id, policy.Filter{})
}

func formsAt(feed, api string, f policy.Filter) []link {
	var all []link
	for _, form := range feedForms {
		all = append(all, link{Label: form.label, Href: withQuery(feed+form.suffix, f.Values()), Type: form.mediaType})
	}
	return append(all, link{Label: "JSON", Href: withQuery(api, f.Values()), Type: "application/json"})
}
