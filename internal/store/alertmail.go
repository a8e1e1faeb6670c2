package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Mail is a mail as its bytes, encrypted, before it is sent. They are never rendered
// again: whatever goes wrong in between, it is the same mail that is sent.
type Mail struct {
	ID           string
	Subscription string
	Bytes        []byte
	Attempts     int
	CreatedAt    time.Time
	NextAt       time.Time
}

// AddMail keeps a mail that is to be sent.
func (tx *Tx) AddMail(ctx context.Context, m Mail) error {
	_, err := tx.exec(ctx, `INSERT INTO alert_mails (id, subscription, bytes, created_at, next_at, attempts, sent_at, failed_at, outcome)
		VALUES ($1, $2, $3, $4, $5, 0, 0, 0, '')`, m.ID, m.Subscription, m.Bytes, millis(m.CreatedAt), millis(m.NextAt))
	if err != nil {
		return fmt.Errorf("keeping a mail: %w", err)
	}
	return nil
}

// AddDigest keeps a mail that tells a subscription of things, and when its next one is
// due; a nil mail where nothing of them is there any more. It reports false, and keeps
// nothing, where somebody else did that first, or where the subscription is gone.
func (tx *Tx) AddDigest(ctx context.Context, s Subscription, m *Mail, told []News, next time.Time) (bool, error) {
	id := "none"
	if m != nil {
		id = m.ID
	}
	kept, err := tx.markTold(ctx, s, id, told, next)
	if err != nil || !kept || m == nil {
		return kept, err
	}
	return true, tx.AddMail(ctx, *m)
}

// markTold notes by which message a subscription is told of things, and when its next
// one is due. It reports false, and notes nothing, where somebody else did that first.
func (tx *Tx) markTold(ctx context.Context, s Subscription, by string, told []News, next time.Time) (bool, error) {
	moved, err := tx.exec(ctx, "UPDATE alert_subscriptions SET next_at = $2 WHERE id = $1 AND next_at = $3 AND state = 'active'",
		s.ID, millis(next), millis(s.NextAt))
	if err != nil || moved == 0 {
		return false, wrapped("setting the next mail", err)
	}
	for _, n := range told {
		if _, err := tx.exec(ctx, "UPDATE alert_notices SET mail = $3 WHERE subscription = $1 AND thing = $2 AND mail = ''", s.ID, n.Thing, by); err != nil {
			return false, fmt.Errorf("noting what was told: %w", err)
		}
	}
	// What came since it was written has found the next one set, and waits for it.
	_, err = tx.exec(ctx, `UPDATE alert_subscriptions SET next_at = $2 WHERE id = $1 AND next_at = 0
		AND EXISTS (SELECT 1 FROM alert_notices n WHERE n.subscription = $1 AND n.mail = '')`, s.ID, millis(tx.store.now()))
	return true, wrapped("setting the next mail", err)
}

func wrapped(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// TakeMail returns a mail that is due, and nil where there is none. It is the caller's
// until lease is over: a sender that dies in the middle holds it no longer.
func (s *Store) TakeMail(ctx context.Context, lease time.Duration) (*Mail, error) {
	var taken *Mail
	err := s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		taken = nil
		var m Mail
		var next, created int64
		now := s.now()
		lock := ""
		if tx.postgres != nil {
			lock = " FOR UPDATE SKIP LOCKED"
		}
		rows, err := tx.query(ctx, `SELECT id, subscription, bytes, attempts, created_at, next_at FROM alert_mails
			WHERE sent_at = 0 AND failed_at = 0 AND next_at <= $1 ORDER BY next_at, id LIMIT 1`+lock, millis(now))
		found, err := first(rows, err, &m.ID, &m.Subscription, &m.Bytes, &m.Attempts, &created, &next)
		if err != nil || !found {
			return err
		}
		m.CreatedAt, m.NextAt = moment(created), moment(next)
		_, err = tx.exec(ctx, "UPDATE alert_mails SET next_at = $2 WHERE id = $1", m.ID, millis(now.Add(lease)))
		taken = &m
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("taking a mail to send: %w", err)
	}
	return taken, nil
}

// MailSent notes that a mail was taken by the server, and forgets its bytes.
func (s *Store) MailSent(ctx context.Context, id string) error {
	return s.afterMail(ctx, "UPDATE alert_mails SET sent_at = $2, bytes = $3, outcome = '' WHERE id = $1", id, millis(s.now()), []byte{})
}

// MailFailed notes that a mail is given up, and forgets its bytes. The outcome is a code.
func (s *Store) MailFailed(ctx context.Context, id, outcome string) error {
	return s.afterMail(ctx, "UPDATE alert_mails SET failed_at = $2, bytes = $3, outcome = $4, attempts = attempts + 1 WHERE id = $1",
		id, millis(s.now()), []byte{}, outcome)
}

// MailLater notes that a mail is to be tried again.
func (s *Store) MailLater(ctx context.Context, id, outcome string, next time.Time) error {
	return s.afterMail(ctx, "UPDATE alert_mails SET next_at = $2, outcome = $3, attempts = attempts + 1 WHERE id = $1", id, millis(next), outcome)
}

func (s *Store) afterMail(ctx context.Context, text string, args ...any) error {
	err := s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.exec(ctx, text, args...)
		return err
	})
	return wrapped("noting what became of a mail", err)
}

// MailCounts are how many mails of a subscription were sent, wait, and were given up.
type MailCounts struct{ Sent, Waiting, Failed int }

// MailsOf counts the mails of a subscription.
func (s *Store) MailsOf(ctx context.Context, subscription string) (MailCounts, error) {
	var c MailCounts
	rows, err := s.query(ctx, `SELECT count(CASE WHEN sent_at > 0 THEN 1 END), count(CASE WHEN sent_at = 0 AND failed_at = 0 THEN 1 END),
		count(CASE WHEN failed_at > 0 THEN 1 END) FROM alert_mails WHERE subscription = $1`, subscription)
	_, err = first(rows, err, &c.Sent, &c.Waiting, &c.Failed)
	return c, wrapped("counting mails", err)
}

// ToldOf returns everything that a subscription was told or will be, the oldest first.
func (s *Store) ToldOf(ctx context.Context, subscription string) ([]News, error) {
	return noticed(ctx, s, "subscription = $1", subscription)
}

// DropOldMails forgets that mails were sent, or given up, before a time.
func (tx *Tx) DropOldMails(ctx context.Context, before time.Time) error {
	_, err := tx.exec(ctx, "DELETE FROM alert_mails WHERE (sent_at > 0 OR failed_at > 0) AND created_at < $1", millis(before))
	return wrapped("dropping old mails", err)
}

// Suppress notes that an address was refused for good: it gets no more mail, and its
// subscriptions pause.
func (s *Store) Suppress(ctx context.Context, holder, code string) error {
	err := s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.exec(ctx, `INSERT INTO alert_suppressed (holder, at, code) VALUES ($1, $2, $3)
			ON CONFLICT (holder) DO UPDATE SET at = excluded.at, code = excluded.code`, holder, millis(s.now()), code)
		if err == nil {
			_, err = tx.exec(ctx, "UPDATE alert_subscriptions SET state = 'paused', next_at = 0 WHERE holder = $1 AND state = 'active'", holder)
		}
		return err
	})
	return wrapped("suppressing an address", err)
}

// Suppressed reports whether an address was refused after a time, and with which code.
func (s *Store) Suppressed(ctx context.Context, holder string, after time.Time) (code string, _ bool, _ error) {
	rows, err := s.query(ctx, "SELECT code FROM alert_suppressed WHERE holder = $1 AND at > $2", holder, millis(after))
	found, err := first(rows, err, &code)
	return code, found, wrapped("looking for a refused address", err)
}

// Limit is how often somebody may ask for mail within some hours.
type Limit struct {
	Who   string // a keyed hash
	Most  int
	Hours int
}

// TakeLimits counts one request on every account, and reports whether all of them
// allow it. A request that is refused counts too.
func (tx *Tx) TakeLimits(ctx context.Context, limits ...Limit) (allowed bool, _ error) {
	hour := tx.store.now().Unix() / 3600
	allowed = true
	for _, limit := range limits {
		_, err := tx.exec(ctx, `INSERT INTO alert_limits (who, hour, asked) VALUES ($1, $2, 1)
			ON CONFLICT (who, hour) DO UPDATE SET asked = alert_limits.asked + 1`, limit.Who, hour)
		if err != nil {
			return false, fmt.Errorf("counting a request for mail: %w", err)
		}
		var asked sql.NullInt64
		rows, err := tx.query(ctx, "SELECT CAST(sum(asked) AS BIGINT) FROM alert_limits WHERE who = $1 AND hour > $2", limit.Who, hour-int64(limit.Hours))
		if _, err := first(rows, err, &asked); err != nil {
			return false, fmt.Errorf("counting requests for mail: %w", err)
		}
		allowed = allowed && asked.Int64 <= int64(limit.Most)
	}
	return allowed, nil
}

// DropOldLimits forgets requests that no limit counts any more.
func (tx *Tx) DropOldLimits(ctx context.Context, before time.Time) error {
	_, err := tx.exec(ctx, "DELETE FROM alert_limits WHERE hour < $1", before.Unix()/3600)
	return wrapped("dropping old limits", err)
}
