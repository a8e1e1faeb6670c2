package store

import (
	"context"
	"fmt"
	"time"
)

// HubCaller is who wants to be sent a feed. The store never sees a callback: it keeps
// a keyed hash to look it up by, and its encrypted form.
type HubCaller struct {
	ID       string
	Topic    string // the address of the feed
	Caller   string // keyed hash of the callback
	Host     string // keyed hash of the callback's domain
	Callback []byte // encrypted
	Secret   []byte // encrypted
	Attempts int    // in vain
}

// HubRequest is a subscription, or its end, that the callback's owner did not confirm yet.
type HubRequest struct {
	HubCaller
	Mode  string // subscribe, unsubscribe
	Lease time.Duration
}

// HubSubscription is a subscription that its owner confirmed.
type HubSubscription struct {
	HubCaller
	ExpiresAt    time.Time
	Delivered    string    // ETag of what the subscriber has
	FailingSince time.Time // zero where the last attempt was none in vain
}

// HubCounts are how many subscriptions there are, with those that wait to be confirmed.
type HubCounts struct{ All, Host, Topics int }

// HubCounts counts all of them, those of a domain, and the feeds of all but one.
func (tx *Tx) HubCounts(ctx context.Context, host, besides string) (HubCounts, error) {
	var c HubCounts
	rows, err := tx.query(ctx, `SELECT count(*), count(CASE WHEN host = $1 THEN 1 END), count(DISTINCT CASE WHEN topic <> $2 THEN topic END)
		FROM (SELECT topic, host FROM hub_subscriptions UNION ALL SELECT topic, host FROM hub_requests) AS every`, host, besides)
	_, err = first(rows, err, &c.All, &c.Host, &c.Topics)
	return c, wrapped("counting subscriptions to feeds", err)
}

// HubKnows reports whether a caller is subscribed to a feed.
func (tx *Tx) HubKnows(ctx context.Context, topic, caller string) (bool, error) {
	var one int
	rows, err := tx.query(ctx, "SELECT 1 FROM hub_subscriptions WHERE topic = $1 AND caller = $2", topic, caller)
	found, err := first(rows, err, &one)
	return found, wrapped("looking for a subscription to a feed", err)
}

// AddHubRequest keeps a request, in place of an earlier one of the same caller for the
// same feed.
func (tx *Tx) AddHubRequest(ctx context.Context, r HubRequest) error {
	if _, err := tx.exec(ctx, "DELETE FROM hub_requests WHERE topic = $1 AND caller = $2", r.Topic, r.Caller); err != nil {
		return fmt.Errorf("replacing a request to the hub: %w", err)
	}
	now := millis(tx.store.now())
	_, err := tx.exec(ctx, `INSERT INTO hub_requests (id, mode, topic, caller, host, callback, secret, lease, created_at, next_at, attempts)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, 0)`,
		r.ID, r.Mode, r.Topic, r.Caller, r.Host, r.Callback, r.Secret, int64(r.Lease/time.Second), now)
	return wrapped("keeping a request to the hub", err)
}

// TakeHubRequest returns a request that is due, and nil where there is none, or none of
// another domain than those that are busy. It is the caller's until lease is over.
func (s *Store) TakeHubRequest(ctx context.Context, lease time.Duration, busy []string) (*HubRequest, error) {
	var taken *HubRequest
	err := s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		var r HubRequest
		var seconds int64
		found, err := tx.takeDue(ctx, "hub_requests", "id", lease, busy, "id, mode, topic, caller, host, callback, secret, lease, attempts",
			&r.ID, &r.Mode, &r.Topic, &r.Caller, &r.Host, &r.Callback, &r.Secret, &seconds, &r.Attempts)
		if r.Lease, taken = time.Duration(seconds)*time.Second, nil; found {
			taken = &r
		}
		return err
	})
	return taken, wrapped("taking a request to the hub", err)
}

// takeDue reads the first row that is due, and makes it due again when lease is over.
func (tx *Tx) takeDue(ctx context.Context, table, key string, lease time.Duration, busy []string, columns string, into ...any) (bool, error) {
	now := tx.store.now()
	args := arguments{}
	text := "SELECT " + columns + " FROM " + table + " WHERE next_at > 0 AND next_at <= " + args.add(millis(now))
	if len(busy) > 0 {
		text += " AND host NOT IN (" + list(&args, busy) + ")"
	}
	text += " ORDER BY next_at, " + key + " LIMIT 1"
	if tx.postgres != nil {
		text += " FOR UPDATE SKIP LOCKED"
	}
	rows, err := tx.query(ctx, text, args...)
	found, err := first(rows, err, into...)
	if err != nil || !found {
		return false, err
	}
	_, err = tx.exec(ctx, "UPDATE "+table+" SET next_at = $2 WHERE "+key+" = $1", *into[0].(*string), millis(now.Add(lease)))
	return true, err
}

// HubRequestLater notes that a callback's owner is to be asked again.
func (s *Store) HubRequestLater(ctx context.Context, id string, next time.Time) error {
	return s.afterHub(ctx, "UPDATE hub_requests SET next_at = $2, attempts = attempts + 1 WHERE id = $1", id, millis(next))
}

// DropHubRequest forgets a request. One that is gone, or replaced, is no error.
func (s *Store) DropHubRequest(ctx context.Context, id string) error {
	return s.afterHub(ctx, "DELETE FROM hub_requests WHERE id = $1", id)
}

func (s *Store) afterHub(ctx context.Context, text string, args ...any) error {
	err := s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.exec(ctx, text, args...)
		return err
	})
	return wrapped("noting what became of a hub's job", err)
}

// ConfirmHubRequest does what a request asks for, now that its owner confirmed it. The
// tag is that of the feed as it is now: only what comes later is sent. Nothing happens
// where another request took its place meanwhile.
func (s *Store) ConfirmHubRequest(ctx context.Context, r HubRequest, tag string) error {
	err := s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		still, err := tx.exec(ctx, "DELETE FROM hub_requests WHERE id = $1", r.ID)
		if err != nil || still == 0 {
			return err
		}
		if r.Mode == "unsubscribe" {
			_, err = tx.exec(ctx, "DELETE FROM hub_subscriptions WHERE topic = $1 AND caller = $2", r.Topic, r.Caller)
			return err
		}
		// A subscriber who comes again keeps what is still to be sent, but with the new secret.
		_, err = tx.exec(ctx, `INSERT INTO hub_subscriptions (id, topic, caller, host, callback, secret, expires_at, delivered, next_at, attempts, failing_since)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, 0)
			ON CONFLICT (topic, caller) DO UPDATE SET id = excluded.id, callback = excluded.callback, secret = excluded.secret, expires_at = excluded.expires_at`,
			r.ID, r.Topic, r.Caller, r.Host, r.Callback, r.Secret, millis(tx.store.now().Add(r.Lease)), tag)
		if err != nil {
			return err
		}
		return tx.hubMissed(ctx, r.Topic, r.Caller)
	})
	return wrapped("confirming a request to the hub", err)
}
