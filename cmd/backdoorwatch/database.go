package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/backdoorwatch/backdoorwatch/internal/ingest"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

func migrateCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: "Bring the database to this version's form, without starting anything",
		Args:  usage(cobra.NoArgs),
		RunE: withStore(func(c *cobra.Command, _ *assembly, _ *store.Store, _ []string) error {
			fmt.Fprintln(c.ErrOrStderr(), "The database is up to date.")
			return nil
		}),
	}
}

func backupCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "backup FILE",
		Short:   "Write a whole copy of the SQLite database to a new file, also while it is in use",
		Example: "  backdoorwatch backup backup-2026-05-12.db",
		Args:    usage(cobra.ExactArgs(1)),
		RunE: withStore(func(c *cobra.Command, _ *assembly, s *store.Store, args []string) error {
			if err := s.Backup(c.Context(), args[0]); err != nil {
				return err
			}
			fmt.Fprintf(c.ErrOrStderr(), "The database was copied to %s.\n", args[0])
			return nil
		}),
	}
}

func reclassifyCommand() *cobra.Command {
	var quiet bool
	command := &cobra.Command{
		Use:   "reclassify",
		Short: "Tag all stored items again with the present classifier; people's corrections stay",
		Args:  usage(cobra.NoArgs),
		RunE: withStore(func(c *cobra.Command, a *assembly, s *store.Store, _ []string) error {
			base, classify, err := a.classifier()
			if err != nil {
				return err
			}
			p := ingest.Pipeline{Store: s, Base: base, Classifier: classify}
			bar := newProgress(c.ErrOrStderr(), quiet)
			again, err := p.Reclassify(c.Context(), bar.step)
			bar.finish()
			if err != nil {
				return fmt.Errorf("classifying again (what is done stays done; run it again to go on): %w", err)
			}
			fmt.Fprintf(c.OutOrStdout(), "%d items have other tags than before; %d new bills and %d steps were noticed.\n", again.Changed, again.Opened, again.Crawled)
			return nil
		}),
	}
	command.Flags().BoolVarP(&quiet, "quiet", "q", false, "show no progress")
	return command
}

// withStore makes a command of a function that needs the database.
func withStore(do func(c *cobra.Command, a *assembly, s *store.Store, args []string) error) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error {
		config, err := settings(c)
		if err != nil {
			return err
		}
		a := assemble(config)
		return errors.Join(runWithStore(c.Context(), a, func(s *store.Store) error { return do(c, a, s, args) }), a.close())
	}
}

func runWithStore(ctx context.Context, a *assembly, do func(*store.Store) error) error {
	s, err := a.store(ctx)
	if err != nil {
		return err
	}
	return do(s)
}
