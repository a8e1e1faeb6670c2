package wire

import (
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/record"
)

// Actors is the list of all actors of the record.
type Actors struct {
	Actors []ActorRow `json:"actors"`
}

// ActorRow is an actor in a list.
type ActorRow struct {
	ID           string `json:"id" doc:"As in the parameter actor"`
	URL          string `json:"url" format:"uri" doc:"The address of the whole object"`
	Page         string `json:"page" format:"uri" doc:"The address of its page for people"`
	Feed         string `json:"feed" format:"uri" doc:"The address of its Atom feed"`
	Name         string `json:"name"`
	Kind         string `json:"kind" doc:"See actor_kinds in /api/v1/vocabulary"`
	Jurisdiction string `json:"jurisdiction,omitempty"`
	Stance       string `json:"stance,omitempty" doc:"Long-standing public stance on strong encryption, see stances in /api/v1/vocabulary"`
}

// ActorFacts is an actor without what other lists have too.
type ActorFacts struct {
	ActorRow
	Aliases          []string   `json:"aliases" doc:"Other names"`
	ChangesOfSide    int        `json:"changes_of_side" doc:"How many entries of the history have changed_side"`
	ContentChangedAt *time.Time `json:"content_changed_at" doc:"When the record last changed here; null where that is not known"`
}

// Actor is somebody who takes part in the debate, and all that they said.
type Actor struct {
	ActorFacts
	History []HistoryStep `json:"history" doc:"What the actor said on any dossier, oldest first"`
	Items   Items         `json:"items" doc:"The newest items that the actor appears in; /api/v1/items?actor=… has all"`
}

// Actors returns the wire form of a list of actors.
func (m Maker) Actors(all []policy.Actor) Actors { return Actors{each(all, m.actorRow)} }

func (m Maker) actorRow(a policy.Actor) ActorRow {
	return ActorRow{
		ID: a.ID, URL: m.Base + "/api/v1/actors/" + a.ID, Page: m.Base + "/actors/" + a.ID, Feed: m.Base + "/feeds/actors/" + a.ID + ".atom",
		Name: a.Name, Kind: string(a.Kind), Jurisdiction: a.Jurisdiction, Stance: string(a.Stance),
	}
}

// Actor returns the wire form of an actor with all that we know.
func (m Maker) Actor(a record.Actor) Actor {
	return Actor{ActorFacts: m.ActorFacts(a), History: m.History(a), Items: m.Items(a.Items)}
}

// ActorFacts returns the wire form of an actor alone.
func (m Maker) ActorFacts(a record.Actor) ActorFacts {
	return ActorFacts{ActorRow: m.actorRow(a.Actor), Aliases: list(a.Aliases), ChangesOfSide: len(a.Changes), ContentChangedAt: moment(a.ChangedAt)}
}

// History returns the wire form of what an actor said, oldest first.
func (m Maker) History(a record.Actor) []HistoryStep { return each(a.History, m.historyStep) }

// ActorEntry is one entry of what can be followed of an actor: what they said, or an
// item about them.
type ActorEntry struct {
	Position *HistoryStep `json:"position,omitempty"`
	Item     *ItemRow     `json:"item,omitempty"`
}

// PositionEntry returns the wire form of what an actor said, as an entry.
func (m Maker) PositionEntry(s knowledge.Step) ActorEntry {
	step := m.historyStep(s)
	return ActorEntry{Position: &step}
}

// ItemEntry returns the wire form of an item about an actor, as an entry.
func (m Maker) ItemEntry(i policy.Item) ActorEntry {
	row := m.ItemRow(i)
	return ActorEntry{Item: &row}
}
