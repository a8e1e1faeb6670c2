package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/riverqueue/river"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// GiveUp is the error of work that no other attempt can bring to an end, as when a
// service refuses our key.
type GiveUp struct{ Err error }

func (e GiveUp) Error() string { return e.Err.Error() }

// Unwrap returns the reason.
func (e GiveUp) Unwrap() error { return e.Err }

const (
	// opinionQueue is worked on by one at a time: the model of a small server thinks
	// about one thing at once, and no visit may wait behind it.
	opinionQueue = "opinion"
	// opinionAttempts is how often a second opinion is asked for. After that there is
	// none, which changes nothing.
	opinionAttempts = 4
	// opinionAge is when a second opinion comes too late to be of use. It bounds what
	// waits where more is asked for each day than may be.
	opinionAge = 7 * 24 * time.Hour
)

// SecondOpinion asks for second opinions on items, as part of a transaction of the
// store, and returns how many jobs that made: an item that waits for one already
// needs no other. Where Work has no SecondOpinion it does nothing.
func (q *Queue) SecondOpinion(ctx context.Context, tx *store.Tx, items ...policy.ItemID) (added int, err error) {
	if len(items) == 0 || !q.opinions {
		return 0, nil
	}
	if added, err = q.jobs.opine(ctx, tx, items); err != nil {
		return 0, fmt.Errorf("asking for second opinions: %w", err)
	}
	return added, nil
}

// secondOpinion is the job of asking for a second opinion on one item.
type secondOpinion struct {
	Item policy.ItemID `json:"item"`
}

func (secondOpinion) Kind() string { return "second_opinion" }

func (secondOpinion) InsertOpts() river.InsertOpts {
	return river.InsertOpts{
		Queue: opinionQueue, MaxAttempts: opinionAttempts, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: alive()},
	}
}

func secondOpinions(items []policy.ItemID) []river.InsertManyParams {
	items = slices.Compact(slices.Sorted(slices.Values(items)))
	params := make([]river.InsertManyParams, len(items))
	for i, item := range items {
		params[i] = river.InsertManyParams{Args: secondOpinion{Item: item}}
	}
	return params
}

func (j *riverJobs[T]) opine(ctx context.Context, tx *store.Tx, items []policy.ItemID) (int, error) {
	results, err := j.client.InsertManyTx(ctx, j.inside(tx), secondOpinions(items))
	return added(results), err
}

type adviser struct {
	river.WorkerDefaults[secondOpinion]
	ask     func(ctx context.Context, item policy.ItemID) error
	timeout time.Duration
	retry   time.Duration // the pause after the first failure
	log     *slog.Logger
}

func (a *adviser) Timeout(*river.Job[secondOpinion]) time.Duration { return a.timeout }

// NextRetry waits four times longer each time.
func (a *adviser) NextRetry(job *river.Job[secondOpinion]) time.Time {
	return time.Now().Add(a.retry << (2 * min(len(job.Errors), opinionAttempts)))
}

func (a *adviser) Work(ctx context.Context, job *river.Job[secondOpinion]) error {
	if time.Since(job.CreatedAt) > opinionAge {
		return nil
	}
	err := a.ask(ctx, job.Args.Item)
	var later RetryAfter
	var final GiveUp
	switch {
	case err == nil:
		return nil
	case errors.As(err, &later):
		return river.JobSnooze(max(later.Wait, 0))
	case ctx.Err() != nil && !errors.Is(context.Cause(ctx), context.DeadlineExceeded):
		return river.JobSnooze(0) // we were told to stop; the next start goes on at once
	case errors.As(err, &final):
		a.report(job, err)
		return river.JobCancel(describe("asking for a second opinion", err))
	case job.Attempt >= job.MaxAttempts:
		a.report(job, err)
	}
	return describe("asking for a second opinion", err)
}

// report says once that there will be no opinion.
func (a *adviser) report(job *river.Job[secondOpinion], err error) {
	a.log.Warn("no second opinion", "item", int64(job.Args.Item), "attempts", job.Attempt, "error", err)
}
