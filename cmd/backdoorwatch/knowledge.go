package main

import (
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func knowledgeCommand() *cobra.Command {
	command := &cobra.Command{Use: "knowledge", Short: "Check the record of dossiers, actors and jurisdictions"}
	var warnings bool
	check := &cobra.Command{
		Use:   "check [DIR]",
		Short: "Report all mistakes in the record and in your own additions",
		Long: `Check reads the record that comes with the program, then the additions in DIR (default:
the folder record in the data folder, where there is one), and reports every mistake
with its file and line.`,
		Example: "  backdoorwatch knowledge check my-record/",
		Args:    usage(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			config, err := settings(c)
			if err != nil {
				return err
			}
			folders, err := assemble(config).recordFolders(args)
			if err != nil {
				return err
			}
			problems := knowledge.Check(folders...)
			for _, p := range problems {
				if !p.Warning || warnings || !p.Shipped {
					fmt.Fprintln(c.OutOrStdout(), p)
				}
			}
			if mistakes := problems.Mistakes(); len(mistakes) > 0 {
				return fmt.Errorf("%w: %d mistakes in the record", policy.ErrConfig, len(mistakes))
			}
			fmt.Fprintf(c.ErrOrStderr(), "The record is right (%d warnings).\n", len(problems))
			return nil
		},
	}
	check.Flags().BoolVar(&warnings, "warnings", false, "show the warnings about the shipped record too")
	command.AddCommand(check)
	return command
}

// recordFolders are the folders with an operator's additions to the record.
func (a *assembly) recordFolders(args []string) ([]fs.FS, error) {
	if len(args) == 1 {
		if _, err := os.Stat(args[0]); err != nil {
			return nil, fmt.Errorf("the folder %s: %w", args[0], policy.ErrNotFound)
		}
		return []fs.FS{os.DirFS(args[0])}, nil
	}
	if a.exists(recordFolder) {
		return []fs.FS{a.folder(recordFolder)}, nil
	}
	return nil, nil
}
