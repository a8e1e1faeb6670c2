package knowledge

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"gopkg.in/yaml.v3"
)

// entry is one dossier, actor or jurisdiction as a file gives it, with the
// places of what can only be checked once everything is read.
type entry[T any] struct {
	id      string
	value   T
	file    string
	line    int
	shipped bool
	layer   int // 0 is the shipped record; an operator's folder has a higher one
	marks   []mark
}

// mark is a word of an entry that has to be compared with other entries.
type mark struct {
	kind  markKind
	value string
	line  int
	key   string
}

type markKind int

const (
	markActor markKind = iota
	markJurisdiction
	markAlias
	markOfficialID
)

var (
	dossierKeys = []string{"id", "jurisdiction", "title", "original_title", "short_title", "official_ids", "kind", "status", "effect",
		"measures", "summary", "aliases", "links", "events", "positions", "confidence"}
	eventKeys        = []string{"date", "stage", "title", "source"}
	positionKeys     = []string{"actor", "position", "on", "claim", "source"}
	actorKeys        = []string{"id", "name", "kind", "jurisdiction", "aliases", "stance"}
	jurisdictionKeys = []string{"code", "name", "level", "parent", "names", "demonyms", "capital", "parliament", "government",
		"agencies", "ambiguous"}
	levels = []policy.Level{policy.LevelSupranational, policy.LevelCountry, policy.LevelTerritory, policy.LevelSubnational}
)

// content is what one file holds.
type content struct {
	dossiers      []entry[policy.Dossier]
	actors        []entry[policy.Actor]
	jurisdictions []entry[policy.Jurisdiction]
	problems      Problems
}

// decoder reads the entries of one file.
type decoder struct {
	reader
	layer int
	marks []mark // of the entry at hand
}

func (d *decoder) file(root *yaml.Node) content {
	var c content
	f, ok := d.mapping(root, "", "dossiers", "actors", "jurisdictions")
	if !ok {
		return content{problems: d.problems}
	}
	c.dossiers = entries(d, f, "dossiers", "id", dossierKeys, d.dossier)
	c.actors = entries(d, f, "actors", "id", actorKeys, d.actor)
	c.jurisdictions = entries(d, f, "jurisdictions", "code", jurisdictionKeys, d.jurisdiction)
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
		all = append(all, entry[T]{
			id: id, value: value, file: d.reader.file, line: node.Line, shipped: d.shipped, layer: d.layer, marks: d.marks,
		})
	}
	return all
}

func (d *decoder) mark(kind markKind, value string, line int, key string) {
	if value != "" {
		d.marks = append(d.marks, mark{kind, value, line, key})
	}
}

// reference reads a required id of another entry and marks it for checking.
func (d *decoder) reference(f fields, name string, kind markKind, hint string) string {
	id := f.required(name, hint)
	if id != "" {
		d.mark(kind, id, f.value(name).Line, f.at(name))
	}
	return id
}

func (d *decoder) dossier(f fields, id string) policy.Dossier {
	if !isSlug(id) {
		d.fail(f.value("id"), f.at("id"), "an id is made of a-z, 0-9 and single hyphens, like eu-csa-regulation")
	}
	dossier := policy.Dossier{
		ID:            id,
		Jurisdiction:  d.reference(f, "jurisdiction", markJurisdiction, "write a code like GB, US-FL or EU"),
		Title:         f.required("title", "write the official title in English"),
		OriginalTitle: f.text("original_title"),
		ShortTitle:    f.text("short_title"),
		OfficialIDs:   d.officialIDs(f),
		Kind:          word(f, "kind", policy.DossierKinds),
		Status:        oneOf(f, "status", decisiveStages()),
		Effect:        word(f, "effect", policy.Effects),
		Measures:      measures(f),
		Summary:       f.required("summary", "write at most 60 words of your own"),
		Aliases:       d.aliases(f),
		Links:         links(f),
		Confidence:    word(f, "confidence", policy.Surenesses),
	}
	dossier.Events = d.events(f)
	dossier.Positions = d.positions(f)
	return dossier
}

func (d *decoder) officialIDs(f fields) []string {
	ids, lines := f.texts("official_ids")
	for i, id := range ids {
		d.mark(markOfficialID, id, lines[i], f.at("official_ids"))
	}
	return ids
}

func (d *decoder) aliases(f fields) map[string][]string {
	var all map[string][]string
	f.eachLanguage("aliases", func(language string, texts []string, lines []int) {
		if all == nil {
			all = map[string][]string{}
		}
		all[language] = texts
		for i, text := range texts {
			d.mark(markAlias, text, lines[i], f.at("aliases/"+language))
		}
	})
	return all
}

func measures(f fields) []policy.Measure {
	texts, lines := f.texts("measures")
	all := make([]policy.Measure, 0, len(texts))
	for i, text := range texts {
		if !policy.Measures.Has(policy.Measure(text)) {
			f.note(lines[i], f.at("measures"),
				"there is no such measure as "+strconv.Quote(text)+"; use "+join(policy.Measures.Values()), false)
			continue
		}
		all = append(all, policy.Measure(text))
	}
	return all
}

func links(f fields) map[string]string {
	all := map[string]string{}
	f.eachPair("links", func(name, value *yaml.Node) {
		key := f.at("links/" + name.Value)
		if name.Value != "official" && name.Value != "text" {
			f.fail(name, key, "there is no such link; use official, text")
			return
		}
		if text := f.scalar(value, key); text != "" {
			f.checkAddress(value, key, text)
			all[name.Value] = text
		}
	})
	return all
}

func (d *decoder) events(f fields) []policy.Event {
	nodes := f.list("events")
	all := make([]policy.Event, 0, len(nodes))
	for i, node := range nodes {
		e, ok := d.mapping(node, index(f.at("events"), i), eventKeys...)
		if !ok {
			continue
		}
		event := policy.Event{
			Date:   e.date("date"),
			Stage:  oneOf(e, "stage", allStages()),
			Title:  e.required("title", "say in a few words what happened"),
			Source: e.eventSource(),
		}
		if n := len(all); n > 0 && certainlyBefore(event.Date, all[n-1].Date) {
			d.fail(e.value("date"), e.at("date"), fmt.Sprintf("%s comes before the event above it (%s); put the oldest first",
				event.Date, all[n-1].Date))
		}
		all = append(all, event)
	}
	return all
}

// eventSource returns the address of an event's evidence. A step that everybody
// knows of may still wait for its source: that is told, and no mistake.
func (f fields) eventSource() string {
	if f.text("source") == "" {
		f.note(f.node.Line, f.at("source"), "this event has no source yet; write the address of the evidence, https://…", true)
		return ""
	}
	return f.address("source")
}

// certainlyBefore reports whether all of a lies before all of b. "2026" and
// "2026-05" are in order either way round.
func certainlyBefore(a, b policy.Date) bool {
	return !a.IsZero() && !b.IsZero() && !a.End().After(b.Start())
}

func (d *decoder) positions(f fields) []policy.Position {
	nodes := f.list("positions")
	all := make([]policy.Position, 0, len(nodes))
	for i, node := range nodes {
		p, ok := d.mapping(node, index(f.at("positions"), i), positionKeys...)
		if !ok {
			continue
		}
		all = append(all, policy.Position{
			Actor:  d.reference(p, "actor", markActor, "write the id of an actor"),
			Side:   word(p, "position", policy.Sides),
			On:     p.date("on"),
			Claim:  p.required("claim", "write in your own words what was said"),
			Source: p.address("source"),
		})
	}
	return all
}

func (d *decoder) actor(f fields, id string) policy.Actor {
	if !isSlug(id) {
		d.fail(f.value("id"), f.at("id"), "an id is made of a-z, 0-9 and single hyphens, like access-now")
	}
	aliases, _ := f.texts("aliases")
	return policy.Actor{
		ID:           id,
		Name:         f.required("name", "write the name in English"),
		Kind:         word(f, "kind", policy.ActorKinds),
		Jurisdiction: d.reference(f, "jurisdiction", markJurisdiction, "write a code like GB, US-FL or INT"),
		Aliases:      aliases,
		Stance:       word(f, "stance", policy.Stances),
	}
}

func (d *decoder) jurisdiction(f fields, code string) policy.Jurisdiction {
	ambiguous, _ := f.texts("ambiguous")
	j := policy.Jurisdiction{
		Code:       code,
		Name:       f.required("name", "write the name in English"),
		Level:      oneOf(f, "level", levels),
		Names:      f.byLanguage("names"),
		Demonyms:   f.byLanguage("demonyms"),
		Capital:    f.byLanguage("capital"),
		Parliament: f.byLanguage("parliament"),
		Government: f.byLanguage("government"),
		Agencies:   f.byLanguage("agencies"),
		Ambiguous:  ambiguous,
	}
	if j.Level == policy.LevelSubnational {
		j.Parent = d.reference(f, "parent", markJurisdiction, "a sub-national jurisdiction needs the code of its country")
	} else if node := f.value("parent"); node != nil {
		d.fail(node, f.at("parent"), "only a sub-national jurisdiction has a parent; take it out or set level: subnational")
	}
	return j
}

func allStages() []policy.Stage {
	all := make([]policy.Stage, len(policy.Stages))
	for i, w := range policy.Stages {
		all[i] = w.Stage
	}
	return all
}

func decisiveStages() []policy.Stage {
	return slices.DeleteFunc(allStages(), func(s policy.Stage) bool { return !decisive(s) })
}

func decisive(s policy.Stage) bool {
	w, ok := s.Words()
	return ok && w.Decisive
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
