package web

import (
	"net/url"
	"strconv"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// The addresses of our pages. They last: ids are made once.

func itemPath(id policy.ItemID) string { return "/items/" + strconv.FormatInt(int64(id), 10) }

func candidatePath(id policy.CandidateID) string {
	return "/candidates/" + strconv.FormatInt(int64(id), 10)
}

func dossierPath(id string) string { return "/dossiers/" + url.PathEscape(id) }
func placePath(code string) string { return "/places/" + url.PathEscape(code) }
func actorPath(id string) string   { return "/actors/" + url.PathEscape(id) }
func eventPath(id string) string   { return "/events/" + url.PathEscape(id) }
func sourcePath(id string) string  { return "/sources/" + url.PathEscape(id) }

// timelinePath returns the address of the timeline with a filter.
func timelinePath(f policy.Filter) string { return withQuery("/timeline", f.Values()) }

func withQuery(path string, values url.Values) string {
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}

// The pages of the record's entries; where the record has no such entry, which
// may be so after it changed, the list of what was tagged with it.

func (l labeller) placeHref(code string) string {
	if _, known := l.base.Jurisdiction(code); known {
		return placePath(code)
	}
	return timelinePath(policy.Filter{Jurisdictions: []string{code}})
}

func (l labeller) dossierHref(id string) string {
	if _, known := l.base.Dossier(id); known {
		return dossierPath(id)
	}
	return timelinePath(policy.Filter{Dossiers: []string{id}})
}

func (l labeller) actorHref(id string) string {
	if _, known := l.base.Actor(id); known {
		return actorPath(id)
	}
	return timelinePath(policy.Filter{Actors: []string{id}})
}
