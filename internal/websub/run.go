package websub

import (
	"context"
	"errors"
	"sync"
	"time"
)

const (
	// group is how long a change waits for others, so that a busy minute is one delivery.
	group = 30 * time.Second
	// sweep is how often feeds are looked at even where no document came: the record, and
	// the time of day, change some of them too.
	sweep = 15 * time.Minute
	// together is how many jobs are done at once, each for another domain.
	together = 8
)

// Run does everything that is due: it looks at feeds, where something changed, sends
// them, asks whether those who want to subscribe are the callbacks' owners, and tells an
// outside hub. What failed is tried again by a later Run.
func (h *Hub) Run(ctx context.Context) error {
	if err := h.Store.TidyHub(ctx); err != nil {
		return err
	}
	looking := h.look(ctx)
	return errors.Join(looking, h.work(ctx))
}

// look makes due what changed.
func (h *Hub) look(ctx context.Context) error {
	changed, err := h.Store.HubChanged(ctx, h.now().Add(-group))
	if err != nil || !changed && h.now().Sub(h.swept) < sweep {
		return err
	}
	h.swept = h.now()
	err = errors.Join(h.lookForSubscribers(ctx), h.lookForOutside(ctx))
	if err != nil {
		h.swept = time.Time{} // the next Run looks again: that something changed is forgotten
	}
	return err
}

func (h *Hub) lookForSubscribers(ctx context.Context) error {
	if h.Keys == nil {
		return nil
	}
	topics, err := h.Store.HubTopics(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, topic := range topics {
		content, err := h.Feeds.Feed(ctx, topic)
		switch {
		case unfit(err):
			err = h.endTopic(ctx, topic)
		case err == nil:
			err = h.Store.HubLooked(ctx, topic, content.Tag)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		errs = append(errs, err) // one feed that cannot be read keeps no other back
	}
	return errors.Join(errs...)
}

// job is one thing that is due.
type job struct {
	host string // whose server it asks
	do   func(ctx context.Context) error
}

// work does what is due, several at once and never two for one domain, until nothing is.
func (h *Hub) work(ctx context.Context) error {
	var running sync.WaitGroup
	defer running.Wait()
	busy := map[string]bool{}
	ended := make(chan result)
	var errs []error
	collect := func() {
		r := <-ended
		delete(busy, r.host)
		errs = append(errs, r.err)
	}
	for ctx.Err() == nil {
		j, err := h.take(ctx, busy)
		if err != nil {
			errs = append(errs, err)
			break
		}
		if j == nil && len(busy) == 0 {
			break
		}
		if j != nil {
			busy[j.host] = true
			running.Go(func() { ended <- result{j.host, j.do(ctx)} })
		}
		if j == nil || len(busy) == together {
			collect()
		}
	}
	for len(busy) > 0 {
		collect()
	}
	return errors.Join(errs...)
}

type result struct {
	host string
	err  error
}

// outside is the host of the outside hub among those that are busy. No keyed hash is it.
const outside = "outside"

// take returns something that is due and whose host is not busy; nil where nothing is.
func (h *Hub) take(ctx context.Context, busy map[string]bool) (*job, error) {
	hosts := make([]string, 0, len(busy))
	for host := range busy {
		hosts = append(hosts, host)
	}
	if h.Keys != nil {
		if r, err := h.Store.TakeHubRequest(ctx, h.Lease, hosts); err != nil || r != nil {
			if err != nil {
				return nil, err
			}
			return &job{r.Host, func(ctx context.Context) error { return h.confirm(ctx, *r) }}, nil
		}
		if s, err := h.Store.TakeHubDelivery(ctx, h.Lease, hosts); err != nil || s != nil {
			if err != nil {
				return nil, err
			}
			return &job{s.Host, func(ctx context.Context) error { return h.deliver(ctx, *s) }}, nil
		}
	}
	if h.Outside == "" || busy[outside] {
		return nil, nil
	}
	p, err := h.Store.TakeHubPing(ctx, h.Lease)
	if err != nil || p == nil {
		return nil, err
	}
	return &job{outside, func(ctx context.Context) error { return h.tell(ctx, *p) }}, nil
}

// after is a context for noting what became of a job, also when we are told to stop.
func after(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
}

// pause is how long to wait after so many attempts in vain: it doubles.
func pause(first, most time.Duration, attempts int) time.Duration {
	return min(first<<min(attempts, 20), most)
}
