package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// Work is what the jobs do.
type Work struct {
	// VisitHost reads what is due of one host. It is never called twice at once for
	// one host. An error is retried a few times; RetryAfter says when.
	VisitHost func(ctx context.Context, host string) error
	// DueHosts returns the hosts that have something due.
	DueHosts func(ctx context.Context) ([]string, error)
	// SecondOpinion asks for a second opinion on an item; nil where nobody can be
	// asked, and then no such job is made. An error is retried a few times; RetryAfter
	// says when, GiveUp that it is in vain. Failing for good is logged once.
	SecondOpinion func(ctx context.Context, item policy.ItemID) error
	// Alerts carries news on to subscribers and sends what is due; nil where alerts are
	// off. It is never called twice at once over all processes. Failing is logged, and
	// it is called again after the usual time.
	Alerts func(ctx context.Context) error
	// Hub sends feeds to their subscribers, and tells an outside hub; nil where there is
	// neither. It is never called twice at once over all processes. Failing is logged,
	// and it is called again after the usual time.
	Hub func(ctx context.Context) error
	// Bulk writes bulk files where that is due; nil where this process writes none. It
	// is never called twice at once over all processes. Failing is logged, and it is
	// called again after the usual time.
	Bulk func(ctx context.Context) error
}

// RetryAfter is the error of work that is to go on later, as when a host asks for
// a rest. It does not count as a failed attempt.
type RetryAfter struct {
	Wait time.Duration
	Err  error // why, for the log; may be nil
}

func (e RetryAfter) Error() string {
	text := "to be tried again in " + e.Wait.String()
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the reason.
func (e RetryAfter) Unwrap() error { return e.Err }

// Options say how much is done at once and how long it may take.
type Options struct {
	Worker       bool          // work on jobs, and not only insert them
	Hosts        int           // hosts visited at once; 0 means 16
	Every        time.Duration // how often due hosts are looked for; 0 means 30 seconds
	VisitTimeout time.Duration // how long one visit may take; 0 means 5 minutes
	RescueAfter  time.Duration // when a job whose worker died is taken up again; 0 means VisitTimeout and half a minute
	OpinionRetry time.Duration // pause after the first failure of a second opinion, then four times longer each time; 0 means 30 seconds
	AlertsEvery  time.Duration // how often alerts are sent; 0 means 30 seconds
	HubEvery     time.Duration // how often the hub does what is due; 0 means 10 seconds
	BulkEvery    time.Duration // how often it is looked whether bulk files are due; 0 means 10 minutes
	Logger       *slog.Logger  // nil means slog.Default
}

func (o Options) withDefaults() Options {
	if o.Hosts <= 0 {
		o.Hosts = 16
	}
	if o.Every <= 0 {
		o.Every = 30 * time.Second
	}
	if o.VisitTimeout <= 0 {
		o.VisitTimeout = 5 * time.Minute
	}
	if o.RescueAfter <= o.VisitTimeout {
		o.RescueAfter = o.VisitTimeout + 30*time.Second
	}
	if o.OpinionRetry <= 0 {
		o.OpinionRetry = 30 * time.Second
	}
	if o.AlertsEvery <= 0 {
		o.AlertsEvery = 30 * time.Second
	}
	if o.HubEvery <= 0 {
		o.HubEvery = 10 * time.Second
	}
	if o.BulkEvery <= 0 {
		o.BulkEvery = 10 * time.Minute
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return o
}

// Queue holds the jobs of one database.
type Queue struct {
	jobs     jobs
	worker   bool
	opinions bool // somebody can be asked for them
	started  bool
}

// jobs is River, whichever database it runs on.
type jobs interface {
	migrate(ctx context.Context) error
	start(ctx context.Context) error
	stop(ctx context.Context) error
	cancel(ctx context.Context) error
	visit(ctx context.Context, tx *store.Tx, hosts []string) (added int, err error)
	opine(ctx context.Context, tx *store.Tx, items []policy.ItemID) (added int, err error)
}

// Open makes the job tables in the store's database where they are missing. The
// store must outlive the queue.
func Open(ctx context.Context, s *store.Store, work Work, options Options) (*Queue, error) {
	options = options.withDefaults()
	if options.Worker && (work.VisitHost == nil || work.DueHosts == nil) {
		return nil, errors.New("opening the queue: a worker needs its work")
	}
	q := &Queue{worker: options.Worker, opinions: work.SecondOpinion != nil}
	var err error
	if handle := s.Handle(); handle.Postgres != nil {
		q.jobs, err = newRiver(riverpgxv5.New(handle.Postgres), (*store.Tx).Postgres, work, options)
	} else {
		q.jobs, err = newRiver(riversqlite.New(handle.SQLite), (*store.Tx).SQLite, work, options)
	}
	if err != nil {
		return nil, fmt.Errorf("opening the queue: %w", err)
	}
	if err := q.migrate(ctx); err != nil {
		return nil, fmt.Errorf("making the job tables: %w", err)
	}
	return q, nil
}

// openers is for how long several processes may fight over who makes the tables
// of a new database; see the store, which has the same.
const openers = 2 * time.Second

func (q *Queue) migrate(ctx context.Context) error {
	for start := time.Now(); ; {
		err := q.jobs.migrate(ctx)
		if err == nil || time.Since(start) > openers {
			return err
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		}
	}
}

// Start begins to work, if this is a worker. It goes on until Stop, whatever
// becomes of ctx.
func (q *Queue) Start(ctx context.Context) error {
	if !q.worker {
		return nil
	}
	if err := q.jobs.start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("starting to work: %w", err)
	}
	q.started = true
	return nil
}

// lastMoment is what jobs get to return after they are told to stop at once.
const lastMoment = 5 * time.Second

// Stop takes up no more jobs and waits for those that run until ctx ends. It then
// cancels them, which puts them back for the next start, and waits a last moment.
// When it returns nil, no job runs any more.
func (q *Queue) Stop(ctx context.Context) error {
	if !q.started {
		return nil
	}
	q.started = false
	if q.jobs.stop(ctx) == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastMoment)
	defer cancel()
	if err := q.jobs.cancel(ctx); err != nil {
		return fmt.Errorf("stopping to work: %w", err)
	}
	return nil
}

// Visit asks for visits to hosts, as part of a transaction of the store, and
// returns how many jobs that made: a host that is waiting or being visited already
// needs no other.
func (q *Queue) Visit(ctx context.Context, tx *store.Tx, hosts ...string) (added int, err error) {
	if len(hosts) == 0 {
		return 0, nil
	}
	if added, err = q.jobs.visit(ctx, tx, hosts); err != nil {
		return 0, fmt.Errorf("asking for visits: %w", err)
	}
	return added, nil
}
