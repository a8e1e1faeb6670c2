package channel

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// longestFile is far more than any file of channels has.
const longestFile = 1 << 20

// File says how the file of channels is read.
type File struct {
	Path       string
	Getenv     func(name string) (string, bool) // for ${NAME}
	AllowHosts []string                         // may be told without TLS, see Options
	Check      func(policy.Alert) error         // of an alert against the record; nil checks its form only
}

// Load reads the file. All mistakes are reported at once with their lines; they wrap
// policy.ErrConfig, and hold no target and no secret.
func (f File) Load() ([]Channel, error) {
	r, err := os.Open(f.Path)
	if err != nil {
		return nil, fmt.Errorf("%w: the file of channels: %w", policy.ErrConfig, err)
	}
	defer func() { _ = r.Close() }()
	text, err := io.ReadAll(io.LimitReader(r, longestFile+1))
	if err == nil && len(text) > longestFile {
		err = fmt.Errorf("%w: it is larger than %d bytes", policy.ErrConfig, longestFile)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the file of channels %s: %w", f.Path, err)
	}
	return f.Parse(text)
}

// Parse reads the text of a file of channels.
func (f File) Parse(text []byte) ([]Channel, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		// The parser's words may quote a value.
		return nil, fmt.Errorf("%w: %s is not YAML: %s", policy.ErrConfig, f.Path, lineOf(err))
	}
	r := reader{file: f}
	if len(document.Content) == 0 {
		return nil, nil
	}
	list := document.Content[0]
	if list.Kind != yaml.SequenceNode {
		r.fail(list, "", "it is not a list of channels", "begin each with a dash: - name: …")
		return nil, r.err()
	}
	var all []Channel
	lines := map[string]int{}
	for _, node := range list.Content {
		c := r.channel(node)
		if before, twice := lines[c.Name]; twice && c.Name != "" {
			r.fail(node, "name", fmt.Sprintf("line %d has a channel of this name, too", before), "names tell channels apart")
		}
		lines[c.Name] = node.Line
		all = append(all, c)
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	return all, nil
}

var yamlLine = regexp.MustCompile(`line \d+`)

func lineOf(err error) string {
	if found := yamlLine.FindString(err.Error()); found != "" {
		return "see " + found
	}
	return "it cannot be parsed"
}

// reader reads the channels of one file and gathers its mistakes.
type reader struct {
	file     File
	mistakes []mistake
}

type mistake struct {
	line int
	policy.FieldError
}

func (r *reader) fail(at *yaml.Node, key, problem, hint string) {
	place := fmt.Sprintf("%s:%d", r.file.Path, at.Line)
	if key != "" {
		place += ": " + key
	}
	r.mistakes = append(r.mistakes, mistake{at.Line, policy.FieldError{Field: place, Problem: problem, Hint: hint}})
}

// err is all mistakes by their lines; nil where there is none.
func (r *reader) err() error {
	slices.SortStableFunc(r.mistakes, func(a, b mistake) int { return a.line - b.line })
	var all policy.FieldErrors
	for _, m := range r.mistakes {
		all = append(all, m.FieldError)
	}
	if err := all.OrNil(); err != nil {
		return fmt.Errorf("%w: %w", policy.ErrConfig, err)
	}
	return nil
}

// described is a channel as it is written.
type described struct {
	Name    string   `yaml:"name"`
	Kind    string   `yaml:"kind"`
	Target  string   `yaml:"target"`
	Secrets []string `yaml:"secrets"`
	Topic   string   `yaml:"topic"`
	Filter  string   `yaml:"filter"`
	Batch   string   `yaml:"batch"`
	Hour    int      `yaml:"hour"`
	Zone    string   `yaml:"zone"`
}

// keys are those that a channel may have; where they stand is what mistakes name.
var keys = []string{"name", "kind", "target", "secrets", "topic", "filter", "batch", "hour", "zone"}

var goodName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

func (r *reader) channel(node *yaml.Node) Channel {
	if node.Kind != yaml.MappingNode {
		r.fail(node, "", "it is not a channel", "write it as - name: … with one key a line")
		return Channel{}
	}
	at := map[string]*yaml.Node{}
	d := described{Topic: string(policy.AlertEverything), Batch: string(policy.CadenceInstant), Hour: 7, Zone: "UTC"}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if at[key.Value] != nil {
			r.fail(key, key.Value, "it is there twice", "")
		}
		at[key.Value] = value
		r.value(key, value, &d)
	}
	place := func(key string) *yaml.Node {
		if at[key] != nil {
			return at[key]
		}
		return node
	}
	c := Channel{Name: d.Name, Kind: Kind(d.Kind), Target: r.expand(place("target"), "target", d.Target)}
	if !goodName.MatchString(c.Name) {
		r.fail(place("name"), "name", "a name has 1 to 40 small letters, digits and dashes", "")
	}
	for _, secret := range d.Secrets {
		c.Secrets = append(c.Secrets, r.expand(place("secrets"), "secrets", secret))
	}
	c.Alert = r.alert(d, place)
	r.target(c, place)
	return c
}

// value reads one value, so that a wrong one spoils no other.
func (r *reader) value(key, value *yaml.Node, d *described) {
	if !slices.Contains(keys, key.Value) {
		r.fail(key, "", "there is no such key", "choose of "+strings.Join(keys, ", "))
		return
	}
	one := yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: []*yaml.Node{key, value}}
	if err := one.Decode(d); err != nil {
		r.fail(value, key.Value, "it is of the wrong form", "")
	}
}

// alert reads of what a channel wants to hear, and how often.
func (r *reader) alert(d described, place func(string) *yaml.Node) policy.Alert {
	a := policy.Alert{Topic: policy.AlertTopic(d.Topic), Cadence: policy.AlertCadence(d.Batch), Hour: d.Hour, Zone: d.Zone}
	values, err := url.ParseQuery(d.Filter)
	if err == nil {
		a.Filter, err = policy.ParseFilter(values)
	}
	r.mistaken(err, "filter", place)
	if d.Batch != string(policy.CadenceInstant) && d.Batch != string(policy.CadenceDaily) {
		r.fail(place("batch"), "batch", "there is no such batch", "choose instant, which groups five minutes, or daily")
		a.Cadence = policy.CadenceInstant
	}
	check := r.file.Check
	if check == nil {
		check = policy.Alert.Check
	}
	r.mistaken(check(a), "filter", place)
	return a
}

// mistaken reports mistakes at the keys where they were made: what is no key of a channel
// is a part of the filter.
func (r *reader) mistaken(err error, key string, place func(string) *yaml.Node) {
	var many policy.FieldErrors
	if !errors.As(err, &many) {
		if err != nil {
			r.fail(place(key), key, "it cannot be read", "write it as in the address of a page: jurisdiction=EU&stance=weakens")
		}
		return
	}
	for _, m := range many {
		switch m.Field {
		case "topic", "hour", "zone":
			r.fail(place(m.Field), m.Field, m.Problem, m.Hint)
		default:
			r.fail(place(key), key+", "+m.Field, m.Problem+quoted(m.Value), m.Hint)
		}
	}
}

func quoted(value string) string {
	if value == "" {
		return ""
	}
	return fmt.Sprintf(" (%q)", value)
}
