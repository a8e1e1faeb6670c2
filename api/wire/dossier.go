package wire

import (
	"maps"
	"slices"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Dossiers is the list of all dossiers of the record.
type Dossiers struct {
	Dossiers []DossierRow `json:"dossiers"`
}

// DossierRow is a dossier in a list.
type DossierRow struct {
	ID           string   `json:"id" doc:"As in the parameter dossier"`
	URL          string   `json:"url" format:"uri" doc:"The address of this object"`
	Name         string   `json:"name" doc:"English, short where there is a short title"`
	Title        string   `json:"title" doc:"English, official or translated"`
	Jurisdiction string   `json:"jurisdiction"`
	Kind         string   `json:"kind" doc:"See dossier_kinds in /api/v1/vocabulary"`
	Status       string   `json:"status" doc:"The last decisive stage, see stages in /api/v1/vocabulary"`
	StatusLabel  string   `json:"status_label"`
	Effect       string   `json:"effect" doc:"What it does to strong encryption if it works as written, see effects in /api/v1/vocabulary"`
	Measures     []string `json:"measures"`
	Sureness     string   `json:"sureness" doc:"See surenesses in /api/v1/vocabulary"`
	LastEvent    *string  `json:"last_event" doc:"The date of its last event, as occurred_at; null where it has none"`
	Feed         string   `json:"feed" format:"uri" doc:"The address of its Atom feed"`
}

// Dossier follows one law, plan, case or treaty through its life.
type Dossier struct {
	DossierRow
	OriginalTitle string     `json:"original_title,omitempty"`
	Summary       string     `json:"summary"`
	OfficialIDs   []string   `json:"official_ids" doc:"Ids that appear in documents"`
	Links         []Link     `json:"links"`
	Events        []Event    `json:"events" doc:"Oldest first"`
	Positions     []Position `json:"positions"`
}

// Link is an address and what it leads to.
type Link struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

// Event is a dated step in a dossier's life.
type Event struct {
	Date   *string `json:"date" doc:"As occurred_at"`
	Stage  string  `json:"stage" doc:"See stages in /api/v1/vocabulary"`
	Title  string  `json:"title"`
	Source string  `json:"source,omitempty" doc:"The address of the evidence"`
}

// Position is where an actor stood on a dossier at a date.
type Position struct {
	Actor     string  `json:"actor"`
	ActorName string  `json:"actor_name"`
	Side      string  `json:"side" doc:"See sides in /api/v1/vocabulary"`
	On        *string `json:"on" doc:"As occurred_at"`
	Claim     string  `json:"claim" doc:"In our own words"`
	Source    string  `json:"source,omitempty" doc:"The address of the evidence"`
}

// Actors is the list of all actors of the record.
type Actors struct {
	Actors []Actor `json:"actors"`
}

// Actor is somebody who takes part in the debate.
type Actor struct {
	ID           string `json:"id" doc:"As in the parameter actor"`
	Name         string `json:"name"`
	Kind         string `json:"kind" doc:"See actor_kinds in /api/v1/vocabulary"`
	Jurisdiction string `json:"jurisdiction,omitempty"`
	Stance       string `json:"stance,omitempty" doc:"Long-standing public stance on strong encryption, see stances in /api/v1/vocabulary"`
}

// Dossiers returns the wire form of a list of dossiers.
func (m Maker) Dossiers(all []policy.Dossier) Dossiers {
	return Dossiers{each(all, m.dossierRow)}
}

func (m Maker) dossierRow(d policy.Dossier) DossierRow {
	row := DossierRow{
		ID: d.ID, URL: m.Base + "/api/v1/dossiers/" + d.ID, Name: d.Name(), Title: d.Title, Jurisdiction: d.Jurisdiction,
		Kind: string(d.Kind), Status: string(d.Status), StatusLabel: d.Status.Label(), Effect: string(d.Effect),
		Measures: each(d.Measures, func(m policy.Measure) string { return string(m) }), Sureness: string(d.Confidence),
		Feed: m.Base + "/feeds/items.atom?dossier=" + d.ID,
	}
	if len(d.Events) > 0 {
		row.LastEvent = date(d.Events[len(d.Events)-1].Date)
	}
	return row
}

// Dossier returns the wire form of one dossier.
func (m Maker) Dossier(d policy.Dossier) Dossier {
	return Dossier{
		DossierRow: m.dossierRow(d), OriginalTitle: d.OriginalTitle, Summary: d.Summary, OfficialIDs: list(d.OfficialIDs),
		Links: each(slices.Sorted(maps.Keys(d.Links)), func(name string) Link { return Link{name, d.Links[name]} }),
		Events: each(d.Events, func(e policy.Event) Event {
			return Event{Date: date(e.Date), Stage: string(e.Stage), Title: e.Title, Source: e.Source}
		}),
		Positions: each(d.Positions, m.position),
	}
}

func (m Maker) position(p policy.Position) Position {
	return Position{
		Actor: p.Actor, ActorName: m.Names.Label(policy.FacetActor, p.Actor), Side: string(p.Side), On: date(p.On),
		Claim: p.Claim, Source: p.Source,
	}
}

// NewActors returns the wire form of a list of actors.
func NewActors(all []policy.Actor) Actors {
	return Actors{each(all, func(a policy.Actor) Actor {
		return Actor{ID: a.ID, Name: a.Name, Kind: string(a.Kind), Jurisdiction: a.Jurisdiction, Stance: string(a.Stance)}
	})}
}
