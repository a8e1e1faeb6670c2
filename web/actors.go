package web

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// actorsPage is the list of everybody who takes part.
type actorsPage struct {
	frame
	Count  string
	Query  string
	Groups []optionGroup
	Chips  []chip
	Bands  []actorBand
	Reset  string
}

func (actorsPage) template() string { return "actors" }

// actorBand is the actors of one kind.
type actorBand struct {
	ID    string
	Label string
	Rows  []actorRow
}

// actorRow is an actor as lists show it.
type actorRow struct {
	ID, Name, Href string
	Kind           string
	Place          badge
	Stance         *badge
	Positions      string // how many are known, in words
	Count          int
}

func (l labeller) actorRow(a policy.Actor) actorRow {
	n := len(l.base.PositionsOf(a.ID))
	row := actorRow{
		ID: a.ID, Name: a.Name, Href: actorPath(a.ID), Kind: policy.ActorKinds.Label(a.Kind), Count: n,
		Place: badge{Label: l.place(a.Jurisdiction), Href: l.placeHref(a.Jurisdiction)}, Stance: actorStance(a.Stance),
	}
	if n > 0 {
		row.Positions = counted(n, "position", "positions")
	}
	return row
}

// actorStance shows an actor's long-standing stance.
func actorStance(stance policy.Stance) *badge {
	if stance == "" {
		return nil
	}
	return &badge{
		Label: policy.Stances.Label(stance), Long: "in the long run " + policy.Stances.Meaning(stance), Class: string(stance),
		Href: withQuery("/actors", url.Values{"stance": {string(stance)}}),
	}
}

// actorQuestion is what the list is asked for.
type actorQuestion struct {
	kinds   []policy.ActorKind
	places  []string
	stances []policy.Stance
	text    string
}

func askActors(values url.Values) (actorQuestion, error) {
	q := ask(values, "kind", "jurisdiction", "stance", "q")
	asked := actorQuestion{
		kinds: words(q, "kind", policy.ActorKinds.Values()), places: q.places("jurisdiction"),
		stances: words(q, "stance", policy.Stances.Values()), text: q.text("q"),
	}
	return asked, q.mistakes.OrNil()
}

func (q actorQuestion) values() url.Values {
	v := url.Values{}
	for name, values := range map[string][]string{"kind": texts(q.kinds), "jurisdiction": q.places, "stance": texts(q.stances)} {
		if len(values) > 0 {
			v[name] = values
		}
	}
	if q.text != "" {
		v.Set("q", q.text)
	}
	return v
}

func (q actorQuestion) without(param, value string) string {
	v := q.values()
	v[param] = slices.DeleteFunc(slices.Clone(v[param]), func(one string) bool { return one == value })
	if len(v[param]) == 0 {
		delete(v, param)
	}
	return withQuery("/actors", v)
}

func (q actorQuestion) fits(a policy.Actor, passOver string) bool {
	return (passOver == "kind" || len(q.kinds) == 0 || slices.Contains(q.kinds, a.Kind)) &&
		(passOver == "jurisdiction" || len(q.places) == 0 || slices.Contains(q.places, a.Jurisdiction)) &&
		(passOver == "stance" || len(q.stances) == 0 || slices.Contains(q.stances, a.Stance)) &&
		q.named(a)
}

// named reports whether one of the actor's names holds what was searched for.
func (q actorQuestion) named(a policy.Actor) bool {
	wanted := strings.ToLower(q.text)
	return wanted == "" || slices.ContainsFunc(append([]string{a.Name}, a.Aliases...), func(name string) bool {
		return strings.Contains(strings.ToLower(name), wanted)
	})
}

func (s *Site) actorList(c *gin.Context) (page, error) {
	values := c.Request.URL.Query()
	q, err := askActors(values)
	if err != nil {
		return nil, err
	}
	if err := canonical("/actors", values, q.values()); err != nil {
		return nil, err
	}
	l := s.labeller(c.Request.Context())
	p := &actorsPage{
		frame: frame{Title: "Actors", Section: "/dossiers", Tabs: recordTabs("/actors"),
			Feeds:       []link{{Label: "JSON", Href: "/api/v1/actors", Type: "application/json"}},
			Description: "Who takes part in the debate on encryption, and how often they took a side."},
		Query: q.text, Groups: l.actorOptions(q), Chips: l.actorChips(q), Reset: "/actors",
	}
	shown := 0
	for _, word := range policy.ActorKinds {
		band := actorBand{ID: "kind-" + string(word.Value), Label: word.Label}
		for _, a := range l.base.Actors {
			if a.Kind == word.Value && q.fits(a, "") {
				band.Rows = append(band.Rows, l.actorRow(a))
			}
		}
		slices.SortStableFunc(band.Rows, func(a, b actorRow) int {
			return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)))
		})
		shown += len(band.Rows)
		if len(band.Rows) > 0 {
			p.Bands = append(p.Bands, band)
		}
	}
	p.Count = counted(shown, "actor", "actors")
	if summary := summaryOf(p.Chips); summary != "" {
		p.Title += ": " + summary
	}
	return p, nil
}

func (l labeller) actorOptions(q actorQuestion) []optionGroup {
	count := func(field string, value func(policy.Actor) string) []policy.Count {
		counts := map[string]int{}
		for _, a := range l.base.Actors {
			if q.fits(a, field) {
				counts[value(a)]++
			}
		}
		var all []policy.Count
		for value, n := range counts {
			all = append(all, policy.Count{Value: value, Count: n})
		}
		return byCount(all)
	}
	stances := count("stance", func(a policy.Actor) string { return string(a.Stance) })
	kinds := count("kind", func(a policy.Actor) string { return string(a.Kind) })
	places := count("jurisdiction", func(a policy.Actor) string { return a.Jurisdiction })
	groups := []optionGroup{
		group("Long-standing stance", "stance", inOrder(policy.Stances.Values(), stances), texts(q.stances), l.stance),
		group("Kind", "kind", present(inOrder(policy.ActorKinds.Values(), kinds)), texts(q.kinds), actorKindLabel),
		group("Place", "jurisdiction", places, q.places, l.place),
	}
	for i, o := range groups[0].Shown {
		groups[0].Shown[i].Class = o.Value
	}
	return slices.DeleteFunc(groups, func(g optionGroup) bool { return len(g.Shown) == 0 })
}

func actorKindLabel(v string) string { return policy.ActorKinds.Label(policy.ActorKind(v)) }

func (l labeller) actorChips(q actorQuestion) []chip {
	var chips []chip
	each := func(field, param string, values []string, label func(string) string) {
		for _, value := range values {
			chips = append(chips, chip{field, label(value), q.without(param, value)})
		}
	}
	each("Stance", "stance", texts(q.stances), l.stance)
	each("Kind", "kind", texts(q.kinds), actorKindLabel)
	each("Place", "jurisdiction", q.places, l.place)
	if q.text != "" {
		chips = append(chips, chip{"Search", q.text, q.without("q", q.text)})
	}
	return chips
}
