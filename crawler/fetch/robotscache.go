package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/backdoorwatch/backdoorwatch/crawler/archive"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// ErrRobots means that a robots.txt asks us not to get an address.
var ErrRobots = errors.New("its robots.txt asks us not to read it")

const (
	robotsTTL       = 24 * time.Hour   // RFC 9309 §2.4
	robotsRetry     = 10 * time.Minute // before a robots.txt that could not be had is asked for again
	robotsRedirects = 5                // RFC 9309 §2.3.1.2
	maxOrigins      = 4096             // how many robots.txt are remembered
)

// robotsUnreadError says that a robots.txt could not be had, so that everything is
// forbidden for now (RFC 9309 §2.3.1.4).
type robotsUnreadError struct{ err error }

func (e *robotsUnreadError) Error() string {
	return "its robots.txt could not be read, so nothing is until it can be: " + e.err.Error()
}

func (e *robotsUnreadError) Unwrap() error { return e.err }

// robotsCache asks each origin for its robots.txt once a day.
type robotsCache struct {
	token string
	get   func(ctx context.Context, address *url.URL) (*answer, error)

	mu      sync.Mutex
	origins map[string]*origin
}

// origin is what is known of one origin's robots.txt. turn holds a token while
// somebody reads or refreshes the rest.
type origin struct {
	turn  chan struct{}
	rules *rules
	err   error
	until time.Time
}

// permit returns ErrRobots where u must not be got, and otherwise how long its
// host wants to rest between requests.
func (c *robotsCache) permit(ctx context.Context, u *url.URL) (time.Duration, error) {
	o := c.origin(u.Scheme + "://" + hostKey(u.Host))
	select {
	case o.turn <- struct{}{}:
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
	defer func() { <-o.turn }()
	if !time.Now().Before(o.until) {
		if err := c.refresh(ctx, o, u); err != nil {
			return 0, err
		}
	}
	if o.err != nil {
		return 0, &robotsUnreadError{o.err}
	}
	if !o.rules.allows(u) {
		return 0, ErrRobots
	}
	return o.rules.delay, nil
}

func (c *robotsCache) origin(key string) *origin {
	c.mu.Lock()
	defer c.mu.Unlock()
	o, ok := c.origins[key]
	if !ok {
		if len(c.origins) >= maxOrigins {
			for some := range c.origins { // any one: it is merely asked for again
				delete(c.origins, some)
				break
			}
		}
		o = &origin{turn: make(chan struct{}, 1)}
		c.origins[key] = o
	}
	return o
}

// refresh asks for the robots.txt. Only when the caller gave up is nothing learnt.
func (c *robotsCache) refresh(ctx context.Context, o *origin, u *url.URL) error {
	read, err := c.read(ctx, &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"})
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	o.rules, o.err, o.until = read, err, time.Now().Add(robotsTTL)
	if err != nil {
		o.until = time.Now().Add(robotsRetry)
	}
	return nil
}

// read gets a robots.txt: what does not exist allows everything, what cannot be
// had is an error.
func (c *robotsCache) read(ctx context.Context, address *url.URL) (*rules, error) {
	for range robotsRedirects + 1 {
		answer, err := c.get(ctx, address)
		if errors.Is(err, archive.ErrNotArchived) {
			return &rules{}, nil // a replay: nobody is there to be disturbed
		}
		if err != nil {
			return nil, err
		}
		switch status := answer.status; {
		case status >= 200 && status < 300:
			return parseRobots(answer.body, c.token), nil
		case status == http.StatusTooManyRequests || status >= 500:
			return nil, newStatusError(answer)
		case status >= 300 && status < 400 && answer.header.Get("Location") != "":
			if address, err = address.Parse(answer.header.Get("Location")); err != nil {
				return &rules{}, nil
			}
			if err := checkAddress(address); err != nil {
				return nil, fmt.Errorf("it redirects: %w", err)
			}
			address.User = nil
		default:
			return &rules{}, nil
		}
	}
	return &rules{}, nil // too many redirects count as "does not exist"
}

// getRobots gets a robots.txt, without asking a robots.txt. It tries once more what
// passes quickly, because a failure shuts the whole host for a while.
func (f *Fetcher) getRobots(ctx context.Context, address *url.URL) (*answer, error) {
	a, err := f.askRobots(ctx, address)
	if f.options.Retries == 0 || ctx.Err() != nil || !hiccup(a, err) {
		return a, err
	}
	if err := pause(ctx, f.backoff(0)); err != nil {
		return nil, err
	}
	return f.askRobots(ctx, address)
}

func (f *Fetcher) askRobots(ctx context.Context, address *url.URL) (*answer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return nil, err
	}
	request.Header = f.header(Request{Accept: "text/plain, */*;q=0.5"})
	return f.exchange(request, 0, readRobots)
}

// hiccup reports whether a failure may be gone in a second.
func hiccup(a *answer, err error) bool {
	if err != nil {
		health, again := judgeNetwork(err)
		return again && health == policy.HealthUnreachable
	}
	status := newStatusError(a)
	return status.status >= 500 && status.after == 0 && status.again()
}
