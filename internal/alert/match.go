package alert

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

const (
	atOnce     = 200                 // news that are carried on in one transaction
	sweepEvery = time.Hour           // how often the record is looked through without a cause
	ahead      = 30 * 24 * time.Hour // how far coming dates are told in advance
)

// asked is one question that several subscriptions may ask.
type asked struct {
	topic       policy.AlertTopic
	filter      policy.Filter
	subscribers []store.Subscription
}

// questions puts subscriptions together that ask the same.
func questions(subs []store.Subscription) []*asked {
	byText := map[string]*asked{}
	var all []*asked
	for _, sub := range subs {
		key := string(sub.Alert.Topic) + "?" + url.Values(sub.Alert.Of().Values()).Encode()
		q := byText[key]
		if q == nil {
			q = &asked{topic: sub.Alert.Topic, filter: sub.Alert.Of()}
			byText[key], all = q, append(all, q)
		}
		q.subscribers = append(q.subscribers, sub)
	}
	return all
}

// notice is what one subscription is to be told.
type notice struct {
	sub  store.Subscription
	news store.News
}

// spread carries news on to the subscriptions that it answers, and forgets it. It
// returns whether a step of a dossier was among it.
func (s *Service) spread(ctx context.Context) (steps bool, _ error) {
	for {
		news, err := s.Store.News(ctx, atOnce)
		if err != nil || len(news) == 0 {
			return steps, err
		}
		subs, err := s.Store.ActiveSubscriptions(ctx)
		if err != nil {
			return steps, err
		}
		var notices []notice
		for _, q := range questions(subs) {
			found, err := s.answering(ctx, q, news)
			if errors.Is(err, policy.ErrInvalid) {
				s.Logger.Error("a question of subscribers cannot be asked", "error", err) // the others are answered
				continue
			}
			if err != nil {
				return steps, err
			}
			notices = append(notices, found...)
		}
		for _, n := range news {
			steps = steps || strings.HasPrefix(n.Ref, store.NewsEvent)
		}
		if steps {
			// They are found in the record, curated and crawled as one, before they are forgotten.
			found, err := s.steps(ctx, subs)
			if err != nil {
				return steps, err
			}
			notices = append(notices, found...)
		}
		if err := s.tell(ctx, notices, news); err != nil {
			return steps, err
		}
	}
}

// tell keeps notices and forgets the news that caused them, in one transaction.
func (s *Service) tell(ctx context.Context, notices []notice, news []store.News) error {
	now := s.now()
	return s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		for _, n := range notices {
			due := next(n.sub.Alert, now)
			if due.IsZero() {
				due = soon(n.sub.Alert, n.news.At.Add(group))
			}
			if _, err := tx.Notify(ctx, n.sub.ID, n.news, due); err != nil {
				return err
			}
		}
		return tx.DropNews(ctx, news)
	})
}

// answering returns who is to be told of which texts, bills and changes of side.
func (s *Service) answering(ctx context.Context, q *asked, news []store.News) ([]notice, error) {
	var found map[string]bool
	var err error
	switch q.topic {
	case policy.AlertEverything:
		if found, err = s.items(ctx, q.filter, news); err == nil {
			err = s.sides(ctx, q.filter, news, found)
		}
	case policy.AlertTexts:
		found, err = s.items(ctx, q.filter, news)
	case policy.AlertBills:
		found, err = s.bills(ctx, q.filter, news)
	case policy.AlertSides:
		found = map[string]bool{}
		err = s.sides(ctx, q.filter, news, found)
	}
	if err != nil {
		return nil, err
	}
	var all []notice
	for _, n := range news {
		if !found[n.Ref] {
			continue
		}
		for _, sub := range q.subscribers {
			// What happened before somebody subscribed is no news to them.
			if !n.At.Before(sub.Since) && n.Until.After(sub.Since) {
				all = append(all, notice{sub, n})
			}
		}
	}
	return all, nil
}

func (s *Service) items(ctx context.Context, f policy.Filter, news []store.News) (map[string]bool, error) {
	refs := map[policy.ItemID]string{}
	var ids []policy.ItemID
	for _, n := range news {
		if strings.HasPrefix(n.Ref, store.NewsItem) {
			id := policy.ItemID(n.Number())
			refs[id], ids = n.Ref, append(ids, id)
		}
	}
	answering, err := s.Store.Answering(ctx, f, ids)
	found := map[string]bool{}
	for id := range answering {
		found[refs[id]] = true
	}
	return found, err
}

func (s *Service) bills(ctx context.Context, f policy.Filter, news []store.News) (map[string]bool, error) {
	refs := map[policy.CandidateID]string{}
	var ids []policy.CandidateID
	for _, n := range news {
		if strings.HasPrefix(n.Ref, store.NewsCandidate) {
			id := policy.CandidateID(n.Number())
			refs[id], ids = n.Ref, append(ids, id)
		}
	}
	answering, err := s.Store.AnsweringCandidates(ctx, f, ids)
	found := map[string]bool{}
	for id := range answering {
		found[refs[id]] = true
	}
	return found, err
}

// sweep looks through the record for steps and coming dates that nobody was told of:
// those of a new version of the curated record, and dates that have come near. It may
// be repeated at any time.
func (s *Service) sweep(ctx context.Context) error {
	if s.now().Sub(s.swept) < sweepEvery {
		return nil
	}
	subs, err := s.Store.ActiveSubscriptions(ctx)
	if err != nil {
		return err
	}
	notices, err := s.steps(ctx, subs)
	if err != nil {
		return err
	}
	if err := s.tell(ctx, notices, nil); err != nil {
		return err
	}
	s.swept = s.now()
	return nil
}

// steps returns who is to be told of which steps and coming dates.
func (s *Service) steps(ctx context.Context, subs []store.Subscription) ([]notice, error) {
	var all []notice
	for _, q := range questions(subs) {
		if q.topic != policy.AlertEverything && q.topic != policy.AlertDates {
			continue
		}
		events, upcoming, err := s.events(ctx, q.filter, s.now().Add(-2*store.Stale))
		if errors.Is(err, policy.ErrInvalid) {
			s.Logger.Error("a question of subscribers cannot be asked", "error", err)
			continue
		}
		if err != nil {
			return nil, err
		}
		if q.topic == policy.AlertDates {
			events = nil
		}
		for _, sub := range q.subscribers {
			for _, e := range append(upcoming, events...) {
				if n, ok := s.toTell(sub, e); ok {
					all = append(all, notice{sub, n})
				}
			}
		}
	}
	return all, nil
}

// events returns the newest steps since a time that answer a Filter, and those that are
// expected.
func (s *Service) events(ctx context.Context, f policy.Filter, since time.Time) (events, upcoming []policy.DossierEvent, _ error) {
	f.Limit = policy.MaxLimit
	if f.From.Start().Before(since) {
		f.From = policy.Day(since.Date())
	}
	page, err := s.Record.EventPage(ctx, f)
	return page.Events, page.Upcoming, err
}

// toTell says whether a step is news to a subscriber.
func (s *Service) toTell(sub store.Subscription, e policy.DossierEvent) (store.News, bool) {
	n := store.News{Ref: store.NewsEvent + e.ID, Thing: thing(e), At: s.now(), Until: e.Date.End()}
	if sub.Alert.Topic == policy.AlertDates {
		n.Thing = "date:" + strings.TrimPrefix(n.Thing, store.NewsEvent)
		return n, !e.Vague && e.Ahead && e.Date.Start().Before(n.At.Add(ahead)) && e.Date.End().After(n.At)
	}
	if e.SeenAt.IsZero() { // curated: the record does not say since when it has it
		return n, !e.Ahead && !e.Date.Start().Before(sub.Since.Truncate(24*time.Hour))
	}
	return n, !e.SeenAt.Before(sub.Since) && e.Date.End().After(sub.Since) && e.Date.End().After(e.SeenAt.Add(-store.Stale))
}

// thing is the same for the curated and the crawled form of one step.
func thing(e policy.DossierEvent) string {
	return store.NewsEvent + e.Dossier + "." + e.Date.String() + "." + string(e.Stage)
}
