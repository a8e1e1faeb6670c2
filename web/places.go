package web

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// placesPage is a map of places as tiles, and the same numbers as a table.
type placesPage struct {
	frame
	Above   []tile // bodies above states
	Tiles   []tile
	Legend  []term
	Effects []string // the columns of the table
	Courses []term
	Rows    []placeRow
	Total   placeRow
	Silent  []link // places of which the record has no dossier
}

func (placesPage) template() string { return "places" }

// tile is one place on the map.
type tile struct {
	Code, Name, Href string
	Spot             string // the classes that put it in its place
	Class            string // what most of its dossiers do to encryption
	Count            int
	Words            string // the numbers in words
}

// placeRow is the numbers of one place.
type placeRow struct {
	Code, Name, Href string
	Part             bool // of the place above it
	Parts            string
	Effects          []int
	Courses          []int
	Total            int
	All              string // the list of its dossiers
}

// course is how far along something is, in three words.
type course int

const (
	underWay course = iota
	decided
	over
)

// courses are these words.
var courses = []term{
	{Label: "On the way", Meaning: "announced, before a body that decides, or put off"},
	{Label: "Law or ruling", Meaning: "enacted, in force, challenged or ruled on"},
	{Label: "Over", Meaning: "rejected, withdrawn, lapsed or repealed"},
}

func courseOf(stage policy.Stage) course {
	words, _ := stage.Words()
	switch {
	case words.Final:
		return over
	case slices.Contains([]policy.Stage{policy.StageEnacted, policy.StageInForce, policy.StageEnforced, policy.StageChallenged, policy.StageRuled}, stage):
		return decided
	}
	return underWay
}

// tally counts dossiers.
type tally struct {
	total   int
	effects map[policy.Effect]int
	courses [3]int
}

func tallyOf(dossiers []policy.Dossier) tally {
	t := tally{effects: map[policy.Effect]int{}}
	for _, d := range dossiers {
		t.total++
		t.effects[d.Effect]++
		t.courses[courseOf(d.Status)]++
	}
	return t
}

// most is what most of the dossiers do; where two are equal, both ways.
func (t tally) most() string {
	best, class := 0, ""
	for _, word := range policy.Effects {
		switch n := t.effects[word.Value]; {
		case n > best:
			best, class = n, string(word.Value)
		case n == best && n > 0:
			class = string(policy.EffectMixed)
		}
	}
	return class
}

// words says the numbers in a sentence.
func (t tally) words() string {
	verbs := map[policy.Effect][2]string{
		policy.EffectWeakens: {"weakens encryption", "weaken encryption"}, policy.EffectProtects: {"protects it", "protect it"},
		policy.EffectMixed: {"cuts both ways", "cut both ways"}, policy.EffectUnclear: {"is unclear", "are unclear"},
	}
	var parts []string
	for _, word := range policy.Effects {
		if n := t.effects[word.Value]; n > 0 {
			parts = append(parts, strconv.Itoa(n)+" "+plural(n, verbs[word.Value][0], verbs[word.Value][1]))
		}
	}
	return counted(t.total, "dossier", "dossiers") + ": " + strings.Join(parts, ", ")
}

func (t tally) row(code, name string) placeRow {
	row := placeRow{Code: code, Name: name, Href: placePath(code), Total: t.total, Courses: t.courses[:]}
	row.All = withQuery("/dossiers", url.Values{"jurisdiction": {code}})
	for _, word := range policy.Effects {
		row.Effects = append(row.Effects, t.effects[word.Value])
	}
	return row
}

// dossiersIn returns the dossiers of a place with those of its parts.
func dossiersIn(base *knowledge.Base, code string) []policy.Dossier {
	all := slices.Clone(base.DossiersOf(code))
	for _, part := range base.Children(code) {
		all = append(all, base.DossiersOf(part.Code)...)
	}
	return all
}

func (s *Site) placeList(c *gin.Context) (page, error) {
	if err := ask(c.Request.URL.Query()).mistakes.OrNil(); err != nil {
		return nil, err
	}
	l := s.labeller(c.Request.Context())
	p := &placesPage{
		frame: frame{Title: "Places", Section: "/places",
			Feeds:       []link{{Label: "JSON", Href: "/api/v1/jurisdictions", Type: "application/json"}},
			Description: "Where law and policy bear on encryption: dossiers by place, by what they do and by how far along they are."},
		Courses: courses,
	}
	for _, word := range policy.Effects {
		p.Effects = append(p.Effects, word.Label)
		p.Legend = append(p.Legend, term{Label: word.Label, Class: string(word.Value)})
	}
	p.addTiles(l)
	p.addRows(l)
	return p, nil
}

func (p *placesPage) addTiles(l labeller) {
	for _, j := range l.base.Jurisdictions {
		if j.Level == policy.LevelSupranational {
			p.Above = append(p.Above, l.tile(j, ""))
		}
	}
	slices.SortStableFunc(p.Above, func(a, b tile) int { return cmp.Compare(b.Count, a.Count) })
	for _, s := range worldSpots() {
		if j, known := l.base.Jurisdiction(s.code); known {
			p.Tiles = append(p.Tiles, l.tile(j, "row-"+strconv.Itoa(s.row)+" col-"+strconv.Itoa(s.col)))
		}
	}
}

func (l labeller) tile(j policy.Jurisdiction, spot string) tile {
	t := tallyOf(dossiersIn(l.base, j.Code))
	one := tile{Code: j.Code, Name: j.Name, Href: placePath(j.Code), Spot: spot, Class: either(t.most(), "none"), Count: t.total}
	if t.total > 0 {
		one.Words = t.words()
	}
	return one
}

// addRows fills the table: the places with most dossiers first, the parts of each
// below it.
func (p *placesPage) addRows(l labeller) {
	p.Total = tallyOf(l.base.Dossiers).row("", "All places")
	var tops []policy.Jurisdiction
	for _, j := range l.base.Jurisdictions {
		switch {
		case j.Parent != "":
		case len(dossiersIn(l.base, j.Code)) > 0:
			tops = append(tops, j)
		default:
			p.Silent = append(p.Silent, link{Label: j.Name, Href: placePath(j.Code)})
		}
	}
	slices.SortFunc(p.Silent, func(a, b link) int { return cmp.Compare(a.Label, b.Label) })
	slices.SortStableFunc(tops, func(a, b policy.Jurisdiction) int {
		return cmp.Or(cmp.Compare(len(dossiersIn(l.base, b.Code)), len(dossiersIn(l.base, a.Code))), cmp.Compare(a.Name, b.Name))
	})
	for _, j := range tops {
		row := tallyOf(dossiersIn(l.base, j.Code)).row(j.Code, j.Name)
		var parts []placeRow
		for _, part := range l.base.Children(j.Code) {
			if own := l.base.DossiersOf(part.Code); len(own) > 0 {
				one := tallyOf(own).row(part.Code, part.Name)
				one.Part = true
				parts = append(parts, one)
			}
		}
		if n := len(parts); n > 0 {
			row.Parts = "with " + counted(n, "of its parts", "of its parts")
		}
		p.Rows = append(append(p.Rows, row), parts...)
	}
}
