package queue

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"
)

// hubQueue is worked on by one at a time: slow subscribers to feeds keep nothing else
// waiting.
const hubQueue = "hub"

// runHub is the job of sending feeds to their subscribers. One at most is alive over all
// processes. What it does lies in the store's rows, so a job that is lost loses nothing.
type runHub struct{}

func (runHub) Kind() string { return "run_hub" }

func (runHub) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: hubQueue, MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByState: alive(), ByQueue: true}}
}

func hubEvery(every time.Duration) *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(every),
		func() (river.JobArgs, *river.InsertOpts) { return runHub{}, nil },
		&river.PeriodicJobOpts{ID: runHub{}.Kind(), RunOnStart: true})
}

type hubber struct {
	river.WorkerDefaults[runHub]
	run     func(ctx context.Context) error
	timeout time.Duration
}

func (h *hubber) Timeout(*river.Job[runHub]) time.Duration { return h.timeout }

func (h *hubber) Work(ctx context.Context, _ *river.Job[runHub]) error {
	err := h.run(ctx)
	if ctx.Err() != nil && !errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
		return nil // we were told to stop; the next one goes on
	}
	return describe("sending feeds to their subscribers", err)
}
