package knowledge

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"gopkg.in/yaml.v3"
)

func (d *decoder) dossier(f fields, id string) policy.Dossier {
	if !isSlug(id) {
		d.fail(f.value("id"), f.path("id"), "an id is made of a-z, 0-9 and single hyphens, like eu-csa-regulation")
	}
	dossier := policy.Dossier{
		ID:            id,
		Jurisdiction:  d.reference(f, "jurisdiction", markJurisdiction, "write a code like GB, US-FL or EU"),
		Title:         f.required("title", "write the official title in English"),
		OriginalTitle: f.text("original_title"),
		ShortTitle:    f.text("short_title"),
		OfficialIDs:   d.officialIDs(f),
		Kind:          word(f, "kind", policy.DossierKinds),
		Status:        oneOf(f, "status", statuses),
		Effect:        word(f, "effect", policy.Effects),
		Measures:      measures(f),
		Summary:       f.required("summary", "write at most 60 words of your own"),
		Aliases:       d.aliasesIn(f, "aliases"),
		Links:         links(f),
		Confidence:    word(f, "confidence", policy.Surenesses),
	}
	if status := f.value("status"); status != nil {
		d.mark(markStatus, status.Value, status.Line, f.path("status"))
	}
	dossier.Events = d.events(f)
	dossier.Positions = d.positions(f)
	return dossier
}

func (d *decoder) officialIDs(f fields) []string {
	ids, lines := f.texts("official_ids")
	for i, id := range ids {
		d.mark(markOfficialID, id, lines[i], f.path("official_ids"))
	}
	return ids
}

func (d *decoder) aliasesIn(f fields, name string) map[string][]string {
	var all map[string][]string
	f.eachLanguage(name, func(language string, texts []string, lines []int) {
		if all == nil {
			all = map[string][]string{}
		}
		all[language] = texts
		for i, text := range texts {
			d.mark(markAlias, text, lines[i], f.path(name+"/"+language))
		}
	})
	return all
}

func measures(f fields) []policy.Measure {
	texts, lines := f.texts("measures")
	all := make([]policy.Measure, 0, len(texts))
	for i, text := range texts {
		if !policy.Measures.Has(policy.Measure(text)) {
			f.failAt(lines[i], f.path("measures"),
				"there is no such measure as "+strconv.Quote(text)+"; use "+join(policy.Measures.Values()))
			continue
		}
		all = append(all, policy.Measure(text))
	}
	return all
}

func links(f fields) map[string]string {
	all := map[string]string{}
	f.eachPair("links", func(name, value *yaml.Node) {
		key := f.path("links/" + name.Value)
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
		e, ok := d.mapping(node, index(f.path("events"), i), eventKeys...)
		if !ok {
			continue
		}
		event := policy.Event{
			Date:   e.date("date"),
			Stage:  oneOf(e, "stage", stages),
			Title:  e.required("title", "say in a few words what happened"),
			Source: e.eventSource(),
			Grade:  e.grade(),
		}
		if n := len(all); n > 0 && certainlyBefore(event.Date, all[n-1].Date) {
			d.fail(e.value("date"), e.path("date"), fmt.Sprintf("%s comes before the event above it (%s); put the oldest first",
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
		f.warn(f.node, f.path("source"), "this event has no source yet; write the address of the evidence, https://…")
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
		p, ok := d.mapping(node, index(f.path("positions"), i), positionKeys...)
		if !ok {
			continue
		}
		all = append(all, policy.Position{
			Actor:  d.reference(p, "actor", markActor, "write the id of an actor"),
			Side:   word(p, "position", policy.Sides),
			On:     p.date("on"),
			Claim:  p.required("claim", "write in your own words what was said"),
			Source: p.address("source"),
			Grade:  p.grade(),
		})
	}
	return all
}

// The stages of an event, and those of them that can be a status.
var stages, statuses = allStages(), decisiveStages()

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
