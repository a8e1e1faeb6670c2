package store

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

//go:embed migrations
var migrations embed.FS

// migrate brings the tables up to date. A database of a newer version is left
// alone: an older binary does not know what its tables mean.
func (s *Store) migrate(ctx context.Context) error {
	provider, err := s.migrator()
	if err != nil {
		return fmt.Errorf("preparing the migrations: %w", err)
	}
	current, newest, err := provider.GetVersions(ctx)
	if err != nil {
		return s.unreadable(err)
	}
	if current > newest {
		return fmt.Errorf("%w: the database has tables of version %d and this program knows versions up to %d; use the newer program that made it, or restore a backup",
			policy.ErrConfig, current, newest)
	}
	if current == newest {
		return nil
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("bringing the tables from version %d to %d: %w", current, newest, err)
	}
	return nil
}

func (s *Store) migrator() (*goose.Provider, error) {
	folder, err := fs.Sub(migrations, "migrations/"+s.dialect.name)
	if err != nil {
		return nil, err
	}
	if s.pool == nil {
		return goose.NewProvider(goose.DialectSQLite3, s.write, folder, goose.WithDisableGlobalRegistry(true))
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, s.write, folder,
		goose.WithDisableGlobalRegistry(true), goose.WithSessionLocker(locker))
}

func (s *Store) unreadable(err error) error {
	if s.pool != nil {
		return fmt.Errorf("reading the version of the tables: %w", err)
	}
	return sqliteProblem(s.file, err)
}
