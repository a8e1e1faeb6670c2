package api

import (
	"context"
	"errors"

	"github.com/backdoorwatch/backdoorwatch/api/problem"
	"github.com/backdoorwatch/backdoorwatch/api/wire"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/danielgtaylor/huma/v2"
)

// plainInput is the input of an operation that takes nothing.
type plainInput struct {
	asking
}

type sourcesOutput struct {
	Body wire.Sources
}

type sourceInput struct {
	asking
	ID string `path:"id" doc:"The catalogue's id of the source"`
}

type sourceOutput struct {
	Body wire.Source
}

func (s *server) mountSources() {
	answer(s, huma.Operation{
		OperationID: "list-sources", Path: "/api/v1/sources", Tags: []string{"Sources"},
		Summary:     "List sources",
		Description: "Every place that we read, how it is doing, and when it is read again.",
	}, s.listSources)
	answer(s, huma.Operation{
		OperationID: "get-source", Path: "/api/v1/sources/{id}", Tags: []string{"Sources"},
		Summary:     "Read one source",
		Description: "One place that we read.",
	}, s.readSource)
}

func (s *server) listSources(ctx context.Context, _ *plainInput) (*sourcesOutput, error) {
	all, err := s.Reader.Sources(ctx)
	if err != nil {
		return nil, err
	}
	return &sourcesOutput{Body: s.make.Sources(all)}, nil
}

func (s *server) readSource(ctx context.Context, in *sourceInput) (*sourceOutput, error) {
	source, err := s.Reader.Source(ctx, in.ID)
	if errors.Is(err, policy.ErrNotFound) {
		return nil, s.missing("source", in.ID, "/api/v1/sources lists all of them.")
	}
	if err != nil {
		return nil, err
	}
	return &sourceOutput{Body: s.make.Source(source)}, nil
}

func (s *server) missing(what, id, hint string) *problem.Problem {
	return s.desk.New(problem.NotFound, "There is no "+what+" "+id+".").Hinting(hint)
}
