package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/backdoorwatch/backdoorwatch/classifier/training"
	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
)

func trainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "train [FILE]",
		Short: "Fit the classifier's models to its training texts",
		Long: `Train fits the classifier's models to the texts, the vocabulary and the record that
this program holds, and prints how well they judge texts that they were not trained
on. With FILE it writes the models there; the same program gives the same bytes. In
the source tree they belong into classifier/weights.json, and are part of the program
when it is built again.`,
		Example: "  backdoorwatch train classifier/weights.json",
		Args:    usage(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			// The operator's own record plays no part: weights belong to the program.
			base, err := knowledge.Load()
			if err != nil {
				return err
			}
			body, report, err := training.Train(base)
			if err != nil {
				return fmt.Errorf("training: %w", err)
			}
			if len(args) == 1 {
				if err := os.WriteFile(args[0], body, 0o644); err != nil { //nolint:gosec // a file of the source tree, no secret
					return fmt.Errorf("writing the models: %w", err)
				}
			}
			_, err = fmt.Fprint(c.OutOrStdout(), report.Summary())
			return err
		},
	}
}
