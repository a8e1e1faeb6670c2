package websub

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

const (
	firstPause   = time.Minute // after the first delivery in vain; it doubles
	longestPause = 4 * time.Hour
	giveUpAfter  = 3 * 24 * time.Hour // of trying in vain
)

// deliver sends a feed as it is now to one subscriber, unless that is what they have.
func (h *Hub) deliver(ctx context.Context, s store.HubSubscription) error {
	content, err := h.Feeds.Feed(ctx, s.Topic)
	if unfit(err) {
		return h.endTopic(ctx, s.Topic)
	}
	if err != nil {
		return err
	}
	if err := h.Store.HubLooked(ctx, s.Topic, content.Tag); err != nil {
		return err
	}
	if content.Tag == s.Delivered {
		return h.Store.HubDelivered(ctx, s, content.Tag)
	}
	callback, word, err := h.opened(s.HubCaller)
	if err != nil { // and never will
		return errors.Join(err, h.Store.DropHubSubscription(ctx, s.ID))
	}
	status, err := h.post(ctx, callback, s.Topic, word, content)
	if err != nil && ctx.Err() != nil {
		return nil // we were told to stop; it is due again when the lease is over
	}
	noting, cancel := after(ctx)
	defer cancel()
	switch {
	case err == nil && status/100 == 2:
		return h.Store.HubDelivered(noting, s, content.Tag)
	case err == nil && status == http.StatusGone, h.Refused(err), !s.FailingSince.IsZero() && h.now().Sub(s.FailingSince) > giveUpAfter:
		h.Logger.Info("a subscriber to a feed is gone", "topic", s.Topic, "status", status)
		return h.Store.DropHubSubscription(noting, s.ID)
	}
	return h.Store.HubDeliveryLater(noting, s, h.now().Add(pause(firstPause, longestPause, s.Attempts)))
}

// post sends a feed (WebSub §7), and returns the status of the answer.
func (h *Hub) post(ctx context.Context, callback, topic string, secret []byte, content Content) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, callback, bytes.NewReader(content.Body))
	if err != nil {
		return 0, fmt.Errorf("sending a feed: %w", err)
	}
	request.Header.Set("User-Agent", h.Agent)
	request.Header.Set("Content-Type", content.MediaType)
	request.Header.Add("Link", "<"+h.Hub+`>; rel="hub"`)
	request.Header.Add("Link", "<"+topic+`>; rel="self"`)
	if len(secret) > 0 {
		request.Header.Set("X-Hub-Signature", signature(secret, content.Body))
	}
	return h.send(request)
}

// signature is how a subscriber knows that a feed comes from us (WebSub §7.1).
func signature(secret, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// send sends a request and lets a short answer pass, so that the connection can be used
// again.
func (h *Hub) send(request *http.Request) (int, error) {
	response, err := h.client.Do(request)
	if err != nil {
		return 0, err
	}
	_, _ = io.CopyN(io.Discard, response.Body, longestWay)
	return response.StatusCode, response.Body.Close()
}

// endTopic ends all subscriptions to a feed that is no more, and tells so once whoever
// can be reached (WebSub §5.2).
func (h *Hub) endTopic(ctx context.Context, topic string) error {
	subscribers, err := h.Store.HubSubscriptions(ctx, topic)
	if err != nil {
		return err
	}
	var errs []error
	for _, s := range subscribers {
		errs = append(errs, h.Store.DropHubSubscription(ctx, s.ID))
		callback, _, err := h.opened(s.HubCaller)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		response, err := h.get(ctx, callback, url.Values{"hub.mode": {"denied"}, "hub.topic": {topic}, "hub.reason": {"There is no such feed any more."}})
		if err == nil {
			_ = response.Body.Close()
		}
	}
	return errors.Join(errs...)
}
