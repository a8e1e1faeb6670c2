package policy

// Dossier follows one law, plan, case or treaty through its life. It comes
// from the curated record; every fact in it has a source.
type Dossier struct {
	ID            string
	Jurisdiction  string
	Title         string // English, official or translated
	OriginalTitle string
	ShortTitle    string
	OfficialIDs   []string // ids that appear in documents; the dossier's identity
	Kind          DossierKind
	Status        Stage
	Effect        Effect
	Measures      []Measure
	Summary       string
	Aliases       map[string][]string // by language: what press and documents call it
	Links         map[string]string   // "official" and "text"
	Events        []Event             // oldest first
	Positions     []Position
	Confidence    Sureness
}

// Name is the dossier's name in a list: the short title where there is one.
func (d Dossier) Name() string {
	if d.ShortTitle != "" {
		return d.ShortTitle
	}
	return d.Title
}

// Event is a dated step in a dossier's life.
type Event struct {
	Date   Date
	Stage  Stage
	Title  string
	Source string // address of the evidence
	Grade  Grade  `json:",omitempty"` // how good that is; empty where it is not graded
}

// Position is where an actor stood on a dossier at a date.
type Position struct {
	Actor  string
	Side   Side
	On     Date
	Claim  string // in our own words
	Source string // address of the evidence
	Grade  Grade  `json:",omitempty"` // how good that is; empty where it is not graded
}

// Actor is somebody who takes part in the debate.
type Actor struct {
	ID           string
	Name         string
	Kind         ActorKind
	Jurisdiction string
	Aliases      []string
	Stance       Stance // long-standing public stance on strong encryption
}

// Level says how a jurisdiction relates to states.
type Level string

// The levels.
const (
	LevelSupranational Level = "supranational"
	LevelCountry       Level = "country"
	LevelTerritory     Level = "territory"
	LevelSubnational   Level = "subnational"
)

// Jurisdiction is a place or body that makes rules, and the words by which a
// text shows that it means it. Word lists are by language.
type Jurisdiction struct {
	Code       string // ISO 3166-1 alpha-2, ISO 3166-2, or EU, COE, UN, INT
	Name       string // English
	Level      Level
	Parent     string // of a sub-national one
	Names      map[string][]string
	Demonyms   map[string][]string
	Capital    map[string][]string
	Parliament map[string][]string
	Government map[string][]string
	Agencies   map[string][]string
	Ambiguous  []string // forms that also mean something else; they need company
}
