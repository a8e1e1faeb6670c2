package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/backdoorwatch/backdoorwatch/crawler/archive"
	"github.com/backdoorwatch/backdoorwatch/internal/ingest"
)

// crawlOptions are the flags of crawl.
type crawlOptions struct {
	record, replay     string
	all, force         bool
	asJSON, verbose    bool
	quiet              bool
	sources            []string
	out, progressPlace io.Writer
}

func crawlCommand() *cobra.Command {
	var o crawlOptions
	command := &cobra.Command{
		Use:   "crawl [SOURCE…]",
		Short: "Read sources once: those that are due, or those named",
		Long: `Crawl visits the sources that are due, or the named ones, stores what they say and
ends. With --record every response is kept as WARC; with --replay responses come from
such an archive instead of the network, and with --all every response in it is read,
whether or not a source names it.`,
		Example: "  backdoorwatch crawl netzpolitik-org edri\n  backdoorwatch crawl --record evidence\n  backdoorwatch crawl --replay evidence/part.warc.gz --all",
		RunE: func(c *cobra.Command, args []string) error {
			config, err := settings(c)
			if err != nil {
				return err
			}
			o.sources, o.out, o.progressPlace = args, c.OutOrStdout(), c.ErrOrStderr()
			if err := o.check(); err != nil {
				return err
			}
			a := assemble(config)
			return errors.Join(o.run(c.Context(), a), a.close())
		},
	}
	flags := command.Flags()
	flags.StringVar(&o.record, "record", "", "folder in which every response is kept as WARC")
	flags.StringVar(&o.replay, "replay", "", "WARC file to read from instead of the network")
	flags.BoolVar(&o.all, "all", false, "with --replay: read every response of the archive")
	flags.BoolVar(&o.force, "force", false, "visit all sources, also those that are not due")
	flags.BoolVar(&o.asJSON, "json", false, "print the account as JSON")
	flags.BoolVarP(&o.verbose, "verbose", "v", false, "name everything that was lost, and why")
	flags.BoolVarP(&o.quiet, "quiet", "q", false, "show no progress")
	return command
}

func (o *crawlOptions) check() error {
	switch {
	case o.all && o.replay == "":
		return fmt.Errorf("%w: --all goes with --replay", errUsage)
	case o.all && len(o.sources) > 0:
		return fmt.Errorf("%w: --all reads everything; name no sources beside it", errUsage)
	case o.record != "" && o.replay != "":
		return fmt.Errorf("%w: --record and --replay exclude each other", errUsage)
	}
	return nil
}

func (o *crawlOptions) run(ctx context.Context, a *assembly) error {
	s, err := a.store(ctx)
	if err != nil {
		return err
	}
	r := reading{delay: a.config.Delay, gate: s.Gate()}
	var replayed *archive.Archive
	switch {
	case o.replay != "":
		if replayed, err = archive.Open(o.replay); err != nil {
			return err
		}
		a.onClose(replayed.Close)
		r = reading{transport: replayed.Transport()}
	case o.record != "":
		writer, err := archive.Create(o.record, archive.WriterOptions{})
		if err != nil {
			return err
		}
		a.onClose(writer.Close)
		r.wrap = writer.Transport
	}
	p, _, err := a.pipeline(ctx, s, r)
	if err != nil {
		return err
	}
	if p.Doubts, err = a.doubtsForLater(ctx, s, p.Base); err != nil {
		return err
	}
	p.Announce = a.feedsChange()
	if o.replay == "" { // an archive is no news
		p.Announce = announcing(a.announce(), p.Announce)
	}
	bar := newProgress(o.progressPlace, o.quiet)
	defer bar.finish()
	var tally *ingest.Tally
	if o.all {
		tally, err = p.Replay(ctx, replayed, bar.step)
	} else {
		tally, err = p.VisitAll(ctx, ingest.Selection{Sources: o.sources, Force: o.force || o.replay != "", Concurrency: a.config.Concurrency}, bar.step)
	}
	bar.finish()
	if tally != nil {
		err = errors.Join(err, o.print(tally))
	}
	if err == nil && !tally.Complete() {
		return errPartial
	}
	return err
}

func (o *crawlOptions) print(tally *ingest.Tally) error {
	if o.asJSON {
		return json.NewEncoder(o.out).Encode(tally)
	}
	return tally.Print(o.out, o.verbose)
}
