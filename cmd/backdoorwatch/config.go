package main

import (
	"fmt"
	"os"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/backdoorwatch/backdoorwatch/internal/config"
)

func configCommand() *cobra.Command {
	command := &cobra.Command{Use: "config", Short: "Check and print the settings"}
	command.AddCommand(
		&cobra.Command{
			Use:     "check",
			Short:   "Report all mistakes in the settings and in the file of channels",
			Example: "  backdoorwatch config check --data /var/lib/backdoorwatch",
			Args:    usage(cobra.NoArgs),
			RunE: func(c *cobra.Command, _ []string) error {
				config, err := settings(c)
				if err != nil {
					return err
				}
				if err := checkChannels(assemble(config)); err != nil {
					return err
				}
				fmt.Fprintln(c.ErrOrStderr(), "The settings are right.")
				return nil
			},
		},
		&cobra.Command{
			Use:   "print",
			Short: "List every setting, its value, its name in the environment and what it does",
			Args:  usage(cobra.NoArgs),
			RunE: func(c *cobra.Command, _ []string) error {
				table := tabwriter.NewWriter(c.OutOrStdout(), 0, 4, 2, ' ', 0)
				values, err := config.Values(c.Flags(), os.Environ())
				if err != nil {
					return err
				}
				for _, o := range config.Options {
					fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", o.Name, values[o.Name], o.Env(), o.Help)
				}
				return table.Flush()
			},
		},
	)
	return command
}
