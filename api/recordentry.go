package api

import (
	"strconv"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/api/feed"
	"github.com/backdoorwatch/backdoorwatch/api/wire"
	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// english is the language of what the record says in our own words.
const english = "en"

func (s *server) eventEntry(e policy.DossierEvent, changed wire.Changed) feed.Entry {
	entry := feed.Entry{
		ID: s.tag("event/" + e.ID), Title: feed.Clean(s.eventTitle(e)), Page: s.BaseURL + "/events/" + pathOf(e.ID), Source: e.Source,
		Content: feed.Content(e.Title, s.eventFacts(e)), Date: e.Date.Words(),
		Categories: s.category(nil, policy.FacetJurisdiction, e.Jurisdiction),
	}
	if e.Origin == policy.OriginCurated {
		entry.Language = english
	}
	entry.Categories = s.category(entry.Categories, policy.FacetDossier, e.Dossier)
	entry.Categories = s.category(entry.Categories, policy.FacetEvent, string(e.Stage))
	entry.Published, entry.Updated = s.clocks(e, changed)
	return entry
}

// clocks are when an event was published, as a feed demands it, and when it last
// changed. A day that is not known is not made up, and what is still to come was
// published when we came to know of it.
func (s *server) clocks(e policy.DossierEvent, changed wire.Changed) (published, updated time.Time) {
	updated = wire.EventChanged(e, changed)
	known := !e.Ahead && e.Date.Precision() >= policy.PrecisionDay
	if updated.IsZero() {
		updated = s.beginning()
		if known {
			updated = e.Date.Start()
		}
	}
	if known {
		return e.Date.Start(), updated
	}
	return updated, updated
}

func (s *server) eventTitle(e policy.DossierEvent) string {
	title := s.make.Names.Label(policy.FacetDossier, e.Dossier) + ": " + e.Title
	switch {
	case e.Ahead:
		return "Expected " + e.Date.Words() + ": " + title
	case e.Overdue:
		return "Was expected " + e.Date.Words() + ": " + title
	}
	return title
}

func (s *server) eventFacts(e policy.DossierEvent) []feed.Fact {
	words, _ := e.Stage.Words()
	facts := []feed.Fact{
		{Label: "Date", Value: e.Date.Words()},
		{Label: "Step", Value: words.Label + ": " + words.Meaning},
		{Label: "Dossier", Value: s.make.Names.Label(policy.FacetDossier, e.Dossier), Link: s.BaseURL + "/dossiers/" + pathOf(e.Dossier)},
		{Label: "Jurisdiction", Value: s.make.Names.Label(policy.FacetJurisdiction, e.Jurisdiction)},
	}
	if e.Body != "" {
		facts = append(facts, feed.Fact{Label: "Body", Value: e.Body})
	}
	if e.Source != "" {
		facts = append(facts, feed.Fact{Label: "Evidence", Value: source(policy.Document{URL: e.Source, Grade: e.Grade}), Link: e.Source})
	}
	return append(facts, feed.Fact{Label: "How we know", Value: policy.Origins.Label(e.Origin) + ": " + policy.Origins.Meaning(e.Origin)})
}

func (s *server) category(all []feed.Category, facet policy.Facet, value string) []feed.Category {
	if value == "" {
		return all
	}
	return append(all, feed.Category{
		Scheme: s.BaseURL + "/api/v1/vocabulary#" + string(facet), Facet: string(facet), Term: value, Label: s.make.Names.Label(facet, value),
	})
}

func (s *server) dossierEntry(d policy.Dossier, changed wire.Changed) feed.Entry {
	updated := changed(policy.RecordDossier, d.ID)
	if updated.IsZero() {
		updated = s.beginning()
	}
	entry := feed.Entry{
		ID: s.tag("dossier/" + d.ID), Title: feed.Clean(d.Name() + ": " + d.Status.Label()), Page: s.BaseURL + "/dossiers/" + pathOf(d.ID),
		Source: d.Links["official"], Content: feed.Content(d.Summary, s.dossierFacts(d)), Language: english, Published: updated, Updated: updated,
		Categories: s.category(nil, policy.FacetJurisdiction, d.Jurisdiction),
	}
	for _, e := range d.Events {
		if e.Date.Precision() >= policy.PrecisionDay {
			entry.Published = e.Date.Start()
			break
		}
	}
	for _, m := range d.Measures {
		entry.Categories = s.category(entry.Categories, policy.FacetMeasure, string(m))
	}
	if entry.Published.After(entry.Updated) {
		entry.Published = entry.Updated
	}
	return entry
}

func (s *server) dossierFacts(d policy.Dossier) []feed.Fact {
	words, _ := d.Status.Words()
	facts := []feed.Fact{
		{Label: "Status", Value: words.Label + ": " + words.Meaning},
		{Label: "Effect", Value: policy.Effects.Label(d.Effect) + ": " + policy.Effects.Meaning(d.Effect)},
		{Label: "Jurisdiction", Value: s.make.Names.Label(policy.FacetJurisdiction, d.Jurisdiction)},
	}
	var measures []string
	for _, m := range d.Measures {
		measures = append(measures, policy.Measures.Label(m))
	}
	if len(measures) > 0 {
		facts = append(facts, feed.Fact{Label: "Measures", Value: strings.Join(measures, ", ")})
	}
	for _, e := range knowledge.NextSteps(d, s.Now()).Expected {
		if !e.Overdue {
			facts = append(facts, feed.Fact{Label: "Expected", Value: e.Date.Words() + ": " + e.Title, Link: e.Source})
		}
	}
	return facts
}

func (s *server) candidateEntry(c policy.Candidate) feed.Entry {
	number := strconv.FormatInt(int64(c.ID), 10)
	title := c.Title
	if title == "" {
		title = "Untitled"
	}
	if len(c.OfficialIDs) > 0 {
		title += " (" + c.OfficialIDs[0] + ")"
	}
	entry := feed.Entry{
		ID: s.tag("candidate/" + number), Title: feed.Clean(title), Page: s.BaseURL + "/candidates/" + number,
		Content: feed.Content("", s.candidateFacts(c)), Date: c.StageDate.Words(), Published: c.FirstSeenAt, Updated: c.ChangedAt,
		Categories: s.category(nil, policy.FacetJurisdiction, c.Jurisdiction),
	}
	for _, m := range c.Measures {
		entry.Categories = s.category(entry.Categories, policy.FacetMeasure, string(m))
	}
	return entry
}

func (s *server) candidateFacts(c policy.Candidate) []feed.Fact {
	facts := []feed.Fact{
		{Label: "Official ids", Value: strings.Join(c.OfficialIDs, ", ")},
		{Label: "Jurisdiction", Value: s.make.Names.Label(policy.FacetJurisdiction, c.Jurisdiction)},
	}
	if c.Stage != "" {
		facts = append(facts, feed.Fact{Label: "Latest step", Value: c.Stage.Label() + ", " + c.StageDate.Words()})
	}
	if c.StageText != "" {
		facts = append(facts, feed.Fact{Label: "In the source's words", Value: c.StageText})
	}
	return append(facts, feed.Fact{Label: "Note", Value: "found by machine; nobody has looked at it yet"})
}

// positionEntry is what an actor said on a dossier.
func (s *server) positionEntry(step knowledge.Step, changed wire.Changed) feed.Entry {
	known := changed(policy.RecordDossier, step.Dossier)
	if known.IsZero() {
		known = s.beginning()
	}
	if step.On.Precision() >= policy.PrecisionDay {
		known = step.On.Start()
	}
	dossier, actor := s.make.Names.Label(policy.FacetDossier, step.Dossier), s.make.Names.Label(policy.FacetActor, step.Actor)
	title := actor + " on " + dossier + ": " + policy.Sides.Label(step.Side)
	if step.ChangedSide() {
		title = actor + " changed sides on " + dossier + ": " + policy.Sides.Label(step.Side) + ", before: " + policy.Sides.Label(step.From)
	}
	facts := []feed.Fact{{Label: "Date", Value: step.On.Words()}, {Label: "Dossier", Value: dossier, Link: s.BaseURL + "/dossiers/" + pathOf(step.Dossier)}}
	if step.Source != "" {
		facts = append(facts, feed.Fact{Label: "Evidence", Value: source(policy.Document{URL: step.Source, Grade: step.Grade}), Link: step.Source})
	}
	return feed.Entry{
		ID:    s.tag("position/" + step.Dossier + "/" + step.Actor + "/" + step.On.String() + "/" + string(step.Side)),
		Title: feed.Clean(title), Page: s.BaseURL + "/actors/" + pathOf(step.Actor), Source: step.Source, Content: feed.Content(step.Claim, facts),
		Language: english, Date: step.On.Words(), Published: known, Updated: known,
		Categories: s.category(s.category(nil, policy.FacetDossier, step.Dossier), policy.FacetActor, step.Actor),
	}
}
