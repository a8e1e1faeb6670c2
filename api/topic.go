package api

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/api/reply"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// topic is a feed by its whole address, as subscribers of a hub know it.
type topic struct {
	list   list
	suffix string
	filter policy.Filter
	write  func(context.Context, policy.Filter) (*reply.Entity, error)
}

// topic returns the feed at an address, which must be written as the feed itself writes
// it: subscribers are told of that address, and could not tell that another is the same.
func (s *server) topic(ctx context.Context, address string) (topic, error) {
	rest, ok := strings.CutPrefix(address, s.BaseURL+"/")
	u, err := url.Parse("/" + rest)
	if !ok || err != nil {
		return topic{}, fmt.Errorf("%w: it is no address of ours", policy.ErrInvalid)
	}
	t := topic{suffix: path.Ext(u.Path)}
	if t.list, err = s.listAt(ctx, strings.TrimSuffix(u.Path, t.suffix)); err != nil {
		return topic{}, err
	}
	if t.write = s.writer(t.list, t.suffix); t.write == nil {
		return topic{}, fmt.Errorf("%w: it has none of the suffixes of a feed", policy.ErrInvalid)
	}
	if t.filter, err = s.filter(u); err != nil {
		return topic{}, err
	}
	if t.filter.Cursor != "" {
		return topic{}, fmt.Errorf("%w: it is a further page of a feed; only the first one has what is new", policy.ErrInvalid)
	}
	if self := s.address(t.list.path+t.suffix, t.filter); self != address {
		return topic{}, fmt.Errorf("%w: the feed there calls itself %s", policy.ErrInvalid, self)
	}
	return t, nil
}

// listAt returns what can be followed at a path without a suffix.
func (s *server) listAt(ctx context.Context, path string) (list, error) {
	for _, d := range s.lists() {
		if d.path == path {
			return d.list, nil
		}
	}
	for _, sub := range s.subjects() {
		if id, ok := strings.CutPrefix(path, sub.parent+"/"); ok && id != "" && !strings.Contains(id, "/") {
			return sub.list(ctx, id)
		}
	}
	return list{}, fmt.Errorf("a feed at %s: %w", path, policy.ErrNotFound)
}

// writer returns how a list is written in a form; nil where there is no such form of it.
func (s *server) writer(l list, suffix string) func(context.Context, policy.Filter) (*reply.Entity, error) {
	for _, f := range slices.Concat(formats(), tableFormats()) {
		if f.suffix == suffix {
			return func(ctx context.Context, filter policy.Filter) (*reply.Entity, error) {
				return s.writeFeed(ctx, l, f, filter)
			}
		}
	}
	if suffix == calendarSuffix && l.calendar {
		return func(ctx context.Context, filter policy.Filter) (*reply.Entity, error) {
			return s.writeCalendar(ctx, l, filter)
		}
	}
	return nil
}

// fresh is how old a feed may be that a hub sends. It is short against the time for which
// a hub waits after a change, and lets many subscribers be sent what was written once.
const fresh = 5 * time.Second

// Followed returns a feed of ours by its address, as it is now. One that is none, or none
// any more, wraps policy.ErrNotFound, ErrGone or ErrInvalid.
func (a *API) Followed(ctx context.Context, address string) (*reply.Entity, error) {
	s := a.server
	t, err := s.topic(ctx, address)
	if err != nil {
		return nil, meaningOf(err)
	}
	return s.feeds.within(ctx, fresh, feedName(t.list, t.suffix, t.filter), func(ctx context.Context) (*reply.Entity, error) {
		return t.write(ctx, t.filter)
	})
}

// meaningOf says what a problem means in the words of policy, for callers within.
func meaningOf(err error) error {
	var status interface{ GetStatus() int }
	if !errors.As(err, &status) {
		return err
	}
	switch status.GetStatus() {
	case 404:
		return fmt.Errorf("%w: %w", policy.ErrNotFound, err)
	case 410:
		return fmt.Errorf("%w: %w", policy.ErrGone, err)
	case 400, 414:
		return fmt.Errorf("%w: %w", policy.ErrInvalid, err)
	}
	return err
}

// Announced returns the addresses of which an outside hub is told when they change: of
// each list and each thing of the record without any parameters, in the forms for feed
// readers. Those in one group change together.
func (a *API) Announced() [][]string {
	s := a.server
	var paths []string
	for _, d := range s.lists() {
		paths = append(paths, d.path)
	}
	for parent, ids := range map[string][]string{"/feeds/jurisdictions/": s.codes(), "/feeds/dossiers/": s.dossiers(), "/feeds/actors/": s.actors()} {
		for _, id := range ids {
			paths = append(paths, parent+id)
		}
	}
	slices.Sort(paths)
	var all [][]string
	for _, path := range paths {
		var group []string
		for _, f := range formats() {
			group = append(group, s.BaseURL+path+f.suffix)
		}
		all = append(all, group)
	}
	return all
}
