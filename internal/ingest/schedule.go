package ingest

import (
	"math/rand/v2"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

const (
	// longest is the longest pause between two visits to a source that fails.
	longest = 24 * time.Hour
	// longestGone is that pause where the address seems to be gone for good.
	longestGone = 7 * 24 * time.Hour
	// firstRetry is the pause after the first failure of what may pass soon.
	firstRetry = 5 * time.Minute
)

// pause returns how long a source rests after a visit: its own interval when all
// went well; when not, a pause that doubles with each failure in a row. What the
// server asked for (Retry-After) is always granted. The jitter, a number from 0 to
// 1, spreads the visits, so that a restart does not make all sources due at once.
func pause(interval time.Duration, health policy.Health, failures int, asked time.Duration, jitter float64) time.Duration {
	rest := interval
	if health.Failed() {
		rest = backoff(interval, health, failures)
	}
	rest += time.Duration(float64(rest) * (jitter*0.2 - 0.1))
	return max(rest, asked)
}

func backoff(interval time.Duration, health policy.Health, failures int) time.Duration {
	start, limit := interval, longest
	switch health {
	case policy.HealthUnreachable, policy.HealthTimeout, policy.HealthServerError, policy.HealthThrottled:
		start = min(firstRetry, interval)
	case policy.HealthGone, policy.HealthRobots, policy.HealthBlocked:
		limit = longestGone
	}
	limit = max(limit, interval)
	for i := 1; i < failures && start < limit; i++ {
		start *= 2
	}
	return min(start, limit)
}

// jitter is a new random number from 0 to 1.
func jitter() float64 { return rand.Float64() }
