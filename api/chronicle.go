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

// states is what the store keeps about the entries of the record: a few thousand at
// most, which change when the record does.
type states struct {
	all   []policy.RecordState
	at    wire.Changed
	until time.Time // they are looked up again from then on
}

// states reads them, and keeps them for as long as a feed is kept.
func (s *server) states(ctx context.Context) (*states, error) {
	now := s.Now()
	if kept := s.known.Load(); kept != nil && now.Before(kept.until) {
		return kept, nil
	}
	all, err := s.Reader.RecordStates(ctx)
	if err != nil {
		return nil, err
	}
	fresh := &states{all: all, at: wire.ChangedIn(all), until: now.Add(s.FeedTTL)}
	s.known.Store(fresh)
	return fresh, nil
}

// changed tells when an entry last changed.
func (s *states) changed(kind policy.RecordKind, id string) time.Time {
	return s.at(kind, id)
}

// removed returns the entries of a kind that the record has lost since.
func (s *states) removed(kind policy.RecordKind, since time.Time) []policy.RecordState {
	var gone []policy.RecordState
	for _, state := range s.all {
		if state.Kind == kind && !state.RemovedAt.IsZero() && !state.RemovedAt.Before(since) {
			gone = append(gone, state)
		}
	}
	return gone
}

// changed returns the clocks of the record's entries.
func (s *server) changed(ctx context.Context) (wire.Changed, error) {
	states, err := s.states(ctx)
	if err != nil {
		return nil, err
	}
	return states.changed, nil
}
