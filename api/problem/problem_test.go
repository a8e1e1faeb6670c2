package problem_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/api/problem"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func TestEachMeaningHasOneStatus(t *testing.T) {
	var log strings.Builder
	desk := problem.Desk{Base: "https://watch.example", Logger: slog.New(slog.NewTextHandler(&log, nil))}
	for _, tc := range []struct {
		name   string
		err    error
		status int
		logged bool
	}{
		{"not found", fmt.Errorf("item 7: %w", policy.ErrNotFound), 404, false},
		{"gone", policy.ErrGone, 410, false},
		{"invalid", policy.FieldErrors{{Field: "a", Problem: "b"}}, 400, false},
		{"conflict", policy.ErrConflict, 409, false},
		{"unavailable", fmt.Errorf("%w: secret host", policy.ErrUnavailable), 503, true},
		{"too slow", context.DeadlineExceeded, 503, true},
		{"given up by the caller", fmt.Errorf("secret: %w", context.Canceled), 503, false},
		{"an operator's mistake is not a caller's", fmt.Errorf("secret: %w", policy.ErrConfig), 500, true},
		{"anything else", errors.New("secret"), 500, true},
		{"a problem stays itself", fmt.Errorf("x: %w", desk.New(problem.TooMany, "d")), 429, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			log.Reset()
			p := desk.From(t.Context(), tc.err)
			if p.Status != tc.status || strings.Contains(p.Detail+p.Hint, "secret") || p.Detail == "" {
				t.Errorf("got %+v", p)
			}
			if (log.Len() > 0) != tc.logged {
				t.Errorf("the log: %q", log.String())
			}
		})
	}
}

func TestKindsAreComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range problem.Kinds() {
		if k.Title == "" || k.Status < 400 || k.Meaning == "" || k.Remedy == "" || seen[k.Name] {
			t.Errorf("%+v", k)
		}
		seen[k.Name] = true
		if found, ok := problem.Named(k.Name); !ok || found != k {
			t.Errorf("%s is not found by its name", k.Name)
		}
	}
}
