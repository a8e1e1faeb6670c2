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

// TagsRow is the tags of an item in a list. What caused them is in the item
// itself.
type TagsRow struct {
	Version       string   `json:"version" doc:"Of the classifier and the record that it used"`
	Relevant      *TagRow  `json:"relevant,omitempty" doc:"yes or no: is it about encryption policy?"`
	Kind          *TagRow  `json:"kind,omitempty" doc:"See kinds in /api/v1/vocabulary"`
	Stance        *TagRow  `json:"stance,omitempty" doc:"See stances in /api/v1/vocabulary; of the document's own voice"`
	Jurisdictions []TagRow `json:"jurisdictions" doc:"The main one first"`
	Measures      []TagRow `json:"measures"`
	Dossiers      []TagRow `json:"dossiers"`
	Actors        []TagRow `json:"actors"`
	Event         *TagRow  `json:"event,omitempty" doc:"A stage, where a new formal step is the document's news"`
	EventDate     *string  `json:"event_date" doc:"The date of that step, as occurred_at"`
}

// TagRow is one judgement.
type TagRow struct {
	Value      string  `json:"value" doc:"A word of a closed list, or an id of the record"`
	Label      string  `json:"label" doc:"What people read for it, in English"`
	Confidence float64 `json:"confidence" minimum:"0" maximum:"1"`
}

// Tag is one judgement and what caused it.
type Tag struct {
	TagRow
	Evidence []Span   `json:"evidence" doc:"The words that caused it"`
	Reasons  []string `json:"reasons" doc:"The strongest reasons in words"`
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
	return Tags{
		Version:       t.Version,
		Relevant:      one(m.tag, policy.FacetRelevant, t.Relevant),
		Kind:          one(m.tag, policy.FacetKind, t.Kind),
		Stance:        one(m.tag, policy.FacetStance, t.Stance),
		Jurisdictions: many(m.tag, policy.FacetJurisdiction, t.Jurisdictions),
		Measures:      many(m.tag, policy.FacetMeasure, t.Measures),
		Dossiers:      many(m.tag, policy.FacetDossier, t.Dossiers),
		Actors:        many(m.tag, policy.FacetActor, t.Actors),
		Positions:     each(t.Positions, m.claim),
		Event:         one(m.tag, policy.FacetEvent, t.Event),
		EventDate:     date(t.EventDate),
	}
}

// TagsRow returns the wire form of tags in a list.
func (m Maker) TagsRow(t policy.Tags) TagsRow {
	return TagsRow{
		Version:       t.Version,
		Relevant:      one(m.tagRow, policy.FacetRelevant, t.Relevant),
		Kind:          one(m.tagRow, policy.FacetKind, t.Kind),
		Stance:        one(m.tagRow, policy.FacetStance, t.Stance),
		Jurisdictions: many(m.tagRow, policy.FacetJurisdiction, t.Jurisdictions),
		Measures:      many(m.tagRow, policy.FacetMeasure, t.Measures),
		Dossiers:      many(m.tagRow, policy.FacetDossier, t.Dossiers),
		Actors:        many(m.tagRow, policy.FacetActor, t.Actors),
		Event:         one(m.tagRow, policy.FacetEvent, t.Event),
		EventDate:     date(t.EventDate),
	}
}

// one returns the wire form of a facet's only tag, or nil where it has none.
func one[T any](form func(policy.Facet, policy.Tag) T, f policy.Facet, t policy.Tag) *T {
	if t.IsZero() {
		return nil
	}
	made := form(f, t)
	return &made
}

// many returns the wire forms of all tags of a facet.
func many[T any](form func(policy.Facet, policy.Tag) T, f policy.Facet, tags []policy.Tag) []T {
	return each(tags, func(t policy.Tag) T { return form(f, t) })
}

func (m Maker) tagRow(f policy.Facet, t policy.Tag) TagRow {
	return TagRow{Value: t.Value, Label: m.Names.Label(f, t.Value), Confidence: confidence(t.Confidence)}
}

func (m Maker) tag(f policy.Facet, t policy.Tag) Tag {
	return Tag{TagRow: m.tagRow(f, t), Evidence: each(t.Evidence, span), Reasons: list(t.Reasons)}
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

// row returns the tags as a list has them.
func (t Tags) row() TagsRow {
	plain := func(all []Tag) []TagRow { return each(all, func(t Tag) TagRow { return t.TagRow }) }
	only := func(t *Tag) *TagRow {
		if t == nil {
			return nil
		}
		return &t.TagRow
	}
	return TagsRow{
		Version: t.Version, Relevant: only(t.Relevant), Kind: only(t.Kind), Stance: only(t.Stance), Jurisdictions: plain(t.Jurisdictions),
		Measures: plain(t.Measures), Dossiers: plain(t.Dossiers), Actors: plain(t.Actors), Event: only(t.Event), EventDate: t.EventDate,
	}
}
