package queue

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"
)

// bulkQueue is worked on by one at a time. A process that writes no bulk files does not
// listen to it, but may still lead, and then it asks for the job too.
const bulkQueue = "bulk"

// bulkTimeout is how long writing may take: a large database is read from end to end.
const bulkTimeout = time.Hour

// writeBulk is the job of writing bulk files, if that is due. One at most is alive over
// all processes.
type writeBulk struct{}

func (writeBulk) Kind() string { return "write_bulk" }

func (writeBulk) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: bulkQueue, MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByState: alive(), ByQueue: true}}
}

func bulkEvery(every time.Duration) *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(every),
		func() (river.JobArgs, *river.InsertOpts) { return writeBulk{}, nil },
		&river.PeriodicJobOpts{ID: writeBulk{}.Kind(), RunOnStart: true})
}

type bulkWriter struct {
	river.WorkerDefaults[writeBulk]
	write func(ctx context.Context) error // nil where this process writes none
}

func (b *bulkWriter) Timeout(*river.Job[writeBulk]) time.Duration { return bulkTimeout }

func (b *bulkWriter) Work(ctx context.Context, _ *river.Job[writeBulk]) error {
	err := b.write(ctx)
	if ctx.Err() != nil && !errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
		return nil // we were told to stop; the next one begins anew
	}
	return describe("writing bulk files", err)
}
