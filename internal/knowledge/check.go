package knowledge

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"golang.org/x/text/cases"
)

// check compares the entries with each other, once only the valid ones of all
// folders are left.
func (m *merged) check() Problems {
	known := map[markKind][]string{markActor: ids(m.actors), markJurisdiction: ids(m.jurisdictions)}
	problems := references(m.dossiers, known)
	problems = append(problems, references(m.actors, known)...)
	problems = append(problems, references(m.jurisdictions, known)...)
	problems = append(problems, m.parents()...)
	problems = append(problems, shared(m.dossiers, markOfficialID, NormalOfficialID)...)
	problems = append(problems, shared(m.dossiers, markAlias, folded)...)
	problems = append(problems, shared(m.actors, markAlias, folded)...)
	return append(problems, m.statuses()...)
}

// ids returns the ids of the entries, which are sorted by them.
func ids[T any](all []entry[T]) []string {
	texts := make([]string, len(all))
	for i, e := range all {
		texts[i] = e.id
	}
	return texts
}

var markWords = map[markKind]string{
	markDossier: "dossier", markActor: "actor", markJurisdiction: "jurisdiction", markAlias: "alias", markOfficialID: "official id",
}

// references reports the ids that no entry has.
func references[T any](all []entry[T], known map[markKind][]string) (problems Problems) {
	for _, e := range all {
		for _, mark := range e.marks {
			there, referring := known[mark.kind]
			if !referring {
				continue
			}
			if _, ok := slices.BinarySearch(there, mark.value); ok {
				continue
			}
			problems = append(problems, mark.problem(mark.key, unknown(mark.kind, mark.value, there)))
		}
	}
	return problems
}

func unknown(kind markKind, id string, known []string) string {
	message := fmt.Sprintf("there is no %s %q in the record; ", markWords[kind], id)
	if near := nearest(id, known); near != "" {
		return message + "did you mean " + near + "?"
	}
	return message + "add it, or write the id of one that is there"
}

// parents reports sub-national jurisdictions whose parent is one too.
func (m *merged) parents() (problems Problems) {
	subnational := map[string]bool{}
	for _, e := range m.jurisdictions {
		subnational[e.id] = e.value.Level == policy.LevelSubnational
	}
	for _, e := range m.jurisdictions {
		if subnational[e.value.Parent] {
			problems = append(problems, e.problem("jurisdictions/"+e.id+"/parent",
				strconv.Quote(e.value.Parent)+" is itself sub-national; write the code of the country"))
		}
	}
	return problems
}

// held is one of an entry's words.
type held struct {
	mark
	id string // of the entry
}

// shared reports the words that two entries claim for themselves, each pair of
// entries and word once.
func shared[T any](all []entry[T], kind markKind, normal func(string) string) (problems Problems) {
	holders, told := map[string]held{}, map[[2]string]bool{}
	for _, e := range all {
		for _, mark := range e.marks {
			if mark.kind != kind {
				continue
			}
			key := normal(mark.value)
			first, taken := holders[key]
			if !taken {
				holders[key] = held{mark, e.id}
				continue
			}
			if pair := [2]string{key, e.id}; first.id != e.id && !told[pair] {
				told[pair] = true
				problems = append(problems, clash(held{mark, e.id}, first))
			}
		}
	}
	return problems
}

// clash tells it where it can be mended: in the operator's folder rather than
// in the shipped record. Two things may share a name but never an official id.
func clash(later, first held) Problem {
	if later.layer < first.layer {
		later, first = first, later
	}
	p := later.problem(later.key, fmt.Sprintf("the %s %q is also one of %s (%s:%d); it cannot tell the two apart",
		markWords[later.kind], later.value, first.id, first.file, first.line))
	p.Warning = later.kind == markAlias
	return p
}

// folded is the form in which two aliases are the same to a reader.
func folded(alias string) string {
	return cases.Fold().String(strings.Join(strings.Fields(alias), " "))
}

// statuses warns of dossiers whose status their own history contradicts.
func (m *merged) statuses() (problems Problems) {
	for _, e := range m.dossiers {
		last, ok := lastDecisive(e.value)
		if !ok || !contradicts(e.value, last.Stage) {
			continue
		}
		problems = append(problems, e.placeOf(markStatus).warning("dossiers/"+e.id+"/status", fmt.Sprintf(
			"the status is %s, but the last decisive event is %s (%s); change the status or add the event that is missing",
			e.value.Status, last.Stage, last.Date)))
	}
	return problems
}

func lastDecisive(d policy.Dossier) (policy.Event, bool) {
	for _, event := range slices.Backward(d.Events) {
		if decisive(event.Stage) {
			return event, true
		}
	}
	return policy.Event{}, false
}

// contradicts reports whether a history that ends with last cannot belong to
// the dossier's status: one of them is an end and the other is not, or the
// history of a text is further on than its status. A law in force may be
// amended, challenged or discussed anew and still is in force.
func contradicts(d policy.Dossier, last policy.Stage) bool {
	if d.Status == policy.StageLapsed && !final(last) {
		// Most texts lapse silently, when a legislature ends before a decision.
		return progress(last) >= progress(policy.StageEnacted)
	}
	if final(last) != final(d.Status) {
		return true
	}
	// The steps in the history of a statement or a case are mostly others' steps.
	return slices.Contains(texts, d.Kind) && progress(d.Status) >= 0 && progress(last) > progress(d.Status)
}

// texts are the kinds of dossier that go from step to step themselves.
var texts = []policy.DossierKind{"bill", "law", "regulation", "treaty", "consultation"}

func final(s policy.Stage) bool {
	w, _ := s.Words()
	return w.Final
}

// progress counts the steps of the usual way from announced to in force; it is
// -1 for a stage beside that way. Committee, floor and amendments may come in
// any order and count as one step.
func progress(s policy.Stage) int {
	switch s {
	case policy.StageFloor, policy.StageAmended:
		s = policy.StageCommittee
	}
	for i, w := range policy.Stages {
		if w.Stage == s {
			return i
		}
		if w.Stage == policy.StageInForce {
			break
		}
	}
	return -1
}
