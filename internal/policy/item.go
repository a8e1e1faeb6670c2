package policy

import "time"

// ItemID is our own lasting number of an item. It is made once and is never
// derived from a title or an address.
type ItemID int64

// Item is a document that we keep, with what we think it means and what people
// said about that.
type Item struct {
	ID               ItemID
	Document         Document
	Tags             Tags         // the classifier's, with people's corrections applied
	Corrections      []Correction // what people said; kept apart, so that a re-run never erases it
	Opinions         []Opinion    // second opinions on this version of it; empty where nobody was asked
	Sightings        []Sighting   // every source that carried it, the first one first
	Story            ItemID       // the first item of the same story; its own id where it stands alone
	FirstSeenAt      time.Time    // by us
	ContentChangedAt time.Time    // its meaning changed
	VerifiedAt       time.Time    // a person checked the judgement; zero where nobody did
}

// OccurredAt is when it happened or appeared in the world.
func (i Item) OccurredAt() Date { return i.Document.Published }

// ShownAt is the date by which the item is sorted: the world's, or our first
// sight of it where the source gives no date.
func (i Item) ShownAt() time.Time {
	if i.Document.Published.IsZero() {
		return i.FirstSeenAt
	}
	return i.Document.Published.Start()
}

// Sighting is one source's copy of an item.
type Sighting struct {
	Source  string
	EntryID string
	URL     string
	Title   string
	SeenAt  time.Time
	Item    ItemID // the item of that copy: another one than its own where the copies are near-duplicates
}

// Correction is what a person said about a tag.
type Correction struct {
	Item    ItemID
	Facet   Facet
	Value   string
	Verdict Verdict
	By      string // who, as they want to be named; empty for the operator
	Note    string
	At      time.Time
}

// Verdict is what a correction does to a tag.
type Verdict string

// The verdicts.
const (
	VerdictSet    Verdict = "set"    // the facet's only value is this one
	VerdictAdd    Verdict = "add"    // the facet has this value too
	VerdictRemove Verdict = "remove" // the facet does not have this value
)

// Apply returns the tags with the corrections applied, oldest first.
func Apply(tags Tags, corrections []Correction) Tags {
	for _, c := range corrections {
		tags = c.apply(tags)
	}
	return tags
}

func (c Correction) apply(tags Tags) Tags {
	certain := Tag{Value: c.Value, Confidence: 1, Reasons: []string{"set by a person"}}
	if one := tags.single(c.Facet); one != nil {
		switch {
		case c.Verdict != VerdictRemove:
			*one = certain
		case one.Value == c.Value:
			*one = Tag{}
		}
		return tags
	}
	many := tags.several(c.Facet)
	if many == nil {
		return tags
	}
	var kept []Tag
	for _, t := range *many {
		if c.Verdict != VerdictSet && t.Value != c.Value {
			kept = append(kept, t)
		}
	}
	if c.Verdict != VerdictRemove {
		kept = append(kept, certain)
	}
	*many = kept
	return tags
}

// single returns the tag of a facet that has one value, or nil.
func (t *Tags) single(f Facet) *Tag {
	switch f {
	case FacetRelevant:
		return &t.Relevant
	case FacetKind:
		return &t.Kind
	case FacetStance:
		return &t.Stance
	case FacetEvent:
		return &t.Event
	}
	return nil
}

// several returns the tags of a facet that may have many values, or nil.
func (t *Tags) several(f Facet) *[]Tag {
	switch f {
	case FacetJurisdiction:
		return &t.Jurisdictions
	case FacetMeasure:
		return &t.Measures
	case FacetDossier:
		return &t.Dossiers
	case FacetActor:
		return &t.Actors
	}
	return nil
}
