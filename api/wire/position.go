package wire

import (
	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Position is where an actor stood on a dossier at a date.
type Position struct {
	Actor     string  `json:"actor"`
	ActorName string  `json:"actor_name"`
	Side      string  `json:"side" doc:"See sides in /api/v1/vocabulary"`
	SideLabel string  `json:"side_label"`
	On        *string `json:"on" doc:"As occurred_at"`
	Claim     string  `json:"claim" doc:"In our own words"`
	Source    string  `json:"source,omitempty" doc:"The address of the evidence"`
	Grade     string  `json:"grade,omitempty" doc:"How good that is, see grades in /api/v1/vocabulary; absent where it is not graded"`
}

// Standing is where an actor stood on a dossier on a day.
type Standing struct {
	Position
	Replaced    *Position `json:"replaced,omitempty" doc:"What the actor said before"`
	ChangedSide bool      `json:"changed_side" doc:"The replaced position was on another side"`
	Uncertain   bool      `json:"uncertain" doc:"The day lies within the partial date of the position, which may have come after it"`
}

// Positions is who stood where on a dossier on a day.
type Positions struct {
	Dossier   string     `json:"dossier"`
	On        string     `json:"on,omitempty" doc:"The day that was asked for; absent for the latest of all"`
	Standings []Standing `json:"standings" doc:"By actor"`
}

// HistoryStep is one entry of an actor's history.
type HistoryStep struct {
	Dossier     string `json:"dossier"`
	DossierName string `json:"dossier_name"`
	Position
	ChangedSide bool   `json:"changed_side" doc:"The actor took another side than before on this dossier"`
	From        string `json:"from,omitempty" doc:"The side that the actor left, where this is a change of side"`
}

// Positions returns the wire form of a ledger as of a day.
func (m Maker) Positions(dossier string, on policy.Date, all []knowledge.Standing) Positions {
	return Positions{dossier, on.String(), each(all, m.standing)}
}

func (m Maker) standing(s knowledge.Standing) Standing {
	made := Standing{Position: m.position(s.Position), ChangedSide: s.ChangedSide, Uncertain: s.Uncertain}
	if s.Replaced != nil {
		before := m.position(*s.Replaced)
		made.Replaced = &before
	}
	return made
}

func (m Maker) position(p policy.Position) Position {
	return Position{
		Actor: p.Actor, ActorName: m.Names.Label(policy.FacetActor, p.Actor), Side: string(p.Side), SideLabel: policy.Sides.Label(p.Side),
		On: date(p.On), Claim: p.Claim, Source: web(p.Source), Grade: string(p.Grade),
	}
}

func (m Maker) historyStep(s knowledge.Step) HistoryStep {
	return HistoryStep{
		Dossier: s.Dossier, DossierName: m.Names.Label(policy.FacetDossier, s.Dossier), Position: m.position(s.Position),
		ChangedSide: s.ChangedSide(), From: string(s.From),
	}
}
