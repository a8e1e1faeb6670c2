package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/backdoorwatch/backdoorwatch/internal/ingest"
	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/opinion"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/queue"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

func opinionCommand() *cobra.Command {
	var dryRun, asJSON bool
	command := &cobra.Command{
		Use:   "opinion ITEM",
		Short: "Ask the configured language model about one item, now",
		Long: `Opinion sends an item's title and an excerpt of its text to the server that
opinion-url names, prints what counts of the answer, and keeps it beside the item's
tags, which stay as they are. With --dry-run nothing is kept, nor counted against
opinion-daily.`,
		Example: "  backdoorwatch opinion 42 --dry-run --opinion-url http://127.0.0.1:11434/v1 --opinion-model small:7b",
		Args:    usage(cobra.ExactArgs(1)),
		RunE: withStore(func(c *cobra.Command, a *assembly, s *store.Store, args []string) error {
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil {
				return fmt.Errorf("%w: %q is not the number of an item", errUsage, args[0])
			}
			base, err := a.knowledge()
			if err != nil {
				return err
			}
			answer, tags, err := a.askNow(c.Context(), s, base, policy.ItemID(id), dryRun)
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(c.OutOrStdout()).Encode(answer)
			}
			return printOpinions(c.OutOrStdout(), answer, tags, base)
		}),
	}
	command.Flags().BoolVar(&dryRun, "dry-run", false, "keep nothing")
	command.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return command
}

// adviser makes who asks for second opinions; nil where no server is configured.
func (a *assembly) adviser(s *store.Store, base *knowledge.Base) (*opinion.Adviser, error) {
	if a.config.OpinionURL == "" {
		return nil, nil
	}
	client, err := opinion.New(opinion.Options{URL: a.config.OpinionURL, Model: a.config.OpinionModel, Key: a.config.OpinionKey})
	if err != nil {
		return nil, err
	}
	a.onClose(func() error { client.Close(); return nil })
	return &opinion.Adviser{Client: client, Keeper: s, Record: base, Daily: a.config.OpinionDaily, Now: time.Now, Log: a.log}, nil
}

// askNow asks about an item and keeps the answer, unless it is a dry run.
func (a *assembly) askNow(ctx context.Context, s *store.Store, base *knowledge.Base, id policy.ItemID, dryRun bool) (opinion.Answer, policy.Tags, error) {
	adviser, err := a.adviser(s, base)
	if err == nil && adviser == nil {
		err = fmt.Errorf("%w: nobody can be asked; set opinion-url and opinion-model", policy.ErrConfig)
	}
	if err != nil {
		return opinion.Answer{}, policy.Tags{}, err
	}
	item, err := s.Item(ctx, id)
	if err != nil {
		return opinion.Answer{}, policy.Tags{}, err
	}
	if !dryRun {
		if err := adviser.Take(ctx); err != nil {
			return opinion.Answer{}, policy.Tags{}, err
		}
	}
	answer, err := adviser.Ask(ctx, item)
	if err == nil && !dryRun {
		err = adviser.Keep(ctx, id, answer)
	}
	return answer, item.Tags, err
}

// printOpinions writes the model's words beside ours, and what did not count.
func printOpinions(w io.Writer, answer opinion.Answer, ours policy.Tags, base *knowledge.Base) error {
	p := tagPrinter{w: w, base: base, explain: true}
	for _, o := range answer.Opinions {
		note := p.name(o.Facet, o.Value)
		if o.Confidence > 0 {
			note = fmt.Sprintf("%.2f  %s", o.Confidence, note)
		}
		if !o.Agrees(ours) {
			note += "  (our tags do not say so)"
		}
		p.line(string(o.Facet), o.Value, note)
		if o.Reason != "" {
			p.why(policy.Tag{Reasons: []string{o.Reason}})
		}
	}
	for _, what := range answer.Dropped {
		p.line("dropped", what, "")
	}
	return p.err
}

// opinions makes the work of second opinions for a queue; none where nobody can be
// asked, or not once a day.
func (a *assembly) opinions(s *store.Store, base *knowledge.Base) (func(context.Context, policy.ItemID) error, error) {
	adviser, err := a.adviser(s, base)
	if err != nil || adviser == nil || adviser.Daily <= 0 {
		return nil, err
	}
	return adviser.SecondOpinion, nil
}

// doubts lets what the classifier is not sure of be asked about through a queue; nil
// where nobody can be asked.
func (a *assembly) doubts(jobs *queue.Queue) *ingest.Doubts {
	if a.config.OpinionURL == "" || a.config.OpinionDaily <= 0 {
		return nil
	}
	band := opinion.Band{Low: a.config.OpinionBand[0], High: a.config.OpinionBand[1]}
	return &ingest.Doubts{Uncertain: band.Uncertain, Ask: jobs.SecondOpinion}
}

// doubtsForLater is doubts for a process that works on no jobs: it leaves them to
// those that do.
func (a *assembly) doubtsForLater(ctx context.Context, s *store.Store, base *knowledge.Base) (*ingest.Doubts, error) {
	work, err := a.opinions(s, base)
	if err != nil || work == nil {
		return nil, err
	}
	jobs, err := queue.Open(ctx, s, queue.Work{SecondOpinion: work}, queue.Options{Logger: a.log})
	if err != nil {
		return nil, fmt.Errorf("preparing the job queue: %w", err)
	}
	return a.doubts(jobs), nil
}
