package main

import (
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

func correctCommand() *cobra.Command {
	var add, remove bool
	var c policy.Correction
	command := &cobra.Command{
		Use:   "correct ITEM FACET VALUE",
		Short: "Say that a tag of an item is wrong, or missing",
		Long: `Correct sets a tag of a stored item, adds one or removes one. It stays when the
classifier runs again, and the item's page shows it. FACET is relevant (yes or no), kind,
stance, jurisdiction, measure, dossier, actor or event.`,
		Example: "  backdoorwatch correct 17 stance neutral --note 'it quotes both sides'\n  backdoorwatch correct 17 jurisdiction FR --add\n  backdoorwatch correct 17 dossier eu-protecteu --remove",
		Args:    usage(cobra.ExactArgs(3)),
		RunE: withStore(func(command *cobra.Command, a *assembly, s *store.Store, args []string) error {
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil {
				return fmt.Errorf("%w: %q is not the number of an item", errUsage, args[0])
			}
			c.Item, c.Facet, c.Value, c.At = policy.ItemID(id), policy.Facet(args[1]), args[2], time.Now()
			if c.Verdict, err = verdict(add, remove); err != nil {
				return err
			}
			if err := a.isKnown(c.Facet, c.Value); err != nil {
				return err
			}
			if err := s.Correct(command.Context(), c); err != nil {
				return err
			}
			fmt.Fprintf(command.ErrOrStderr(), "Item %d was corrected.\n", id)
			return nil
		}),
	}
	flags := command.Flags()
	flags.BoolVar(&add, "add", false, "the item has this value too")
	flags.BoolVar(&remove, "remove", false, "the item does not have this value")
	flags.StringVar(&c.By, "by", "", "who says so, as they want to be named")
	flags.StringVar(&c.Note, "note", "", "why")
	return command
}

// isKnown refuses ids that the record does not have; the store knows the closed lists.
func (a *assembly) isKnown(facet policy.Facet, value string) error {
	base, err := a.knowledge()
	if err != nil {
		return err
	}
	known := true
	switch facet {
	case policy.FacetDossier:
		_, known = base.Dossier(value)
	case policy.FacetActor:
		_, known = base.Actor(value)
	case policy.FacetJurisdiction:
		_, known = base.Jurisdiction(value)
	}
	if !known {
		return fmt.Errorf("%s %q: %w in the record", facet, value, policy.ErrNotFound)
	}
	return nil
}

func verdict(add, remove bool) (policy.Verdict, error) {
	switch {
	case add && remove:
		return "", fmt.Errorf("%w: --add and --remove exclude each other", errUsage)
	case add:
		return policy.VerdictAdd, nil
	case remove:
		return policy.VerdictRemove, nil
	}
	return policy.VerdictSet, nil
}
