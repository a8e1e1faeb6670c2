package knowledge

import (
	"maps"
	"slices"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// addition gives more aliases to an entry that another file holds, so that an
// operator need not copy a whole dossier to teach the program one more name.
type addition struct {
	target  mark                // the id of the dossier or actor
	aliases map[string][]string // of a dossier, by language
	names   []string            // of an actor
	marks   []mark
}

var additionKeys = []string{"dossier", "actor", "add"}

func (d *decoder) additions(f fields) []addition {
	var all []addition
	for i, node := range f.list("aliases") {
		d.marks = nil
		a, ok := d.mapping(node, index("aliases", i), additionKeys...)
		if !ok {
			continue
		}
		dossier, actor := a.text("dossier"), a.text("actor")
		switch {
		case (dossier == "") == (actor == ""):
			d.fail(node, a.key, "write whose aliases these are: either dossier or actor, with an id")
		case a.value("add") == nil:
			d.fail(node, a.path("add"), "this is missing; write the aliases to add")
		case dossier != "":
			target := mark{d.at(a.value("dossier").Line), markDossier, dossier, a.path("dossier")}
			all = append(all, addition{target: target, aliases: d.aliasesIn(a, "add"), marks: d.marks})
		default:
			target := mark{d.at(a.value("actor").Line), markActor, actor, a.path("actor")}
			all = append(all, addition{target: target, names: d.namesIn(a, "add"), marks: d.marks})
		}
	}
	return all
}

// add applies the additions to the entries that were kept.
func (m *merged) add() (problems Problems) {
	for _, a := range m.additions {
		if a.target.kind == markDossier {
			problems = append(problems, extend(m.dossiers, a, func(d *policy.Dossier) { d.Aliases = joined(d.Aliases, a.aliases) })...)
			continue
		}
		problems = append(problems, extend(m.actors, a, func(p *policy.Actor) { p.Aliases = union(p.Aliases, a.names) })...)
	}
	return problems
}

func extend[T any](all []entry[T], a addition, do func(*T)) Problems {
	known := ids(all)
	i, ok := slices.BinarySearch(known, a.target.value)
	if !ok {
		return Problems{a.target.problem(a.target.key, unknown(a.target.kind, a.target.value, known))}
	}
	do(&all[i].value)
	all[i].marks = append(all[i].marks, a.marks...)
	return nil
}

func joined(a, b map[string][]string) map[string][]string {
	all := maps.Clone(a)
	if all == nil {
		all = map[string][]string{}
	}
	for language, texts := range b {
		all[language] = union(all[language], texts)
	}
	return all
}

// union returns the texts of a and those of b that are new.
func union(a, b []string) []string {
	all := slices.Clone(a)
	for _, text := range b {
		if !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return all
}
