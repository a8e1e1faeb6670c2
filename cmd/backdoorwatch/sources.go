package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/backdoorwatch/backdoorwatch/crawler/catalogue"
	"github.com/backdoorwatch/backdoorwatch/internal/ingest"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

func sourcesCommand() *cobra.Command {
	command := &cobra.Command{Use: "sources", Short: "Check and list the sources"}
	command.AddCommand(sourcesCheckCommand(), sourcesListCommand())
	return command
}

func sourcesCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check [DIR]",
		Short: "Report all mistakes in the list of sources and in your own additions",
		Long: `Check reads the built-in sources, then the *.yaml files in DIR (default: the folder
sources in the data folder, where there is one), and reports every mistake with its
file, line and key. Nothing is fetched.`,
		Args: usage(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			config, err := settings(c)
			if err != nil {
				return err
			}
			sources, err := checkSources(assemble(config), args)
			if err != nil {
				return err
			}
			fmt.Fprintf(c.ErrOrStderr(), "The %d sources are described rightly.\n", len(sources))
			return nil
		},
	}
}

func checkSources(a *assembly, args []string) ([]catalogue.Source, error) {
	if len(args) == 0 {
		return a.sources()
	}
	if _, err := os.Stat(args[0]); err != nil {
		return nil, fmt.Errorf("the folder %s: %w", args[0], policy.ErrNotFound)
	}
	var folder fs.FS = os.DirFS(args[0])
	return catalogue.Load(folder)
}

func sourcesListCommand() *cobra.Command {
	var asJSON bool
	command := &cobra.Command{
		Use:   "list",
		Short: "List the sources and how they are doing",
		Args:  usage(cobra.NoArgs),
		RunE: withStore(func(c *cobra.Command, a *assembly, s *store.Store, _ []string) error {
			if err := syncSources(c, a, s); err != nil {
				return err
			}
			all, err := s.Sources(c.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return encodeEach(c.OutOrStdout(), all)
			}
			return printSources(c.OutOrStdout(), all)
		}),
	}
	command.Flags().BoolVar(&asJSON, "json", false, "print as JSON, one object a line")
	return command
}

func syncSources(c *cobra.Command, a *assembly, s *store.Store) error {
	sources, err := a.sources()
	if err != nil {
		return err
	}
	return s.SyncSources(c.Context(), ingest.Listed(sources))
}

func printSources(w io.Writer, all []policy.SourceStatus) error {
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tPLACE\tLANGUAGE\tHEALTH\tLAST READ\tNEXT\tITEMS\tRELEVANT\tNAME")
	for _, s := range all {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%d\t%d\t%s\n", s.ID, s.Jurisdiction, s.Language,
			policy.Healths.Label(s.Health), moment(s.SucceededAt), moment(s.NextAt), s.Items, s.Relevant, s.Name)
	}
	return table.Flush()
}

func moment(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04")
}
