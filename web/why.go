package web

import (
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// whyGroup is the tags of one family.
type whyGroup struct {
	Label string
	Tags  []why
}

// why is one tag and the case for it.
type why struct {
	Label   string
	Meaning string
	Class   string
	Href    string // everything else with this tag
	Sure    string
	Percent string
	Person  bool // a person set it
	Quotes  []quote
	More    int // sentences that are not shown
	Reasons []string
}

// claim is what the document reports of somebody's position.
type claim struct {
	Actor   string
	Side    string
	Class   string
	Dossier link
	Sure    string
	Percent string
	Quotes  []quote
	Href    string // everything else on this actor
}

// facetLabels are the families of tags as people read them, in the order in which
// they are shown.
var facetLabels = []struct {
	facet policy.Facet
	label string
}{
	{policy.FacetRelevant, "Is it about encryption policy?"},
	{policy.FacetStance, "Stance of the text’s own voice"},
	{policy.FacetKind, "Kind of document"},
	{policy.FacetJurisdiction, "Places concerned"},
	{policy.FacetDossier, "Dossiers"},
	{policy.FacetMeasure, "Measures discussed"},
	{policy.FacetEvent, "New formal step"},
	{policy.FacetActor, "Who appears in it"},
}

// whyOf makes the case for every tag of an item.
func (l labeller) whyOf(item policy.Item) []whyGroup {
	byPerson := map[string]bool{}
	for _, c := range item.Corrections {
		byPerson[string(c.Facet)+"\n"+c.Value] = c.Verdict != policy.VerdictRemove
	}
	all := item.Tags.All()
	var groups []whyGroup
	for _, family := range facetLabels {
		group := whyGroup{Label: family.label}
		for _, tag := range all {
			if tag.Facet == family.facet {
				one := l.why(item, tag)
				one.Person = byPerson[string(tag.Facet)+"\n"+tag.Value]
				group.Tags = append(group.Tags, one)
			}
		}
		if len(group.Tags) > 0 {
			groups = append(groups, group)
		}
	}
	return groups
}

func (l labeller) why(item policy.Item, tag policy.FacetTag) why {
	w := why{Sure: sure(tag.Confidence), Percent: percent(tag.Confidence), Reasons: tag.Reasons}
	w.Label, w.Meaning, w.Href = l.meaningOf(tag.Facet, tag.Value)
	w.Quotes, w.More = quotesOf(item.Document, tag.Evidence)
	if tag.Facet == policy.FacetStance {
		w.Class = tag.Value
	}
	if tag.Facet == policy.FacetEvent && !item.Tags.EventDate.IsZero() {
		w.Label += ", " + item.Tags.EventDate.Words()
	}
	return w
}

// meaningOf returns a tag's label, what it means, and the list of what has it.
func (l labeller) meaningOf(facet policy.Facet, value string) (label, meaning, href string) {
	var f policy.Filter
	switch facet {
	case policy.FacetRelevant:
		if value == "yes" {
			return "Yes", "", ""
		}
		return "No, set aside", "", ""
	case policy.FacetEvent:
		words, _ := policy.Stage(value).Words()
		return words.Label, words.Meaning, ""
	case policy.FacetKind:
		label, meaning = l.kind(value), policy.Kinds.Meaning(policy.Kind(value))
		f.Kinds = []policy.Kind{policy.Kind(value)}
	case policy.FacetStance:
		label, meaning = l.stance(value), policy.Stances.Meaning(policy.Stance(value))
		f.Stances = []policy.Stance{policy.Stance(value)}
	case policy.FacetMeasure:
		label, meaning = l.measure(value), policy.Measures.Meaning(policy.Measure(value))
		f.Measures = []policy.Measure{policy.Measure(value)}
	case policy.FacetJurisdiction:
		return l.place(value), "", l.placeHref(value)
	case policy.FacetDossier:
		return l.dossier(value), "", l.dossierHref(value)
	case policy.FacetActor:
		return l.actor(value), "", l.actorHref(value)
	}
	return label, meaning, timelinePath(f)
}

func (l labeller) claimsOf(item policy.Item) []claim {
	var all []claim
	for _, c := range item.Tags.Positions {
		one := claim{
			Actor: l.actor(c.Actor), Side: policy.Sides.Label(c.Side), Class: string(c.Side),
			Sure: sure(c.Confidence), Percent: percent(c.Confidence),
			Href: l.actorHref(c.Actor),
		}
		if c.Dossier != "" {
			one.Dossier = link{Label: l.dossier(c.Dossier), Href: l.dossierHref(c.Dossier)}
		}
		one.Quotes, _ = quotesOf(item.Document, c.Evidence)
		all = append(all, one)
	}
	return all
}

func (l labeller) correctionsOf(corrections []policy.Correction) []correction {
	verbs := map[policy.Verdict]string{
		policy.VerdictSet: "set to ", policy.VerdictAdd: "added: ", policy.VerdictRemove: "removed: ",
	}
	var all []correction
	for _, c := range corrections {
		label, _, _ := l.meaningOf(c.Facet, c.Value)
		all = append(all, correction{
			What: facetLabel(c.Facet) + " – " + verbs[c.Verdict] + label,
			By:   either(c.By, "the operator of this site"), Note: c.Note, At: momentOf(c.At),
		})
	}
	return all
}

func facetLabel(facet policy.Facet) string {
	for _, family := range facetLabels {
		if family.facet == facet {
			return family.label
		}
	}
	return string(facet)
}
