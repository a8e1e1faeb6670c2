package api

import (
	"context"

	"github.com/backdoorwatch/backdoorwatch/api/wire"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/danielgtaylor/huma/v2"
)

type actorsOutput struct {
	Body wire.Actors
}

type actorInput struct {
	asking
	ID string `path:"id" doc:"The record's id of the actor"`
}

type actorOutput struct {
	Body wire.Actor
}

func (s *server) mountActors() {
	actors := &actorsOutput{Body: s.make.Actors(s.Record.Actors)}
	answer(s, huma.Operation{
		OperationID: "list-actors", Path: "/api/v1/actors", Tags: []string{"Record"},
		Summary:     "List actors",
		Description: "Everybody whom the record knows: companies, authorities, politicians, organisations.",
	}, func(context.Context, *plainInput) (*actorsOutput, error) { return actors, nil })
	answer(s, huma.Operation{
		OperationID: "get-actor", Path: "/api/v1/actors/{id}", Tags: []string{"Record"},
		Summary:     "Read one actor",
		Description: "What the actor said on any dossier over time, with every change of side, and the newest items about them.",
	}, s.readActor)
}

func (s *server) readActor(ctx context.Context, in *actorInput) (*actorOutput, error) {
	found, err := s.Chronicle.Actor(ctx, in.ID, policy.Filter{Limit: shownItems})
	if err != nil {
		return nil, s.unlessThere(err, "actor", in.ID, "/api/v1/actors lists all of them.")
	}
	return &actorOutput{Body: s.make.Actor(found)}, nil
}
