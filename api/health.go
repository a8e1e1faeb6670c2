package api

import (
	"context"
	"fmt"
	"time"

	"github.com/backdoorwatch/backdoorwatch/api/wire"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/danielgtaylor/huma/v2"
)

const healthPath = "/healthz"

// pingTime is how long the database may take before it counts as silent.
const pingTime = 2 * time.Second

type healthOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         wire.Wellbeing
}

func (s *server) mountHealth() {
	for id, path := range map[string]string{"get-health": "/api/v1/healthz", "get-health-at-root": healthPath} {
		answer(s, huma.Operation{
			OperationID: id, Path: path, Tags: []string{"Service"},
			Summary: "Say whether the service is well",
			Description: "200 while the database answers, else 503. Failing sources do not make the service unwell: " +
				"what we have is still served.",
		}, s.readHealth)
	}
}

func (s *server) readHealth(ctx context.Context, _ *plainInput) (*healthOutput, error) {
	ctx, cancel := context.WithTimeout(ctx, pingTime)
	defer cancel()
	if err := s.Reader.Ping(ctx); err != nil {
		return nil, fmt.Errorf("%w: the database: %w", policy.ErrUnavailable, err)
	}
	sources, err := s.Reader.Sources(ctx)
	if err != nil {
		return nil, err
	}
	return &healthOutput{CacheControl: "no-store", Body: wire.NewWellbeing(s.Version, sources)}, nil
}
