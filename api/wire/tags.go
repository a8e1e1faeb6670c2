package wire

import "github.com/backdoorwatch/backdoorwatch/internal/policy"

// Tags is what we think that a document means. A tag that is not sure enough is
// null or absent from its list.
type Tags struct {
	Version       string  `json:"version" doc:"Of the classifier and the record that it used"`
	Relevant      *Tag    `json:"relevant,omitempty" doc:"yes or no: is it about encryption policy?"`
	Kind          *Tag    `json:"kind,omitempty" doc:"See kinds in /api/v1/vocabulary"`
	Stance        *Tag    `json:"stance,omitempty" doc:"See stances in /api/v1/vocabulary; of the document's own voice"`
	Jurisdictions []Tag   `json:"jurisdictions" doc:"The main one first"`
	Measures      []Tag   `json:"measures"`
	Dossiers      []Tag   `json:"dossiers"`
	Actors        []Tag   `json:"actors"`
	Positions     []Claim `json:"positions" doc:"What the text reports of actors' positions"`
	Event         *Tag    `json:"event,omitempty" doc:"A stage, where a new formal step is the document's news"`
	EventDate     *string `json:"event_date" doc:"The date of that step, as occurred_at"`
}

// Tag is one judgement and what caused it.
type Tag struct {
	Value      string   `json:"value" doc:"A word of a closed list, or an id of the record"`
	Label      string   `json:"label" doc:"What people read for it, in English"`
	Confidence float64  `json:"confidence" minimum:"0" maximum:"1"`
	Evidence   []Span   `json:"evidence" doc:"The words that caused it"`
	Reasons    []string `json:"reasons" doc:"The strongest reasons in words"`
}

// Span is a run of words in a document.
type Span struct {
	Field string `json:"field" doc:"title, summary or text"`
	Start int    `json:"start" doc:"Byte offset of the first character, in UTF-8"`
	End   int    `json:"end" doc:"Byte offset after the last character"`
	Text  string `json:"text" doc:"The words themselves"`
}

// Claim is what a text reports of an actor's position.
type Claim struct {
	Actor      string  `json:"actor" doc:"The record's id"`
	ActorName  string  `json:"actor_name"`
	Side       string  `json:"side" doc:"See sides in /api/v1/vocabulary"`
	Dossier    string  `json:"dossier,omitempty" doc:"The record's id; absent where the text names none"`
	Confidence float64 `json:"confidence" minimum:"0" maximum:"1"`
	Evidence   []Span  `json:"evidence" doc:"The sentence"`
}

// Tags returns the wire form of tags.
func (m Maker) Tags(t policy.Tags) Tags {
	one := func(f policy.Facet, tag policy.Tag) *Tag {
		if tag.IsZero() {
			return nil
		}
		made := m.tag(f, tag)
		return &made
	}
	many := func(f policy.Facet, tags []policy.Tag) []Tag {
		return each(tags, func(tag policy.Tag) Tag { return m.tag(f, tag) })
	}
	return Tags{
		Version:       t.Version,
		Relevant:      one(policy.FacetRelevant, t.Relevant),
		Kind:          one(policy.FacetKind, t.Kind),
		Stance:        one(policy.FacetStance, t.Stance),
		Jurisdictions: many(policy.FacetJurisdiction, t.Jurisdictions),
		Measures:      many(policy.FacetMeasure, t.Measures),
		Dossiers:      many(policy.FacetDossier, t.Dossiers),
		Actors:        many(policy.FacetActor, t.Actors),
		Positions:     each(t.Positions, m.claim),
		Event:         one(policy.FacetEvent, t.Event),
		EventDate:     date(t.EventDate),
	}
}

func (m Maker) tag(f policy.Facet, t policy.Tag) Tag {
	return Tag{
		Value: t.Value, Label: m.Names.Label(f, t.Value), Confidence: confidence(t.Confidence),
		Evidence: each(t.Evidence, span), Reasons: list(t.Reasons),
	}
}

func (m Maker) claim(c policy.Claim) Claim {
	return Claim{
		Actor: c.Actor, ActorName: m.Names.Label(policy.FacetActor, c.Actor), Side: string(c.Side), Dossier: c.Dossier,
		Confidence: confidence(c.Confidence), Evidence: each(c.Evidence, span),
	}
}

func span(s policy.Span) Span {
	return Span{Field: s.Field, Start: s.Start, End: s.End, Text: s.Text}
}
