package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"time"
)

// Gate lets one request at a time through to each host, over all processes that
// share the database. It waits in the order of asking within one process, and
// looks again from time to time for what other processes do.
type Gate struct {
	store *Store
	lease time.Duration
	mu    sync.Mutex
	hosts map[string]*turn
}

// turn is one host's place in this process, and how many want or have it.
type turn struct {
	taken chan struct{}
	users int
}

// How long a process waits before it looks again whether another one has left.
const (
	soonest = 20 * time.Millisecond
	latest  = time.Second
)

func newGate(s *Store, lease time.Duration) *Gate {
	return &Gate{store: s, lease: lease, hosts: map[string]*turn{}}
}

// Gate returns the store's gate.
func (s *Store) Gate() *Gate { return s.gate }

// Enter waits until nobody asks the host anything and the host has rested, and
// takes it. leave must be called once, with the time that the host must now rest. A
// holder that dies loses its place when the lease ends, so no single request may
// take longer than that. The error is the context's, or the database's.
func (g *Gate) Enter(ctx context.Context, host string) (leave func(wait time.Duration), err error) {
	t := g.join(host)
	select {
	case t.taken <- struct{}{}:
	case <-ctx.Done():
		g.part(host, t)
		return nil, ctx.Err()
	}
	holder := rand.Text()
	if err := g.acquire(ctx, host, holder); err != nil {
		<-t.taken
		g.part(host, t)
		return nil, err
	}
	var once sync.Once
	return func(wait time.Duration) {
		once.Do(func() {
			g.release(ctx, host, holder, wait)
			<-t.taken
			g.part(host, t)
		})
	}, nil
}

func (g *Gate) join(host string) *turn {
	g.mu.Lock()
	defer g.mu.Unlock()
	t := g.hosts[host]
	if t == nil {
		t = &turn{taken: make(chan struct{}, 1)}
		g.hosts[host] = t
	}
	t.users++
	return t
}

func (g *Gate) part(host string, t *turn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if t.users--; t.users == 0 {
		delete(g.hosts, host)
	}
}

// acquire takes the host in the database, whose clock is the one that counts.
func (g *Gate) acquire(ctx context.Context, host, holder string) error {
	pause := soonest
	for {
		wait, err := g.try(ctx, host, holder)
		if err != nil {
			return fmt.Errorf("waiting for the turn at %s: %w", host, err)
		}
		if wait <= 0 {
			return nil
		}
		timer := time.NewTimer(min(wait, pause))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
		pause = min(2*pause, latest)
	}
}

// try takes the host if it is free; else it returns for how long it is not, as
// far as is known.
func (g *Gate) try(ctx context.Context, host, holder string) (time.Duration, error) {
	now := g.store.dialect.now
	var wait time.Duration
	err := g.store.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		wait = 0
		got, err := tx.exec(ctx, `INSERT INTO host_gate (host, holder, free_at) VALUES ($1, $2, `+now+` + $3)
			ON CONFLICT (host) DO UPDATE SET holder = excluded.holder, free_at = excluded.free_at
			WHERE host_gate.free_at <= `+now, host, holder, g.lease.Milliseconds())
		if err != nil || got == 1 {
			return err
		}
		var left int64
		rows, err := tx.query(ctx, "SELECT free_at - "+now+" FROM host_gate WHERE host = $1", host)
		if _, err := first(rows, err, &left); err != nil {
			return err
		}
		wait = max(time.Duration(left)*time.Millisecond, soonest)
		return nil
	})
	return wait, err
}

// release gives the host free. It does so also when the holder's own context has
// ended; where the database is away, the lease ends by itself.
func (g *Gate) release(ctx context.Context, host, holder string, wait time.Duration) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_ = g.store.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.exec(ctx, "UPDATE host_gate SET free_at = "+g.store.dialect.now+" + $1 WHERE host = $2 AND holder = $3",
			max(wait, 0).Milliseconds(), host, holder)
		return err
	})
}
