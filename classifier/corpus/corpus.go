// Package corpus holds the short texts that the classifier's models are trained
// on. All of them were written for this purpose; none is taken from a source.
// One line of a file is one text: stance, kind, title and text, parted by bars.
package corpus

import (
	"bufio"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

//go:embed *.txt
var embedded embed.FS

// Text is one text with what is right for it.
type Text struct {
	Where  string // file and line
	Stance policy.Stance
	Kind   policy.Kind
	Title  string
	Text   string
}

// Relevant reports whether it is about encryption policy.
func (t Text) Relevant() bool { return t.Stance != "" }

// Document returns the text as a document without any prior.
func (t Text) Document() policy.Document { return policy.Document{Title: t.Title, Text: t.Text} }

// Load reads the embedded corpus. It reports all mistakes at once.
func Load() ([]Text, error) { return load(embedded) }

func load(files fs.FS) ([]Text, error) {
	names, err := fs.Glob(files, "*.txt")
	if err != nil {
		return nil, fmt.Errorf("listing the corpus: %w", err)
	}
	var texts []Text
	var problems []error
	for _, name := range names {
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("reading the corpus: %w", err)
		}
		lines := bufio.NewScanner(strings.NewReader(string(body)))
		for n := 1; lines.Scan(); n++ {
			line := strings.TrimSpace(lines.Text())
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			t, err := parse(line)
			if err != nil {
				problems = append(problems, fmt.Errorf("corpus %s line %d: %w", name, n, err))
				continue
			}
			t.Where = fmt.Sprintf("%s:%d", name, n)
			texts = append(texts, t)
		}
	}
	return texts, errors.Join(problems...)
}

func parse(line string) (Text, error) {
	parts := strings.SplitN(line, "|", 4)
	if len(parts) != 4 {
		return Text{}, fmt.Errorf("%w: it needs stance | kind | title | text", policy.ErrConfig)
	}
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	t := Text{Stance: policy.Stance(parts[0]), Kind: policy.Kind(parts[1]), Title: parts[2], Text: parts[3]}
	if t.Stance == "-" {
		t.Stance = ""
	}
	if t.Stance != "" && !policy.Stances.Has(t.Stance) {
		return Text{}, fmt.Errorf("%w: %q is no stance", policy.ErrConfig, t.Stance)
	}
	if !policy.Kinds.Has(t.Kind) {
		return Text{}, fmt.Errorf("%w: %q is no kind of document", policy.ErrConfig, t.Kind)
	}
	if t.Title == "" {
		return Text{}, fmt.Errorf("%w: it has no title", policy.ErrConfig)
	}
	return t, nil
}
