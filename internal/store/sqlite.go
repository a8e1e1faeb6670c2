package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/mattn/go-sqlite3"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Settings of every connection. Transactions take the write lock at once: one
// that starts as a reader and then writes cannot wait for another writer, it
// fails.
const sqliteSettings = "_journal_mode=WAL&_busy_timeout=5000&_txlock=immediate&_foreign_keys=1&_synchronous=NORMAL"

// The memory that a connection keeps pages in, in KiB as SQLite wants it. The
// writer touches the index of stories and of words all over; a reader follows one
// index, and there are several.
const (
	writingCache = "&_cache_size=-48000"
	readingCache = "&_cache_size=-4000"
)

func (s *Store) openSQLite(ctx context.Context, options Options) error {
	path, err := filepath.Abs(options.Database)
	if err != nil {
		return fmt.Errorf("%w: finding the database %q: %w", policy.ErrConfig, options.Database, err)
	}
	if err := writable(path); err != nil {
		return err
	}
	s.dialect = sqliteDialect
	s.file = (&url.URL{Scheme: "file", Path: path}).String()
	if s.write, err = sql.Open("sqlite3", s.file+"?"+sqliteSettings+writingCache); err != nil {
		return fmt.Errorf("opening the database %s: %w", path, err)
	}
	s.write.SetMaxOpenConns(1)
	if err := s.write.PingContext(ctx); err != nil {
		return sqliteProblem(path, err)
	}
	if s.read, err = sql.Open("sqlite3", s.file+"?mode=ro&_query_only=1&"+sqliteSettings+readingCache); err != nil {
		return fmt.Errorf("opening the database %s: %w", path, err)
	}
	s.read.SetMaxOpenConns(options.Readers)
	s.read.SetMaxIdleConns(options.Readers)
	s.ready, s.asked = newStatements(s.write), newStatements(s.read)
	return nil
}

// writable finds out before SQLite does whether the file can be used, because
// SQLite only says "unable to open database file".
func writable(path string) error {
	fail := func(err error) error {
		var detail *os.PathError
		if errors.As(err, &detail) {
			err = detail.Err
		}
		return fmt.Errorf("%w: the database %s cannot be used: %w; make its folder readable and writable, or name another file",
			policy.ErrConfig, path, err)
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fail(errors.New("it is a folder"))
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return fail(err)
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		return fail(err)
	}
	if err := file.Close(); err != nil {
		return fail(err)
	}
	// WAL keeps two more files beside the database.
	probe, err := os.CreateTemp(filepath.Dir(path), ".backdoorwatch-*")
	if err != nil {
		return fail(err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// sqliteProblem says in words what an operator can do about an error of SQLite.
func sqliteProblem(path string, err error) error {
	var detail sqlite3.Error
	if !errors.As(err, &detail) {
		return fmt.Errorf("opening the database %s: %w", path, err)
	}
	switch detail.Code {
	case sqlite3.ErrNotADB, sqlite3.ErrCorrupt:
		return fmt.Errorf("%w: %s is not a readable SQLite database (%w); name another file or restore a backup", policy.ErrConfig, path, err)
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return fmt.Errorf("%w: the database %s is locked by another program: %w", policy.ErrUnavailable, path, err)
	}
	return fmt.Errorf("%w: opening the database %s: %w", policy.ErrConfig, path, err)
}
