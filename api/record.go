package api

import (
	"context"

	"github.com/backdoorwatch/backdoorwatch/api/wire"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/danielgtaylor/huma/v2"
)

type jurisdictionsOutput struct {
	Body wire.Jurisdictions
}

type jurisdictionInput struct {
	asking
	Code string `path:"code" doc:"The code of the jurisdiction" example:"FR"`
}

type jurisdictionOutput struct {
	Body wire.Place
}

type statsOutput struct {
	Body wire.Stats
}

type vocabularyOutput struct {
	Body wire.Vocabulary
}

func (s *server) mountRecord() {
	answer(s, huma.Operation{
		OperationID: "list-jurisdictions", Path: "/api/v1/jurisdictions", Tags: []string{"Record"},
		Summary:     "List jurisdictions",
		Description: "Every place or body that makes rules and that we know, with the number of relevant items about it.",
	}, s.listJurisdictions)
	answer(s, huma.Operation{
		OperationID: "get-jurisdiction", Path: "/api/v1/jurisdictions/{code}", Tags: []string{"Record"},
		Summary:     "Read one jurisdiction",
		Description: "One place or body that makes rules: its dossiers by status, what is expected, who is at home there, its parts and what it is a part of.",
	}, s.readJurisdiction)
	answer(s, huma.Operation{
		OperationID: "get-stats", Path: "/api/v1/stats", Tags: []string{"Record"},
		Summary:     "Say how much there is",
		Description: "The number of items and sources, and how fresh they are.",
	}, s.readStats)
	vocabulary := &vocabularyOutput{Body: wire.NewVocabulary()}
	answer(s, huma.Operation{
		OperationID: "get-vocabulary", Path: "/api/v1/vocabulary", Tags: []string{"Record"},
		Summary:     "List all words",
		Description: "Every closed list of words, with labels and meanings. The same words are used in answers, parameters, feeds and pages.",
	}, func(context.Context, *plainInput) (*vocabularyOutput, error) { return vocabulary, nil })
}

func (s *server) listJurisdictions(ctx context.Context, _ *plainInput) (*jurisdictionsOutput, error) {
	facets, err := s.Reader.Facets(ctx, policy.Filter{Relevance: policy.RelevantOnly})
	if err != nil {
		return nil, err
	}
	return &jurisdictionsOutput{Body: s.make.Jurisdictions(s.Record.Jurisdictions, facets.Jurisdictions)}, nil
}

func (s *server) readJurisdiction(ctx context.Context, in *jurisdictionInput) (*jurisdictionOutput, error) {
	found, err := s.Chronicle.Jurisdiction(ctx, in.Code, policy.Filter{Limit: 1})
	if err != nil {
		return nil, s.unlessThere(err, "jurisdiction", in.Code, "/api/v1/jurisdictions lists all of them.")
	}
	facets, err := s.Reader.Facets(ctx, policy.Filter{Relevance: policy.RelevantOnly, Jurisdictions: []string{found.Code}})
	if err != nil {
		return nil, err
	}
	changed, err := s.changed(ctx)
	if err != nil {
		return nil, err
	}
	return &jurisdictionOutput{Body: s.make.Place(found, facets.Total, changed)}, nil
}

func (s *server) readStats(ctx context.Context, _ *plainInput) (*statsOutput, error) {
	stats, err := s.Reader.Stats(ctx)
	if err != nil {
		return nil, err
	}
	return &statsOutput{Body: s.make.Stats(stats)}, nil
}
