package web

import (
	"cmp"
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
