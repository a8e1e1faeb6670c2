package knowledge

import (
	"strings"
	"unicode"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Base is the record in memory. It does not change after Load and may be read
// by many at once; callers must not change the lists and maps that it returns.
type Base struct {
	Version       string                // names the content: the same record has the same version
	Dossiers      []policy.Dossier      // by id
	Actors        []policy.Actor        // by id
	Jurisdictions []policy.Jurisdiction // by code
	Warnings      Problems              // what is worth a look in the files

	dossiers      map[string]int
	actors        map[string]int
	jurisdictions map[string]int
	officialIDs   map[string]string // normalised official id → dossier id
	children      map[string][]policy.Jurisdiction
	byPlace       map[string][]policy.Dossier
	byActor       map[string][]Placed
	grades        map[string]policy.Grade // by host, or by what hosts end with
	timeline      []Entry                 // oldest first
	entries       map[string]int          // id → place in the timeline
}

func newBase(m merged, version string) *Base {
	b := &Base{Version: version}
	b.Dossiers, b.dossiers = indexed(m.dossiers)
	b.Actors, b.actors = indexed(m.actors)
	b.Jurisdictions, b.jurisdictions = indexed(m.jurisdictions)
	b.grades = make(map[string]policy.Grade, len(m.hosts))
	for _, h := range m.hosts {
		b.grades[h.id] = h.value
	}
	b.gradeSources()
	b.relate()
	b.buildTimeline()
	return b
}

func indexed[T any](entries []entry[T]) ([]T, map[string]int) {
	values, byID := make([]T, len(entries)), make(map[string]int, len(entries))
	for i, e := range entries {
		values[i], byID[e.id] = e.value, i
	}
	return values, byID
}

func (b *Base) relate() {
	b.officialIDs = map[string]string{}
	b.children = map[string][]policy.Jurisdiction{}
	b.byPlace = map[string][]policy.Dossier{}
	b.byActor = map[string][]Placed{}
	for _, d := range b.Dossiers {
		b.byPlace[d.Jurisdiction] = append(b.byPlace[d.Jurisdiction], d)
		for _, id := range d.OfficialIDs {
			if key := NormalOfficialID(id); b.officialIDs[key] == "" {
				b.officialIDs[key] = d.ID
			}
		}
		for _, p := range d.Positions {
			b.byActor[p.Actor] = append(b.byActor[p.Actor], Placed{d.ID, p})
		}
	}
	for _, j := range b.Jurisdictions {
		if j.Parent != "" {
			b.children[j.Parent] = append(b.children[j.Parent], j)
		}
	}
}

// Dossier returns the dossier with this id, and whether there is one.
func (b *Base) Dossier(id string) (policy.Dossier, bool) { return lookUp(b.Dossiers, b.dossiers, id) }

// Actor returns the actor with this id, and whether there is one.
func (b *Base) Actor(id string) (policy.Actor, bool) { return lookUp(b.Actors, b.actors, id) }

// Jurisdiction returns the jurisdiction with this code, and whether there is one.
func (b *Base) Jurisdiction(code string) (policy.Jurisdiction, bool) {
	return lookUp(b.Jurisdictions, b.jurisdictions, code)
}

func lookUp[T any](values []T, byID map[string]int, id string) (value T, ok bool) {
	i, ok := byID[id]
	if ok {
		value = values[i]
	}
	return value, ok
}

// ByOfficialID returns the dossier that has this official id, however it is
// spaced, bracketed or capitalised.
func (b *Base) ByOfficialID(id string) (policy.Dossier, bool) {
	return b.Dossier(b.officialIDs[NormalOfficialID(id)])
}

// NormalOfficialID returns the form of an official id by which two spellings of
// it are the same: "COM(2022) 209" is "com (2022)209". A slash stays, since it can
// part numbers.
func NormalOfficialID(id string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("()[]{}", r) {
			return -1
		}
		return unicode.ToLower(r)
	}, id)
}

// Children returns the sub-national jurisdictions of a country, by code.
func (b *Base) Children(code string) []policy.Jurisdiction { return b.children[code] }

// Parent returns the jurisdiction that a sub-national one belongs to, and
// whether it belongs to one.
func (b *Base) Parent(code string) (policy.Jurisdiction, bool) {
	j, _ := b.Jurisdiction(code)
	return b.Jurisdiction(j.Parent)
}

// DossiersOf returns the dossiers of exactly this jurisdiction, by id; those of
// its sub-national ones are theirs.
func (b *Base) DossiersOf(code string) []policy.Dossier { return b.byPlace[code] }

// Placed is a position together with the dossier that it is about.
type Placed struct {
	Dossier string // the record's id
	policy.Position
}

// PositionsOf returns the positions that an actor took on any dossier, by
// dossier and in the order of the record.
func (b *Base) PositionsOf(actor string) []Placed { return b.byActor[actor] }
