package web

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// A list of options longer than longList shows shownOptions of them; the others
// are a click away.
const (
	longList     = 10
	shownOptions = 8
)

// filterForm is the form that narrows a list. It is sent by GET: the address of
// the list says all that was chosen.
type filterForm struct {
	Query     string
	From, To  string
	Groups    []optionGroup
	Relevance []option
	Orders    []option
	Hidden    []option // what was chosen elsewhere and is kept
	Chips     []chip
}

// optionGroup is the options of one field.
type optionGroup struct {
	Legend string
	Name   string
	Shown  []option
	Rest   []option
}

// option is one value that can be chosen.
type option struct {
	ID      string
	Name    string
	Value   string
	Label   string
	Count   int
	Checked bool
	Class   string
}

// chip is one choice that is in force, and the address of the list without it.
type chip struct {
	Field string
	Label string
	Href  string
}

// formOf makes the form for a filter and the counts behind its values.
func (l labeller) formOf(f policy.Filter, facets policy.Facets) filterForm {
	stances := inOrder(policy.Stances.Values(), facets.Stances)
	kinds := inOrder(policy.Kinds.Values(), facets.Kinds)
	form := filterForm{
		Query: f.Query, From: f.From.String(), To: f.To.String(),
		Groups: []optionGroup{
			group("Place", "jurisdiction", byCount(facets.Jurisdictions), f.Jurisdictions, l.place),
			group("Stance", "stance", stances, texts(f.Stances), l.stance),
			group("Kind", "kind", kinds, texts(f.Kinds), l.kind),
			group("Measure", "measure", byCount(facets.Measures), texts(f.Measures), l.measure),
			group("Dossier", "dossier", byCount(facets.Dossiers), f.Dossiers, l.dossier),
			group("Source", "source", byCount(facets.Sources), f.Sources, l.source),
			group("Language", "lang", byCount(facets.Languages), f.Languages, l.language),
		},
		Relevance: single("relevant", string(f.Relevance), [][2]string{
			{"yes", "Encryption policy"}, {"all", "Everything collected"}, {"no", "Set aside"}}),
		Orders: single("order", string(f.Order), [][2]string{{"newest", "Newest first"}, {"oldest", "Oldest first"}}),
		Chips:  l.chipsOf(f),
	}
	for i, o := range form.Groups[1].Shown {
		form.Groups[1].Shown[i].Class = o.Value // stances carry their shape
	}
	for _, actor := range f.Actors {
		form.Hidden = append(form.Hidden, option{Name: "actor", Value: actor})
	}
	if f.PageSize() != policy.DefaultLimit {
		form.Hidden = append(form.Hidden, option{Name: "limit", Value: strconv.Itoa(f.PageSize())})
	}
	form.Groups = slices.DeleteFunc(form.Groups, func(g optionGroup) bool { return len(g.Shown) == 0 })
	return form
}

// group makes the options of a field. What is chosen stands open, counted or not.
func group(legend, name string, counts []policy.Count, chosen []string, label func(string) string) optionGroup {
	g := optionGroup{Legend: legend, Name: name}
	for _, value := range chosen {
		if !slices.ContainsFunc(counts, func(c policy.Count) bool { return c.Value == value }) {
			counts = append(counts, policy.Count{Value: value})
		}
	}
	for i, c := range counts {
		o := option{
			ID: "f-" + name + "-" + strconv.Itoa(i), Name: name, Value: c.Value,
			Label: label(c.Value), Count: c.Count, Checked: slices.Contains(chosen, c.Value),
		}
		if len(counts) <= longList || len(g.Shown) < shownOptions || o.Checked {
			g.Shown = append(g.Shown, o)
		} else {
			g.Rest = append(g.Rest, o)
		}
	}
	return g
}

// byValue returns the counts in the order of their values.
func byValue(counts []policy.Count) []policy.Count {
	return slices.SortedFunc(slices.Values(counts), func(a, b policy.Count) int { return cmp.Compare(a.Value, b.Value) })
}

func single(name, chosen string, values [][2]string) []option {
	var all []option
	for _, v := range values {
		all = append(all, option{Name: name, Value: v[0], Label: v[1], Checked: v[0] == chosen})
	}
	return all
}

// byCount returns the counts, the greatest first.
func byCount(counts []policy.Count) []policy.Count {
	return slices.SortedStableFunc(slices.Values(counts), func(a, b policy.Count) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
}

// inOrder returns a count for each word of a closed list, in the list's order.
func inOrder[T ~string](values []T, counts []policy.Count) []policy.Count {
	all := make([]policy.Count, len(values))
	for i, v := range values {
		all[i].Value = string(v)
		for _, c := range counts {
			if c.Value == string(v) {
				all[i].Count = c.Count
			}
		}
	}
	return all
}

func texts[T ~string](values []T) []string {
	var all []string
	for _, v := range values {
		all = append(all, string(v))
	}
	return all
}

// chipsOf returns the choices in force.
func (l labeller) chipsOf(f policy.Filter) []chip {
	var chips []chip
	each := func(field, param string, values []string, label func(string) string) {
		for _, value := range values {
			chips = append(chips, chip{field, label(value), without(f, param, value)})
		}
	}
	each("Place", "jurisdiction", f.Jurisdictions, l.place)
	each("Stance", "stance", texts(f.Stances), l.stance)
	each("Kind", "kind", texts(f.Kinds), l.kind)
	each("Measure", "measure", texts(f.Measures), l.measure)
	each("Dossier", "dossier", f.Dossiers, l.dossier)
	each("Actor", "actor", f.Actors, l.actor)
	each("Source", "source", f.Sources, l.source)
	each("Language", "lang", f.Languages, l.language)
	one := func(field, param, value, label string) {
		if value != "" {
			chips = append(chips, chip{field, label, without(f, param, value)})
		}
	}
	one("Search", "q", f.Query, f.Query)
	one("From", "from", f.From.String(), f.From.Words())
	one("To", "to", f.To.String(), f.To.Words())
	switch f.Relevance {
	case policy.AnyRelevance:
		one("Scope", "relevant", string(f.Relevance), "everything collected")
	case policy.Irrelevant:
		one("Scope", "relevant", string(f.Relevance), "only what was set aside")
	}
	return chips
}

// without returns the address of the list with one choice taken away, from its
// first page.
func without(f policy.Filter, param, value string) string {
	f.Cursor = ""
	values := f.Values()
	values[param] = slices.DeleteFunc(slices.Clone(values[param]), func(v string) bool { return v == value })
	if len(values[param]) == 0 {
		delete(values, param)
	}
	return withQuery("/timeline", values)
}

// summaryOf puts the choices in force in one line, for the title of the page.
func summaryOf(chips []chip) string {
	var parts []string
	for _, c := range chips {
		switch c.Field {
		case "Search":
			parts = append(parts, "“"+c.Label+"”")
		case "From", "To":
			parts = append(parts, strings.ToLower(c.Field)+" "+c.Label)
		default:
			parts = append(parts, c.Label)
		}
	}
	return strings.Join(parts, " · ")
}
