package api

import (
	"context"
	"time"

	"github.com/backdoorwatch/backdoorwatch/api/reply"
	"golang.org/x/sync/singleflight"
)

// feedCache keeps written feeds for a while, so that a feed that many readers ask
// for is written once. A feed that is written again with the same content is the
// same entity, with its tag and its compressed bytes.
type feedCache struct {
	ttl    time.Duration
	bound  time.Duration // how long writing one feed may take
	now    func() time.Time
	byName *reply.LRU[keptFeed]
	flight singleflight.Group
}

type keptFeed struct {
	entity  *reply.Entity
	written time.Time
}

func newFeedCache(limit int, ttl, bound time.Duration, now func() time.Time) *feedCache {
	return &feedCache{ttl: ttl, bound: bound, now: now, byName: reply.NewLRU[keptFeed](limit)}
}

// get returns the entity of that name, and asks write for it where there is none
// that is fresh enough.
func (f *feedCache) get(ctx context.Context, name string, write func(context.Context) (*reply.Entity, error)) (*reply.Entity, error) {
	return f.within(ctx, f.ttl, name, write)
}

// within is like get, but asks write also where what there is is older than age.
func (f *feedCache) within(ctx context.Context, age time.Duration, name string, write func(context.Context) (*reply.Entity, error)) (*reply.Entity, error) {
	if kept, ok := f.byName.Get(name); ok && f.now().Before(kept.written.Add(min(age, f.ttl))) {
		return kept.entity, nil
	}
	made, err, _ := f.flight.Do(name, func() (any, error) {
		// It does not end with the caller who happened to ask first, since others
		// wait for the same feed.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), f.bound)
		defer cancel()
		return f.renew(ctx, name, write)
	})
	if err != nil {
		return nil, err
	}
	return made.(*reply.Entity), nil
}

func (f *feedCache) renew(ctx context.Context, name string, write func(context.Context) (*reply.Entity, error)) (*reply.Entity, error) {
	started := f.now()
	entity, err := write(ctx)
	if err != nil {
		return nil, err
	}
	if old, ok := f.byName.Get(name); ok && old.entity.Tag() == entity.Tag() && old.entity.Modified.Equal(entity.Modified) && old.entity.Next == entity.Next {
		entity = old.entity
	}
	f.byName.Put(name, keptFeed{entity, started}, entity.Cost()+len(name))
	return entity, nil
}
