package queue_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/prerequisite"
	"github.com/backdoorwatch/backdoorwatch/internal/queue"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

func TestMain(m *testing.M) {
	if database := os.Getenv("BACKDOORWATCH_TEST_CRASH"); database != "" {
		crash(database)
	}
	goleak.VerifyTestMain(m)
}

// onBoth runs a test of the contract on an empty SQLite and an empty PostgreSQL.
func onBoth(t *testing.T, test func(t *testing.T, database string)) {
	t.Helper()
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, filepath.Join(t.TempDir(), "test.db"))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, prerequisite.Postgres(t))
	})
}

func openStore(t testing.TB, database string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Database: database})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func openQueue(t testing.TB, s *store.Store, work queue.Work, options queue.Options) *queue.Queue {
	t.Helper()
	q, err := queue.Open(t.Context(), s, work, options)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// start starts a worker that stops with the test.
func start(t testing.TB, s *store.Store, work queue.Work, options queue.Options) *queue.Queue {
	t.Helper()
	options.Worker = true
	q := openQueue(t, s, work, options)
	if err := q.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := q.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return q
}

// hosts is work that does nothing but remember which hosts were visited.
type hosts struct {
	mu      sync.Mutex
	visited []string
}

func (h *hosts) visit(_ context.Context, host string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.visited = append(h.visited, host)
	return nil
}

func (h *hosts) sorted() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Sorted(slices.Values(h.visited))
}

func nothingDue(context.Context) ([]string, error) { return nil, nil }

// eventually waits until something holds.
func eventually(t testing.TB, limit time.Duration, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited %s in vain: %s", limit, what)
		}
	}
}

func ask(t testing.TB, s *store.Store, q *queue.Queue, names ...string) (added int) {
	t.Helper()
	err := s.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		var err error
		added, err = q.Visit(ctx, tx, names...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return added
}

func TestDueHostsAreVisitedSoonAfterTheStart(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		var h hosts
		start(t, openStore(t, database), queue.Work{VisitHost: h.visit, DueHosts: func(context.Context) ([]string, error) {
			return []string{"a.example", "b.example"}, nil
		}}, queue.Options{})
		eventually(t, 10*time.Second, "both hosts are visited", func() bool {
			return slices.Equal(h.sorted(), []string{"a.example", "b.example"})
		})
	})
}

func TestAJobIsKeptWithItsTransactionOrNotAtAll(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		s := openStore(t, database)
		q := openQueue(t, s, queue.Work{}, queue.Options{})
		stop := errors.New("stop")
		save := func(id string, end error) error {
			return s.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
				document := policy.Document{Source: "a", EntryID: id, Title: "Title " + id}
				if _, err := tx.Save(ctx, store.Entry{Document: document}); err != nil {
					return err
				}
				if n, err := q.Visit(ctx, tx, id+".example"); err != nil || n != 1 {
					return fmt.Errorf("got %d jobs, %w", n, err)
				}
				return end
			})
		}
		if err := save("lost", stop); !errors.Is(err, stop) {
			t.Fatal(err)
		}
		if err := save("kept", nil); err != nil {
			t.Fatal(err)
		}
		if stats, err := s.Stats(t.Context()); err != nil || stats.Items != 1 {
			t.Errorf("got %+v, %v", stats, err)
		}
		var h hosts
		start(t, s, queue.Work{VisitHost: h.visit, DueHosts: nothingDue}, queue.Options{})
		eventually(t, 10*time.Second, "the kept host is visited", func() bool { return len(h.sorted()) > 0 })
		if got := h.sorted(); !slices.Equal(got, []string{"kept.example"}) {
			t.Errorf("got visits to %v", got)
		}
	})
}

func TestOneJobPerHost(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		s := openStore(t, database)
		inside, leave := make(chan struct{}), make(chan struct{})
		var once sync.Once
		letThemGo := sync.OnceFunc(func() { close(leave) })
		var visits atomic.Int64
		q := start(t, s, queue.Work{DueHosts: nothingDue, VisitHost: func(context.Context, string) error {
			visits.Add(1)
			once.Do(func() { close(inside) })
			<-leave
			return nil
		}}, queue.Options{})
		t.Cleanup(letThemGo) // also where the test fails: a job that never ends keeps everything open
		var added atomic.Int64
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() { added.Add(int64(ask(t, s, q, "a.example", "a.example"))) })
		}
		group.Wait()
		if added.Load() != 1 {
			t.Errorf("got %d jobs of 16 that were asked for at once, want 1", added.Load())
		}
		select {
		case <-inside:
		case <-time.After(10 * time.Second):
			t.Fatal("waited 10s in vain for the visit")
		}
		if n := ask(t, s, q, "a.example", "b.example"); n != 1 {
			t.Errorf("got %d jobs while the one host is being visited, want only that of the other", n)
		}
		letThemGo()
		eventually(t, 5*time.Second, "the host can be asked for again", func() bool { return ask(t, s, q, "a.example") == 1 })
		eventually(t, 5*time.Second, "it is visited again", func() bool { return visits.Load() == 3 })
	})
}

func TestRetryAfter(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		s := openStore(t, database)
		var at []time.Time
		var mu sync.Mutex
		q := start(t, s, queue.Work{DueHosts: nothingDue, VisitHost: func(context.Context, string) error {
			mu.Lock()
			defer mu.Unlock()
			if at = append(at, time.Now()); len(at) == 1 {
				return fmt.Errorf("wrapped: %w", queue.RetryAfter{Wait: 1500 * time.Millisecond, Err: errors.New("429")})
			}
			return nil
		}}, queue.Options{})
		ask(t, s, q, "a.example")
		count := func() int {
			mu.Lock()
			defer mu.Unlock()
			return len(at)
		}
		eventually(t, 5*time.Second, "the first visit", func() bool { return count() == 1 })
		if n := ask(t, s, q, "a.example"); n != 0 {
			t.Errorf("got %d jobs for a host that rests", n)
		}
		eventually(t, 15*time.Second, "the second visit", func() bool { return count() == 2 })
		if rest := at[1].Sub(at[0]); rest < 1400*time.Millisecond {
			t.Errorf("the host rested for %s, want 1.5s", rest)
		}
	})
}

func TestTwoWorkersNeverVisitOneHostAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		names := []string{"a.example", "b.example", "c.example"}
		var mu sync.Mutex
		busy, visits := map[string]bool{}, map[string]int{}
		workers := map[int]int{}
		work := func(worker int) queue.Work {
			return queue.Work{
				DueHosts: func(context.Context) ([]string, error) { return names, nil },
				VisitHost: func(_ context.Context, host string) error {
					mu.Lock()
					if busy[host] {
						t.Errorf("%s is visited twice at once", host)
					}
					busy[host] = true
					visits[host]++
					workers[worker]++
					mu.Unlock()
					time.Sleep(20 * time.Millisecond)
					mu.Lock()
					defer mu.Unlock()
					busy[host] = false
					return nil
				},
			}
		}
		var queues []*queue.Queue
		var stores []*store.Store
		for worker := range 2 {
			s := openStore(t, database)
			stores = append(stores, s)
			queues = append(queues, start(t, s, work(worker), queue.Options{Hosts: 2}))
		}
		eventually(t, 12*time.Second, "each host is visited five times and both workers work", func() bool {
			for i := range queues {
				ask(t, stores[i], queues[i], names...)
			}
			mu.Lock()
			defer mu.Unlock()
			return visits[names[0]] >= 5 && visits[names[1]] >= 5 && visits[names[2]] >= 5 && len(workers) == 2
		})
	})
}

func TestStopGivesJobsTheirTimeAndThenCancels(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		s := openStore(t, database)
		inside, finished := make(chan struct{}, 1), make(chan struct{}, 1)
		q := openQueue(t, s, queue.Work{DueHosts: nothingDue, VisitHost: func(ctx context.Context, host string) error {
			inside <- struct{}{}
			if host == "quick.example" {
				time.Sleep(100 * time.Millisecond)
				finished <- struct{}{}
				return nil
			}
			<-ctx.Done()
			return ctx.Err()
		}}, queue.Options{Worker: true})
		// The bounds are wide, so that a busy machine does not decide the test: what is
		// quick is given more time than it can need, what is slow never ends by itself.
		for _, tc := range []struct {
			host     string
			patience time.Duration
		}{{"quick.example", 20 * time.Second}, {"slow.example", time.Second}} {
			if err := q.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			ask(t, s, q, tc.host)
			<-inside
			begun := time.Now()
			ctx, cancel := context.WithTimeout(t.Context(), tc.patience)
			if err := q.Stop(ctx); err != nil || time.Since(begun) > 19*time.Second {
				t.Errorf("%s: stopped after %s, %v", tc.host, time.Since(begun), err)
			}
			cancel()
		}
		select {
		case <-finished:
		default:
			t.Error("the quick visit was not given the time to finish")
		}
		// What was cancelled goes on at the next start.
		var h hosts
		start(t, s, queue.Work{VisitHost: h.visit, DueHosts: nothingDue}, queue.Options{})
		eventually(t, 10*time.Second, "the cancelled visit is made again", func() bool {
			return slices.Equal(h.sorted(), []string{"slow.example"})
		})
	})
}

// crash visits a host and dies in the middle of it. It is run in a process of its
// own.
func crash(database string) {
	ctx := context.Background()
	s, err := store.Open(ctx, store.Options{Database: database})
	if err != nil {
		panic(err)
	}
	q, err := queue.Open(ctx, s, queue.Work{
		DueHosts:  func(context.Context) ([]string, error) { return []string{"a.example"}, nil },
		VisitHost: func(context.Context, string) error { os.Exit(7); return nil },
	}, queue.Options{Worker: true})
	if err == nil {
		err = q.Start(ctx)
	}
	if err != nil {
		panic(err)
	}
	time.Sleep(time.Minute)
}

// TestAJobOutlivesItsWorker takes twenty seconds, which is how long River lets a
// dead leader lead. It waits for both databases at once and beside the other tests.
func TestAJobOutlivesItsWorker(t *testing.T) {
	t.Parallel()
	databases := []string{filepath.Join(t.TempDir(), "test.db")}
	if os.Getenv("BACKDOORWATCH_TEST_POSTGRES") != "" {
		databases = append(databases, prerequisite.Postgres(t))
	}
	visits := make([]hosts, len(databases))
	for i, database := range databases {
		command := exec.Command(os.Args[0], "-test.run=^$")
		command.Env = append(os.Environ(), "BACKDOORWATCH_TEST_CRASH="+database)
		var died *exec.ExitError
		if out, err := command.CombinedOutput(); !errors.As(err, &died) || died.ExitCode() != 7 {
			t.Fatalf("the worker ended with %v:\n%s", err, out)
		}
		s := openStore(t, database)
		q := start(t, s, queue.Work{VisitHost: visits[i].visit, DueHosts: nothingDue}, queue.Options{VisitTimeout: time.Second, RescueAfter: 2 * time.Second})
		if n := ask(t, s, q, "a.example"); n != 0 {
			t.Errorf("got %d jobs beside the one that seems to run", n)
		}
	}
	for i, database := range databases {
		eventually(t, time.Minute, "the host is visited: "+database, func() bool { return len(visits[i].sorted()) > 0 })
	}
}
