package websub

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/netip"
	"net/url"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// What one may ask for, so that nobody uses up the hub, or has it knock at strangers'
// doors. Each request leads to one question to its callback, and a few more in vain.
const (
	perNetwork = 120    // requests in an hour
	perDomain  = 600    // requests in an hour for callbacks of one domain
	mostDomain = 300    // subscriptions of callbacks of one domain
	mostTopics = 1_000  // feeds that somebody is subscribed to
	mostAll    = 10_000 // subscriptions
)

// Ask takes a request to subscribe or to unsubscribe. The topic of a subscription must be
// one of our feeds, which its caller knows. Nothing comes of the request before the
// callback's owner has confirmed it, when Run asks. Mistakes are FieldErrors; too much
// wraps policy.ErrTooMany.
func (h *Hub) Ask(ctx context.Context, values url.Values, client netip.Addr) error {
	form, err := ParseForm(values)
	if err != nil {
		return err
	}
	request := h.request(form)
	return h.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		allowed, err := tx.TakeLimits(ctx,
			store.Limit{Who: h.Keys.Lookup("network", network(client)), Most: perNetwork, Hours: 1},
			store.Limit{Who: h.Keys.Lookup("asked of domain", domain(form.Callback)), Most: perDomain, Hours: 1})
		if err != nil {
			return err
		}
		if !allowed {
			return fmt.Errorf("this network, or the callback's domain, asked too often in this hour: %w", policy.ErrTooMany)
		}
		return keep(ctx, tx, request)
	})
}

func keep(ctx context.Context, tx *store.Tx, request store.HubRequest) error {
	known, err := tx.HubKnows(ctx, request.Topic, request.Caller)
	if err != nil {
		return err
	}
	if request.Mode == Unsubscribe && !known {
		return nil // there is nothing to end, and nobody needs to be asked
	}
	if !known {
		counts, err := tx.HubCounts(ctx, request.Host, request.Topic)
		if err != nil {
			return err
		}
		if counts.All >= mostAll || counts.Host >= mostDomain || counts.Topics >= mostTopics {
			return fmt.Errorf("the hub is full, or has too many subscriptions of this callback's domain: %w", policy.ErrTooMany)
		}
	}
	return tx.AddHubRequest(ctx, request)
}

func (h *Hub) request(f Form) store.HubRequest {
	id := rand.Text()
	return store.HubRequest{
		Mode: f.Mode, Lease: f.Lease,
		HubCaller: store.HubCaller{
			ID: id, Topic: f.Topic, Caller: h.Keys.Lookup("callback", f.Callback), Host: h.Keys.Lookup("domain", domain(f.Callback)),
			Callback: h.Keys.Seal("callback "+id, []byte(f.Callback)), Secret: h.Keys.Seal("secret "+id, []byte(f.Secret)),
		},
	}
}
