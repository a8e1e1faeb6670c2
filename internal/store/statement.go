package store

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
)

// executor is what runs a statement: a connection, a transaction, a pool.
type executor interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// maxStatements bounds the prepared statements that are kept: a Filter makes
// many different texts.
const maxStatements = 256

// statements keeps SQLite's statements prepared, because preparing costs as much
// as running most of them. (The driver of PostgreSQL does this by itself.)
type statements struct {
	db       *sql.DB
	mu       sync.Mutex
	prepared map[string]*sql.Stmt // by our own text, with $1
}

func newStatements(db *sql.DB) *statements {
	return &statements{db: db, prepared: map[string]*sql.Stmt{}}
}

// get returns the prepared form of a text, or nil where there is none yet.
func (s *statements) get(text string) *sql.Stmt {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.prepared[text]
}

// prepare prepares a text and keeps it. It must not be called while the
// writing connection is in a transaction: there is no other to prepare on.
func (s *statements) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	statement, err := s.db.PrepareContext(ctx, numberedParameters(text))
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if earlier := s.prepared[text]; earlier != nil {
		_ = statement.Close()
		return earlier, nil
	}
	s.prepared[text] = statement
	return statement, nil
}

func (s *statements) full() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.prepared) >= maxStatements
}

func (s *statements) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, statement := range s.prepared {
		_ = statement.Close()
	}
	s.prepared = map[string]*sql.Stmt{}
}

// query asks the database outside of any transaction.
func (s *Store) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	if s.asked == nil || (s.asked.get(text) == nil && s.asked.full()) {
		return s.read.QueryContext(ctx, s.dialect.rewrite(text), args...)
	}
	statement := s.asked.get(text)
	if statement == nil {
		var err error
		if statement, err = s.asked.prepare(ctx, text); err != nil {
			return nil, err
		}
	}
	return statement.QueryContext(ctx, args...)
}

// each runs scan for every row and closes them.
func each(rows *sql.Rows, err error, scan func(rows *sql.Rows) error) error {
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return fmt.Errorf("reading a row: %w", err)
		}
	}
	return rows.Err()
}

// first scans the first row, if there is one, and reports whether there was.
func first(rows *sql.Rows, err error, into ...any) (found bool, _ error) {
	if err != nil {
		return false, err
	}
	defer func() { _ = rows.Close() }()
	if !rows.Next() {
		return false, rows.Err()
	}
	if err := rows.Scan(into...); err != nil {
		return false, fmt.Errorf("reading a row: %w", err)
	}
	return true, rows.Close()
}
