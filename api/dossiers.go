package api

import (
	"context"

	"github.com/backdoorwatch/backdoorwatch/api/wire"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/danielgtaylor/huma/v2"
)

type dossiersOutput struct {
	Body wire.Dossiers
}

type dossierInput struct {
	asking
	ID string `path:"id" doc:"The record's id of the dossier"`
}

type dossierOutput struct {
	Body wire.Dossier
}

type actorsOutput struct {
	Body wire.Actors
}

// mountDossiers serves the curated record, which is fixed while the program runs.
func (s *server) mountDossiers() {
	byID := make(map[string]policy.Dossier, len(s.Record.Dossiers))
	for _, d := range s.Record.Dossiers {
		byID[d.ID] = d
	}
	dossiers := &dossiersOutput{Body: s.make.Dossiers(s.Record.Dossiers)}
	answer(s, huma.Operation{
		OperationID: "list-dossiers", Path: "/api/v1/dossiers", Tags: []string{"Record"},
		Summary:     "List dossiers",
		Description: "Every law, plan, case and treaty that the record follows.",
	}, func(context.Context, *plainInput) (*dossiersOutput, error) { return dossiers, nil })
	answer(s, huma.Operation{
		OperationID: "get-dossier", Path: "/api/v1/dossiers/{id}", Tags: []string{"Record"},
		Summary:     "Read one dossier",
		Description: "One law, plan, case or treaty: its events and who stood where, each with a source.",
	}, func(_ context.Context, in *dossierInput) (*dossierOutput, error) {
		d, ok := byID[in.ID]
		if !ok {
			return nil, s.missing("dossier", in.ID, "/api/v1/dossiers lists all of them.")
		}
		return &dossierOutput{Body: s.make.Dossier(d)}, nil
	})
	actors := &actorsOutput{Body: wire.NewActors(s.Record.Actors)}
	answer(s, huma.Operation{
		OperationID: "list-actors", Path: "/api/v1/actors", Tags: []string{"Record"},
		Summary:     "List actors",
		Description: "Everybody whom the record knows: companies, authorities, politicians, organisations.",
	}, func(context.Context, *plainInput) (*actorsOutput, error) { return actors, nil })
}
