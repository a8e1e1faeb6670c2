package store

import "context"

// SetReaderKey keeps the key of a holder, in place of the one before. It is encrypted.
func (s *Store) SetReaderKey(ctx context.Context, holder string, key []byte) error {
	err := s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.exec(ctx, `INSERT INTO alert_keys (holder, key, set_at) VALUES ($1, $2, $3)
			ON CONFLICT (holder) DO UPDATE SET key = excluded.key, set_at = excluded.set_at`, holder, key, millis(s.now()))
		return err
	})
	return wrapped("keeping a reader's key", err)
}

// DropReaderKey forgets the key of a holder. One that is not there is no error.
func (s *Store) DropReaderKey(ctx context.Context, holder string) error {
	err := s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.exec(ctx, "DELETE FROM alert_keys WHERE holder = $1", holder)
		return err
	})
	return wrapped("forgetting a reader's key", err)
}

// ReaderKey returns the key of a holder; nil where there is none.
func (s *Store) ReaderKey(ctx context.Context, holder string) (key []byte, _ error) {
	rows, err := s.query(ctx, "SELECT key FROM alert_keys WHERE holder = $1", holder)
	_, err = first(rows, err, &key)
	return key, wrapped("looking for a reader's key", err)
}

// dropUnusedKeys forgets the keys of those who subscribe to nothing any more.
func (tx *Tx) dropUnusedKeys(ctx context.Context) error {
	_, err := tx.exec(ctx, "DELETE FROM alert_keys WHERE NOT EXISTS (SELECT 1 FROM alert_subscriptions s WHERE s.holder = alert_keys.holder)")
	return err
}
