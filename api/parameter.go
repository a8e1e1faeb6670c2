package api

import (
	"fmt"
	"net/url"
	"slices"

	"github.com/backdoorwatch/backdoorwatch/api/problem"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/danielgtaylor/huma/v2"
)

// longestQuery is how many bytes of URL parameters are read: room for every
// real question, and none for one that would keep the database busy by its
// length alone.
const longestQuery = 4096

// filter reads the question of a request.
func (s *server) filter(u *url.URL) (policy.Filter, error) {
	if len(u.RawQuery) > longestQuery {
		return policy.Filter{}, s.desk.New(problem.TooLong, fmt.Sprintf("The parameters have %d bytes; we read %d.", len(u.RawQuery), longestQuery))
	}
	return policy.ParseFilter(u.Query())
}

// filterParameters describes the parameters of a policy.Filter, which are the
// same for lists, feeds and pages. A test holds them equal to policy.FilterParams.
func filterParameters() []*huma.Param {
	return []*huma.Param{
		several("jurisdiction", "Codes of jurisdictions; each includes its sub-national ones. See /api/v1/jurisdictions", nil, "FR"),
		several("stance", "The side that the document's own voice takes", words(policy.Stances), "weakens"),
		several("kind", "What sort of document it is", words(policy.Kinds), "legislation"),
		several("measure", "By which means law touches encryption", words(policy.Measures), "client-side-scanning"),
		several("dossier", "Ids of dossiers, see /api/v1/dossiers", nil, nil),
		several("actor", "Ids of actors, see /api/v1/actors", nil, nil),
		several("source", "Ids of sources, see /api/v1/sources", nil, nil),
		several("lang", "Languages, BCP 47", nil, "de"),
		one("q", `A search: words, "phrases", -not, and field:value`, &huma.Schema{Type: "string"}, `"chat control" -opinion`),
		one("from", "The first day, month or year that counts: 2026-05-12, 2026-05 or 2026", &huma.Schema{Type: "string"}, "2026-05"),
		one("to", "The last day, month or year that counts", &huma.Schema{Type: "string"}, nil),
		one("relevant", "Whether items about encryption policy are listed (yes), all others (no), or both (all)",
			choice(policy.RelevantOnly, policy.Irrelevant, policy.AnyRelevance), nil),
		one("order", "Which comes first", choice(policy.OrderNewest, policy.OrderOldest), nil),
		one("limit", "The number of entries on a page", limitSchema(), nil),
		one("cursor", "From the previous page: where to go on", &huma.Schema{Type: "string"}, nil),
	}
}

func limitSchema() *huma.Schema {
	low, high := 1.0, float64(policy.MaxLimit)
	return &huma.Schema{Type: "integer", Minimum: &low, Maximum: &high, Default: policy.DefaultLimit}
}

// choice is the schema of one word; the first is the default.
func choice[T ~string](values ...T) *huma.Schema {
	s := &huma.Schema{Type: "string", Default: string(values[0])}
	for _, v := range values {
		s.Enum = append(s.Enum, string(v))
	}
	return s
}

func words[T ~string](l policy.List[T]) []any {
	var all []any
	for _, v := range l.Values() {
		all = append(all, string(v))
	}
	return all
}

func one(name, description string, schema *huma.Schema, example any) *huma.Param {
	return &huma.Param{Name: name, In: "query", Description: description, Schema: schema, Example: example}
}

func several(name, description string, enum []any, example any) *huma.Param {
	explode := true
	p := one(name, description+". May be repeated, or hold several values parted by commas: any of them", &huma.Schema{
		Type: "array", Items: &huma.Schema{Type: "string", Enum: slices.Clone(enum)},
	}, nil)
	p.Explode = &explode
	if example != nil {
		p.Example = []any{example}
	}
	return p
}
