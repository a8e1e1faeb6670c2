package knowledge

import (
	"regexp"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"gopkg.in/yaml.v3"
)

// entry is one dossier, actor or jurisdiction as a file gives it, with the
// places of what can only be checked once everything is read.
type entry[T any] struct {
	place
	id    string
	value T
	marks []mark
}

// mark is a word of an entry that has to be compared with other entries.
type mark struct {
	place
	kind  markKind
	value string
	key   string
}

type markKind int

const (
	markDossier markKind = iota
	markActor
	markJurisdiction
	markAlias
	markOfficialID
	markStatus
)

var (
	dossierKeys = []string{"id", "jurisdiction", "title", "original_title", "short_title", "official_ids", "kind", "status", "effect",
		"measures", "summary", "aliases", "links", "events", "positions", "confidence"}
	eventKeys        = []string{"date", "stage", "title", "source", "grade"}
	positionKeys     = []string{"actor", "position", "on", "claim", "source", "grade"}
	actorKeys        = []string{"id", "name", "kind", "jurisdiction", "aliases", "stance"}
	jurisdictionKeys = []string{"code", "name", "level", "parent", "names", "demonyms", "capital", "parliament", "government",
		"agencies", "ambiguous"}
	levels = []policy.Level{policy.LevelSupranational, policy.LevelCountry, policy.LevelTerritory, policy.LevelSubnational}
)

var jurisdictionCode = regexp.MustCompile(`^[A-Z]{2,3}(-[A-Z0-9]{1,3})?$`)

// content is what one file holds.
type content struct {
	dossiers      []entry[policy.Dossier]
	actors        []entry[policy.Actor]
	jurisdictions []entry[policy.Jurisdiction]
	hosts         []entry[policy.Grade]
	additions     []addition
	problems      Problems
}

// decoder reads the entries of one file.
type decoder struct {
	reader
	marks []mark // of the entry at hand
}

func (d *decoder) content(root *yaml.Node) content {
	var c content
	f, ok := d.mapping(root, "", "dossiers", "actors", "jurisdictions", "hosts", "aliases")
	if !ok {
		return content{problems: d.problems}
	}
	c.dossiers = entries(d, f, "dossiers", "id", dossierKeys, d.dossier)
	c.actors = entries(d, f, "actors", "id", actorKeys, d.actor)
	c.jurisdictions = entries(d, f, "jurisdictions", "code", jurisdictionKeys, d.jurisdiction)
	c.hosts = entries(d, f, "hosts", "host", hostKeys, d.host)
	c.additions = d.additions(f)
	c.problems = d.problems
	return c
}

// entries reads one top-level list. An entry without an id is told and left out.
func entries[T any](d *decoder, f fields, list, idKey string, known []string, read func(fields, string) T) []entry[T] {
	nodes := f.list(list)
	all := make([]entry[T], 0, len(nodes))
	for i, node := range nodes {
		f, ok := d.mapping(node, index(list, i), known...)
		if !ok {
			continue
		}
		id := f.required(idKey, "every entry needs its own")
		if id == "" {
			continue
		}
		f.key = list + "/" + id
		d.marks = nil
		value := read(f, id)
		all = append(all, entry[T]{place: d.at(node.Line), id: id, value: value, marks: d.marks})
	}
	return all
}

func (d *decoder) mark(kind markKind, value string, line int, key string) {
	if value != "" {
		d.marks = append(d.marks, mark{d.at(line), kind, value, key})
	}
}

// reference reads a required id of another entry and marks it for checking.
func (d *decoder) reference(f fields, name string, kind markKind, hint string) string {
	id := f.required(name, hint)
	if id != "" {
		d.mark(kind, id, f.value(name).Line, f.path(name))
	}
	return id
}

// isSlug reports whether an id is kebab-case and fits in an address as it is.
func isSlug(id string) bool {
	if id == "" || len(id) > 100 || id[0] == '-' || id[len(id)-1] == '-' {
		return false
	}
	for i, c := range []byte(id) {
		lower, digit, hyphen := c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-'
		if !lower && !digit && !hyphen || hyphen && id[i-1] == '-' {
			return false
		}
	}
	return true
}
