package queue_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/queue"
)

// TestChoresAreDoneByOneWorkerAtATime runs beside two workers that do a chore a third,
// started first, that does not: it may lead, and then asks for the chore all the same.
func TestChoresAreDoneByOneWorkerAtATime(t *testing.T) {
	often := queue.Options{AlertsEvery: time.Second, HubEvery: time.Second, BulkEvery: time.Second}
	for name, as := range map[string]func(w *queue.Work, run func(context.Context) error){
		"alerts": func(w *queue.Work, run func(context.Context) error) { w.Alerts = run },
		"hub":    func(w *queue.Work, run func(context.Context) error) { w.Hub = run },
		"bulk":   func(w *queue.Work, run func(context.Context) error) { w.Bulk = run },
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, database string) {
				var inside, calls, together atomic.Int64
				work := queue.Work{VisitHost: (&hosts{}).visit, DueHosts: nothingDue}
				start(t, openStore(t, database), work, often)
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
					start(t, openStore(t, database), work, often)
				}
				eventually(t, 20*time.Second, "it is done again after a failure", func() bool { return calls.Load() >= 3 })
				if together.Load() > 0 {
					t.Error("two workers did it at once")
				}
			})
		})
	}
}
