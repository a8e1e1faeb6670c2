package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Tx is one transaction: all of it is kept, or nothing.
type Tx struct {
	store    *Store
	run      executor
	sqlite   *sql.Tx
	postgres pgx.Tx
	prepared map[string]*sql.Stmt // SQLite only, of this transaction
	saving   bool                 // it may save items: it holds the lock and knows the last number
	last     int64                // the last number given to an item
	numbered bool                 // last was raised and must be written back
}

// SQLite returns the transaction for the job library, nil with PostgreSQL.
func (tx *Tx) SQLite() *sql.Tx { return tx.sqlite }

// Postgres returns the transaction for the job library, nil with SQLite.
func (tx *Tx) Postgres() pgx.Tx { return tx.postgres }

// attempts is how often a transaction is tried that PostgreSQL gave up because
// it and another waited for each other.
const attempts = 3

// InTx runs work in one transaction and commits it, or rolls it back where work
// returns an error or panics. Work may be run again and must have no effects of
// its own until InTx returns. It must not open another transaction, nor ask the
// Store for anything but reading: SQLite has one writing connection.
func (s *Store) InTx(ctx context.Context, work func(ctx context.Context, tx *Tx) error) error {
	if s.pool == nil {
		return s.inSQLite(ctx, work)
	}
	var err error
	for range attempts {
		if err = s.inPostgres(ctx, work); !repeatable(err) {
			return err
		}
	}
	return err
}

func (s *Store) inSQLite(ctx context.Context, work func(ctx context.Context, tx *Tx) error) (err error) {
	begun, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("beginning a transaction: %w", err)
	}
	tx := &Tx{store: s, run: begun, sqlite: begun, prepared: map[string]*sql.Stmt{}}
	done := false
	defer func() {
		if !done {
			_ = begun.Rollback()
		}
		s.keepPrepared(ctx, tx)
	}()
	if err := work(ctx, tx); err != nil {
		return err
	}
	if err := tx.finish(ctx); err != nil {
		return err
	}
	done = true
	if err := begun.Commit(); err != nil {
		return fmt.Errorf("committing: %w", err)
	}
	return nil
}

// keepPrepared prepares for later what this transaction had to prepare itself.
func (s *Store) keepPrepared(ctx context.Context, tx *Tx) {
	for text := range tx.prepared {
		if s.ready.get(text) != nil || s.ready.full() {
			continue
		}
		if _, err := s.ready.prepare(ctx, text); err != nil {
			return // the next transaction prepares it for itself again
		}
	}
}

// inPostgres runs the store's SQL and the job library's in one transaction:
// database/sql pins a connection, and pgx begins the transaction on it.
func (s *Store) inPostgres(ctx context.Context, work func(ctx context.Context, tx *Tx) error) error {
	pinned, err := s.write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("taking a connection: %w", err)
	}
	defer func() { _ = pinned.Close() }()
	var connection *pgx.Conn
	err = pinned.Raw(func(driver any) error {
		held, ok := driver.(*stdlib.Conn)
		if !ok {
			return errors.New("the connection is not one of pgx")
		}
		connection = held.Conn()
		return nil
	})
	if err != nil {
		return fmt.Errorf("taking a connection: %w", err)
	}
	return pgx.BeginFunc(ctx, connection, func(begun pgx.Tx) error {
		tx := &Tx{store: s, run: pinned, postgres: begun}
		if err := work(ctx, tx); err != nil {
			return err
		}
		return tx.finish(ctx)
	})
}

// statement returns the text prepared for this transaction; SQLite only.
func (tx *Tx) statement(ctx context.Context, text string) (*sql.Stmt, error) {
	if kept := tx.prepared[text]; kept != nil {
		return kept, nil
	}
	if ready := tx.store.ready.get(text); ready != nil {
		// The statement of the connection is closed with the transaction.
		return tx.sqlite.StmtContext(ctx, ready), nil
	}
	statement, err := tx.sqlite.PrepareContext(ctx, numberedParameters(text))
	if err != nil {
		return nil, err
	}
	tx.prepared[text] = statement
	return statement, nil
}

func (tx *Tx) exec(ctx context.Context, text string, args ...any) (int64, error) {
	result, err := tx.execute(ctx, text, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (tx *Tx) execute(ctx context.Context, text string, args ...any) (sql.Result, error) {
	if tx.sqlite == nil {
		return tx.run.ExecContext(ctx, text, args...)
	}
	ctx, err := unwatched(ctx)
	if err != nil {
		return nil, err
	}
	statement, err := tx.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	return statement.ExecContext(ctx, args...)
}

func (tx *Tx) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	if tx.sqlite == nil {
		return tx.run.QueryContext(ctx, text, args...)
	}
	ctx, err := unwatched(ctx)
	if err != nil {
		return nil, err
	}
	statement, err := tx.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	return statement.QueryContext(ctx, args...)
}

// unwatched returns a context that SQLite's driver does not watch. For one that can
// end it starts a goroutine for each statement, which costs more than most of ours
// take; they are short, so it is enough to look between them.
func unwatched(ctx context.Context) (context.Context, error) {
	return context.WithoutCancel(ctx), ctx.Err()
}

// savers is the number of PostgreSQL's lock under which items are saved.
const savers = 0x6261636b

// lockItems makes this the one transaction that saves items: they are saved one
// after the other, so that two of them never miss each other's copy of the same text;
// SQLite has one writer anyway.
func (tx *Tx) lockItems(ctx context.Context) error {
	if tx.saving {
		return nil
	}
	if tx.postgres != nil {
		if _, err := tx.exec(ctx, "SELECT pg_advisory_xact_lock($1)", savers); err != nil {
			return fmt.Errorf("waiting to save: %w", err)
		}
	}
	rows, err := tx.query(ctx, "SELECT value FROM numbers WHERE name = 'item'")
	if _, err := first(rows, err, &tx.last); err != nil {
		return fmt.Errorf("reading the last number of an item: %w", err)
	}
	tx.saving = true
	return nil
}

// number returns the number of a new item. None is ever given out twice.
func (tx *Tx) number() policy.ItemID {
	tx.last++
	tx.numbered = true
	return policy.ItemID(tx.last)
}

// finish writes back what the transaction kept in memory.
func (tx *Tx) finish(ctx context.Context) error {
	if !tx.numbered {
		return nil
	}
	if _, err := tx.exec(ctx, "UPDATE numbers SET value = $1 WHERE name = 'item'", tx.last); err != nil {
		return fmt.Errorf("keeping the last number of an item: %w", err)
	}
	return nil
}
