package fetch

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Patience is the longest that anybody waits for a host that asked to be left
// alone. What would take longer is an error that says how long.
const Patience = time.Minute

// Gate lets one request at a time to a host and gives the host its rest. Enter
// waits until it is one's turn, and returns at once when ctx ends. The leave it
// returns must be called when the response is read; wait is how long the host
// must rest from then on. A Gate at which the rest is longer than Patience may
// return an error with a method RetryAfter() time.Duration instead of waiting.
type Gate interface {
	Enter(ctx context.Context, host string) (leave func(wait time.Duration), err error)
}

// RestError says that a host must rest for longer than anybody waits.
type RestError struct {
	Host string
	Wait time.Duration
}

func (e *RestError) Error() string {
	return fmt.Sprintf("%s asked to be left alone for another %s", e.Host, e.Wait.Round(time.Second))
}

// RetryAfter returns how long the host must still rest.
func (e *RestError) RetryAfter() time.Duration { return e.Wait }

// NewGate returns a Gate for the requests of one process.
func NewGate() Gate { return &localGate{hosts: map[string]*turn{}} }

// maxTurns is the number of hosts at which those that nobody needs are forgotten.
const maxTurns = 1024

type localGate struct {
	mu    sync.Mutex
	hosts map[string]*turn
}

// turn is one host's turn-taking. busy holds a token while a request is on.
type turn struct {
	busy  chan struct{}
	users int       // who waits or has the turn; guarded by the gate's mu
	until time.Time // when the rest ends; guarded by the gate's mu
}

// Enter implements Gate.
func (g *localGate) Enter(ctx context.Context, host string) (func(time.Duration), error) {
	t := g.join(host)
	select {
	case t.busy <- struct{}{}:
	case <-ctx.Done():
		g.part(t, 0)
		return nil, context.Cause(ctx)
	}
	if err := g.rest(ctx, host, t); err != nil {
		<-t.busy
		g.part(t, 0)
		return nil, err
	}
	var once sync.Once
	return func(wait time.Duration) {
		once.Do(func() {
			g.part(t, wait)
			<-t.busy
		})
	}, nil
}

// rest waits until the host's rest is over.
func (g *localGate) rest(ctx context.Context, host string, t *turn) error {
	g.mu.Lock()
	wait := time.Until(t.until)
	g.mu.Unlock()
	if wait > Patience {
		return &RestError{Host: host, Wait: wait}
	}
	return pause(ctx, wait)
}

func (g *localGate) join(host string) *turn {
	g.mu.Lock()
	defer g.mu.Unlock()
	t, ok := g.hosts[host]
	if !ok {
		if len(g.hosts) >= maxTurns {
			g.forget()
		}
		t = &turn{busy: make(chan struct{}, 1)}
		g.hosts[host] = t
	}
	t.users++
	return t
}

func (g *localGate) part(t *turn, wait time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	t.users--
	if until := time.Now().Add(wait); wait > 0 && until.After(t.until) {
		t.until = until
	}
}

// forget drops hosts that nobody waits for and whose rest is over.
func (g *localGate) forget() {
	now := time.Now()
	for host, t := range g.hosts {
		if t.users == 0 && t.until.Before(now) {
			delete(g.hosts, host)
		}
	}
}

// pause waits; it returns at once when ctx ends.
func pause(ctx context.Context, wait time.Duration) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if wait <= 0 {
		return nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
