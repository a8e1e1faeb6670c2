package channel

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/backdoorwatch/backdoorwatch/internal/alert"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

const (
	giveUpAfter  = 3 * 24 * time.Hour // of failing: the channel is switched off
	firstPause   = time.Minute        // after the first failure; it doubles
	longestPause = 4 * time.Hour
	longestWish  = 24 * time.Hour      // that a server may ask us to wait
	keptFor      = 30 * 24 * time.Hour // that a message was sent
	together     = 4                   // channels that are told at once
)

// Run does everything that is due: it carries news on to channels, makes messages of
// what waits, and sends them. What failed is tried again by a later Run.
func (s *Service) Run(ctx context.Context) error {
	defer s.Close()
	return errors.Join(s.Desk.Match(ctx), s.digests(ctx), s.deliver(ctx), s.tidy(ctx))
}

// digests makes the messages of all channels whose time has come.
func (s *Service) digests(ctx context.Context) error {
	due, err := s.Store.DueChannels(ctx, s.now())
	if err != nil {
		return err
	}
	var errs []error
	for _, sub := range due {
		c, found := s.byName[sub.Channel()]
		if !found {
			continue // a process with a newer file has added it
		}
		if err := s.digest(ctx, c, sub); err != nil {
			errs = append(errs, fmt.Errorf("making the message of channel %s: %w", c.Name, err))
		}
	}
	return errors.Join(errs...)
}

// digest makes one message of all that waits, and keeps it in one transaction with what
// it tells: whichever process does so first, the others find nothing to do.
func (s *Service) digest(ctx context.Context, c Channel, sub store.Subscription) error {
	waiting, err := s.Store.Waiting(ctx, sub.ID)
	if err != nil {
		return err
	}
	told, err := s.Desk.Describe(ctx, waiting)
	if err != nil {
		return err
	}
	now := s.now()
	var d *store.Delivery
	if len(told) > 0 {
		bytes, err := s.render(c, told, false)
		if err != nil {
			return err
		}
		d = &store.Delivery{ID: "msg_" + alert.NewID(), Channel: c.Name, Bytes: bytes, CreatedAt: now, NextAt: now}
	}
	return s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AddDelivery(ctx, sub, d, waiting, alert.Next(c.Alert, now))
		return err
	})
}

// deliver sends the messages that are due, a few at once. Each is another channel's.
func (s *Service) deliver(ctx context.Context) error {
	var group errgroup.Group
	group.SetLimit(together)
	taking := func() error {
		for ctx.Err() == nil {
			d, err := s.Store.TakeDelivery(ctx, s.Lease)
			if err != nil || d == nil {
				return err
			}
			if c, found := s.byName[d.Channel]; found {
				group.Go(func() error { return s.deliverOne(ctx, c, *d) })
			}
		}
		return ctx.Err()
	}
	err := taking()
	return errors.Join(err, group.Wait())
}

// deliverOne sends one message and notes what became of it.
func (s *Service) deliverOne(ctx context.Context, c Channel, d store.Delivery) error {
	at := s.now()
	result := s.send(ctx, c, d.ID, d.Bytes)
	if ctx.Err() != nil && result.Class != "" {
		return nil // we were told to stop; whoever takes it next sends the same again
	}
	a := store.Attempt{At: at, Delivery: d.ID, Status: result.Status, Took: result.Took, Class: result.Class}
	// What came of it must be kept also when we are told to stop.
	kept, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	pause, reason := s.verdict(c, d, a, result)
	return s.Store.InTx(kept, func(ctx context.Context, tx *store.Tx) error {
		if result.Class == "" {
			return tx.DeliverySent(ctx, d, a)
		}
		err := tx.DeliveryLater(ctx, d, a, s.now().Add(pause))
		if err == nil && reason != "" {
			err = tx.SwitchOff(ctx, c.Name, reason)
		}
		return err
	})
}

// verdict says when a message that was not taken is tried again, or why its channel is to
// be switched off.
func (s *Service) verdict(c Channel, d store.Delivery, a store.Attempt, result Result) (pause time.Duration, off string) {
	log := s.Logger.With("channel", c.Name, "class", result.Class, "status", result.Status)
	switch {
	case result.Class == "":
		return 0, ""
	case result.Class == Gone:
		off = "the server said that it is gone for good (410)"
	case a.At.Sub(d.CreatedAt) > giveUpAfter:
		off = fmt.Sprintf("nothing was taken for %d days; the last time: %s", int(giveUpAfter.Hours()/24), result)
	}
	if off != "" {
		log.Warn("a channel was switched off", "reason", off)
		return 0, off
	}
	pause = max(min(firstPause<<min(d.Attempts, 10), longestPause), min(result.RetryAfter, longestWish))
	log.Info("a message is tried again later", "pause", pause)
	return pause, ""
}

// tidy forgets what is of no use any more.
func (s *Service) tidy(ctx context.Context) error {
	return s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		return tx.DropOldDeliveries(ctx, s.now().Add(-keptFor))
	})
}
