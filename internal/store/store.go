package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Options say which database to use and how.
type Options struct {
	Database  string           // the path of a SQLite file, or a postgres:// address
	Readers   int              // connections for questions; 0 means 8
	GateLease time.Duration    // how long a host stays taken when its holder dies; 0 means 2 minutes
	CountsAge time.Duration    // how old the counts of Facets and Stats may be; 0 means that they are counted each time
	Now       func() time.Time // the clock; nil means time.Now
}

// Store keeps everything in one database. It is safe for concurrent use.
type Store struct {
	dialect dialect
	file    string        // SQLite only: the database as a file: address
	write   *sql.DB       // SQLite: the one connection that writes; PostgreSQL: the same as read
	read    *sql.DB       // questions only
	pool    *pgxpool.Pool // PostgreSQL only
	ready   *statements   // SQLite only: prepared statements of the writing connection
	asked   *statements   // SQLite only: prepared statements of the reading ones
	gate    *Gate
	counts  counts
	now     func() time.Time
}

// Open opens the database, making it where it does not exist, and brings its
// tables up to date. What an operator can mend is an error that wraps
// policy.ErrConfig; a server that does not answer wraps policy.ErrUnavailable.
func Open(ctx context.Context, options Options) (*Store, error) {
	if options.Readers <= 0 {
		options.Readers = 8
	}
	if options.GateLease <= 0 {
		options.GateLease = 2 * time.Minute
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	for start := time.Now(); ; {
		s, err := openOnce(ctx, options)
		if err == nil || errors.Is(err, policy.ErrConfig) || IsPostgres(options.Database) || time.Since(start) > openers {
			return s, err
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// openers is for how long several processes may fight over who makes a new SQLite
// file: those that come second fail, undo what they did, and find the work done
// when they look again. PostgreSQL lets one go first.
const openers = 2 * time.Second

func openOnce(ctx context.Context, options Options) (*Store, error) {
	s := &Store{now: options.Now, counts: counts{maxAge: options.CountsAge}}
	var err error
	if IsPostgres(options.Database) {
		err = s.openPostgres(ctx, options)
	} else {
		err = s.openSQLite(ctx, options)
	}
	if err == nil {
		err = s.migrate(ctx)
	}
	if err != nil {
		_ = s.Close()
		return nil, err
	}
	s.gate = newGate(s, options.GateLease)
	return s, nil
}

// IsPostgres reports whether a database is named by an address of PostgreSQL
// and not by the path of a file.
func IsPostgres(database string) bool {
	return strings.HasPrefix(database, "postgres://") || strings.HasPrefix(database, "postgresql://")
}

// Close closes all connections.
func (s *Store) Close() error {
	var err error
	if s.ready != nil {
		s.ready.close()
		s.asked.close()
	}
	if s.read != nil && s.read != s.write {
		err = s.read.Close()
	}
	if s.write != nil {
		if closing := s.write.Close(); err == nil {
			err = closing
		}
	}
	if s.pool != nil {
		s.pool.Close()
	}
	return err
}

// Ping reports whether the database answers; if not, the error wraps
// policy.ErrUnavailable.
func (s *Store) Ping(ctx context.Context) error {
	var one int
	if err := s.read.QueryRowContext(ctx, "SELECT 1").Scan(&one); err != nil {
		return fmt.Errorf("%w: the database does not answer: %w", policy.ErrUnavailable, err)
	}
	return nil
}

// Handle is what the job library needs to keep its jobs in the same database.
// Exactly one field is set. Writers outside of this package must use nothing else:
// SQLite has one writing connection, and it is this one.
type Handle struct {
	SQLite   *sql.DB
	Postgres *pgxpool.Pool
}

// Handle returns the connections that write.
func (s *Store) Handle() Handle {
	if s.pool != nil {
		return Handle{Postgres: s.pool}
	}
	return Handle{SQLite: s.write}
}

// millis is a time as it is stored: epoch milliseconds, 0 where it is unknown.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// moment is the time that millis stored.
func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
