package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// riverJobs is River on one database, of which T is the type of transactions.
type riverJobs[T any] struct {
	client   *river.Client[T]
	migrator *rivermigrate.Migrator[T]
	inside   func(*store.Tx) T // the same transaction, as River knows it
}

func newRiver[T any](driver riverdriver.Driver[T], inside func(*store.Tx) T, work Work, options Options) (*riverJobs[T], error) {
	j := &riverJobs[T]{inside: inside}
	var err error
	if j.migrator, err = rivermigrate.New(driver, &rivermigrate.Config{Logger: quiet(options.Logger)}); err != nil {
		return nil, err
	}
	config := &river.Config{Logger: quiet(options.Logger), RetryPolicy: retries{}, MaxAttempts: maxAttempts}
	if options.Worker {
		if err := j.asWorker(config, work, options); err != nil {
			return nil, err
		}
	}
	j.client, err = river.NewClient(driver, config)
	return j, err
}

// Two kinds of job never wait for each other: looking for what is due takes a
// moment, and must not stand behind a hundred hosts.
const (
	visitQueue    = river.QueueDefault
	scheduleQueue = "schedule"
)

func (j *riverJobs[T]) asWorker(config *river.Config, work Work, options Options) error {
	config.Queues = map[string]river.QueueConfig{visitQueue: {MaxWorkers: options.Hosts}, scheduleQueue: {MaxWorkers: 1}}
	config.Workers = river.NewWorkers()
	config.JobTimeout = options.VisitTimeout
	config.RescueStuckJobsAfter = options.RescueAfter
	config.CompletedJobRetentionPeriod = time.Hour // the jobs' results are in the store; River's rows only take space
	config.PeriodicJobs = []*river.PeriodicJob{river.NewPeriodicJob(
		river.PeriodicInterval(options.Every),
		func() (river.JobArgs, *river.InsertOpts) { return schedule{}, nil },
		&river.PeriodicJobOpts{ID: schedule{}.Kind()},
	)}
	if err := river.AddWorkerSafely(config.Workers, &visitor{work: work, timeout: options.VisitTimeout}); err != nil {
		return err
	}
	if work.SecondOpinion != nil {
		config.Queues[opinionQueue] = river.QueueConfig{MaxWorkers: 1}
		opine := &adviser{ask: work.SecondOpinion, timeout: options.VisitTimeout, retry: options.OpinionRetry, log: options.Logger}
		if err := river.AddWorkerSafely(config.Workers, opine); err != nil {
			return err
		}
	}
	if err := takeChores(config, duties(work, options)); err != nil {
		return err
	}
	return river.AddWorkerSafely(config.Workers, &scheduler{work: work, ask: j.ask})
}

func (j *riverJobs[T]) migrate(ctx context.Context) error {
	_, err := j.migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

// start also looks for what is due at once, and not only after River has agreed
// with the other workers who leads.
func (j *riverJobs[T]) start(ctx context.Context) error {
	if err := j.client.Start(ctx); err != nil {
		return err
	}
	if _, err := j.client.Insert(ctx, schedule{}, nil); err != nil {
		return errors.Join(err, j.client.StopAndCancel(ctx))
	}
	return nil
}

func (j *riverJobs[T]) stop(ctx context.Context) error   { return j.client.Stop(ctx) }
func (j *riverJobs[T]) cancel(ctx context.Context) error { return j.client.StopAndCancel(ctx) }

func (j *riverJobs[T]) visit(ctx context.Context, tx *store.Tx, hosts []string) (int, error) {
	results, err := j.client.InsertManyTx(ctx, j.inside(tx), visits(hosts))
	return added(results), err
}

// ask inserts visits outside of any transaction. SQLite has one connection that
// writes, so it must never be called inside of one.
func (j *riverJobs[T]) ask(ctx context.Context, hosts []string) (int, error) {
	if len(hosts) == 0 {
		return 0, nil
	}
	results, err := j.client.InsertMany(ctx, visits(hosts))
	return added(results), err
}

// visits are sorted, so that two processes which ask for the same hosts do not wait
// for each other, and hold each host once, because River takes no twins at once.
func visits(hosts []string) []river.InsertManyParams {
	hosts = slices.Compact(slices.Sorted(slices.Values(hosts)))
	params := make([]river.InsertManyParams, len(hosts))
	for i, host := range hosts {
		params[i] = river.InsertManyParams{Args: visitHost{Host: host}}
	}
	return params
}

func added(results []*rivertype.JobInsertResult) int {
	count := 0
	for _, result := range results {
		if !result.UniqueSkippedAsDuplicate {
			count++
		}
	}
	return count
}

// maxAttempts is how often a visit is tried; then the next look for due hosts
// asks for it anew.
const maxAttempts = 4

// retries waits longer each time, but less than a source's own back-off, which is
// in the store: what fails here is ours.
type retries struct{}

func (retries) NextRetry(job *rivertype.JobRow) time.Time {
	failures := time.Duration(len(job.Errors) + 1)
	return time.Now().Add(min(failures*failures*failures*time.Second, time.Minute))
}

var _ river.ClientRetryPolicy = retries{}

// describe names a job in an error, which River logs and keeps.
func describe(kind string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", kind, err)
}
