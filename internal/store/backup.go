package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Backup writes a copy of the database, as it is at this moment, to a new file,
// while everything else goes on. A file that exists wraps policy.ErrConflict.
// PostgreSQL has its own program for it, which the error names.
func (s *Store) Backup(ctx context.Context, path string) error {
	if s.pool != nil {
		return fmt.Errorf("%w: a PostgreSQL database is backed up by its own program: pg_dump --format=custom --file=%s", policy.ErrInvalid, path)
	}
	if _, err := os.Stat(path); err == nil {
		return fmt.Errorf("%w: %s exists already; name another file", policy.ErrConflict, path)
	} else if !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%w: looking at %s: %w", policy.ErrConfig, path, err)
	}
	if err := s.vacuumInto(ctx, path); err != nil {
		_ = os.Remove(path)
		return fmt.Errorf("writing the backup %s: %w", path, err)
	}
	return nil
}

// vacuumInto uses a connection of its own: the writing one would keep everybody
// waiting, and the reading ones may not write anything.
func (s *Store) vacuumInto(ctx context.Context, path string) error {
	own, err := sql.Open("sqlite3", s.file+"?"+sqliteSettings)
	if err != nil {
		return err
	}
	_, err = own.ExecContext(ctx, "VACUUM INTO ?", path)
	return errors.Join(err, own.Close())
}
