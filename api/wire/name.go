package wire

import "github.com/backdoorwatch/backdoorwatch/internal/policy"

// Names are the names of what the curated record knows, by id.
type Names struct {
	Jurisdictions map[string]string
	Dossiers      map[string]string
	Actors        map[string]string
}

// NewNames collects the names of the record.
func NewNames(jurisdictions []policy.Jurisdiction, dossiers []policy.Dossier, actors []policy.Actor) Names {
	n := Names{map[string]string{}, map[string]string{}, map[string]string{}}
	for _, j := range jurisdictions {
		n.Jurisdictions[j.Code] = j.Name
	}
	for _, d := range dossiers {
		n.Dossiers[d.ID] = d.Name()
	}
	for _, a := range actors {
		n.Actors[a.ID] = a.Name
	}
	return n
}

// Label returns what people read for a value of a facet; the value itself where
// nobody has named it.
func (n Names) Label(f policy.Facet, value string) string {
	switch f {
	case policy.FacetKind:
		return policy.Kinds.Label(policy.Kind(value))
	case policy.FacetStance:
		return policy.Stances.Label(policy.Stance(value))
	case policy.FacetMeasure:
		return policy.Measures.Label(policy.Measure(value))
	case policy.FacetEvent:
		return policy.Stage(value).Label()
	case policy.FacetJurisdiction:
		return known(n.Jurisdictions, value)
	case policy.FacetDossier:
		return known(n.Dossiers, value)
	case policy.FacetActor:
		return known(n.Actors, value)
	case policy.FacetRelevant:
		if value == "yes" {
			return "About encryption policy"
		}
		return "Not about encryption policy"
	}
	return value
}

func known(names map[string]string, id string) string {
	if name := names[id]; name != "" {
		return name
	}
	return id
}
