package wire

import (
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Items is one page of items.
type Items struct {
	Items []ItemRow `json:"items"`
	Next  string    `json:"next,omitempty" doc:"The cursor of the next page, to be sent as the parameter cursor; absent on the last page. The header Link has the whole address"`

	Removed []RemovedItem `json:"removed" doc:"With changed_since: items that changed and do not answer the question any more"`
}

// RemovedItem says that an item does not answer a question any more.
type RemovedItem struct {
	ID               int64     `json:"id"`
	ContentChangedAt time.Time `json:"content_changed_at"`
}

// Gone says that a table of the bulk files does not have a row any more that it may
// have had.
type Gone struct {
	Table string    `json:"table" doc:"The name of the table"`
	ID    string    `json:"id" doc:"Of the row, as text"`
	At    time.Time `json:"at" doc:"When it was removed; of an item, when its content last changed"`
	Now   string    `json:"now,omitempty" doc:"What it became: of a candidate, the id of its dossier; of an item, other-items"`
}

// Items returns the wire form of a page.
func (m Maker) Items(page policy.ItemPage) Items {
	return Items{each(page.Items, m.ItemRow), page.Next, []RemovedItem{}}
}

// ItemChanges returns the wire form of a page of changes.
func (m Maker) ItemChanges(page policy.ItemChanges) Items {
	return Items{each(page.Items, m.ItemRow), page.Next, each(page.Removed, func(r policy.Removal) RemovedItem {
		return RemovedItem{int64(r.ID), r.At.UTC()}
	})}
}

// Jurisdictions is the list of all jurisdictions of the record.
type Jurisdictions struct {
	Jurisdictions []Jurisdiction `json:"jurisdictions"`
}

// Jurisdiction is a place or body that makes rules.
type Jurisdiction struct {
	Code   string `json:"code" doc:"ISO 3166-1 alpha-2, ISO 3166-2, or EU, COE, UN, INT"`
	URL    string `json:"url" format:"uri" doc:"The address of the whole object"`
	Page   string `json:"page" format:"uri" doc:"The address of its page for people"`
	Name   string `json:"name" doc:"English"`
	Level  string `json:"level" enum:"supranational,country,territory,subnational"`
	Parent string `json:"parent,omitempty" doc:"Of a sub-national one"`
	Items  int    `json:"items" doc:"How many relevant items are about it"`
	Feed   string `json:"feed" format:"uri" doc:"The address of its Atom feed"`
}

// Jurisdictions joins the record's jurisdictions with the number of their items.
func (m Maker) Jurisdictions(all []policy.Jurisdiction, counts []policy.Count) Jurisdictions {
	items := make(map[string]int, len(counts))
	for _, c := range counts {
		items[c.Value] = c.Count
	}
	return Jurisdictions{each(all, func(j policy.Jurisdiction) Jurisdiction { return m.jurisdiction(j, items[j.Code]) })}
}

func (m Maker) jurisdiction(j policy.Jurisdiction, items int) Jurisdiction {
	return Jurisdiction{
		Code: j.Code, URL: m.Base + "/api/v1/jurisdictions/" + j.Code, Page: m.Base + "/places/" + j.Code,
		Name: j.Name, Level: string(j.Level), Parent: j.Parent, Items: items,
		Feed: m.Base + "/feeds/jurisdictions/" + j.Code + ".atom",
	}
}

// Facets counts the items behind each value of each parameter.
type Facets struct {
	Total         int     `json:"total" doc:"How many items the whole question has"`
	Jurisdictions []Count `json:"jurisdictions"`
	Stances       []Count `json:"stances"`
	Kinds         []Count `json:"kinds"`
	Measures      []Count `json:"measures"`
	Dossiers      []Count `json:"dossiers"`
	Sources       []Count `json:"sources"`
	Languages     []Count `json:"languages"`
}

// Count is how many items a value has.
type Count struct {
	Value string `json:"value"`
	Label string `json:"label" doc:"What people read for it"`
	Count int    `json:"count"`
}

// Facets returns the wire form of facets.
func (m Maker) Facets(f policy.Facets) Facets {
	counts := func(facet policy.Facet, all []policy.Count) []Count {
		return each(all, func(c policy.Count) Count { return Count{c.Value, m.Names.Label(facet, c.Value), c.Count} })
	}
	return Facets{
		Total:         f.Total,
		Jurisdictions: counts(policy.FacetJurisdiction, f.Jurisdictions),
		Stances:       counts(policy.FacetStance, f.Stances),
		Kinds:         counts(policy.FacetKind, f.Kinds),
		Measures:      counts(policy.FacetMeasure, f.Measures),
		Dossiers:      counts(policy.FacetDossier, f.Dossiers),
		Sources:       counts("", f.Sources),
		Languages:     counts("", f.Languages),
	}
}

// Stats says how much there is and how fresh it is.
type Stats struct {
	Items          int        `json:"items"`
	Relevant       int        `json:"relevant"`
	Sources        int        `json:"sources"`
	SourcesHealthy int        `json:"sources_healthy"`
	Jurisdictions  int        `json:"jurisdictions" doc:"With at least one relevant item"`
	NewestAt       *time.Time `json:"newest_at"`
	ByMonth        []Month    `json:"by_month" doc:"Relevant items per month, oldest first"`
}

// Month is how many relevant items a month has.
type Month struct {
	Month string `json:"month" doc:"2026-05"`
	Count int    `json:"count"`
}

// Stats returns the wire form of statistics.
func (m Maker) Stats(s policy.Stats) Stats {
	return Stats{
		Items: s.Items, Relevant: s.Relevant, Sources: s.Sources, SourcesHealthy: s.SourcesHealthy,
		Jurisdictions: s.Jurisdictions, NewestAt: moment(s.NewestAt),
		ByMonth: each(s.ByMonth, func(c policy.Count) Month { return Month{c.Value, c.Count} }),
	}
}
