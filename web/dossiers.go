package web

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// dossiersPage is the list of all dossiers.
type dossiersPage struct {
	frame
	Count  string
	Query  string
	Groups []optionGroup
	By     []option
	Chips  []chip
	Bands  []dossierBand
	Reset  string
	Found  bool // machines found bills that the record does not have
}

func (dossiersPage) template() string { return "dossiers" }

// dossierBand is dossiers that have something in common.
type dossierBand struct {
	ID    string
	Label string
	Note  string
	Class string // of its shape, where it has one
	Rows  []dossierRow

	course course
}

// overLast moves what is over behind what still matters.
func overLast(bands []dossierBand) {
	slices.SortStableFunc(bands, func(a, b dossierBand) int { return cmp.Compare(a.course, b.course) })
}

// dossierRow is a dossier as lists show it.
type dossierRow struct {
	ID, Name, Href string
	Kind           string
	Place          badge
	Status         string // empty where the heading says it
	StatusLong     string
	Effect         badge
	Last           when // its last step
	Next           when // its next step, where one is expected
	NextVague      bool
}

func (l labeller) dossierRow(d policy.Dossier) dossierRow {
	words, _ := d.Status.Words()
	row := dossierRow{
		ID: d.ID, Name: d.Name(), Href: dossierPath(d.ID),
		Kind:   policy.DossierKinds.Label(d.Kind),
		Place:  badge{Label: l.place(d.Jurisdiction), Href: l.placeHref(d.Jurisdiction)},
		Status: words.Label, StatusLong: words.Meaning,
		Effect: effectBadge(d.Effect),
		Last:   dateOf(lastStep(d, l.now)),
	}
	for _, e := range knowledge.NextSteps(d, l.now).Expected {
		if !e.Overdue {
			row.Next, row.NextVague = dateOf(e.Date), e.Vague
			break
		}
	}
	return row
}

func (l labeller) dossierRows(dossiers []policy.Dossier) []dossierRow {
	var all []dossierRow
	for _, d := range dossiers {
		all = append(all, l.dossierRow(d))
	}
	return all
}

// lastStep is the date of the last event that has come to pass.
func lastStep(d policy.Dossier, now time.Time) policy.Date {
	var last policy.Date
	for _, e := range d.Events {
		if e.Stage != policy.StageUpcoming && !e.Date.Start().After(now) && e.Date.Compare(last) > 0 {
			last = e.Date
		}
	}
	return last
}

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

func (s *Site) dossierList(c *gin.Context) (page, error) {
	values := c.Request.URL.Query()
	q, err := askDossiers(values)
	if err != nil {
		return nil, err
	}
	if err := canonical("/dossiers", values, q.values()); err != nil {
		return nil, err
	}
	ctx := c.Request.Context()
	searched, err := s.options.Record.Dossiers(ctx, policy.Filter{Query: q.text})
	if err != nil {
		return nil, err
	}
	found, err := s.options.Record.Candidates(ctx, policy.Filter{Limit: 1})
	if err != nil {
		return nil, err
	}
	l := s.labeller(ctx)
	p := &dossiersPage{
		frame: frame{Title: "Dossiers", Section: "/dossiers", Tabs: recordTabs("/dossiers"),
			Feeds:       formsOf("dossiers", policy.Filter{Jurisdictions: q.places, Measures: q.measures, Query: q.text}),
			Description: "Laws, bills, orders, court cases and treaties that bear on encryption: where each stands and what it does."},
		Query: q.text, Groups: l.dossierOptions(q, searched), Chips: l.dossierChips(q), Reset: "/dossiers",
		By:    single("by", q.by, [][2]string{{"status", "Where they stand"}, {"effect", "What they do to encryption"}, {"place", "Place"}}),
		Found: len(found.Candidates) > 0,
	}
	shown := slices.DeleteFunc(slices.Clone(searched), func(d policy.Dossier) bool { return !q.fits(l.base, d, "") })
	p.Count = counted(len(shown), "dossier", "dossiers")
	p.Bands = l.bandsOf(shown, q.by)
	if summary := summaryOf(p.Chips); summary != "" {
		p.Title += ": " + summary
	}
	return p, nil
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

// bandsOf puts dossiers under headings. Within one they keep their order.
func (l labeller) bandsOf(dossiers []policy.Dossier, by string) []dossierBand {
	var bands []dossierBand
	switch by {
	case "effect":
		for _, word := range policy.Effects {
			bands = append(bands, dossierBand{ID: "effect-" + string(word.Value), Label: word.Label, Note: word.Meaning, Class: string(word.Value)})
		}
	case "place":
		for _, j := range l.base.Jurisdictions {
			bands = append(bands, dossierBand{ID: "place-" + j.Code, Label: j.Name})
		}
		slices.SortStableFunc(bands, func(a, b dossierBand) int { return cmp.Compare(strings.ToLower(a.Label), strings.ToLower(b.Label)) })
	default:
		for _, words := range policy.Stages {
			bands = append(bands, dossierBand{ID: "status-" + string(words.Stage), Label: words.Label, Note: words.Meaning, course: courseOf(words.Stage)})
		}
		overLast(bands)
	}
	at := map[string]int{}
	for i, band := range bands {
		at[band.ID] = i
	}
	for _, d := range dossiers {
		id := map[string]string{"effect": "effect-" + string(d.Effect), "place": "place-" + d.Jurisdiction}[by]
		if i, known := at[either(id, "status-"+string(d.Status))]; known {
			row := l.dossierRow(d)
			if by == "status" {
				row.Status = ""
			}
			bands[i].Rows = append(bands[i].Rows, row)
		}
	}
	return slices.DeleteFunc(bands, func(b dossierBand) bool { return len(b.Rows) == 0 })
}
