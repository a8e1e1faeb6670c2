package store

import (
	"context"
	"fmt"
	"time"
)

// HubPing is a feed of which an outside hub is to be told.
type HubPing struct {
	Topic        string
	Tag          string
	Attempts     int
	FailingSince time.Time
}

// HubPinged notes a feed's ETag, and makes the outside hub be told of its addresses where
// it is another than before. A feed that is seen for the first time is no news.
func (s *Store) HubPinged(ctx context.Context, addresses []string, tag string) error {
	err := s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		for _, address := range addresses {
			_, err := tx.exec(ctx, `INSERT INTO hub_pings (topic, tag, next_at, attempts, failing_since) VALUES ($1, $2, 0, 0, 0)
				ON CONFLICT (topic) DO UPDATE SET tag = excluded.tag, next_at = CASE WHEN hub_pings.next_at = 0 THEN $3 ELSE hub_pings.next_at END
				WHERE hub_pings.tag <> excluded.tag`, address, tag, millis(tx.store.now()))
			if err != nil {
				return fmt.Errorf("feed %s: %w", address, err)
			}
		}
		return nil
	})
	return wrapped("noting what an outside hub is told", err)
}

// TakeHubPing returns a feed of which the outside hub is to be told, and nil where there
// is none. It is the caller's until lease is over.
func (s *Store) TakeHubPing(ctx context.Context, lease time.Duration) (*HubPing, error) {
	var taken *HubPing
	err := s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		var p HubPing
		var failing int64
		found, err := tx.takeDue(ctx, "hub_pings", "topic", lease, nil, "topic, tag, attempts, failing_since", &p.Topic, &p.Tag, &p.Attempts, &failing)
		p.FailingSince = moment(failing)
		if taken = nil; found {
			taken = &p
		}
		return err
	})
	return taken, wrapped("taking a feed to tell of", err)
}

// HubPingDone notes that the outside hub knows, or that it is given up. What changed in
// between is told next.
func (s *Store) HubPingDone(ctx context.Context, p HubPing) error {
	return s.afterHub(ctx, `UPDATE hub_pings SET attempts = 0, failing_since = 0, next_at = CASE WHEN tag <> $2 THEN CAST($3 AS BIGINT) ELSE 0 END WHERE topic = $1`,
		p.Topic, p.Tag, millis(s.now()))
}

// HubPingLater notes that the outside hub is to be told later.
func (s *Store) HubPingLater(ctx context.Context, p HubPing, next time.Time) error {
	return s.afterHub(ctx, `UPDATE hub_pings SET next_at = $2, attempts = attempts + 1,
		failing_since = CASE WHEN failing_since = 0 THEN $3 ELSE failing_since END WHERE topic = $1`, p.Topic, millis(next), millis(s.now()))
}
