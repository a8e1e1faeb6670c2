package alert

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

const (
	giveUpAfter  = 3 * 24 * time.Hour // of trying in vain
	firstPause   = time.Minute        // after the first failure; it doubles
	longestPause = 4 * time.Hour
	keptFor      = 30 * 24 * time.Hour // that a mail was sent
)

// Run does everything that is due: it carries news on to subscriptions, makes mails of
// what waits, sends them, and reads what came back. What failed is tried again by a later Run.
func (s *Service) Run(ctx context.Context) error {
	_, err := s.spread(ctx)
	return errors.Join(err, s.sweep(ctx), s.digests(ctx), s.deliver(ctx), s.visit(ctx), s.tidy(ctx))
}

// deliver sends the mails that are due.
func (s *Service) deliver(ctx context.Context) error {
	if s.Transport == nil {
		return nil
	}
	defer func() { _ = s.Transport.Close() }()
	for ctx.Err() == nil {
		m, err := s.Store.TakeMail(ctx, s.Lease)
		if err != nil || m == nil {
			return err
		}
		if err := s.send(ctx, *m); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// send sends one mail and notes what became of it. Only what hinders all mail is an
// error.
func (s *Service) send(ctx context.Context, m store.Mail) error {
	sub, err := s.Store.Subscription(ctx, m.Subscription)
	if errors.Is(err, policy.ErrNotFound) {
		return nil // it was unsubscribed just now, and the mail went with it
	}
	if err != nil {
		return err
	}
	address, err := s.address(sub)
	if err != nil {
		return err
	}
	bytes, err := s.Keys.open("mail "+m.ID, m.Bytes)
	if err != nil {
		return err
	}
	from, err := s.returnPath(m.ID)
	if err != nil {
		return err
	}
	err = s.Transport.Send(ctx, from, address, bytes)
	// That a mail was sent must be kept also when we are told to stop.
	kept, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err == nil {
		return s.Store.MailSent(kept, m.ID)
	}
	var failure Failure
	if !errors.As(err, &failure) {
		failure = Failure{Later, "unknown", "sending"}
	}
	return s.failed(kept, m, sub, failure)
}

func (s *Service) failed(ctx context.Context, m store.Mail, sub store.Subscription, failure Failure) error {
	log := s.Logger.With("mail", m.ID, "code", failure.Code, "step", failure.Step)
	switch {
	case failure.Outcome == Refused:
		log.Warn("an address was refused; it gets no more mail")
		return errors.Join(s.Store.MailFailed(ctx, m.ID, failure.Code), s.Store.Suppress(ctx, sub.Holder, failure.Code))
	case failure.Outcome == Rejected, s.now().Sub(m.CreatedAt) > giveUpAfter:
		log.Warn("a mail was given up")
		return s.Store.MailFailed(ctx, m.ID, failure.Code)
	}
	pause := min(firstPause<<min(m.Attempts, 10), longestPause)
	again := s.now().Add(pause)
	if sub.State == policy.AlertActive { // a question that waits for an answer is expected at any hour
		again = soon(sub.Alert, again)
	}
	if err := s.Store.MailLater(ctx, m.ID, failure.Code, again); err != nil {
		return err
	}
	if failure.Outcome == Down {
		return fmt.Errorf("%w: %w", policy.ErrUnavailable, failure)
	}
	log.Info("a mail is tried again later", "pause", pause)
	return nil
}

// tidy forgets what is of no use any more.
func (s *Service) tidy(ctx context.Context) error {
	now := s.now()
	return s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(tx.DropUnconfirmed(ctx, now.Add(-confirmFor)), tx.DropOldMails(ctx, now.Add(-keptFor)), tx.DropOldLimits(ctx, now.Add(-48*time.Hour)),
			tx.DropOldBounces(ctx, now.Add(-softWithin)))
	})
}
