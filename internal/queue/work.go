package queue

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// alive are all states of a job that is not finished. A job that is unique in
// them can be inserted again as soon as it has ended, however it ended.
func alive() []rivertype.JobState {
	return []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning,
		rivertype.JobStateRetryable, rivertype.JobStateScheduled,
	}
}

// visitHost is the job of visiting one host.
type visitHost struct {
	Host string `json:"host"`
}

func (visitHost) Kind() string { return "visit_host" }

func (visitHost) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: visitQueue, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: alive()}}
}

type visitor struct {
	river.WorkerDefaults[visitHost]
	work    Work
	timeout time.Duration
}

func (v *visitor) Timeout(*river.Job[visitHost]) time.Duration { return v.timeout }

func (v *visitor) Work(ctx context.Context, job *river.Job[visitHost]) error {
	err := v.work.VisitHost(ctx, job.Args.Host)
	var later RetryAfter
	switch {
	case err == nil:
		return nil
	case errors.As(err, &later):
		return river.JobSnooze(max(later.Wait, 0))
	case errors.Is(context.Cause(ctx), context.DeadlineExceeded):
		return describe("the visit to "+job.Args.Host+" took too long", err)
	case ctx.Err() != nil:
		return river.JobSnooze(0) // we were told to stop; the next start goes on at once
	}
	return describe("visiting "+job.Args.Host, err)
}

// schedule is the job of asking for visits to all hosts that are due.
type schedule struct{}

func (schedule) Kind() string { return "schedule" }

func (schedule) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: scheduleQueue, MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByState: alive(), ByQueue: true}}
}

type scheduler struct {
	river.WorkerDefaults[schedule]
	work Work
	ask  func(ctx context.Context, hosts []string) (int, error)
}

// scheduleTimeout bounds looking for what is due: one question and one insertion.
const scheduleTimeout = time.Minute

func (s *scheduler) Timeout(*river.Job[schedule]) time.Duration { return scheduleTimeout }

func (s *scheduler) Work(ctx context.Context, _ *river.Job[schedule]) error {
	hosts, err := s.work.DueHosts(ctx)
	if err != nil {
		return describe("looking for hosts that are due", err)
	}
	_, err = s.ask(ctx, hosts)
	return describe("asking for visits", err)
}
