package web

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// sourcesPage is all sources and how they do, those with a problem first.
type sourcesPage struct {
	frame
	Health health
	Groups []sourceGroup
	Places []option
	Count  string
	Chosen string // the name of the place that was asked for
}

func (sourcesPage) template() string { return "sources" }

// sourceGroup is the sources in one condition.
type sourceGroup struct {
	ID      string
	Label   string
	Note    string
	Sources []sourceRow
}

// sourceRow is a source as lists show it.
type sourceRow struct {
	ID, Name, Href, Home, Host string
	Place, Kind, Language      string
	Grade                      string
	Health, Meaning, Class     string
	Detail                     string
	Tried, Succeeded, Next     when
	Newest                     when
	Failures                   int
	Items, Relevant            int
	MovedTo                    string
	Moved                      string
}

func (s *Site) sourceList(c *gin.Context) (page, error) {
	values := c.Request.URL.Query()
	place, err := placeParam(values)
	if err != nil {
		return nil, err
	}
	if values.Has("jurisdiction") && place == "" {
		return nil, redirect{to: "/sources"}
	}
	all, err := s.options.Reader.Sources(c.Request.Context())
	if err != nil {
		return nil, err
	}
	l := s.labeller(c.Request.Context())
	shown := slices.DeleteFunc(slices.Clone(all), func(one policy.SourceStatus) bool {
		return place != "" && one.Jurisdiction != place && !strings.HasPrefix(one.Jurisdiction, place+"-")
	})
	p := &sourcesPage{
		frame: frame{Title: "Sources", Section: "/sources",
			Description: "Where the entries come from, and how each source is doing."},
		Health: healthOf(shown, time.Time{}),
		Groups: l.groupsOf(shown),
		Places: l.placeOptions(all, place),
		Count:  counted(len(shown), "source", "sources"),
	}
	if place != "" {
		p.Chosen = l.place(place)
		p.Title = "Sources: " + p.Chosen
	}
	return p, nil
}

// placeParam reads the one parameter of the page.
func placeParam(values url.Values) (string, error) {
	var mistakes policy.FieldErrors
	for name := range values {
		if name != "jurisdiction" {
			mistakes = append(mistakes, policy.FieldError{Field: name, Value: values.Get(name),
				Problem: "there is no such parameter", Hint: "use jurisdiction"})
		}
	}
	slices.SortFunc(mistakes, func(a, b policy.FieldError) int { return cmp.Compare(a.Field, b.Field) })
	return strings.ToUpper(strings.TrimSpace(values.Get("jurisdiction"))), mistakes.OrNil()
}

func (l labeller) placeOptions(sources []policy.SourceStatus, chosen string) []option {
	counts := map[string]int{}
	for _, source := range sources {
		counts[source.Jurisdiction]++
	}
	var all []option
	for code, count := range counts {
		all = append(all, option{Value: code, Label: l.place(code), Count: count, Checked: code == chosen})
	}
	slices.SortFunc(all, func(a, b option) int { return cmp.Or(cmp.Compare(a.Label, b.Label), cmp.Compare(a.Value, b.Value)) })
	return all
}

// groupsOf groups sources by condition; what needs somebody's eye comes first.
func (l labeller) groupsOf(sources []policy.SourceStatus) []sourceGroup {
	groups := []sourceGroup{
		{ID: string(conditionProblem), Label: "With a problem", Note: "Nothing is lost: each is tried again by itself, ever more slowly."},
		{ID: string(conditionNew), Label: "Not read yet", Note: "The first visits are spread out, so that nobody’s server is rushed."},
		{ID: string(conditionFine), Label: "Fine", Note: "Answered and read at the last visit."},
		{ID: string(conditionOff), Label: "Switched off", Note: "Listed for the record, and not read."},
	}
	for _, source := range sources {
		at := slices.IndexFunc(groups, func(g sourceGroup) bool { return g.ID == string(conditionOf(source)) })
		groups[at].Sources = append(groups[at].Sources, l.rowOf(source))
	}
	return slices.DeleteFunc(groups, func(g sourceGroup) bool { return len(g.Sources) == 0 })
}

func (l labeller) rowOf(s policy.SourceStatus) sourceRow {
	health := s.Health
	if conditionOf(s) == conditionOff {
		health = policy.HealthDisabled
	}
	return sourceRow{
		ID: s.ID, Name: either(s.Name, s.ID), Href: sourcePath(s.ID), Home: outward(s.Home), Host: hostOf(s.Home),
		Place: l.place(s.Jurisdiction), Kind: l.kind(string(s.Kind)), Language: languageName(s.Language),
		Grade:  policy.Grades.Label(s.Grade),
		Health: policy.Healths.Label(either(health, policy.HealthNew)), Meaning: policy.Healths.Meaning(either(health, policy.HealthNew)),
		Class: string(conditionOf(s)), Detail: either(s.Disabled, s.Detail),
		Tried: momentOf(s.TriedAt), Succeeded: momentOf(s.SucceededAt), Next: momentOf(s.NextAt), Newest: momentOf(s.NewestAt),
		Failures: s.Failures, Items: s.Items, Relevant: s.Relevant,
		MovedTo: outward(s.MovedTo), Moved: s.MovedTo,
	}
}
