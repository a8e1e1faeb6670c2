package queue_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/queue"
)

// TestBulkFilesAreWrittenByOneWorkerAtATime runs beside two that write them a third
// that does not: it may lead, and then asks for the job all the same.
func TestBulkFilesAreWrittenByOneWorkerAtATime(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		var inside, calls, together atomic.Int64
		work := queue.Work{VisitHost: (&hosts{}).visit, DueHosts: nothingDue}
		start(t, openStore(t, database), work, queue.Options{BulkEvery: time.Second})
		work.Bulk = func(context.Context) error {
			if inside.Add(1) > 1 {
				together.Add(1)
			}
			time.Sleep(50 * time.Millisecond)
			inside.Add(-1)
			if calls.Add(1) == 1 {
				return errors.New("the disk is full")
			}
			return nil
		}
		for range 2 {
			start(t, openStore(t, database), work, queue.Options{BulkEvery: time.Second})
		}
		eventually(t, 20*time.Second, "bulk files are written again after a failure", func() bool { return calls.Load() >= 3 })
		if together.Load() > 0 {
			t.Error("two workers wrote at once")
		}
	})
}
