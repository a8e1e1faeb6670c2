package knowledge

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"gopkg.in/yaml.v3"
)

// maxFile is the size of the largest file that is read, in bytes. The whole
// shipped record is smaller than one megabyte.
const maxFile = 8 << 20

// source is one file of one folder.
type source struct {
	layer int
	path  string
	data  []byte
}

// Load reads the shipped record and then each of the operator's folders. Every
// *.yaml file in a folder may hold the lists dossiers, actors, jurisdictions and
// hosts. An entry whose id is known replaces the earlier one wholly; a
// new id adds an entry; a list of aliases adds names to an entry of any folder.
// A mistake anywhere is an error: Problems with all of them, which wraps
// policy.ErrConfig.
func Load(overrides ...fs.FS) (*Base, error) {
	base, problems := read(append([]fs.FS{Record()}, overrides...))
	if mistakes := problems.Mistakes(); len(mistakes) > 0 {
		return nil, mistakes
	}
	base.Warnings = problems.Warnings()
	return base, nil
}

// Check reports all problems of the shipped record and the operator's folders
// by file and line, warnings included. It is empty when all is well.
func Check(overrides ...fs.FS) Problems {
	_, problems := read(append([]fs.FS{Record()}, overrides...))
	return problems
}

func read(layers []fs.FS) (*Base, Problems) {
	files, problems := gather(layers)
	contents := decodeAll(files)
	var m merged
	for _, c := range contents {
		m.dossiers = append(m.dossiers, c.dossiers...)
		m.actors = append(m.actors, c.actors...)
		m.jurisdictions = append(m.jurisdictions, c.jurisdictions...)
		m.hosts = append(m.hosts, c.hosts...)
		m.additions = append(m.additions, c.additions...)
		problems = append(problems, c.problems...)
	}
	problems = append(problems, m.merge()...)
	problems = append(problems, m.check()...)
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(order(a.Shipped, b.Shipped), cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return newBase(m, digest(files)), problems
}

// order puts true before false: the shipped record first.
func order(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// gather reads the bytes of all files, in an order that depends on their names
// alone.
func gather(layers []fs.FS) (files []source, problems Problems) {
	for i, layer := range layers {
		fail := func(path string, err error) {
			problems = append(problems, Problem{File: path, Message: "it cannot be read: " + err.Error(), Shipped: i == 0})
		}
		err := fs.WalkDir(layer, ".", func(name string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				fail(name, err)
				return nil
			case entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && name != ".":
				return fs.SkipDir
			case entry.IsDir() || !isYAML(name):
				return nil
			}
			data, err := readFile(layer, name)
			if err != nil {
				fail(name, err)
				return nil
			}
			files = append(files, source{i, name, data})
			return nil
		})
		if err != nil {
			fail(".", err)
		}
	}
	return files, problems
}

func isYAML(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	return (ext == ".yaml" || ext == ".yml") && !strings.HasPrefix(path.Base(name), ".")
}

func readFile(folder fs.FS, name string) ([]byte, error) {
	file, err := folder.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("it is larger than %d MB", maxFile>>20)
	}
	return data, err
}

// digest names the content of all files in twelve characters.
func digest(files []source) string {
	hash := sha256.New()
	for _, f := range files {
		fmt.Fprintf(hash, "%d %s %d\n", f.layer, f.path, len(f.data))
		hash.Write(f.data)
	}
	return hex.EncodeToString(hash.Sum(nil))[:12]
}

// decodeAll decodes the files side by side, since YAML is most of the time that
// a start takes. The results keep the order of the files.
func decodeAll(files []source) []content {
	contents := make([]content, len(files))
	var wait sync.WaitGroup
	for i, f := range files {
		wait.Go(func() { contents[i] = decodeFile(f) })
	}
	wait.Wait()
	return contents
}

var yamlLine = regexp.MustCompile(`^yaml: line (\d+): `)

func decodeFile(f source) content {
	d := decoder{reader: reader{file: f.path, layer: f.layer}}
	yamlDecoder := yaml.NewDecoder(bytes.NewReader(f.data))
	var document, second yaml.Node
	err := yamlDecoder.Decode(&document)
	if errors.Is(err, io.EOF) {
		return content{} // an empty file, or one of comments alone
	}
	if err != nil {
		return content{problems: Problems{syntaxProblem(d.reader, err)}}
	}
	if err := yamlDecoder.Decode(&second); err == nil {
		d.fail(&second, "", "a second document starts here; put everything in one, without ---")
	} else if !errors.Is(err, io.EOF) {
		d.problems = append(d.problems, syntaxProblem(d.reader, err))
	}
	root := document.Content[0]
	if root.Tag == "!!null" {
		return content{problems: d.problems}
	}
	return d.content(root)
}

func syntaxProblem(r reader, err error) Problem {
	text, line := err.Error(), 0
	if found := yamlLine.FindStringSubmatch(text); found != nil {
		line, _ = strconv.Atoi(found[1])
		text = strings.TrimPrefix(text, found[0])
	}
	text = strings.TrimPrefix(text, "yaml: ")
	return r.at(line).problem("", "this is not readable as YAML: "+text)
}

// merged is the content of all files, one entry for each id.
type merged struct {
	dossiers      []entry[policy.Dossier]
	actors        []entry[policy.Actor]
	jurisdictions []entry[policy.Jurisdiction]
	hosts         []entry[policy.Grade]
	additions     []addition
}

func (m *merged) merge() Problems {
	var all, found Problems
	m.dossiers, all = latest("dossiers", m.dossiers)
	m.actors, found = latest("actors", m.actors)
	all = append(all, found...)
	m.jurisdictions, found = latest("jurisdictions", m.jurisdictions)
	all = append(all, found...)
	m.hosts, found = latest("hosts", m.hosts)
	all = append(all, found...)
	return append(all, m.add()...)
}

// latest keeps the entry of the highest layer for each id, sorted by id. Two of
// one layer are a mistake.
func latest[T any](list string, all []entry[T]) (kept []entry[T], problems Problems) {
	// Stable: the files, and so the entries of one id, come in the order of the layers.
	slices.SortStableFunc(all, func(a, b entry[T]) int { return cmp.Compare(a.id, b.id) })
	for _, e := range all {
		n := len(kept)
		if n == 0 || kept[n-1].id != e.id {
			kept = append(kept, e)
			continue
		}
		if before := kept[n-1]; before.layer == e.layer {
			problems = append(problems, e.problem(list+"/"+e.id,
				fmt.Sprintf("this id is taken by %s:%d; choose another or keep one of them", before.file, before.line)))
			continue
		}
		kept[n-1] = e
	}
	return kept, problems
}

// placeOf returns the place of the entry's first mark of a kind, or else its own.
func (e entry[T]) placeOf(kind markKind) place {
	for _, mark := range e.marks {
		if mark.kind == kind {
			return mark.place
		}
	}
	return e.place
}
