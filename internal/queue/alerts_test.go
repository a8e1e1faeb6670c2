package queue_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/queue"
)

func TestAlertsAreSentByOneWorkerAtATime(t *testing.T) {
	oneAtATime(t, func(w *queue.Work, run func(context.Context) error) { w.Alerts = run })
}

func TestTheHubIsRunByOneWorkerAtATime(t *testing.T) {
	oneAtATime(t, func(w *queue.Work, run func(context.Context) error) { w.Hub = run })
}

func oneAtATime(t *testing.T, as func(w *queue.Work, run func(context.Context) error)) {
	onBoth(t, func(t *testing.T, database string) {
		var inside, calls, together atomic.Int64
		work := queue.Work{VisitHost: (&hosts{}).visit, DueHosts: nothingDue}
		as(&work, func(context.Context) error {
			if inside.Add(1) > 1 {
				together.Add(1)
			}
			time.Sleep(50 * time.Millisecond)
			inside.Add(-1)
			if calls.Add(1) == 1 {
				return errors.New("nobody answers")
			}
			return nil
		})
		for range 2 {
			start(t, openStore(t, database), work, queue.Options{AlertsEvery: time.Second, HubEvery: time.Second})
		}
		eventually(t, 20*time.Second, "it is run again after a failure", func() bool { return calls.Load() >= 3 })
		if together.Load() > 0 {
			t.Error("two workers ran it at once")
		}
	})
}
