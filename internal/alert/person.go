package alert

import (
	"context"
	"fmt"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// Export is everything that is kept of an address.
type Export struct {
	Address       string         `json:"address"`
	Refused       string         `json:"refused,omitempty"` // the code with which a server refused it
	Subscriptions []Subscription `json:"subscriptions"`
}

// Subscription is one of an Export.
type Subscription struct {
	ID        string           `json:"id"`
	Topic     string           `json:"topic"`
	Filter    string           `json:"filter"`
	Rhythm    string           `json:"rhythm"`
	State     string           `json:"state"`
	CreatedAt time.Time        `json:"created_at"`
	Since     time.Time        `json:"since,omitzero"`
	Mails     store.MailCounts `json:"mails"`
	Told      []string         `json:"told"` // what it was told, or will be
}

// Export returns everything that is kept of an address.
func (s *Service) Export(ctx context.Context, address string) (Export, error) {
	address, err := Address(address)
	if err != nil {
		return Export{}, err
	}
	holder := s.holder(address)
	subs, err := s.Store.SubscriptionsOf(ctx, holder)
	if err != nil {
		return Export{}, err
	}
	out := Export{Address: address, Subscriptions: []Subscription{}}
	if out.Refused, _, err = s.Store.Suppressed(ctx, holder, time.Time{}); err != nil {
		return Export{}, err
	}
	for _, sub := range subs {
		one, err := s.export(ctx, sub)
		if err != nil {
			return Export{}, err
		}
		out.Subscriptions = append(out.Subscriptions, one)
	}
	return out, nil
}

func (s *Service) export(ctx context.Context, sub store.Subscription) (Subscription, error) {
	one := Subscription{
		ID: sub.ID, Topic: string(sub.Alert.Topic), Filter: sub.Alert.Of().Values().Encode(), Rhythm: rhythm(sub.Alert),
		State: string(sub.State), CreatedAt: sub.CreatedAt, Since: sub.Since, Told: []string{},
	}
	told, err := s.Store.ToldOf(ctx, sub.ID)
	if err != nil {
		return one, err
	}
	for _, n := range told {
		one.Told = append(one.Told, n.Ref)
	}
	one.Mails, err = s.Store.MailsOf(ctx, sub.ID)
	return one, err
}

// Forget forgets an address with all that was kept of it, and returns how many
// subscriptions that were.
func (s *Service) Forget(ctx context.Context, address string) (dropped int, err error) {
	if address, err = Address(address); err != nil {
		return 0, err
	}
	err = s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		dropped, err = tx.DropHolder(ctx, s.holder(address))
		return err
	})
	return dropped, err
}

// Sample returns a mail to an address as an alert would send it now of what happened
// in the last 30 days. Its links lead nowhere, because there is no subscription.
func (s *Service) Sample(ctx context.Context, address string, a policy.Alert) ([]byte, error) {
	address, err := Address(address)
	if err != nil {
		return nil, err
	}
	found, _, err := s.lately(ctx, a)
	if err != nil {
		return nil, err
	}
	entries := []entry{}
	for _, d := range found {
		d.Address, d.Title = s.link(d.Path), oneLine(d.Title)
		entries = append(entries, d.entry)
	}
	if len(entries) == 0 {
		entries = append(entries, entry{Label: "Test", Title: "Nothing of this happened in the last 30 days; mail works", Address: s.PublicURL})
	}
	l, err := s.letter(ctx, store.Subscription{ID: newID(), Alert: a}, entries, s.now())
	if err != nil {
		return nil, err
	}
	l.to = address
	return s.compose(l, nil)
}

// Test sends a sample at once, and does not try again.
func (s *Service) Test(ctx context.Context, address string, a policy.Alert) error {
	bytes, err := s.Sample(ctx, address, a)
	if err != nil {
		return err
	}
	if s.Transport == nil {
		return fmt.Errorf("%w: no mail server is set", policy.ErrConfig)
	}
	defer func() { _ = s.Transport.Close() }()
	if address, err = Address(address); err != nil {
		return err
	}
	return s.Transport.Send(ctx, s.From.Address, address, bytes)
}
