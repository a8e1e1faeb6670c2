package web

import (
	"net/url"
	"slices"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// dossierQuestion is what the list is asked for.
type dossierQuestion struct {
	places   []string
	statuses []policy.Stage
	effects  []policy.Effect
	measures []policy.Measure
	text     string
	by       string
}

var dossierParams = []string{"jurisdiction", "status", "effect", "measure", "q", "by"}

func askDossiers(values url.Values) (dossierQuestion, error) {
	q := ask(values, dossierParams...)
	asked := dossierQuestion{
		places:   q.places("jurisdiction"),
		statuses: words(q, "status", decisive()),
		effects:  words(q, "effect", policy.Effects.Values()),
		measures: words(q, "measure", policy.Measures.Values()),
		text:     q.text("q"),
		by:       oneWord(q, "by", "status", "effect", "place"),
	}
	return asked, q.mistakes.OrNil()
}

// decisive are the stages that can be a status.
func decisive() []policy.Stage {
	var all []policy.Stage
	for _, words := range policy.Stages {
		if words.Decisive {
			all = append(all, words.Stage)
		}
	}
	return all
}

func (q dossierQuestion) values() url.Values {
	v := url.Values{}
	add := func(name string, values []string) {
		if len(values) > 0 {
			v[name] = values
		}
	}
	add("jurisdiction", q.places)
	add("status", texts(q.statuses))
	add("effect", texts(q.effects))
	add("measure", texts(q.measures))
	if q.text != "" {
		v.Set("q", q.text)
	}
	if q.by != "status" {
		v.Set("by", q.by)
	}
	return v
}

// without returns the address of the list with one choice taken away.
func (q dossierQuestion) without(param, value string) string {
	v := q.values()
	v[param] = slices.DeleteFunc(slices.Clone(v[param]), func(one string) bool { return one == value })
	if len(v[param]) == 0 {
		delete(v, param)
	}
	return withQuery("/dossiers", v)
}

// fits reports whether a dossier answers; one field may be passed over, to count
// what else could be chosen in it.
func (q dossierQuestion) fits(base *knowledge.Base, d policy.Dossier, passOver string) bool {
	parent, _ := base.Parent(d.Jurisdiction)
	return (passOver == "jurisdiction" || len(q.places) == 0 || slices.Contains(q.places, d.Jurisdiction) || slices.Contains(q.places, parent.Code)) &&
		(passOver == "status" || len(q.statuses) == 0 || slices.Contains(q.statuses, d.Status)) &&
		(passOver == "effect" || len(q.effects) == 0 || slices.Contains(q.effects, d.Effect)) &&
		(passOver == "measure" || len(q.measures) == 0 || slices.ContainsFunc(q.measures, func(m policy.Measure) bool { return slices.Contains(d.Measures, m) }))
}

// dossierOptions are the fields of the form with their counts.
func (l labeller) dossierOptions(q dossierQuestion, dossiers []policy.Dossier) []optionGroup {
	count := func(field string, values func(policy.Dossier) []string) []policy.Count {
		counts := map[string]int{}
		for _, d := range dossiers {
			if q.fits(l.base, d, field) {
				for _, v := range values(d) {
					counts[v]++
				}
			}
		}
		var all []policy.Count
		for value, n := range counts {
			all = append(all, policy.Count{Value: value, Count: n})
		}
		return byCount(all)
	}
	statuses := count("status", func(d policy.Dossier) []string { return []string{string(d.Status)} })
	effects := count("effect", func(d policy.Dossier) []string { return []string{string(d.Effect)} })
	places := count("jurisdiction", func(d policy.Dossier) []string {
		if parent, ok := l.base.Parent(d.Jurisdiction); ok {
			return []string{d.Jurisdiction, parent.Code}
		}
		return []string{d.Jurisdiction}
	})
	measures := count("measure", func(d policy.Dossier) []string { return texts(d.Measures) })
	groups := []optionGroup{
		group("Effect on encryption", "effect", inOrder(policy.Effects.Values(), effects), texts(q.effects), effectLabel),
		group("Status", "status", present(inOrder(decisive(), statuses)), texts(q.statuses), stageLabel),
		group("Place", "jurisdiction", places, q.places, l.place),
		group("Measure", "measure", measures, texts(q.measures), l.measure),
	}
	for i, o := range groups[0].Shown {
		groups[0].Shown[i].Class = o.Value // effects carry their shape
	}
	return slices.DeleteFunc(groups, func(g optionGroup) bool { return len(g.Shown) == 0 })
}

// present drops what does not occur.
func present(counts []policy.Count) []policy.Count {
	return slices.DeleteFunc(counts, func(c policy.Count) bool { return c.Count == 0 })
}

func effectLabel(v string) string { return policy.Effects.Label(policy.Effect(v)) }
func stageLabel(v string) string  { return policy.Stage(v).Label() }

func (l labeller) dossierChips(q dossierQuestion) []chip {
	var chips []chip
	each := func(field, param string, values []string, label func(string) string) {
		for _, value := range values {
			chips = append(chips, chip{field, label(value), q.without(param, value)})
		}
	}
	each("Place", "jurisdiction", q.places, l.place)
	each("Status", "status", texts(q.statuses), stageLabel)
	each("Effect", "effect", texts(q.effects), effectLabel)
	each("Measure", "measure", texts(q.measures), l.measure)
	if q.text != "" {
		chips = append(chips, chip{"Search", q.text, q.without("q", q.text)})
	}
	return chips
}
