package store

import (
	"context"
	"time"
)

// Delivery is a message to a channel as its bytes. They are never rendered again:
// whatever goes wrong in between, it is the same message that is sent.
type Delivery struct {
	ID        string
	Channel   string
	Bytes     []byte
	Attempts  int
	CreatedAt time.Time
	NextAt    time.Time
}

// AddDelivery keeps a message that tells a channel of things, and when its next one is
// due; a nil one where nothing of them is there any more. It reports false, and keeps
// nothing, where somebody else did that first, or where the channel is gone or off.
func (tx *Tx) AddDelivery(ctx context.Context, s Subscription, d *Delivery, told []News, next time.Time) (bool, error) {
	id := "none"
	if d != nil {
		id = d.ID
	}
	kept, err := tx.markTold(ctx, s, id, told, next)
	if err != nil || !kept || d == nil {
		return kept, err
	}
	_, err = tx.exec(ctx, `INSERT INTO channel_deliveries (id, channel, bytes, created_at, next_at, attempts, sent_at, failed_at)
		VALUES ($1, $2, $3, $4, $5, 0, 0, 0)`, d.ID, d.Channel, d.Bytes, millis(d.CreatedAt), millis(d.NextAt))
	return true, wrapped("keeping a message", err)
}

// TakeDelivery returns a message that is due, and nil where there is none. It is the
// caller's until lease is over: a sender that dies in the middle holds it no longer.
func (s *Store) TakeDelivery(ctx context.Context, lease time.Duration) (*Delivery, error) {
	var taken *Delivery
	err := s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		taken = nil
		var d Delivery
		var next, created int64
		now := s.now()
		lock := ""
		if tx.postgres != nil {
			lock = " FOR UPDATE SKIP LOCKED"
		}
		rows, err := tx.query(ctx, `SELECT id, channel, bytes, attempts, created_at, next_at FROM channel_deliveries
			WHERE sent_at = 0 AND failed_at = 0 AND next_at <= $1 ORDER BY next_at, id LIMIT 1`+lock, millis(now))
		found, err := first(rows, err, &d.ID, &d.Channel, &d.Bytes, &d.Attempts, &created, &next)
		if err != nil || !found {
			return err
		}
		d.CreatedAt, d.NextAt = moment(created), moment(next)
		_, err = tx.exec(ctx, "UPDATE channel_deliveries SET next_at = $2 WHERE id = $1", d.ID, millis(now.Add(lease)))
		taken = &d
		return err
	})
	return taken, wrapped("taking a message to send", err)
}

// DeliverySent notes that a message was taken, and forgets its bytes.
func (tx *Tx) DeliverySent(ctx context.Context, d Delivery, a Attempt) error {
	_, err := tx.exec(ctx, "UPDATE channel_deliveries SET sent_at = $2, bytes = $3, attempts = attempts + 1 WHERE id = $1", d.ID, millis(tx.store.now()), []byte{})
	if err == nil {
		_, err = tx.exec(ctx, "UPDATE channels SET failing_since = 0 WHERE name = $1", d.Channel)
	}
	if err == nil {
		err = tx.noteAttempt(ctx, d.Channel, a)
	}
	return wrapped("noting that a message was taken", err)
}

// DeliveryLater notes that a message is to be tried again.
func (tx *Tx) DeliveryLater(ctx context.Context, d Delivery, a Attempt, next time.Time) error {
	_, err := tx.exec(ctx, "UPDATE channel_deliveries SET next_at = $2, attempts = attempts + 1 WHERE id = $1", d.ID, millis(next))
	if err == nil {
		_, err = tx.exec(ctx, "UPDATE channels SET failing_since = $2 WHERE name = $1 AND failing_since = 0", d.Channel, millis(a.At))
	}
	if err == nil {
		err = tx.noteAttempt(ctx, d.Channel, a)
	}
	return wrapped("noting that a message is tried again", err)
}

// DropOldDeliveries forgets that messages were sent, or given up, before a time.
func (tx *Tx) DropOldDeliveries(ctx context.Context, before time.Time) error {
	_, err := tx.exec(ctx, "DELETE FROM channel_deliveries WHERE (sent_at > 0 OR failed_at > 0) AND created_at < $1", millis(before))
	return wrapped("dropping old messages", err)
}

// DeliveryCounts are how many messages of a channel were sent, wait, and were given up
// within the time that is kept.
type DeliveryCounts struct{ Sent, Waiting, GivenUp int }

// DeliveriesOf counts the messages of a channel.
func (s *Store) DeliveriesOf(ctx context.Context, channel string) (DeliveryCounts, error) {
	var c DeliveryCounts
	rows, err := s.query(ctx, `SELECT count(CASE WHEN sent_at > 0 THEN 1 END), count(CASE WHEN sent_at = 0 AND failed_at = 0 THEN 1 END),
		count(CASE WHEN failed_at > 0 THEN 1 END) FROM channel_deliveries WHERE channel = $1`, channel)
	_, err = first(rows, err, &c.Sent, &c.Waiting, &c.GivenUp)
	return c, wrapped("counting messages", err)
}
