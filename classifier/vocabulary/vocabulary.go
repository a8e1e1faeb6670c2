// Package vocabulary holds the words and phrases by which a text shows what it
// is about: one file per language, reviewed like code. See docs/classifier.md
// for how to add a word.
package vocabulary

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"gopkg.in/yaml.v3"
)

//go:embed *.yaml
var embedded embed.FS

// Language is the vocabulary of one language: phrases by group.
type Language struct {
	Code      string              `yaml:"language"`
	Groups    map[string][]string `yaml:"groups"`
	Positions map[string][]string `yaml:"positions"` // what only tells who says what, by the role it plays in a sentence
}

// Vocabulary is all of it.
type Vocabulary struct {
	Languages  []Language          // in the order of their codes
	Hints      map[string][]Hint   // dossier id → what shows that a text is about it
	Names      map[string][]string // dossier id → names beyond those of the record
	Weak       []string            // names of dossiers that say too little when they stand alone
	Yields     map[string][]string // dossier id → those before which it gives way, where words alone show it
	Brings     map[string][]string // dossier id → those that a text about it speaks of as well
	Publishers map[string]string   // host → kind of document that it usually publishes
	Paths      map[string]string   // word of the path of an address → kind of document that is kept there
	Offices    []Office
	Places     map[string]map[string]map[string][]string // code → list of the record ("demonyms") → language → further forms
}

// Office is a name of an office that an actor held for a time.
type Office struct {
	Actor string      `yaml:"actor"`
	From  policy.Date `yaml:"from"` // zero: always before Until
	Until policy.Date `yaml:"until"`
	Names []string    `yaml:"names"`
}

// HeldAt reports whether the actor held the office at a date; an unknown date may
// be any.
func (o Office) HeldAt(d policy.Date) bool {
	if d.IsZero() {
		return true
	}
	return (o.From.IsZero() || !d.Start().Before(o.From.Start())) && (o.Until.IsZero() || d.Start().Before(o.Until.End()))
}

// Groups is the closed list of groups of phrases.
var Groups = []string{
	"encryption", "e2ee", "backdoor", "scanning", "access", "hacking", "keys", "retention", "interception", "traceability", "licensing",
	"ban", "age", "vpnban", "right", "protection", "mandate", "export", "messenger", "vpn",
	"government", "parliament", "law", "police", "court", "compel", "prohibit", "crime", "rights", "surveillance", "break",
	"pro", "con", "oppose", "support", "negation", "report", "loaded", "first", "you", "modal",
	"engineering", "product", "breach", "currency", "offtopic", "casework", "research",
	"consultation", "statute", "ruling", "speech", "campaign", "corporate", "opinion", "dateline", "format",
	"function", "block", "past",
	"stage-announced", "stage-consultation", "stage-introduced", "stage-committee", "stage-amended", "stage-passed-chamber", "stage-negotiation",
	"stage-passed", "stage-enacted", "stage-in-force", "stage-delayed", "stage-rejected", "stage-withdrawn", "stage-lapsed", "stage-repealed",
	"stage-challenged", "stage-ruled", "stage-enforced",
	// verbs of formal steps, which count with a body that can take the step; who can; what it is taken with; what makes it unreal
	"step-announced", "step-introduced", "step-approved", "step-enacted", "step-in-force", "step-delayed", "step-rejected", "step-withdrawn",
	"step-repealed", "step-challenged", "step-ruled", "step-enforced", "body-court", "body-committee", "body-chamber", "bill", "unreal",
	// what says that a step is new; papers that are tabled and are no bill; documents that are a step themselves
	"new", "paper", "form-introduced", "form-committee", "form-ruled", "form-consultation",
}

// Load reads the embedded vocabulary. It reports all mistakes at once.
func Load() (*Vocabulary, error) { return load(embedded) }

func load(files fs.FS) (*Vocabulary, error) {
	v := &Vocabulary{}
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("listing the vocabulary: %w", err)
	}
	var problems []error
	for _, name := range names {
		body, err := fs.ReadFile(files, name)
		if err == nil {
			err = v.read(name, body)
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("vocabulary %s: %w", name, err))
		}
	}
	slices.SortFunc(v.Languages, func(a, b Language) int { return strings.Compare(a.Code, b.Code) })
	return v, errors.Join(problems...)
}

func (v *Vocabulary) read(name string, body []byte) error {
	switch name {
	case "dossiers.yaml":
		return v.readDossiers(body)
	case "places.yaml":
		var file struct {
			Places map[string]map[string]map[string][]string `yaml:"places"`
		}
		err := strict(body, &file)
		v.Places = file.Places
		return err
	case "actors.yaml":
		var file struct {
			Offices []Office `yaml:"offices"`
		}
		err := strict(body, &file)
		v.Offices = file.Offices
		return err
	case "publishers.yaml":
		var err error
		v.Publishers, err = readKinds(body)
		return err
	case "paths.yaml":
		var err error
		v.Paths, err = readKinds(body)
		return err
	}
	var l Language
	if err := strict(body, &l); err != nil {
		return err
	}
	v.Languages = append(v.Languages, l)
	return l.check(strings.TrimSuffix(path.Base(name), ".yaml"))
}

// readKinds reads lists by kind of document as a table from each entry to its kind.
func readKinds(body []byte) (map[string]string, error) {
	var file map[string][]string
	if err := strict(body, &file); err != nil {
		return nil, err
	}
	kinds := map[string]string{}
	for kind, entries := range file {
		if !policy.Kinds.Has(policy.Kind(kind)) {
			return nil, fmt.Errorf("%w: %q is no kind of document", policy.ErrConfig, kind)
		}
		for _, entry := range entries {
			if kinds[entry] != "" {
				return nil, fmt.Errorf("%w: %q is listed twice", policy.ErrConfig, entry)
			}
			kinds[entry] = kind
		}
	}
	return kinds, nil
}

func strict(body []byte, into any) error {
	d := yaml.NewDecoder(bytes.NewReader(body))
	d.KnownFields(true)
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%w: %w", policy.ErrConfig, err)
	}
	return nil
}

func (l Language) check(code string) error {
	if l.Code != code {
		return fmt.Errorf("%w: the language %q does not fit the name of the file", policy.ErrConfig, l.Code)
	}
	return errors.Join(listed(l.Groups, Groups, "group"), listed(l.Positions, Roles, "role"))
}

// listed checks that lists of phrases have names of a closed list.
func listed(lists map[string][]string, names []string, what string) error {
	for name, phrases := range lists {
		if !slices.Contains(names, name) {
			return fmt.Errorf("%w: there is no %s %q", policy.ErrConfig, what, name)
		}
		for _, p := range phrases {
			if strings.Trim(p, "=* ") == "" {
				return fmt.Errorf("%w: %s %q has an empty phrase", policy.ErrConfig, what, name)
			}
		}
	}
	return nil
}
