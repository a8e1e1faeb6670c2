package channel

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/backdoorwatch/backdoorwatch/crawler/fetch"
	"github.com/backdoorwatch/backdoorwatch/internal/alert"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// Options say what the channels are made of. Store, Desk and Shouter are needed.
type Options struct {
	Store      *store.Store
	Desk       *alert.Desk
	Channels   []Channel
	Shouter    Shouter
	AllowHosts []string         // hosts, as in fetch.Options, that may be told although their address is private
	Agent      string           // User-Agent of webhooks
	Timeout    time.Duration    // of one request; 0 means 15 seconds
	Lease      time.Duration    // how long a message is a sender's own; 0 means 5 minutes
	Now        func() time.Time // nil: time.Now; the same clock as the store's
	Logger     *slog.Logger     // nil: nothing is logged
}

// Shouter sends a text to a chat. It is asked by several at once.
type Shouter interface {
	Shout(ctx context.Context, order Order) Result
}

// Service tells the channels. It is safe for concurrent use, but for Run, of which one
// process does one at a time.
type Service struct {
	Options
	byName  map[string]Channel
	network *http.Transport // behind the dial guard
}

// New returns the service.
func New(o Options) *Service {
	o.Agent = cmp.Or(o.Agent, "Backdoor Watch")
	o.Timeout = cmp.Or(o.Timeout, 15*time.Second)
	o.Lease = cmp.Or(o.Lease, 5*time.Minute)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Service{Options: o, byName: map[string]Channel{}, network: fetch.GuardedNetwork(o.AllowHosts)}
	for _, c := range o.Channels {
		s.byName[c.Name] = c
	}
	return s
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }

// Close closes the connections that are kept.
func (s *Service) Close() { s.network.CloseIdleConnections() }

// channel returns a channel of the file; one that it does not name wraps
// policy.ErrNotFound.
func (s *Service) channel(name string) (Channel, error) {
	c, found := s.byName[name]
	if !found {
		return c, fmt.Errorf("the file of channels has none of the name %q: %w", name, policy.ErrNotFound)
	}
	return c, nil
}

// Test sends one message at once that tells what a channel would have been told in the
// last 30 days, and does not try again.
func (s *Service) Test(ctx context.Context, name string) (Result, error) {
	c, err := s.channel(name)
	if err != nil {
		return Result{}, err
	}
	entries, err := s.Desk.Lately(ctx, c.Alert)
	if err != nil {
		return Result{}, err
	}
	var told []alert.Told
	for _, e := range entries {
		told = append(told, alert.Told{Entry: e})
	}
	if len(told) == 0 {
		told = append(told, alert.Told{Entry: alert.Entry{Label: "Test", Title: "Nothing of this happened in the last 30 days; the channel works", Address: s.Desk.List(c.Alert)}})
	}
	bytes, err := s.render(c, told, true)
	if err != nil {
		return Result{}, err
	}
	return s.send(ctx, c, "test_"+alert.NewID(), bytes), nil
}

// Status is where a channel stands, without a secret.
type Status struct {
	Name         string               `json:"name"`
	Kind         Kind                 `json:"kind"`
	Target       string               `json:"target"` // masked
	About        string               `json:"about"`
	Batch        string               `json:"batch"`
	State        string               `json:"state"` // new, active, failing, off
	Reason       string               `json:"reason,omitempty"`
	FailingSince time.Time            `json:"failing_since,omitzero"`
	Messages     store.DeliveryCounts `json:"messages"` // of the last 30 days
}

// Status returns where all channels of the file stand, in its order.
func (s *Service) Status(ctx context.Context) ([]Status, error) {
	kept, err := s.Store.Channels(ctx)
	if err != nil {
		return nil, err
	}
	byName := map[string]store.Channel{}
	for _, c := range kept {
		byName[c.Name] = c
	}
	var all []Status
	for _, c := range s.Channels {
		row, known := byName[c.Name]
		one := Status{
			Name: c.Name, Kind: c.Kind, Target: c.Masked(), About: s.Desk.About(c.Alert), Batch: string(c.Alert.Cadence),
			State: state(row, known), Reason: row.Reason, FailingSince: row.FailingSince,
		}
		if one.Messages, err = s.Store.DeliveriesOf(ctx, c.Name); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

func state(row store.Channel, known bool) string {
	switch {
	case !known:
		return "new"
	case row.Off:
		return "off"
	case !row.FailingSince.IsZero():
		return "failing"
	}
	return "active"
}

// Log returns the last attempts to send to a channel, the newest first.
func (s *Service) Log(ctx context.Context, name string, limit int) ([]store.Attempt, error) {
	if _, err := s.channel(name); err != nil {
		return nil, err
	}
	return s.Store.Attempts(ctx, name, limit)
}
