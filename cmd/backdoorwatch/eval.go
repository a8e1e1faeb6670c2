package main

import (
	"bytes"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/backdoorwatch/backdoorwatch/classifier/eval"
	"github.com/backdoorwatch/backdoorwatch/classifier/training"
	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
)

func evalCommand() *cobra.Command {
	var asJSON, summary, cross bool
	var other string
	command := &cobra.Command{
		Use:   "eval FILE.jsonl|-",
		Short: "Measure the classifier on labelled texts",
		Long: `Eval classifies each labelled text of FILE, one JSON object a line, and prints
precision, recall and F1 for each label, the confusions, how well the confidences can be
trusted, and the misses with their text. With --compare it sets the figures beside those
of another version, from a report that eval --json wrote on the same texts, and lists the
texts whose judgement changed.

With --cross it sets beside the figures of this program those of models that were also
trained on the labelled texts, each text being judged by models that did not see it. It
shows how much more such texts would teach; vocabulary and rules are the same in both.`,
		Example: "  backdoorwatch eval labelled.jsonl\n  backdoorwatch eval labelled.jsonl --compare old.json\n  backdoorwatch eval labelled.jsonl --cross",
		Args:    usage(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			config, err := settings(c)
			if err != nil {
				return err
			}
			base, classify, err := assemble(config).classifier()
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
			case cross:
				return crossValidate(c, base, body, report, asJSON)
			case other != "":
				return compare(c, report, other, asJSON)
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
	command.Flags().StringVar(&other, "compare", "", "a report of another version, as eval --json writes it")
	command.Flags().BoolVar(&cross, "cross", false, "set cross-validated figures beside those of this program")
	command.Flags().BoolVar(&summary, "summary", false, "print the main figures only")
	command.MarkFlagsMutuallyExclusive("cross", "compare", "summary")
	return command
}

// compare prints what changed since the report of another version.
func compare(c *cobra.Command, report eval.Report, other string, asJSON bool) error {
	body, err := readFile(c.InOrStdin(), other)
	if err != nil {
		return err
	}
	old, err := eval.ReadReport(bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("%s: %w", other, err)
	}
	comparison := eval.Compare(old, report)
	if asJSON {
		return comparison.WriteJSON(c.OutOrStdout())
	}
	return comparison.WriteText(c.OutOrStdout())
}

// crossValidate prints the figures of this program beside cross-validated ones.
func crossValidate(c *cobra.Command, base *knowledge.Base, body []byte, report eval.Report, asJSON bool) error {
	cases, err := eval.Read(bytes.NewReader(body))
	if err != nil {
		return err
	}
	crossed, err := training.Cross(base, cases)
	if err != nil {
		return fmt.Errorf("cross-validating: %w", err)
	}
	comparison := eval.Compare(report, crossed)
	if asJSON {
		return comparison.WriteJSON(c.OutOrStdout())
	}
	return comparison.WriteText(c.OutOrStdout())
}
