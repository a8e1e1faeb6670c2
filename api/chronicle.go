package api

import (
	"context"
	"time"

	"github.com/backdoorwatch/backdoorwatch/api/wire"
	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/record"
)

// Chronicle is the record together with what machines noticed since.
type Chronicle interface {
	Dossiers(ctx context.Context, f policy.Filter) ([]policy.Dossier, error)
	Dossier(ctx context.Context, id string, on policy.Date, items policy.Filter) (record.Dossier, error)
	Positions(ctx context.Context, dossier string, on policy.Date) ([]knowledge.Standing, error)
	EventPage(ctx context.Context, f policy.Filter) (policy.EventPage, error)
	Event(ctx context.Context, id string) (policy.DossierEvent, error)
	Timeline(ctx context.Context, f policy.Filter) (policy.TimelinePage, error)
	Actor(ctx context.Context, id string, items policy.Filter) (record.Actor, error)
	Jurisdiction(ctx context.Context, code string, f policy.Filter) (record.Jurisdiction, error)
	Candidates(ctx context.Context, f policy.Filter) (policy.CandidatePage, error)
	Candidate(ctx context.Context, id policy.CandidateID) (record.Candidate, error)
}

// states is what the store keeps about the entries of the record.
type states []policy.RecordState

// states reads them: a few thousand at most, which change when the record does.
func (s *server) states(ctx context.Context) (states, error) {
	return s.Reader.RecordStates(ctx)
}

// changed returns the clocks of the entries.
func (all states) changed() wire.Changed {
	type key struct {
		kind policy.RecordKind
		id   string
	}
	at := make(map[key]time.Time, len(all))
	for _, state := range all {
		at[key{state.Kind, state.ID}] = state.ContentChangedAt
	}
	return func(kind policy.RecordKind, id string) time.Time { return at[key{kind, id}] }
}

// removed returns the entries of a kind that the record has lost since.
func (all states) removed(kind policy.RecordKind, since time.Time) []policy.RecordState {
	var gone []policy.RecordState
	for _, state := range all {
		if state.Kind == kind && !state.RemovedAt.IsZero() && !state.RemovedAt.Before(since) {
			gone = append(gone, state)
		}
	}
	return gone
}

// changed returns the clocks of the record's entries.
func (s *server) changed(ctx context.Context) (wire.Changed, error) {
	all, err := s.states(ctx)
	return all.changed(), err
}
