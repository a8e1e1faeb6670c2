package api

import (
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// title says a question about items in words, as the name of a feed.
func (s *server) title(f policy.Filter) string { return s.titled("", f) }

// titled says which list of what answers a question.
func (s *server) titled(list string, f policy.Filter) string {
	parts := []string{
		list,
		named(s, policy.FacetJurisdiction, f.Jurisdictions),
		named(s, policy.FacetKind, f.Kinds),
		named(s, policy.FacetStance, f.Stances),
		named(s, policy.FacetMeasure, f.Measures),
		named(s, policy.FacetDossier, f.Dossiers),
		named(s, policy.FacetActor, f.Actors),
		prefixed("from ", strings.Join(f.Sources, " or ")),
		prefixed("in ", strings.Join(f.Languages, " or ")),
		prefixed("search: ", f.Query),
		span(f),
		relevance(f.Relevance),
	}
	var said []string
	for _, p := range parts {
		if p != "" {
			said = append(said, p)
		}
	}
	if len(said) == 0 {
		return "Backdoor Watch"
	}
	return "Backdoor Watch: " + strings.Join(said, " · ")
}

func named[T ~string](s *server, facet policy.Facet, values []T) string {
	var labels []string
	for _, v := range values {
		labels = append(labels, s.make.Names.Label(facet, string(v)))
	}
	return strings.Join(labels, " or ")
}

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

func span(f policy.Filter) string {
	switch {
	case f.From.IsZero() && f.To.IsZero():
		return ""
	case f.To.IsZero():
		return "since " + f.From.Words()
	case f.From.IsZero():
		return "until " + f.To.Words()
	}
	return f.From.Words() + " to " + f.To.Words()
}

func relevance(r policy.Relevance) string {
	switch r {
	case policy.Irrelevant:
		return "not about encryption policy"
	case policy.AnyRelevance:
		return "also what is not about encryption policy"
	}
	return ""
}
