package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/backdoorwatch/backdoorwatch/api"
	"github.com/backdoorwatch/backdoorwatch/api/wire"
	"github.com/backdoorwatch/backdoorwatch/internal/bulk"
	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/record"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// bulk returns what writes bulk files.
func (a *assembly) bulk(s *store.Store, base *knowledge.Base) (*bulk.Exporter, error) {
	address, err := api.Address(a.config.PublicURL, a.config.Listen)
	if err != nil {
		return nil, err
	}
	return bulk.New(bulk.Options{
		Reader: s, Chronicle: record.New(base, s, nil), Jurisdictions: base.Jurisdictions, Actors: base.Actors,
		Names: wire.NewNames(base.Jurisdictions, base.Dossiers, base.Actors), Base: address, Version: version,
		Folder: filepath.Join(a.config.Data, bulkFolder), Keep: a.config.BulkKeep, Hour: a.config.BulkHour, Key: a.config.BulkKey, Logger: a.log,
	})
}

// wantedFiles is what export is to write, as flags tell it.
type wantedFiles struct {
	out   string
	quiet bool
	bulk.Choice
}

func exportCommand() *cobra.Command {
	var wanted wantedFiles
	command := &cobra.Command{
		Use:   "export",
		Short: "Write everything that is public into files, now: NDJSON and CSV with schemas, checksums and a signature",
		Long: `Export writes the files that are else written at night, and publishes them under /bulk/
unless nothing has changed since the last. With --out it writes them to a folder of
your own, which must be new or empty, and with --out - one table to standard output.`,
		Example: `  backdoorwatch export
  backdoorwatch export --out copy --table items --table events --format csv
  backdoorwatch export --out - --table dossiers --format ndjson | jq .name`,
		Args: usage(cobra.NoArgs),
		RunE: withStore(func(c *cobra.Command, a *assembly, s *store.Store, _ []string) error {
			base, err := a.knowledge()
			if err != nil {
				return err
			}
			files, err := a.bulk(s, base)
			if err != nil {
				return err
			}
			return export(c, files, wanted)
		}),
	}
	command.Flags().StringVar(&wanted.out, "out", "", "folder for the files, or - for standard output (default: they are published)")
	command.Flags().StringSliceVar(&wanted.Tables, "table", nil, "only this table; may be repeated")
	command.Flags().StringSliceVar(&wanted.Formats, "format", nil, "only this format: ndjson or csv")
	command.Flags().BoolVarP(&wanted.quiet, "quiet", "q", false, "show no progress")
	return command
}

func export(c *cobra.Command, files *bulk.Exporter, wanted wantedFiles) error {
	bar := newProgress(c.ErrOrStderr(), wanted.quiet)
	defer bar.finish()
	switch {
	case wanted.out == "-":
		if len(wanted.Tables) != 1 || len(wanted.Formats) != 1 {
			return fmt.Errorf("%w: --out - takes one --table and one --format", errUsage)
		}
		return files.Stream(c.Context(), c.OutOrStdout(), wanted.Tables[0], wanted.Formats[0], bar.step)
	case wanted.out != "":
		manifest, err := files.Write(c.Context(), wanted.out, wanted.Choice, bar.step)
		if err != nil {
			return err
		}
		bar.finish()
		for _, t := range manifest.Tables {
			fmt.Fprintf(c.OutOrStdout(), "%s\t%d\n", t.Name, t.Rows)
		}
		return nil
	case len(wanted.Tables)+len(wanted.Formats) > 0:
		return fmt.Errorf("%w: --table and --format need --out; what is published is whole", errUsage)
	}
	done, err := files.Publish(c.Context(), bar.step)
	if err != nil {
		return err
	}
	bar.finish()
	if !done.Written {
		fmt.Fprintf(c.ErrOrStderr(), "Nothing has changed since the set %s.\n", done.Set)
	}
	fmt.Fprintln(c.OutOrStdout(), done.Set)
	return nil
}
