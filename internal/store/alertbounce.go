package store

import (
	"context"
	"fmt"
	"time"
)

// MailHolder returns whom a mail was for; false where we do not know of such a mail, or
// where its subscription is gone.
func (s *Store) MailHolder(ctx context.Context, mail string) (holder string, found bool, _ error) {
	rows, err := s.query(ctx, "SELECT s.holder FROM alert_mails m JOIN alert_subscriptions s ON s.id = m.subscription WHERE m.id = $1", mail)
	found, err = first(rows, err, &holder)
	return holder, found, wrapped("looking for whom a mail was", err)
}

// SoftBounce notes that a mail came back for a reason that may pass, once for each mail,
// and returns how many of the holder's did so since a time.
func (s *Store) SoftBounce(ctx context.Context, mail, holder string, since time.Time) (count int, _ error) {
	err := s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		if _, err := tx.exec(ctx, "INSERT INTO alert_bounces (mail, holder, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", mail, holder, millis(s.now())); err != nil {
			return err
		}
		rows, err := tx.query(ctx, "SELECT count(*) FROM alert_bounces WHERE holder = $1 AND at > $2", holder, millis(since))
		_, err = first(rows, err, &count)
		return err
	})
	return count, wrapped("noting that a mail came back", err)
}

// Complained ends all subscriptions of a holder who does not want our mail, and notes
// that the address gets no more.
func (s *Store) Complained(ctx context.Context, holder string) error {
	err := s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		if _, err := tx.DropHolder(ctx, holder); err != nil {
			return err
		}
		_, err := tx.exec(ctx, "INSERT INTO alert_suppressed (holder, at, code) VALUES ($1, $2, 'complaint')", holder, millis(s.now()))
		return err
	})
	return wrapped("noting a complaint", err)
}

// DropOldBounces forgets mails that came back before a time.
func (tx *Tx) DropOldBounces(ctx context.Context, before time.Time) error {
	if _, err := tx.exec(ctx, "DELETE FROM alert_bounces WHERE at < $1", millis(before)); err != nil {
		return fmt.Errorf("dropping old bounces: %w", err)
	}
	return nil
}
