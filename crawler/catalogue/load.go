package catalogue

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"reflect"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

//go:embed sources/*.yaml
var builtIn embed.FS

// Load returns the built-in sources together with the operator's, sorted by
// id. Every *.yaml or *.yml file at the top of operator counts; nil means that
// there are none. An operator's source with the id of a built-in one replaces
// it. Any mistake makes the error a Problems, which wraps policy.ErrConfig and
// holds all of them; the sources that are right are returned beside it.
func Load(operator fs.FS) ([]Source, error) {
	own, err := fs.Sub(builtIn, "sources")
	if err != nil {
		return nil, fmt.Errorf("opening the built-in sources: %w", err)
	}
	return LoadFrom(own, operator)
}

// LoadFrom is Load with other files in place of the built-in ones.
func LoadFrom(builtIn, operator fs.FS) ([]Source, error) {
	var problems Problems
	byID := map[string]Source{}
	for _, files := range []fs.FS{builtIn, operator} {
		if files == nil {
			continue
		}
		loaded, mistakes, err := loadFolder(files)
		if err != nil {
			return nil, err
		}
		problems = append(problems, mistakes...)
		for _, s := range loaded {
			byID[s.ID] = s
		}
	}
	sources := make([]Source, 0, len(byID))
	for _, s := range byID {
		sources = append(sources, s)
	}
	slices.SortFunc(sources, func(a, b Source) int { return strings.Compare(a.ID, b.ID) })
	return sources, problems.orNil()
}

// loadFolder reads the files of one folder. Ids are unique within it.
func loadFolder(files fs.FS) ([]Source, Problems, error) {
	names, err := fs.ReadDir(files, ".")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("reading the folder of sources: %w", err)
	}
	var sources []Source
	var problems Problems
	seen := map[string]string{}
	for _, name := range names {
		if ext := path.Ext(name.Name()); name.IsDir() || ext != ".yaml" && ext != ".yml" {
			continue
		}
		body, err := fs.ReadFile(files, name.Name())
		if err != nil {
			return nil, nil, fmt.Errorf("reading a file of sources: %w", err)
		}
		loaded, mistakes := parseFile(name.Name(), body, seen)
		sources, problems = append(sources, loaded...), append(problems, mistakes...)
	}
	return sources, problems, nil
}

// parseFile reads one file; seen holds where each id stands so far.
func parseFile(name string, body []byte, seen map[string]string) ([]Source, Problems) {
	var document yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(body))
	if err := decoder.Decode(&document); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, nil // an empty file is no mistake
		}
		return nil, Problems{{File: name, Line: lineOf(err), Message: "no readable YAML: " + err.Error()}}
	}
	var sources []Source
	var problems Problems
	root := document.Content[0]
	if root.Kind != yaml.SequenceNode {
		return nil, Problems{{File: name, Line: root.Line, Message: what(root) + " stands where a list of sources belongs"}}
	}
	for _, node := range root.Content {
		source, mistakes := parseEntry(name, node, seen)
		problems = append(problems, mistakes...)
		if len(mistakes) == 0 {
			sources = append(sources, source)
		}
	}
	return sources, problems
}

// lineOf takes the line out of a message of the YAML library.
func lineOf(err error) int {
	var line int
	if _, after, ok := strings.Cut(err.Error(), "line "); ok {
		_, _ = fmt.Sscanf(after, "%d", &line)
	}
	return line
}

func parseEntry(file string, node *yaml.Node, seen map[string]string) (Source, Problems) {
	d := &decoder{file: file, source: idOf(node), lines: map[string]int{}}
	var e entry
	d.decode(node, "", reflect.ValueOf(&e).Elem())
	if first, twice := seen[e.ID]; twice && e.ID != "" {
		d.at("id", "the id is taken by the source at %s", first)
	}
	seen[e.ID] = fmt.Sprintf("%s:%d", file, node.Line)
	source := validate(d, e)
	return source, d.problems
}

func idOf(node *yaml.Node) string {
	for i := 0; node.Kind == yaml.MappingNode && i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == "id" {
			return node.Content[i+1].Value
		}
	}
	return ""
}
