package store_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// TestGate uses two stores of one database, as two processes would.
func TestGate(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		gates := []*store.Gate{w.Gate(), open(t, w.database).Gate()}
		var inside, most, entered atomic.Int64
		var group sync.WaitGroup
		for i := range 12 {
			group.Go(func() {
				leave, err := gates[i%2].Enter(t.Context(), "a.example")
				if err != nil {
					t.Error(err)
					return
				}
				if n := inside.Add(1); n > most.Load() {
					most.Store(n)
				}
				time.Sleep(2 * time.Millisecond)
				inside.Add(-1)
				entered.Add(1)
				leave(0)
				leave(time.Hour) // only the first one counts
			})
		}
		leave, err := gates[0].Enter(t.Context(), "b.example") // another host does not wait
		if err != nil {
			t.Fatal(err)
		}
		leave(0)
		group.Wait()
		if most.Load() != 1 || entered.Load() != 12 {
			t.Errorf("got up to %d at once and %d in all, want 1 and 12", most.Load(), entered.Load())
		}
	})
}

func TestGateLetsTheHostRest(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		gates := []*store.Gate{w.Gate(), open(t, w.database).Gate()}
		const rest = 150 * time.Millisecond
		var left time.Time
		for _, gate := range gates {
			leave, err := gate.Enter(t.Context(), "a.example")
			if err != nil {
				t.Fatal(err)
			}
			if rested := time.Since(left); rested < rest-time.Millisecond { // the database counts whole ones
				t.Errorf("entered after %s, want %s of rest", rested, rest)
			}
			left = time.Now() // before the gate notes it, so that a slow note is no rest too short
			leave(rest)
		}
		leave, err := gates[0].Enter(t.Context(), "busy.example")
		if err != nil {
			t.Fatal(err)
		}
		defer leave(0)
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
		defer cancel()
		for _, gate := range gates {
			if _, err := gate.Enter(ctx, "busy.example"); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got error %v, want that of the context", err)
			}
		}
	})
}

func TestGateOutlivesItsHolder(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		dying, err := store.Open(t.Context(), store.Options{Database: w.database, GateLease: 200 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		late, err := dying.Gate().Enter(t.Context(), "a.example")
		if err != nil {
			t.Fatal(err)
		}
		leave, err := w.Gate().Enter(t.Context(), "a.example")
		if err != nil {
			t.Fatal(err)
		}
		late(time.Hour) // its place is somebody else's now
		leave(0)
		if leave, err = w.Gate().Enter(t.Context(), "a.example"); err != nil {
			t.Fatal(err)
		}
		leave(0)
		if err := dying.Close(); err != nil {
			t.Error(err)
		}
	})
}
