package websub

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

const (
	askTimes   = 4           // how often a callback's owner is asked that cannot be reached
	firstAsk   = time.Minute // until asked again; it doubles
	longestAsk = 10 * time.Minute
	longestWay = 4 << 10 // bytes of an answer that are read
)

// confirm asks a callback whether its owner wants what was asked for (WebSub §5.3).
func (h *Hub) confirm(ctx context.Context, r store.HubRequest) error {
	callback, _, err := h.opened(r.HubCaller)
	if err != nil { // and never will
		return errors.Join(err, h.Store.DropHubRequest(ctx, r.ID))
	}
	var tag string
	if r.Mode == Subscribe {
		content, err := h.Feeds.Feed(ctx, r.Topic)
		if unfit(err) {
			return h.Store.DropHubRequest(ctx, r.ID)
		}
		if err != nil {
			return err
		}
		tag = content.Tag
		if err := h.Store.HubLooked(ctx, r.Topic, tag); err != nil {
			return err
		}
	}
	answer, err := h.question(ctx, callback, r)
	noting, cancel := after(ctx)
	defer cancel()
	switch {
	case err != nil && ctx.Err() != nil:
		return nil // we were told to stop; it is due again when the lease is over
	case err == nil && answer == confirmed:
		return h.Store.ConfirmHubRequest(noting, r, tag)
	case err == nil && answer == refused, h.Refused(err), r.Attempts+1 >= askTimes:
		h.Logger.Info("a request to the hub was not confirmed", "mode", r.Mode, "topic", r.Topic)
		return h.Store.DropHubRequest(noting, r.ID)
	}
	return h.Store.HubRequestLater(noting, r.ID, h.now().Add(pause(firstAsk, longestAsk, r.Attempts)))
}

// verdict is what a callback says to a question.
type verdict int

const (
	confirmed verdict = iota
	refused
	unclear // it may say something else later
)

// question asks a callback once.
func (h *Hub) question(ctx context.Context, callback string, r store.HubRequest) (verdict, error) {
	challenge := rand.Text()
	parameters := url.Values{"hub.mode": {r.Mode}, "hub.topic": {r.Topic}, "hub.challenge": {challenge}}
	if r.Mode == Subscribe {
		parameters.Set("hub.lease_seconds", strconv.Itoa(int(r.Lease/time.Second)))
	}
	response, err := h.get(ctx, callback, parameters)
	if err != nil {
		return unclear, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, longestWay))
	switch {
	case err != nil:
		return unclear, fmt.Errorf("reading the answer of a callback: %w", err)
	case response.StatusCode/100 == 2 && subtle.ConstantTimeCompare(body, []byte(challenge)) == 1:
		return confirmed, nil
	case response.StatusCode == http.StatusTooManyRequests, response.StatusCode/100 == 5:
		return unclear, nil
	}
	return refused, nil
}

// get asks a callback, whose own parameters stay.
func (h *Hub) get(ctx context.Context, callback string, parameters url.Values) (*http.Response, error) {
	u, err := url.Parse(callback)
	if err != nil {
		return nil, fmt.Errorf("reading a callback: %w", err)
	}
	u.RawQuery = strings.TrimPrefix(u.RawQuery+"&"+parameters.Encode(), "&")
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("asking a callback: %w", err)
	}
	request.Header.Set("User-Agent", h.Agent)
	return h.client.Do(request)
}
