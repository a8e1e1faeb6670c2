package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/backdoorwatch/backdoorwatch/crawler/parse"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func classifyCommand() *cobra.Command {
	var explain, asJSON bool
	var given policy.Document
	command := &cobra.Command{
		Use:   "classify FILE|-",
		Short: "Tag a text and say why",
		Long: `Classify reads a text, or a saved web page, and prints what the classifier makes of
it. The first line of a text is its title where an empty line follows.`,
		Example: "  backdoorwatch classify --explain article.txt\n  echo 'Ministers want a backdoor in Signal' | backdoorwatch classify -",
		Args:    usage(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			config, err := settings(c)
			if err != nil {
				return err
			}
			doc, err := readDocument(c.InOrStdin(), args[0], given)
			if err != nil {
				return err
			}
			base, classify, err := assemble(config).classifier()
			if err != nil {
				return err
			}
			tags := classify.Classify(doc)
			if asJSON {
				return json.NewEncoder(c.OutOrStdout()).Encode(tags)
			}
			return printTags(c.OutOrStdout(), tags, base, explain)
		},
	}
	flags := command.Flags()
	flags.BoolVar(&explain, "explain", false, "print the words and reasons behind each tag")
	flags.BoolVar(&asJSON, "json", false, "print as JSON")
	flags.StringVar(&given.Title, "title", "", "title of the text")
	flags.StringVar(&given.Language, "lang", "", "declared language of the text, such as de")
	flags.StringVar(&given.Jurisdiction, "home", "", "home of the source, such as FR")
	return command
}

// readDocument reads a file, or standard input for "-", as a text or a web page.
func readDocument(stdin io.Reader, path string, given policy.Document) (policy.Document, error) {
	body, err := readFile(stdin, path)
	if err != nil {
		return policy.Document{}, err
	}
	in := parse.Input{Body: body, Language: given.Language}
	if parse.Detect(in) == parse.FormatHTML {
		doc, err := parse.Article(in)
		if err != nil {
			return policy.Document{}, fmt.Errorf("reading %s as a web page: %w", path, err)
		}
		return doc, nil
	}
	text, _ := parse.UTF8(in)
	doc := given
	doc.Text = strings.TrimSpace(string(text))
	if doc.Title == "" {
		title, rest, found := strings.Cut(doc.Text, "\n\n")
		if (found || !strings.Contains(title, "\n")) && len(title) < 300 {
			doc.Title, doc.Text = strings.TrimSpace(title), strings.TrimSpace(rest)
		}
	}
	return doc, nil
}

func readFile(stdin io.Reader, path string) ([]byte, error) {
	if path == "-" {
		return io.ReadAll(stdin)
	}
	body, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return nil, fmt.Errorf("the file %s: %w", path, policy.ErrNotFound)
	}
	return body, err
}
