package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// channelHolder begins the holder of a channel's subscription. A subscriber's holder is a
// keyed hash, which never has a colon.
const channelHolder = "channel:"

// ChannelHolder is who holds the subscription of a channel.
func ChannelHolder(name string) string { return channelHolder + name }

// Channel returns the name of the channel whose subscription this is; empty where it is
// a person's.
func (s Subscription) Channel() string {
	name, found := strings.CutPrefix(s.Holder, channelHolder)
	if !found {
		return ""
	}
	return name
}

// Channel is where one of the operator's channels stands.
type Channel struct {
	Name         string
	Target       string // a hash of where it leads, to notice another target
	Off          bool
	Reason       string    // why it is off
	FailingSince time.Time // zero while it works
	ChangedAt    time.Time // of Off
}

// Channels returns all channels by name.
func (s *Store) Channels(ctx context.Context) ([]Channel, error) { return channels(ctx, s) }

// Channels returns all channels by name.
func (tx *Tx) Channels(ctx context.Context) ([]Channel, error) { return channels(ctx, tx) }

func channels(ctx context.Context, db asker) ([]Channel, error) {
	var all []Channel
	rows, err := db.query(ctx, "SELECT name, target, state, reason, failing_since, changed_at FROM channels ORDER BY name")
	err = each(rows, err, func(rows *sql.Rows) error {
		var c Channel
		var state string
		var failing, changed int64
		err := rows.Scan(&c.Name, &c.Target, &state, &c.Reason, &failing, &changed)
		c.Off, c.FailingSince, c.ChangedAt = state == "off", moment(failing), moment(changed)
		all = append(all, c)
		return err
	})
	return all, wrapped("reading the channels", err)
}

// PutChannel keeps a channel that is switched on, new or changed.
func (tx *Tx) PutChannel(ctx context.Context, name, target string) error {
	_, err := tx.exec(ctx, `INSERT INTO channels (name, target, state, reason, failing_since, changed_at) VALUES ($1, $2, 'active', '', 0, $3)
		ON CONFLICT (name) DO UPDATE SET target = excluded.target, state = 'active', reason = '', failing_since = 0, changed_at = excluded.changed_at`,
		name, target, millis(tx.store.now()))
	return wrapped("keeping a channel", err)
}

// DropChannel forgets a channel with all that it was told or would be.
func (tx *Tx) DropChannel(ctx context.Context, name string) error {
	_, err := tx.exec(ctx, "DELETE FROM channels WHERE name = $1", name)
	if err == nil {
		_, err = tx.exec(ctx, "DELETE FROM alert_subscriptions WHERE holder = $1", ChannelHolder(name))
	}
	return wrapped("dropping a channel", err)
}

// SubscriptionsOf returns the subscriptions of a holder, the oldest first.
func (tx *Tx) SubscriptionsOf(ctx context.Context, holder string) ([]Subscription, error) {
	return subscriptions(ctx, tx, "holder = $1", holder)
}

// SwitchOff switches a channel off: it is told of nothing any more, and what waits for it
// is given up.
func (tx *Tx) SwitchOff(ctx context.Context, name, reason string) error {
	now := millis(tx.store.now())
	_, err := tx.exec(ctx, "UPDATE channels SET state = 'off', reason = $2, changed_at = $3 WHERE name = $1", name, reason, now)
	if err == nil {
		_, err = tx.exec(ctx, "UPDATE channel_deliveries SET failed_at = $2, bytes = $3 WHERE channel = $1 AND sent_at = 0 AND failed_at = 0", name, now, []byte{})
	}
	if err == nil {
		_, err = tx.exec(ctx, `UPDATE alert_notices SET mail = 'none' WHERE mail = ''
			AND subscription IN (SELECT id FROM alert_subscriptions WHERE holder = $1)`, ChannelHolder(name))
	}
	if err == nil {
		_, err = tx.exec(ctx, "UPDATE alert_subscriptions SET state = $2, next_at = 0 WHERE holder = $1", ChannelHolder(name), string(policy.AlertPaused))
	}
	return wrapped("switching a channel off", err)
}

// DueChannels returns the subscriptions of channels whose next message is due. One whose
// last message still waits is not due: what comes meanwhile is one message more.
func (s *Store) DueChannels(ctx context.Context, now time.Time) ([]Subscription, error) {
	return subscriptions(ctx, s, "state = $1 AND next_at > 0 AND next_at <= $2 AND holder LIKE '"+channelHolder+`%'
		AND NOT EXISTS (SELECT 1 FROM channel_deliveries d WHERE 'channel:' || d.channel = holder AND d.sent_at = 0 AND d.failed_at = 0)`,
		string(policy.AlertActive), millis(now))
}

// Attempt is what came of one attempt to send a message.
type Attempt struct {
	At       time.Time
	Delivery string
	Status   int // of HTTP; 0 where there was no answer
	Took     time.Duration
	Class    string // what went wrong, in one word; empty where nothing did
}

// keptAttempts is how many attempts of a channel are kept.
const keptAttempts = 200

// Attempts returns the last attempts of a channel, the newest first.
func (s *Store) Attempts(ctx context.Context, channel string, limit int) ([]Attempt, error) {
	var all []Attempt
	rows, err := s.query(ctx, "SELECT at, delivery, status, millis, class FROM channel_attempts WHERE channel = $1 ORDER BY at DESC, delivery LIMIT $2", channel, limit)
	err = each(rows, err, func(rows *sql.Rows) error {
		var a Attempt
		var at, took int64
		err := rows.Scan(&at, &a.Delivery, &a.Status, &took, &a.Class)
		a.At, a.Took = moment(at), time.Duration(took)*time.Millisecond
		all = append(all, a)
		return err
	})
	return all, wrapped("reading the log of a channel", err)
}

// noteAttempt writes an attempt down and forgets those of long ago.
func (tx *Tx) noteAttempt(ctx context.Context, channel string, a Attempt) error {
	_, err := tx.exec(ctx, `INSERT INTO channel_attempts (channel, at, delivery, status, millis, class)
		SELECT name, CAST($2 AS BIGINT), CAST($3 AS TEXT), CAST($4 AS BIGINT), CAST($5 AS BIGINT), CAST($6 AS TEXT) FROM channels WHERE name = $1
		ON CONFLICT DO NOTHING`, channel, millis(a.At), a.Delivery, a.Status, a.Took.Milliseconds(), a.Class)
	if err == nil {
		_, err = tx.exec(ctx, `DELETE FROM channel_attempts WHERE channel = $1 AND at <
			(SELECT min(at) FROM (SELECT at FROM channel_attempts WHERE channel = $1 ORDER BY at DESC LIMIT $2) kept)`, channel, keptAttempts)
	}
	if err != nil {
		return fmt.Errorf("noting an attempt: %w", err)
	}
	return nil
}
