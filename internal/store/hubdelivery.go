package store

import (
	"context"
	"database/sql"
	"time"
)

// FeedsChanged notes, in the transaction of what caused it, that feeds may have changed.
func (tx *Tx) FeedsChanged(ctx context.Context) error {
	// It touches the row in any case, so that HubChanged waits for this transaction.
	_, err := tx.exec(ctx, `INSERT INTO hub_changes (what, at) VALUES ('feeds', $1)
		ON CONFLICT (what) DO UPDATE SET at = hub_changes.at`, millis(tx.store.now()))
	return wrapped("noting that feeds changed", err)
}

// HubChanged reports whether something changed at or before a time, and forgets it: what
// the caller reads from now on has the change.
func (s *Store) HubChanged(ctx context.Context, before time.Time) (changed bool, _ error) {
	err := s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		dropped, err := tx.exec(ctx, "DELETE FROM hub_changes WHERE at <= $1", millis(before))
		changed = dropped > 0
		return err
	})
	return changed, wrapped("asking for changes of feeds", err)
}

// HubTopics returns the feeds that somebody is subscribed to.
func (s *Store) HubTopics(ctx context.Context) ([]string, error) {
	var all []string
	rows, err := s.query(ctx, "SELECT DISTINCT topic FROM hub_subscriptions ORDER BY topic")
	err = each(rows, err, func(rows *sql.Rows) error {
		var topic string
		err := rows.Scan(&topic)
		all = append(all, topic)
		return err
	})
	return all, wrapped("reading the feeds that are sent", err)
}

// HubLooked notes a feed's ETag, and makes it due for all subscribers who have another.
func (s *Store) HubLooked(ctx context.Context, topic, tag string) error {
	err := s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		changed, err := tx.exec(ctx, `INSERT INTO hub_topics (topic, tag) VALUES ($1, $2)
			ON CONFLICT (topic) DO UPDATE SET tag = excluded.tag WHERE hub_topics.tag <> excluded.tag`, topic, tag)
		if err != nil || changed == 0 {
			return err
		}
		// It touches the rows in any case, so that it waits for HubDelivered, or that for this.
		_, err = tx.exec(ctx, `UPDATE hub_subscriptions SET next_at = CASE WHEN next_at = 0 THEN $3 ELSE next_at END
			WHERE topic = $1 AND delivered <> $2`, topic, tag, millis(tx.store.now()))
		return err
	})
	return wrapped("noting the state of a feed", err)
}

// TakeHubDelivery returns a subscriber to whom a feed is to be sent, and nil where there
// is none, or none of another domain than those that are busy. It is the caller's until
// lease is over.
func (s *Store) TakeHubDelivery(ctx context.Context, lease time.Duration, busy []string) (*HubSubscription, error) {
	var taken *HubSubscription
	err := s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		var h HubSubscription
		var expires, failing int64
		found, err := tx.takeDue(ctx, "hub_subscriptions", "id", lease, busy,
			"id, topic, caller, host, callback, secret, expires_at, delivered, attempts, failing_since",
			&h.ID, &h.Topic, &h.Caller, &h.Host, &h.Callback, &h.Secret, &expires, &h.Delivered, &h.Attempts, &failing)
		h.ExpiresAt, h.FailingSince = moment(expires), moment(failing)
		if taken = nil; found {
			taken = &h
		}
		return err
	})
	return taken, wrapped("taking a feed to send", err)
}

// HubDelivered notes which state of the feed a subscriber has now.
func (s *Store) HubDelivered(ctx context.Context, h HubSubscription, tag string) error {
	err := s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.exec(ctx, `UPDATE hub_subscriptions SET delivered = $3, attempts = 0, failing_since = 0, next_at = 0
			WHERE topic = $1 AND caller = $2`, h.Topic, h.Caller, tag)
		if err != nil {
			return err
		}
		return tx.hubMissed(ctx, h.Topic, h.Caller)
	})
	return wrapped("noting that a feed was sent", err)
}

// hubMissed makes a feed due for a subscriber who has another state of it than the one
// that was seen last. The row was written before in the same transaction: whoever looks
// at the feed meanwhile waits for that, and a question of its own sees what they wrote.
func (tx *Tx) hubMissed(ctx context.Context, topic, caller string) error {
	_, err := tx.exec(ctx, `UPDATE hub_subscriptions SET next_at = $3 WHERE topic = $1 AND caller = $2 AND next_at = 0
		AND EXISTS (SELECT 1 FROM hub_topics t WHERE t.topic = $1 AND t.tag <> hub_subscriptions.delivered)`, topic, caller, millis(tx.store.now()))
	return err
}

// HubDeliveryLater notes that a feed could not be sent and is to be sent later.
func (s *Store) HubDeliveryLater(ctx context.Context, h HubSubscription, next time.Time) error {
	return s.afterHub(ctx, `UPDATE hub_subscriptions SET next_at = $3, attempts = attempts + 1,
		failing_since = CASE WHEN failing_since = 0 THEN $4 ELSE failing_since END WHERE topic = $1 AND caller = $2`,
		h.Topic, h.Caller, millis(next), millis(s.now()))
}

// DropHubSubscription forgets a subscription. One that is gone, or was made anew
// meanwhile, is no error.
func (s *Store) DropHubSubscription(ctx context.Context, id string) error {
	return s.afterHub(ctx, "DELETE FROM hub_subscriptions WHERE id = $1", id)
}

// HubSubscriptions returns all subscribers to a feed.
func (s *Store) HubSubscriptions(ctx context.Context, topic string) ([]HubSubscription, error) {
	var all []HubSubscription
	rows, err := s.query(ctx, `SELECT id, topic, caller, host, callback, secret, expires_at, delivered, attempts, failing_since
		FROM hub_subscriptions WHERE topic = $1 ORDER BY id`, topic)
	err = each(rows, err, func(rows *sql.Rows) error {
		var h HubSubscription
		var expires, failing int64
		err := rows.Scan(&h.ID, &h.Topic, &h.Caller, &h.Host, &h.Callback, &h.Secret, &expires, &h.Delivered, &h.Attempts, &failing)
		h.ExpiresAt, h.FailingSince = moment(expires), moment(failing)
		all = append(all, h)
		return err
	})
	return all, wrapped("reading subscribers to a feed", err)
}

// TidyHub forgets subscriptions that have ended, and feeds that nobody is sent any more.
func (s *Store) TidyHub(ctx context.Context) error {
	err := s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		now := tx.store.now()
		ended, err := tx.exec(ctx, "DELETE FROM hub_subscriptions WHERE expires_at <= $1", millis(now))
		if err != nil {
			return err
		}
		if ended > 0 {
			if _, err := tx.exec(ctx, "DELETE FROM hub_topics WHERE topic NOT IN (SELECT topic FROM hub_subscriptions)"); err != nil {
				return err
			}
		}
		return tx.DropOldLimits(ctx, now.Add(-48*time.Hour))
	})
	return wrapped("tidying the hub", err)
}
