package ingest

import (
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func TestPause(t *testing.T) {
	const middle = 0.5 // of the jitter: neither earlier nor later
	for _, tc := range []struct {
		name     string
		interval time.Duration
		health   policy.Health
		failures int
		asked    time.Duration
		want     time.Duration
	}{
		{"fine", time.Hour, policy.HealthOK, 0, 0, time.Hour},
		{"nothing new", time.Hour, policy.HealthNotModified, 0, 0, time.Hour},
		{"partly read is no failure", time.Hour, policy.HealthPartial, 0, 0, time.Hour},
		{"no network, first time", time.Hour, policy.HealthUnreachable, 1, 0, 5 * time.Minute},
		{"no network, fourth time", time.Hour, policy.HealthUnreachable, 4, 0, 40 * time.Minute},
		{"no network for days", time.Hour, policy.HealthUnreachable, 40, 0, 24 * time.Hour},
		{"short interval stays short", time.Minute, policy.HealthTimeout, 1, 0, time.Minute},
		{"gone, first time", time.Hour, policy.HealthGone, 1, 0, time.Hour},
		{"gone for long", time.Hour, policy.HealthGone, 40, 0, 7 * 24 * time.Hour},
		{"asked to wait longer", time.Hour, policy.HealthThrottled, 1, 3 * time.Hour, 3 * time.Hour},
		{"asked to wait shorter", time.Hour, policy.HealthOK, 0, time.Second, time.Hour},
		{"weekly source that fails is not asked more often", 14 * 24 * time.Hour, policy.HealthGone, 9, 0, 14 * 24 * time.Hour},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := pause(tc.interval, tc.health, tc.failures, tc.asked, middle); got != tc.want {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
}

func TestJitterSpreadsButNeverBreaksAPromise(t *testing.T) {
	early := pause(time.Hour, policy.HealthOK, 0, 0, 0)
	late := pause(time.Hour, policy.HealthOK, 0, 0, 1)
	if early != 54*time.Minute || late != 66*time.Minute {
		t.Errorf("got %v and %v, want 54m and 66m", early, late)
	}
	if got := pause(time.Hour, policy.HealthThrottled, 1, 3*time.Hour, 0); got != 3*time.Hour {
		t.Errorf("a server asked for 3h and gets %v", got)
	}
}
