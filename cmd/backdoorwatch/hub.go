package main

import (
	"context"
	"errors"

	"github.com/gin-gonic/gin"

	"github.com/backdoorwatch/backdoorwatch/api"
	"github.com/backdoorwatch/backdoorwatch/crawler/fetch"
	"github.com/backdoorwatch/backdoorwatch/internal/ingest"
	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/secret"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
	"github.com/backdoorwatch/backdoorwatch/internal/websub"
)

// followed are the feeds of the API, as the hub wants them.
type followed struct{ *api.API }

func (f followed) Feed(ctx context.Context, address string) (websub.Content, error) {
	entity, err := f.Followed(ctx, address)
	if err != nil {
		return websub.Content{}, err
	}
	return websub.Content{Body: entity.Body, MediaType: entity.MediaType, Tag: entity.Tag()}, nil
}

// hubOptions are what all processes give the hub. There is one of our own where there is
// a secret by which what is kept of subscribers can be encrypted.
func (a *assembly) hubOptions(s *store.Store) (websub.Options, error) {
	o := websub.Options{Store: s, Outside: a.config.Hub, Agent: "Backdoor Watch/" + version, Logger: a.log}
	if a.config.SecretKey == "" {
		return o, nil
	}
	var err error
	o.Keys, err = secret.New(a.config.SecretKey, "hub")
	return o, err
}

// hubForAPI takes subscriptions; nil where there is no hub of our own.
func (a *assembly) hubForAPI(s *store.Store) (api.Hub, error) {
	o, err := a.hubOptions(s)
	if err != nil || o.Keys == nil {
		return nil, err
	}
	return websub.New(o)
}

// hub sends feeds to their subscribers; nil where there is neither a hub of our own nor
// another.
func (a *assembly) hub(s *store.Store, base *knowledge.Base) (*websub.Hub, error) {
	o, err := a.hubOptions(s)
	if err != nil || o.Keys == nil && o.Outside == "" {
		return nil, err
	}
	// Feeds are the same whichever process writes them, so that one which serves nothing
	// can send them too.
	feeds, err := a.api(gin.New(), s, base, api.Options{})
	if err != nil {
		return nil, err
	}
	network := fetch.GuardedNetwork(a.config.AllowHosts)
	a.onClose(func() error { network.CloseIdleConnections(); return nil })
	o.Feeds, o.Hub, o.Network = followed{feeds}, feeds.HubAddress(), network
	o.Refused = func(err error) bool { return errors.Is(err, fetch.ErrForbiddenAddress) }
	return websub.New(o)
}

// announcing notes everything that a document brought for those who want to be told.
func announcing(all ...ingest.Announce) ingest.Announce {
	var some []ingest.Announce
	for _, announce := range all {
		if announce != nil {
			some = append(some, announce)
		}
	}
	if len(some) == 0 {
		return nil
	}
	return func(ctx context.Context, tx *store.Tx, saved store.Saved, noticed store.Noticed) error {
		var errs []error
		for _, announce := range some {
			errs = append(errs, announce(ctx, tx, saved, noticed))
		}
		return errors.Join(errs...)
	}
}

// feedsChange notes that feeds may have changed, where there is a hub.
func (a *assembly) feedsChange() ingest.Announce {
	if a.config.SecretKey == "" && a.config.Hub == "" {
		return nil
	}
	return func(ctx context.Context, tx *store.Tx, _ store.Saved, _ store.Noticed) error {
		return tx.FeedsChanged(ctx)
	}
}
