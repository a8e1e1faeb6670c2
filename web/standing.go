package web

import (
	"strconv"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/record"
)

// standing is who stood where on a dossier on a day.
type standing struct {
	Path   string // where the form leads
	On     string // the day that was asked for, as it is written in an address
	OnText string // in words; empty for now
	Order  string // the order of the page, kept by the form
	Now    string // the address without a day
	Years  []link // the ends of the years in which somebody took a position
	Sides  []side
	Total  string // in words
	Moved  int    // how many changed sides by then
}

// side is who stands on one side.
type side struct {
	Class   string
	Label   string
	Meaning string
	Stands  []stand
}

// stand is where one actor stood.
type stand struct {
	Actor     link
	Kind      string
	Claim     string
	On        when
	Proof     proof
	Uncertain bool   // the day asked for lies within the partial date
	Changed   bool   // the position before was on another side
	Before    *stand // what the actor said before
	Side      string
	Class     string
}

func (l labeller) standingOf(d record.Dossier, order policy.Order) standing {
	s := standing{
		Path: dossierPath(d.ID) + "#positions", On: d.On.String(),
		Now:   withQuery(dossierPath(d.ID), dossierValues(policy.Date{}, order)) + "#positions",
		Total: counted(len(d.Standings), "actor", "actors"),
	}
	if !d.On.IsZero() {
		s.OnText = d.On.Words()
	}
	if order == policy.OrderOldest {
		s.Order = string(order)
	}
	for _, word := range policy.Sides {
		one := side{Class: string(word.Value), Label: word.Label, Meaning: word.Meaning}
		for _, known := range d.Standings {
			if known.Side == word.Value {
				one.Stands = append(one.Stands, l.standOf(known))
			}
			if known.Side == word.Value && known.ChangedSide {
				s.Moved++
			}
		}
		if len(one.Stands) > 0 {
			s.Sides = append(s.Sides, one)
		}
	}
	s.Years = yearsOf(d, order)
	return s
}

func (l labeller) standOf(known knowledge.Standing) stand {
	s := l.positionOf(known.Position)
	s.Uncertain, s.Changed = known.Uncertain, known.ChangedSide
	if known.Replaced != nil {
		before := l.positionOf(*known.Replaced)
		s.Before = &before
	}
	return s
}

func (l labeller) positionOf(p policy.Position) stand {
	actor, _ := l.base.Actor(p.Actor)
	return stand{
		Actor: link{Label: l.actor(p.Actor), Href: l.actorHref(p.Actor)},
		Kind:  policy.ActorKinds.Label(actor.Kind), Claim: p.Claim, On: dateOf(p.On), Proof: l.proofOf(p.Source, p.Grade),
		Side: policy.Sides.Label(p.Side), Class: string(p.Side),
	}
}

// yearsOf leads to the ends of the years in which positions were taken, the
// newest first. A single year is no choice.
func yearsOf(d record.Dossier, order policy.Order) []link {
	seen := map[int]bool{}
	first, last := 0, 0
	for _, p := range d.Positions {
		if p.On.IsZero() {
			continue
		}
		year := p.On.Start().Year()
		seen[year] = true
		if first == 0 || year < first {
			first = year
		}
		last = max(last, year)
	}
	if first == last {
		return nil
	}
	var years []link
	for year := last; year >= first; year-- {
		if seen[year] {
			href := withQuery(dossierPath(d.ID), dossierValues(policy.Year(year), order)) + "#positions"
			years = append(years, link{Label: "end of " + strconv.Itoa(year), Href: href})
		}
	}
	return years
}
