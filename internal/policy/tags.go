package policy

// Facet names a family of tags.
type Facet string

// The facets.
const (
	FacetRelevant     Facet = "relevant"
	FacetKind         Facet = "kind"
	FacetStance       Facet = "stance"
	FacetJurisdiction Facet = "jurisdiction"
	FacetMeasure      Facet = "measure"
	FacetDossier      Facet = "dossier"
	FacetActor        Facet = "actor"
	FacetEvent        Facet = "event"
)

// Tags is what we think that a document means. A tag that is not sure enough
// is absent: missing beats wrong.
type Tags struct {
	Version       string // of the classifier and the record that it used
	Language      string // BCP 47, as detected in the text
	Relevant      Tag    // Value is "yes" or "no"
	Kind          Tag
	Stance        Tag   // absent (zero) where the document is not relevant
	Jurisdictions []Tag // the main one first
	Measures      []Tag
	Dossiers      []Tag // the record's ids
	Actors        []Tag // the record's ids
	Positions     []Claim
	Event         Tag  // Value is a Stage: a new formal step is the document's news
	EventDate     Date // the date of that step, as far as the text gives it
}

// IsRelevant reports whether the document is about encryption policy.
func (t Tags) IsRelevant() bool { return t.Relevant.Value == "yes" }

// Tag is one judgement: a word of a closed list or an id of the record, how
// sure we are, and what caused it.
type Tag struct {
	Value      string
	Confidence float64  // 0 to 1
	Evidence   []Span   // the words that caused it
	Reasons    []string // the strongest reasons in words, at most three
}

// IsZero reports whether the tag is absent.
func (t Tag) IsZero() bool { return t.Value == "" }

// Span is a run of words in a document.
type Span struct {
	Field string // "title", "summary" or "text"
	Start int    // byte offset of the first rune
	End   int    // byte offset after the last rune
	Text  string // the words themselves
}

// Claim is what the text reports of an actor's position.
type Claim struct {
	Actor      string // the record's id
	Side       Side
	Dossier    string // the record's id; empty where the text names none
	Confidence float64
	Evidence   []Span // the sentence
}

// All returns every tag with its facet, the main jurisdiction first, for
// storing and showing them in one way.
func (t Tags) All() []FacetTag {
	var all []FacetTag
	add := func(f Facet, tags ...Tag) {
		for _, tag := range tags {
			if !tag.IsZero() {
				all = append(all, FacetTag{f, tag})
			}
		}
	}
	add(FacetRelevant, t.Relevant)
	add(FacetKind, t.Kind)
	add(FacetStance, t.Stance)
	add(FacetJurisdiction, t.Jurisdictions...)
	add(FacetMeasure, t.Measures...)
	add(FacetDossier, t.Dossiers...)
	add(FacetActor, t.Actors...)
	add(FacetEvent, t.Event)
	return all
}

// FacetTag is a tag together with the family it belongs to.
type FacetTag struct {
	Facet Facet
	Tag
}
