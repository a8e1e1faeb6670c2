package main

import (
	"bytes"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/backdoorwatch/backdoorwatch/classifier/eval"
)

func evalCommand() *cobra.Command {
	var asJSON, summary bool
	command := &cobra.Command{
		Use:   "eval FILE.jsonl|-",
		Short: "Measure the classifier on labelled texts",
		Long: `Eval classifies each labelled text of FILE, one JSON object a line, and prints
precision, recall and F1 for each label, the confusions, how well the confidences can be
trusted, and the misses with their text.`,
		Example: "  backdoorwatch eval labelled.jsonl",
		Args:    usage(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			config, err := settings(c)
			if err != nil {
				return err
			}
			_, classify, err := assemble(config).classifier()
			if err != nil {
				return err
			}
			body, err := readFile(c.InOrStdin(), args[0])
			if err != nil {
				return err
			}
			report, err := eval.Run(classify, bytes.NewReader(body))
			if err != nil {
				return err
			}
			switch {
			case asJSON:
				return report.WriteJSON(c.OutOrStdout())
			case summary:
				_, err := fmt.Fprint(c.OutOrStdout(), report.Summary())
				return err
			}
			return report.WriteText(c.OutOrStdout())
		},
	}
	command.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	command.Flags().BoolVar(&summary, "summary", false, "print the main figures only")
	return command
}
