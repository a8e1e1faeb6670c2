package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// openPostgres opens one pool for the store and the job library alike.
func (s *Store) openPostgres(ctx context.Context, options Options) error {
	config, err := pgxpool.ParseConfig(options.Database)
	if err != nil {
		return fmt.Errorf("%w: the address of the database is not readable: %w", policy.ErrConfig, err)
	}
	config.MaxConns = max(config.MaxConns, int32(options.Readers)+8)
	if s.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return fmt.Errorf("%w: opening the database: %w", policy.ErrConfig, err)
	}
	s.dialect = postgresDialect
	s.write = stdlib.OpenDBFromPool(s.pool)
	s.read = s.write
	if err := s.pool.Ping(ctx); err != nil {
		return postgresProblem(config, err)
	}
	return nil
}

// postgresProblem tells a wrong name or password from a server that is away.
// The address may hold a password, so only host and database are named.
func postgresProblem(config *pgxpool.Config, err error) error {
	meaning := policy.ErrUnavailable
	var refused *pgconn.PgError
	if errors.As(err, &refused) && (refused.Code[:2] == "28" || refused.Code == "3D000") {
		meaning = policy.ErrConfig
	}
	return fmt.Errorf("%w: no connection to the PostgreSQL database %q on %s: %w",
		meaning, config.ConnConfig.Database, config.ConnConfig.Host, err)
}

// repeatable reports whether PostgreSQL gave a transaction up for a reason that
// does not return when it is tried again: two of them waited for each other.
func repeatable(err error) bool {
	var refused *pgconn.PgError
	return errors.As(err, &refused) && (refused.Code == "40P01" || refused.Code == "40001")
}

var _ executor = (*sql.Conn)(nil)
