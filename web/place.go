package web

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/record"
)

// placeEntries is how much of its timeline a place's page shows.
const placeEntries = 12

// placePage is one place: its dossiers, what comes next there, who is at home
// there, and its share of all that happened.
type placePage struct {
	frame
	Name, Level string
	Parent      *link
	Parts       []placeRow // with dossiers
	Quiet       []link     // parts without
	Words       string     // its dossiers in numbers
	Expected    []happening
	Bands       []dossierBand
	Actors      []actorBand
	People      string // how many actors, in words
	Abroad      []dossierRow
	Share       string // of the timeline, in words
	Chart       *effectChart
	Days        []day
	All         string
	Found       []candidateRow
	Changed     when
}

func (placePage) template() string { return "place" }

// levels in words.
var levels = map[policy.Level]string{
	policy.LevelSupranational: "Body above states", policy.LevelCountry: "Country",
	policy.LevelTerritory: "Territory", policy.LevelSubnational: "Part of a country",
}

func (s *Site) place(c *gin.Context) (page, error) {
	code := c.Param("code")
	if err := ask(c.Request.URL.Query()).mistakes.OrNil(); err != nil {
		return nil, err
	}
	if ours := strings.ToUpper(code); ours != code {
		return nil, redirect{to: placePath(ours), always: true}
	}
	ctx, mine := c.Request.Context(), policy.Filter{Jurisdictions: []string{code}, Relevance: policy.RelevantOnly, Order: policy.OrderNewest}
	wanted := mine
	wanted.Limit = placeEntries
	known, err := s.options.Record.Jurisdiction(ctx, code, wanted)
	if err != nil {
		return nil, err
	}
	months, err := s.options.Record.EventsByMonth(ctx, mine)
	if err != nil {
		return nil, err
	}
	facets, err := s.options.Reader.Facets(ctx, mine)
	if err != nil {
		return nil, err
	}
	stats, err := s.options.Reader.Stats(ctx)
	if err != nil {
		return nil, err
	}
	p := s.labeller(ctx).placePage(known, mine)
	p.Chart = effectChartOf(months, mine)
	p.Share = shareOf(facets.Total, stats.Relevant)
	return p, nil
}

func (l labeller) placePage(j record.Jurisdiction, mine policy.Filter) *placePage {
	p := &placePage{
		frame: frame{Title: j.Name, Section: "/places", Alert: alertFor(policy.Filter{Jurisdictions: []string{j.Code}}), Feeds: append(entryForms("jurisdictions", j.Code), link{Label: "calendar of what is expected", Href: "/feeds/jurisdictions/" + j.Code + ".ics", Type: "text/calendar"}),
			Description: j.Name + ": laws and bills that bear on encryption, what comes next, and who takes part."},
		Name: j.Name, Level: levels[j.Level],
		Expected: l.expectedOf(j.Upcoming), Days: l.streamOf(j.Timeline.Entries), All: timelinePath(mine),
		Changed: dayOnly(j.ChangedAt),
	}
	if own := l.base.DossiersOf(j.Code); len(own) > 0 {
		p.Words = tallyOf(own).words()
	}
	if j.Parent != nil {
		p.Parent = &link{Label: j.Parent.Name, Href: placePath(j.Parent.Code)}
	}
	for _, group := range j.ByStatus {
		words, _ := group.Status.Words()
		rows := l.dossierRows(group.Dossiers)
		slices.SortStableFunc(rows, func(a, b dossierRow) int { return cmp.Compare(b.Last.Machine, a.Last.Machine) })
		p.Bands = append(p.Bands, dossierBand{ID: "status-" + string(words.Stage), Label: words.Label, Note: words.Meaning, Rows: rows, course: courseOf(words.Stage)})
	}
	overLast(p.Bands)
	p.addParts(l, j.Parts)
	p.addActors(l, j)
	for _, one := range j.Candidates.Candidates {
		p.Found = append(p.Found, l.candidateRow(one))
	}
	return p
}

func (p *placePage) addParts(l labeller, parts []record.Place) {
	for _, part := range parts {
		if part.Total > 0 {
			p.Parts = append(p.Parts, tallyOf(l.base.DossiersOf(part.Code)).row(part.Code, part.Name))
			continue
		}
		p.Quiet = append(p.Quiet, link{Label: part.Name, Href: placePath(part.Code)})
	}
}

// addActors shows who is at home in a place, and on which dossiers elsewhere they
// took a side.
func (p *placePage) addActors(l labeller, j record.Jurisdiction) {
	abroad := map[string]bool{}
	for _, word := range policy.ActorKinds {
		band := actorBand{ID: "kind-" + string(word.Value), Label: word.Label}
		for _, a := range j.Actors {
			if a.Kind == word.Value {
				band.Rows = append(band.Rows, l.actorRow(a))
			}
		}
		slices.SortStableFunc(band.Rows, func(a, b actorRow) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name)) })
		if len(band.Rows) > 0 {
			p.Actors = append(p.Actors, band)
		}
	}
	for _, a := range j.Actors {
		for _, position := range l.base.PositionsOf(a.ID) {
			d, _ := l.base.Dossier(position.Dossier)
			if d.Jurisdiction != j.Code && !abroad[d.ID] {
				abroad[d.ID] = true
				p.Abroad = append(p.Abroad, l.dossierRow(d))
			}
		}
	}
	if n := len(j.Actors); n > 0 {
		p.People = counted(n, "actor", "actors")
	}
	slices.SortStableFunc(p.Abroad, func(a, b dossierRow) int { return cmp.Compare(b.Last.Machine, a.Last.Machine) })
}

// shareOf says how much of all that was published is about a place.
func shareOf(own, all int) string {
	if all == 0 || own == 0 {
		return ""
	}
	share := "less than 1\u00a0%"
	if n := own * 100 / all; n >= 1 {
		share = strconv.Itoa(n) + "\u00a0%"
	}
	return "Of the " + counted(all, "text", "texts") + " on encryption that we read, " + number(own) + " concern it (" + share + ")."
}
