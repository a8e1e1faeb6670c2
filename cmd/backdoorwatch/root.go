package main

import (
	"fmt"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"github.com/backdoorwatch/backdoorwatch/internal/config"
)

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "backdoorwatch",
		Short: "Watch what governments do to encryption",
		Long: `Backdoor Watch reads official and press sites all over the world, tags what they
publish on encryption policy by jurisdiction and stance, says why, and shows it as a
timeline with feeds.

Exit codes: 0 done, 1 failure, 2 wrong usage, 3 not found, 4 wrong configuration,
5 done in part, 130 interrupted.`,
		Version:           version,
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	config.Flags(root.PersistentFlags())
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return fmt.Errorf("%w: %w; see %s --help", errUsage, err, c.CommandPath())
	})
	root.AddCommand(
		serveCommand(), workerCommand(), crawlCommand(), classifyCommand(), evalCommand(), trainCommand(), reclassifyCommand(), correctCommand(), opinionCommand(),
		sourcesCommand(), knowledgeCommand(), dossiersCommand(), timelineCommand(), positionsCommand(),
		alertsCommand(), channelsCommand(), exportCommand(), doctorCommand(),
		migrateCommand(), backupCommand(), configCommand(), healthcheckCommand(), versionCommand(),
	)
	return root
}

// settings reads the configuration of the command line that c was called with.
func settings(c *cobra.Command) (config.Config, error) {
	return config.Load(c.Flags(), os.Environ())
}

// logger writes to standard error, as the settings ask.
func logger(c config.Config) *slog.Logger {
	var level slog.Level
	// The configuration has checked the word.
	_ = level.UnmarshalText([]byte(c.LogLevel))
	options := &slog.HandlerOptions{Level: level}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, options))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, options))
}

// usage makes an error of a wrong command line out of cobra's check of arguments.
func usage(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			return fmt.Errorf("%w: %w; see %s --help", errUsage, err, c.CommandPath())
		}
		return nil
	}
}
