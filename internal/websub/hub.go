// Package websub is a small hub (W3C WebSub) for our own feeds: whoever subscribes is
// sent a feed when it changes, and need not ask again and again. It also tells an
// outside hub, where the operator has one.
//
// Everything that is to be done lies in rows of the store with the time at which it is
// due: a request to confirm, a feed to send, an outside hub to tell. What fails is due
// again later, and what a process was about to do when it died is due again as soon as
// its lease is over. So a feed is sent at least once, and always as it is when it is sent.
package websub

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/secret"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// Content is a feed as it is now.
type Content struct {
	Body      []byte
	MediaType string
	Tag       string // changes with the content, and only with it
}

// Feeds are our own feeds.
type Feeds interface {
	// Feed returns the feed at an address. One that is none of ours, or none any more,
	// wraps policy.ErrNotFound, ErrGone or ErrInvalid.
	Feed(ctx context.Context, address string) (Content, error)
	// Announced returns the addresses of which an outside hub is told. Those in one group
	// are forms of the same feed, and change together.
	Announced() [][]string
}

// Options say what the hub is made of. Which ones are needed is said with each.
type Options struct {
	Store *store.Store // always
	Keys  *secret.Keys // nil: there is no hub of our own
	Hub   string       // our own address, where there are Keys
	Feeds Feeds        // to Run
	// Outside is the address of a hub that is told of changes; empty for none.
	Outside string
	// Network carries all requests, to Run. It must refuse addresses that are not public.
	Network http.RoundTripper
	Agent   string               // the header User-Agent
	Refused func(err error) bool // whether the Network refused an address for good; nil: never
	Timeout time.Duration        // of one exchange; 0 means 15 seconds
	Lease   time.Duration        // how long a job is a worker's own; 0 means 2 minutes
	Now     func() time.Time     // nil: time.Now; the same clock as the store's
	Logger  *slog.Logger         // nil: nothing is logged
}

// Hub is safe for concurrent use, but for Run, of which one process does one at a time.
type Hub struct {
	Options
	client *http.Client
	swept  time.Time // when all feeds were looked at last
}

// New returns a hub.
func New(o Options) (*Hub, error) {
	if o.Store == nil {
		return nil, fmt.Errorf("%w: a hub needs a store", policy.ErrConfig)
	}
	if o.Timeout == 0 {
		o.Timeout = 15 * time.Second
	}
	if o.Lease == 0 {
		o.Lease = 2 * time.Minute
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Refused == nil {
		o.Refused = func(error) bool { return false }
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	h := &Hub{Options: o}
	h.client = &http.Client{
		Transport: o.Network, Timeout: o.Timeout,
		// A callback is what its owner confirmed, and nothing that it points to.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return h, nil
}

func (h *Hub) now() time.Time { return h.Now().UTC().Truncate(time.Millisecond) }

// opened returns what is kept encrypted of a caller.
func (h *Hub) opened(c store.HubCaller) (callback string, word []byte, _ error) {
	address, err := h.Keys.Open("callback "+c.ID, c.Callback)
	if err != nil {
		return "", nil, err
	}
	word, err = h.Keys.Open("secret "+c.ID, c.Secret)
	return string(address), word, err
}

// unfit reports whether an error says that there is no such feed of ours any more.
func unfit(err error) bool {
	return errors.Is(err, policy.ErrNotFound) || errors.Is(err, policy.ErrGone) || errors.Is(err, policy.ErrInvalid)
}
