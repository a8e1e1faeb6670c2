package wire

import (
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/record"
)

// Place is a jurisdiction with its dossiers, actors and parts.
type Place struct {
	Jurisdiction
	ParentName       string         `json:"parent_name,omitempty"`
	Parts            []PlaceRow     `json:"parts" doc:"Its sub-national ones, by code"`
	Counts           DossierCounts  `json:"counts" doc:"Its own dossiers in figures, without those of its parts"`
	ByStatus         []StatusGroup  `json:"by_status" doc:"Its own dossiers, in the order of stages in /api/v1/vocabulary"`
	Upcoming         []Event        `json:"upcoming" doc:"What is expected here and in its parts, the soonest first"`
	Actors           []ActorRow     `json:"actors" doc:"At home here"`
	Candidates       []CandidateRow `json:"candidates" doc:"The newest bills found by machine; /api/v1/candidates?jurisdiction=… has all"`
	ContentChangedAt *time.Time     `json:"content_changed_at" doc:"When the record last changed here; null where that is not known"`
}

// PlaceRow is a jurisdiction in a list of parts.
type PlaceRow struct {
	Code   string        `json:"code"`
	Name   string        `json:"name"`
	URL    string        `json:"url" format:"uri" doc:"The address of the whole object"`
	Counts DossierCounts `json:"counts"`
}

// DossierCounts counts dossiers.
type DossierCounts struct {
	Total    int     `json:"total"`
	Effects  []Count `json:"effects"`
	Statuses []Count `json:"statuses"`
}

// StatusGroup holds the dossiers of one status.
type StatusGroup struct {
	Status   string       `json:"status"`
	Label    string       `json:"label"`
	Dossiers []DossierRow `json:"dossiers"`
}

// Place returns the wire form of a jurisdiction with all that we know.
func (m Maker) Place(j record.Jurisdiction, itemCount int, changed Changed) Place {
	p := Place{
		Jurisdiction: m.jurisdiction(j.Jurisdiction, itemCount), Parts: each(j.Parts, m.placeRow), Counts: dossierCounts(j.Counts),
		ByStatus: each(j.ByStatus, func(g record.StatusGroup) StatusGroup {
			return StatusGroup{string(g.Status), g.Status.Label(), m.DossierRows(g.Dossiers, changed)}
		}),
		Upcoming: m.EventList(j.Upcoming, changed), Actors: each(j.Actors, m.actorRow),
		Candidates: each(j.Candidates.Candidates, m.CandidateRow), ContentChangedAt: moment(j.ChangedAt),
	}
	if j.Parent != nil {
		p.ParentName = j.Parent.Name
	}
	return p
}

func (m Maker) placeRow(p record.Place) PlaceRow {
	return PlaceRow{Code: p.Code, Name: p.Name, URL: m.Base + "/api/v1/jurisdictions/" + p.Code, Counts: dossierCounts(p)}
}

func dossierCounts(p record.Place) DossierCounts {
	counts := DossierCounts{Total: p.Total, Effects: []Count{}, Statuses: []Count{}}
	for _, w := range policy.Effects {
		if n := p.Effects[w.Value]; n > 0 {
			counts.Effects = append(counts.Effects, Count{string(w.Value), w.Label, n})
		}
	}
	for _, w := range policy.Stages {
		if n := p.Statuses[w.Stage]; n > 0 {
			counts.Statuses = append(counts.Statuses, Count{string(w.Stage), w.Label, n})
		}
	}
	return counts
}
