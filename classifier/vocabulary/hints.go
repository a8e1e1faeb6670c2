package vocabulary

import (
	"fmt"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Hint shows a dossier where one phrase of each list occurs.
type Hint struct {
	All   [][]string  `yaml:"all"`
	None  []string    `yaml:"none"`  // phrases that show that another thing is meant; of a hint in the lead, in the lead
	Place string      `yaml:"place"` // the jurisdiction that the text must be about; empty for any
	Near  bool        `yaml:"near"`  // the document must be of the time of the dossier's events, where its date is known
	From  policy.Date `yaml:"from"`  // the document must not be older, where its date is known
	Until policy.Date `yaml:"until"` // … nor younger
	In    string      `yaml:"in"`    // "lead": all in the title or the first sentences; "sentence": all in one; empty for anywhere
}

// readDossiers reads the hints and names of dossiers, and puts the lists of words
// in place of their names.
func (v *Vocabulary) readDossiers(body []byte) error {
	var file struct {
		Words  map[string][]string `yaml:"words"`
		Hints  map[string][]Hint   `yaml:"hints"`
		Names  map[string][]string `yaml:"names"`
		Weak   []string            `yaml:"weak"`
		Yields map[string][]string `yaml:"yields"`
		Brings map[string][]string `yaml:"brings"`
	}
	if err := strict(body, &file); err != nil {
		return err
	}
	v.Hints, v.Names, v.Weak, v.Yields = file.Hints, file.Names, file.Weak, file.Yields
	v.Brings = file.Brings
	for id, hints := range v.Hints {
		for i := range hints {
			if err := hints[i].expand(file.Words); err != nil {
				return fmt.Errorf("hint %d of %s: %w", i+1, id, err)
			}
		}
	}
	return nil
}

// MaxLists bounds the lists of one hint.
const MaxLists = 8

// expand puts the words of a list in place of its name, "$messengers".
func (h *Hint) expand(words map[string][]string) error {
	switch {
	case len(h.All) == 0 || len(h.All) > MaxLists:
		return fmt.Errorf("%w: it has %d lists, allowed are 1 to %d", policy.ErrConfig, len(h.All), MaxLists)
	case h.In != "" && h.In != "lead" && h.In != "sentence":
		return fmt.Errorf("%w: %q is neither lead nor sentence", policy.ErrConfig, h.In)
	}
	for i, list := range h.All {
		var out []string
		for _, p := range list {
			name, ok := strings.CutPrefix(p, "$")
			if !ok {
				out = append(out, p)
				continue
			}
			if words[name] == nil {
				return fmt.Errorf("%w: there is no list of words %q", policy.ErrConfig, name)
			}
			out = append(out, words[name]...)
		}
		h.All[i] = out
	}
	return nil
}
