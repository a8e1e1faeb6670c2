package queue

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"
)

// alertQueue is worked on by one at a time: mail waits for nothing else, and nothing
// else for mail.
const alertQueue = "alerts"

// sendAlerts is the job of carrying news on to subscribers and sending what is due. One
// at most is alive over all processes. What it carries on lies in the store's rows, so
// a job that is lost loses nothing: the next one goes on.
type sendAlerts struct{}

func (sendAlerts) Kind() string { return "send_alerts" }

func (sendAlerts) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: alertQueue, MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByState: alive(), ByQueue: true}}
}

func alertsEvery(every time.Duration) *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(every),
		func() (river.JobArgs, *river.InsertOpts) { return sendAlerts{}, nil },
		&river.PeriodicJobOpts{ID: sendAlerts{}.Kind(), RunOnStart: true})
}

type alerter struct {
	river.WorkerDefaults[sendAlerts]
	send    func(ctx context.Context) error
	timeout time.Duration
}

func (a *alerter) Timeout(*river.Job[sendAlerts]) time.Duration { return a.timeout }

func (a *alerter) Work(ctx context.Context, _ *river.Job[sendAlerts]) error {
	err := a.send(ctx)
	if ctx.Err() != nil && !errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
		return nil // we were told to stop; the next one goes on
	}
	return describe("sending alerts", err)
}
