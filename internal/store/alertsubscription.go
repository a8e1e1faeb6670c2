package store

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Subscription is what a subscriber asked for, and where it stands. The store never
// sees an address: it keeps a keyed hash to look it up by, and its encrypted form.
type Subscription struct {
	ID        string
	Holder    string
	Address   []byte
	Alert     policy.Alert
	State     policy.AlertState
	CreatedAt time.Time
	Since     time.Time // what is older is not news
	NextAt    time.Time // when the next mail is due; zero where none is
}

const subscriptionColumns = "id, holder, address, topic, filter, cadence, hour, weekday, zone, state, created_at, since, next_at, quiet_from, quiet_to"

// AddSubscription keeps a new subscription.
func (tx *Tx) AddSubscription(ctx context.Context, s Subscription) error {
	_, err := tx.exec(ctx, "INSERT INTO alert_subscriptions ("+subscriptionColumns+") VALUES ("+places(1, 15)+")",
		s.ID, s.Holder, s.Address, string(s.Alert.Topic), filterText(s.Alert), string(s.Alert.Cadence), s.Alert.Hour, int(s.Alert.Weekday),
		s.Alert.Zone, string(s.State), millis(s.CreatedAt), millis(s.Since), millis(s.NextAt), s.Alert.Quiet.From, s.Alert.Quiet.To)
	if err != nil {
		return fmt.Errorf("keeping a subscription: %w", err)
	}
	return nil
}

// ChangeSubscription writes back rhythm, state and times. One that is gone wraps
// policy.ErrNotFound.
func (tx *Tx) ChangeSubscription(ctx context.Context, s Subscription) error {
	changed, err := tx.exec(ctx, `UPDATE alert_subscriptions SET cadence = $2, hour = $3, weekday = $4, zone = $5, state = $6, since = $7, next_at = $8, quiet_from = $9,
		quiet_to = $10 WHERE id = $1`, s.ID, string(s.Alert.Cadence), s.Alert.Hour, int(s.Alert.Weekday), s.Alert.Zone, string(s.State), millis(s.Since),
		millis(s.NextAt), s.Alert.Quiet.From, s.Alert.Quiet.To)
	if err == nil && changed == 0 {
		err = policy.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("changing a subscription: %w", err)
	}
	return nil
}

// ReplaceSubscriptions forgets the other subscriptions of the same address to the same
// question.
func (tx *Tx) ReplaceSubscriptions(ctx context.Context, by Subscription) error {
	_, err := tx.exec(ctx, "DELETE FROM alert_subscriptions WHERE holder = $1 AND topic = $2 AND filter = $3 AND id <> $4",
		by.Holder, string(by.Alert.Topic), filterText(by.Alert), by.ID)
	if err != nil {
		return fmt.Errorf("replacing subscriptions: %w", err)
	}
	return nil
}

// DropSubscription forgets a subscription and everything that waits for it. One that
// is gone already is no error.
func (tx *Tx) DropSubscription(ctx context.Context, id string) error {
	_, err := tx.exec(ctx, "DELETE FROM alert_subscriptions WHERE id = $1", id)
	if err == nil {
		err = tx.dropUnusedKeys(ctx)
	}
	if err != nil {
		return fmt.Errorf("dropping a subscription: %w", err)
	}
	return nil
}

// DropHolder forgets all of an address: subscriptions, mail that waits, and that it was
// refused. It returns how many subscriptions there were.
func (tx *Tx) DropHolder(ctx context.Context, holder string) (int, error) {
	dropped, err := tx.exec(ctx, "DELETE FROM alert_subscriptions WHERE holder = $1", holder)
	if err == nil {
		_, err = tx.exec(ctx, "DELETE FROM alert_suppressed WHERE holder = $1", holder)
	}
	if err == nil {
		_, err = tx.exec(ctx, "DELETE FROM alert_limits WHERE who = $1", holder)
	}
	if err == nil {
		_, err = tx.exec(ctx, "DELETE FROM alert_bounces WHERE holder = $1", holder)
	}
	if err == nil {
		_, err = tx.exec(ctx, "DELETE FROM alert_keys WHERE holder = $1", holder)
	}
	if err != nil {
		return 0, fmt.Errorf("forgetting an address: %w", err)
	}
	return int(dropped), nil
}

// DropUnconfirmed forgets subscriptions that nobody confirmed in time.
func (tx *Tx) DropUnconfirmed(ctx context.Context, before time.Time) error {
	_, err := tx.exec(ctx, "DELETE FROM alert_subscriptions WHERE state = $1 AND created_at < $2", string(policy.AlertPending), millis(before))
	if err == nil {
		err = tx.dropUnusedKeys(ctx)
	}
	if err != nil {
		return fmt.Errorf("dropping unconfirmed subscriptions: %w", err)
	}
	return nil
}

// Subscription returns one subscription; one that is gone wraps policy.ErrNotFound.
func (s *Store) Subscription(ctx context.Context, id string) (Subscription, error) {
	found, err := subscriptions(ctx, s, "id = $1", id)
	if err == nil && len(found) == 0 {
		err = policy.ErrNotFound
	}
	if err != nil {
		return Subscription{}, fmt.Errorf("reading a subscription: %w", err)
	}
	return found[0], nil
}

// SubscriptionsOf returns the subscriptions of an address, the oldest first.
func (s *Store) SubscriptionsOf(ctx context.Context, holder string) ([]Subscription, error) {
	return subscriptions(ctx, s, "holder = $1", holder)
}

// ActiveSubscriptions returns those that are told of news, by mail or by a channel.
func (s *Store) ActiveSubscriptions(ctx context.Context) ([]Subscription, error) {
	return subscriptions(ctx, s, "state = $1", string(policy.AlertActive))
}

// DueSubscriptions returns those whose next mail is due; the operator's channels, which
// get no mail, are not among them.
func (s *Store) DueSubscriptions(ctx context.Context, now time.Time) ([]Subscription, error) {
	return subscriptions(ctx, s, "state = $1 AND next_at > 0 AND next_at <= $2 AND holder NOT LIKE '"+channelHolder+"%'", string(policy.AlertActive), millis(now))
}

func subscriptions(ctx context.Context, db asker, where string, args ...any) ([]Subscription, error) {
	var all []Subscription
	rows, err := db.query(ctx, "SELECT "+subscriptionColumns+" FROM alert_subscriptions WHERE "+where+" ORDER BY created_at, id", args...)
	err = each(rows, err, func(rows *sql.Rows) error {
		s, err := scanSubscription(rows)
		all = append(all, s)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading subscriptions: %w", err)
	}
	return all, nil
}

func scanSubscription(rows *sql.Rows) (Subscription, error) {
	var s Subscription
	var filter string
	var weekday int
	var created, since, next int64
	err := rows.Scan(&s.ID, &s.Holder, &s.Address, &s.Alert.Topic, &filter, &s.Alert.Cadence, &s.Alert.Hour, &weekday, &s.Alert.Zone, &s.State,
		&created, &since, &next, &s.Alert.Quiet.From, &s.Alert.Quiet.To)
	if err != nil {
		return s, err
	}
	s.Alert.Weekday = time.Weekday(weekday)
	s.CreatedAt, s.Since, s.NextAt = moment(created), moment(since), moment(next)
	values, err := url.ParseQuery(filter)
	if err == nil {
		s.Alert.Filter, err = policy.ParseFilter(values)
	}
	if err != nil {
		return s, fmt.Errorf("reading the filter of a subscription: %w", err)
	}
	return s, nil
}

func filterText(a policy.Alert) string { return strings.TrimSpace(a.Of().Values().Encode()) }
