package queue_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/queue"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// advice is work that remembers which items it was asked about, and fails as told.
type advice struct {
	mu    sync.Mutex
	asked []policy.ItemID
	at    []time.Time
	fail  func(attempt int) error
}

func (a *advice) give(_ context.Context, item policy.ItemID) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked, a.at = append(a.asked, item), append(a.at, time.Now())
	if a.fail == nil {
		return nil
	}
	return a.fail(len(a.asked))
}

func (a *advice) items() []policy.ItemID {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Sorted(slices.Values(a.asked))
}

func (a *advice) work() queue.Work {
	return queue.Work{VisitHost: (&hosts{}).visit, DueHosts: nothingDue, SecondOpinion: a.give}
}

// doubt asks for second opinions in a transaction that ends with an error or nil.
func doubt(t testing.TB, s *store.Store, q *queue.Queue, end error, items ...policy.ItemID) (added int) {
	t.Helper()
	err := s.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		var err error
		if added, err = q.SecondOpinion(ctx, tx, items...); err != nil {
			return err
		}
		return end
	})
	if !errors.Is(err, end) {
		t.Fatal(err)
	}
	return added
}

func TestASecondOpinionIsAskedForOnceAndWithItsTransaction(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		s := openStore(t, database)
		var a advice
		q := openQueue(t, s, a.work(), queue.Options{})
		if n := doubt(t, s, q, errors.New("stop"), 1, 2); n != 2 {
			t.Errorf("got %d jobs before the rollback, want 2", n)
		}
		if n := doubt(t, s, q, nil, 3, 4, 3); n != 2 {
			t.Errorf("got %d jobs, want 2", n)
		}
		if n := doubt(t, s, q, nil, 4); n != 0 {
			t.Errorf("got %d jobs for an item that waits", n)
		}
		worker := start(t, s, a.work(), queue.Options{})
		eventually(t, 10*time.Second, "both are asked about", func() bool { return len(a.items()) >= 2 })
		if got := a.items(); !slices.Equal(got, []policy.ItemID{3, 4}) {
			t.Errorf("got questions about %v, want those that were kept", got)
		}
		eventually(t, 5*time.Second, "one can be asked about again", func() bool { return doubt(t, s, worker, nil, 3) == 1 })
	})
}

func TestNobodyToAskMeansNoJob(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		s := openStore(t, database)
		var h hosts
		alone := start(t, s, queue.Work{VisitHost: h.visit, DueHosts: nothingDue}, queue.Options{})
		if n := doubt(t, s, alone, nil, 1); n != 0 {
			t.Errorf("got %d jobs that nobody can do", n)
		}
		var a advice
		if n := doubt(t, s, openQueue(t, s, a.work(), queue.Options{}), nil, 1); n != 1 {
			t.Errorf("got %d jobs, want 1: was there one already?", n)
		}
	})
}

func TestAFailureEndsAndIsLoggedOnce(t *testing.T) {
	for _, tc := range []struct {
		name     string
		fail     func(attempt int) error
		attempts int
		logged   int
	}{
		{"for good", func(int) error { return errors.New("garbage") }, 4, 1},
		{"in vain", func(int) error { return fmt.Errorf("asking: %w", queue.GiveUp{Err: errors.New("the key is refused")}) }, 1, 1},
		{"until it works", func(attempt int) error {
			if attempt < 3 {
				return errors.New("timed out")
			}
			return nil
		}, 3, 0},
		{"to go on later, which is no failed attempt", func(attempt int) error {
			if attempt <= 5 {
				return queue.RetryAfter{Err: errors.New("429")}
			}
			return nil
		}, 6, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := openStore(t, filepath.Join(t.TempDir(), "test.db"))
			a := advice{fail: tc.fail}
			var log buffer
			q := start(t, s, a.work(), queue.Options{OpinionRetry: time.Millisecond, Logger: slog.New(slog.NewTextHandler(&log, nil))})
			doubt(t, s, q, nil, 7)
			eventually(t, 20*time.Second, "the last attempt", func() bool { return len(a.items()) == tc.attempts })
			eventually(t, 5*time.Second, "the job is over", func() bool { return doubt(t, s, q, errors.New("stop"), 7) == 1 })
			if n := strings.Count(log.String(), "no second opinion"); n != tc.logged || len(a.items()) != tc.attempts {
				t.Errorf("it was tried %d times and logged %d times:\n%s", len(a.items()), n, log.String())
			}
			if strings.Count(log.String(), "\n") != tc.logged {
				t.Errorf("the log has more:\n%s", log.String())
			}
		})
	}
}

// TestVisitsDoNotWaitForOpinions holds that a model that thinks for long, or for
// ever, keeps no source from being read.
func TestVisitsDoNotWaitForOpinions(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		s := openStore(t, database)
		var h hosts
		thinking := make(chan struct{})
		q := start(t, s, queue.Work{VisitHost: h.visit, DueHosts: nothingDue, SecondOpinion: func(context.Context, policy.ItemID) error {
			<-thinking
			return nil
		}}, queue.Options{Hosts: 1})
		t.Cleanup(func() { close(thinking) })
		doubt(t, s, q, nil, 1, 2, 3)
		ask(t, s, q, "a.example")
		eventually(t, 10*time.Second, "the host is visited", func() bool { return len(h.sorted()) == 1 })
	})
}

// buffer is a log that several goroutines write.
type buffer struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.out.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.out.String()
}
