package channel

import (
	"context"
	"fmt"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/alert"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// Sync makes the kept channels those of the file: new ones are told of what is news from
// now on, and those that are gone are forgotten. A channel that asks for something else
// begins anew; one that leads elsewhere is switched on again.
func (s *Service) Sync(ctx context.Context) error {
	err := s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		kept, err := tx.Channels(ctx)
		if err != nil {
			return err
		}
		byName := map[string]store.Channel{}
		for _, row := range kept {
			byName[row.Name] = row
			if _, wanted := s.byName[row.Name]; wanted {
				continue
			}
			if err := tx.DropChannel(ctx, row.Name); err != nil {
				return err
			}
		}
		for _, c := range s.Channels {
			row, known := byName[c.Name]
			if err := s.sync(ctx, tx, c, row, known); err != nil {
				return fmt.Errorf("channel %s: %w", c.Name, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("taking in the channels: %w", err)
	}
	return nil
}

func (s *Service) sync(ctx context.Context, tx *store.Tx, c Channel, row store.Channel, known bool) error {
	moved := !known || row.Target != c.fingerprint()
	if moved {
		if err := tx.PutChannel(ctx, c.Name, c.fingerprint()); err != nil {
			return err
		}
	}
	subs, err := tx.SubscriptionsOf(ctx, store.ChannelHolder(c.Name))
	if err != nil {
		return err
	}
	if len(subs) == 1 && question(subs[0].Alert) == question(c.Alert) {
		return s.keep(ctx, tx, c, subs[0], moved)
	}
	for _, sub := range subs {
		if err := tx.DropSubscription(ctx, sub.ID); err != nil {
			return err
		}
	}
	now, state := s.now(), policy.AlertActive
	if row.Off && !moved {
		state = policy.AlertPaused
	}
	return tx.AddSubscription(ctx, store.Subscription{
		ID: alert.NewID(), Holder: store.ChannelHolder(c.Name), Address: []byte{}, Alert: c.Alert, State: state, CreatedAt: now, Since: now,
	})
}

// keep goes on with a channel that asks for the same as before.
func (s *Service) keep(ctx context.Context, tx *store.Tx, c Channel, sub store.Subscription, moved bool) error {
	rhythm := sub.Alert.Cadence != c.Alert.Cadence || sub.Alert.Hour != c.Alert.Hour || sub.Alert.Zone != c.Alert.Zone
	resumed := moved && sub.State == policy.AlertPaused
	if !rhythm && !resumed {
		return nil
	}
	now := s.now()
	if resumed {
		sub.State, sub.Since = policy.AlertActive, now
	}
	sub.Alert = c.Alert
	if !sub.NextAt.IsZero() {
		if sub.NextAt = alert.Next(c.Alert, now); sub.NextAt.IsZero() {
			sub.NextAt = now
		}
	}
	return tx.ChangeSubscription(ctx, sub)
}

// question is what a channel asks, without how often.
func question(a policy.Alert) string { return string(a.Topic) + "?" + a.Of().Values().Encode() }

// Resume switches a channel on again, from now on.
func (s *Service) Resume(ctx context.Context, name string) error {
	c, err := s.channel(name)
	if err != nil {
		return err
	}
	return s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.PutChannel(ctx, c.Name, c.fingerprint()); err != nil {
			return err
		}
		subs, err := tx.SubscriptionsOf(ctx, store.ChannelHolder(name))
		for _, sub := range subs {
			if sub.State != policy.AlertPaused {
				continue
			}
			sub.State, sub.Since, sub.NextAt = policy.AlertActive, s.now(), time.Time{}
			if err := tx.ChangeSubscription(ctx, sub); err != nil {
				return err
			}
		}
		return err
	})
}
