package record

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Jurisdiction is all that we know of a place or body that makes rules.
type Jurisdiction struct {
	policy.Jurisdiction
	Parent     *policy.Jurisdiction  // of a sub-national one
	Parts      []Place               // its sub-national ones, by code
	ByStatus   []StatusGroup         // its own dossiers, in the order of policy.Stages
	Counts     Place                 // its own dossiers in figures
	Upcoming   []policy.DossierEvent // what is expected here and in its parts, the soonest first
	Actors     []policy.Actor        // at home here, by id
	Timeline   policy.TimelinePage   // its share of all that happened, with its parts
	Candidates policy.CandidatePage  // bills found by machine
	ChangedAt  time.Time             // when the record last changed here
}

// StatusGroup holds the dossiers of one status, by id.
type StatusGroup struct {
	Status   policy.Stage
	Dossiers []policy.Dossier
}

// Place counts the dossiers of a jurisdiction, without those of its parts.
type Place struct {
	policy.Jurisdiction
	Total    int
	Effects  map[policy.Effect]int
	Statuses map[policy.Stage]int
}

// Jurisdiction returns a jurisdiction with its dossiers, actors and parts. The Filter
// says how much of its timeline is wanted, and may narrow it. An unknown code wraps
// policy.ErrNotFound.
func (r *Record) Jurisdiction(ctx context.Context, code string, f policy.Filter) (Jurisdiction, error) {
	code = strings.ToUpper(code)
	known, ok := r.base.Jurisdiction(code)
	if !ok {
		return Jurisdiction{}, r.missing(ctx, policy.RecordJurisdiction, code)
	}
	j := Jurisdiction{Jurisdiction: known, Counts: r.place(known), ByStatus: byStatus(r.base.DossiersOf(code))}
	if parent, ok := r.base.Parent(code); ok {
		j.Parent = &parent
	}
	for _, part := range r.base.Children(code) {
		j.Parts = append(j.Parts, r.place(part))
	}
	for _, a := range r.base.Actors {
		if a.Jurisdiction == code {
			j.Actors = append(j.Actors, a)
		}
	}
	return j, r.addStream(ctx, &j, f)
}

// addStream adds what the store knows of a jurisdiction.
func (r *Record) addStream(ctx context.Context, j *Jurisdiction, f policy.Filter) error {
	f.Jurisdictions = []string{j.Code}
	var err error
	if j.Timeline, err = r.Timeline(ctx, f); err != nil {
		return err
	}
	here := policy.Filter{Jurisdictions: f.Jurisdictions}
	chosen, err := r.choose(ctx, here)
	if err != nil {
		return err
	}
	if j.Upcoming, err = r.upcoming(ctx, here, chosen); err != nil {
		return err
	}
	if j.Candidates, err = r.store.Candidates(ctx, here); err != nil {
		return fmt.Errorf("reading the candidates of %s: %w", j.Code, err)
	}
	j.ChangedAt, err = r.changedAt(ctx, policy.RecordJurisdiction, j.Code)
	return err
}

func byStatus(dossiers []policy.Dossier) []StatusGroup {
	var groups []StatusGroup
	for _, words := range policy.Stages {
		group := StatusGroup{Status: words.Stage}
		for _, d := range dossiers {
			if d.Status == words.Stage {
				group.Dossiers = append(group.Dossiers, d)
			}
		}
		if len(group.Dossiers) > 0 {
			groups = append(groups, group)
		}
	}
	return groups
}

func (r *Record) place(j policy.Jurisdiction) Place {
	p := Place{Jurisdiction: j, Effects: map[policy.Effect]int{}, Statuses: map[policy.Stage]int{}}
	for _, d := range r.base.DossiersOf(j.Code) {
		p.Total++
		p.Effects[d.Effect]++
		p.Statuses[d.Status]++
	}
	return p
}

// Places counts the dossiers of every jurisdiction that has one, by code.
func (r *Record) Places() []Place {
	var all []Place
	for _, j := range r.base.Jurisdictions {
		if p := r.place(j); p.Total > 0 {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b Place) int { return strings.Compare(a.Code, b.Code) })
	return all
}
