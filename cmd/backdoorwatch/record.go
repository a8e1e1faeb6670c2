package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// The commands of this file read the record alone: they need no database.

func dossiersCommand() *cobra.Command {
	command := &cobra.Command{Use: "dossiers", Short: "List and show the dossiers of the record"}
	var jurisdiction string
	var asJSON bool
	list := &cobra.Command{
		Use:     "list",
		Short:   "List the dossiers",
		Example: "  backdoorwatch dossiers list --jurisdiction EU",
		Args:    usage(cobra.NoArgs),
		RunE: withRecord(func(c *cobra.Command, base *knowledge.Base, _ []string) error {
			return listDossiers(c.OutOrStdout(), base, jurisdiction, asJSON)
		}),
	}
	list.Flags().StringVar(&jurisdiction, "jurisdiction", "", "only those of this jurisdiction, such as EU or GB")
	show := &cobra.Command{
		Use:     "show ID",
		Short:   "Show one dossier with its history and positions",
		Example: "  backdoorwatch dossiers show eu-csa-regulation",
		Args:    usage(cobra.ExactArgs(1)),
		RunE: withRecord(func(c *cobra.Command, base *knowledge.Base, args []string) error {
			d, ok := base.Dossier(args[0])
			if !ok {
				return fmt.Errorf("dossier %s: %w; backdoorwatch dossiers list shows them all", args[0], policy.ErrNotFound)
			}
			if asJSON {
				return json.NewEncoder(c.OutOrStdout()).Encode(d)
			}
			return showDossier(c.OutOrStdout(), base, d, time.Now())
		}),
	}
	command.PersistentFlags().BoolVar(&asJSON, "json", false, "print as JSON, one object a line")
	command.AddCommand(list, show)
	return command
}

func listDossiers(w io.Writer, base *knowledge.Base, jurisdiction string, asJSON bool) error {
	dossiers := base.Dossiers
	if jurisdiction != "" {
		if _, ok := base.Jurisdiction(jurisdiction); !ok {
			return fmt.Errorf("jurisdiction %s: %w", jurisdiction, policy.ErrNotFound)
		}
		dossiers = base.DossiersOf(jurisdiction)
	}
	if asJSON {
		return encodeEach(w, dossiers)
	}
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, d := range dossiers {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", d.Jurisdiction, d.ID, d.Status.Label(), policy.Effects.Label(d.Effect), d.Name())
	}
	return table.Flush()
}

func showDossier(w io.Writer, base *knowledge.Base, d policy.Dossier, now time.Time) error {
	fmt.Fprintf(w, "%s\n%s · %s · %s\n\n%s\n", d.Title, jurisdictionName(base, d.Jurisdiction), d.Status.Label(), policy.Effects.Label(d.Effect), d.Summary)
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "\nHistory\t\t")
	for _, e := range d.Events {
		fmt.Fprintf(table, "  %s\t%s\t%s\n", e.Date.Words(), e.Stage.Label(), e.Title)
	}
	for _, next := range knowledge.NextSteps(d, now).Possible {
		fmt.Fprintf(table, "  possible\t%s\t%s\n", next.Label, next.Meaning)
	}
	fmt.Fprintln(table, "\nPositions\t\t")
	for _, s := range knowledge.PositionsOn(d, policy.Date{}) {
		fmt.Fprintf(table, "  %s\t%s\t%s\n", actorName(base, s.Actor), policy.Sides.Label(s.Side), s.Claim)
	}
	return table.Flush()
}

func timelineCommand() *cobra.Command {
	var asJSON bool
	var query string
	command := &cobra.Command{
		Use:     "timeline",
		Short:   "List the events of the record, newest first",
		Example: "  backdoorwatch timeline --filter 'jurisdiction=EU&measure=client-side-scanning&from=2025'",
		Args:    usage(cobra.NoArgs),
		RunE: withRecord(func(c *cobra.Command, base *knowledge.Base, _ []string) error {
			values, err := url.ParseQuery(query)
			if err != nil {
				return fmt.Errorf("%w: --filter: %w", errUsage, err)
			}
			filter, err := policy.ParseFilter(values)
			if err != nil {
				return err
			}
			return printEvents(c.OutOrStdout(), base.Events(filter), asJSON)
		}),
	}
	command.Flags().StringVar(&query, "filter", "", "the parameters of a page's address: jurisdiction, measure, dossier, actor, from, to, order")
	command.Flags().BoolVar(&asJSON, "json", false, "print as JSON, one object a line")
	return command
}

func printEvents(w io.Writer, events []knowledge.Entry, asJSON bool) error {
	if asJSON {
		return encodeEach(w, events)
	}
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, e := range events {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", e.Date, e.Jurisdiction, e.Stage.Label(), e.Dossier, e.Title)
	}
	return table.Flush()
}

func positionsCommand() *cobra.Command {
	var asJSON bool
	var on string
	command := &cobra.Command{
		Use:     "positions ID",
		Short:   "Show who stood where on a dossier, on any day",
		Example: "  backdoorwatch positions eu-csa-regulation --on 2025-09-30",
		Args:    usage(cobra.ExactArgs(1)),
		RunE: withRecord(func(c *cobra.Command, base *knowledge.Base, args []string) error {
			day, err := policy.ParseDate(on)
			if err != nil {
				return fmt.Errorf("--on: %w", err)
			}
			if _, ok := base.Dossier(args[0]); !ok {
				return fmt.Errorf("dossier %s: %w; backdoorwatch dossiers list shows them all", args[0], policy.ErrNotFound)
			}
			return printPositions(c.OutOrStdout(), base, base.PositionsOn(args[0], day), asJSON)
		}),
	}
	command.Flags().StringVar(&on, "on", "", "the day, month or year that is asked for (default: the latest of all)")
	command.Flags().BoolVar(&asJSON, "json", false, "print as JSON, one object a line")
	return command
}

func printPositions(w io.Writer, base *knowledge.Base, standings []knowledge.Standing, asJSON bool) error {
	if asJSON {
		return encodeEach(w, standings)
	}
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, s := range standings {
		note := ""
		if s.ChangedSide {
			note = "was: " + policy.Sides.Label(s.Replaced.Side)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", policy.Sides.Label(s.Side), actorName(base, s.Actor), s.On, s.Claim, note)
	}
	return table.Flush()
}

// withRecord makes a command of a function that needs the record.
func withRecord(do func(c *cobra.Command, base *knowledge.Base, args []string) error) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error {
		config, err := settings(c)
		if err != nil {
			return err
		}
		base, err := assemble(config).knowledge()
		if err != nil {
			return err
		}
		return do(c, base, args)
	}
}

func encodeEach[T any](w io.Writer, values []T) error {
	encoder := json.NewEncoder(w)
	for _, v := range values {
		if err := encoder.Encode(v); err != nil {
			return err
		}
	}
	return nil
}

func jurisdictionName(base *knowledge.Base, code string) string {
	if j, ok := base.Jurisdiction(code); ok {
		return j.Name
	}
	return code
}

func actorName(base *knowledge.Base, id string) string {
	if a, ok := base.Actor(id); ok {
		return a.Name
	}
	return id
}
