package queue

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"
)

// chore is a job that comes again and again, beside the visits: sending alerts, running
// the hub, writing bulk files. One at most of a name is alive over all processes. What
// it does lies in the store's rows, so a job that is lost loses nothing: the next one
// goes on.
//
// Each name has a queue of its own, which is worked on by one at a time: slow
// subscribers keep nothing else waiting. A process listens to the queues of what it can
// do. Whichever process leads asks for all of them, also for what it cannot do itself.
type chore struct {
	Name string `json:"name"`
}

func (chore) Kind() string { return "chore" }

func (c chore) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: c.Name, MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: alive()}}
}

// duty is a chore with how this process does it.
type duty struct {
	name    string
	every   time.Duration
	timeout time.Duration
	do      func(ctx context.Context) error // nil where this process does not
	doing   string                          // what its failure is a failure of
}

// bulkTimeout is how long writing bulk files may take: a large database is read from
// end to end.
const bulkTimeout = time.Hour

func duties(work Work, o Options) []duty {
	return []duty{
		{"alerts", o.AlertsEvery, o.VisitTimeout, work.Alerts, "sending alerts"},
		{"hub", o.HubEvery, o.VisitTimeout, work.Hub, "sending feeds to their subscribers"},
		{"bulk", o.BulkEvery, bulkTimeout, work.Bulk, "writing bulk files"},
	}
}

// takeChores makes a worker ask for all chores, and do those that it can.
func takeChores(config *river.Config, list []duty) error {
	worker := &choreWorker{duties: map[string]duty{}}
	for _, d := range list {
		worker.duties[d.name] = d
		config.PeriodicJobs = append(config.PeriodicJobs, river.NewPeriodicJob(river.PeriodicInterval(d.every),
			func() (river.JobArgs, *river.InsertOpts) { return chore{d.name}, nil },
			&river.PeriodicJobOpts{ID: d.name, RunOnStart: true}))
		if d.do != nil {
			config.Queues[d.name] = river.QueueConfig{MaxWorkers: 1}
		}
	}
	return river.AddWorkerSafely(config.Workers, worker)
}

type choreWorker struct {
	river.WorkerDefaults[chore]
	duties map[string]duty
}

func (w *choreWorker) Timeout(job *river.Job[chore]) time.Duration {
	return w.duties[job.Args.Name].timeout
}

func (w *choreWorker) Work(ctx context.Context, job *river.Job[chore]) error {
	d := w.duties[job.Args.Name]
	err := d.do(ctx)
	if ctx.Err() != nil && !errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
		return nil // we were told to stop; the next one goes on
	}
	return describe(d.doing, err)
}
