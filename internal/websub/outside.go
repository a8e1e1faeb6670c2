package websub

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// lookForOutside makes due what the outside hub is to be told of.
func (h *Hub) lookForOutside(ctx context.Context) error {
	if h.Outside == "" {
		return nil
	}
	var errs []error
	for _, addresses := range h.Feeds.Announced() {
		content, err := h.Feeds.Feed(ctx, addresses[0])
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if unfit(err) {
			continue // a dossier that the record has lost has nothing more to tell
		}
		if err == nil {
			err = h.Store.HubPinged(ctx, addresses, content.Tag)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// tell tells the outside hub that a feed changed. How is not in the standard; this is
// what hubs have understood since PubSubHubbub.
func (h *Hub) tell(ctx context.Context, p store.HubPing) error {
	form := url.Values{"hub.mode": {"publish"}, "hub.url": {p.Topic}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, h.Outside, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	request.Header.Set("User-Agent", h.Agent)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	status, err := h.send(request)
	if err != nil && ctx.Err() != nil {
		return nil // we were told to stop; it is due again when the lease is over
	}
	noting, cancel := after(ctx)
	defer cancel()
	switch {
	case err == nil && status/100 == 2:
		return h.Store.HubPingDone(noting, p)
	case !p.FailingSince.IsZero() && h.now().Sub(p.FailingSince) > giveUpAfter:
		h.Logger.Warn("the outside hub was not told of a change", "topic", p.Topic, "status", status)
		return h.Store.HubPingDone(noting, p)
	}
	return h.Store.HubPingLater(noting, p, h.now().Add(pause(firstPause, longestPause, p.Attempts)))
}
