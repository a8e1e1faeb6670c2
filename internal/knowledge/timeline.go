package knowledge

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Entry is one event of the record's timeline.
type Entry struct {
	ID           string // lasting, fit for an address: "eu-csa-regulation.2022-05-11.introduced"
	Dossier      string // the record's id
	Jurisdiction string // the dossier's
	policy.Event
}

// Ahead reports whether the event is still expected at now.
func (e Entry) Ahead(now time.Time) bool {
	lies, overdue := ahead(e.Event, now)
	return lies && !overdue
}

// Event returns the timeline's entry with this id, and whether there is one.
func (b *Base) Event(id string) (Entry, bool) { return lookUp(b.timeline, b.entries, id) }

// Events returns the events of the dossiers that answer the filter, in its
// order: newest first unless it asks for the oldest.
//
// Of the filter's fields those count that a dossier can answer: jurisdictions
// (with their sub-national ones), measures, dossiers, actors (who took a
// position on it), and the dates. A partial date counts where it may lie within
// them: "2026" is in "from May 2026". Size of page and cursor are the caller's.
func (b *Base) Events(f policy.Filter) []Entry {
	var found []Entry
	wanted := map[string]bool{}
	for _, d := range b.Dossiers {
		wanted[d.ID] = b.answers(d, f)
	}
	for _, e := range b.timeline {
		if wanted[e.Dossier] && within(e.Date, f.From, f.To) {
			found = append(found, e)
		}
	}
	if f.Order != policy.OrderOldest {
		slices.Reverse(found)
	}
	return found
}

func (b *Base) answers(d policy.Dossier, f policy.Filter) bool {
	return anyOf(f.Dossiers, func(id string) bool { return id == d.ID }) &&
		anyOf(f.Measures, func(m policy.Measure) bool { return slices.Contains(d.Measures, m) }) &&
		anyOf(f.Jurisdictions, func(code string) bool { return b.covers(code, d.Jurisdiction) }) &&
		anyOf(f.Actors, func(actor string) bool {
			return slices.ContainsFunc(d.Positions, func(p policy.Position) bool { return p.Actor == actor })
		})
}

// anyOf reports whether one of the wanted values fits; none wanted fits all.
func anyOf[T any](wanted []T, fits func(T) bool) bool {
	return len(wanted) == 0 || slices.ContainsFunc(wanted, fits)
}

func (b *Base) covers(code, jurisdiction string) bool {
	if code == jurisdiction {
		return true
	}
	parent, ok := b.Parent(jurisdiction)
	return ok && parent.Code == code
}

func within(d, from, to policy.Date) bool {
	return (from.IsZero() || d.End().After(from.Start())) && (to.IsZero() || d.Start().Before(to.End()))
}

// entriesOf gives the events of a dossier their lasting ids. The second event
// of one stage and date has ".2" after it, so that the first keeps its id.
func entriesOf(d policy.Dossier) []Entry {
	count := map[string]int{}
	entries := make([]Entry, len(d.Events))
	for i, event := range d.Events {
		id := fmt.Sprintf("%s.%s.%s", d.ID, event.Date, event.Stage)
		count[id]++
		if n := count[id]; n > 1 {
			id = fmt.Sprintf("%s.%d", id, n)
		}
		entries[i] = Entry{id, d.ID, d.Jurisdiction, event}
	}
	return entries
}

func (b *Base) buildTimeline() {
	for _, d := range b.Dossiers {
		b.timeline = append(b.timeline, entriesOf(d)...)
	}
	// Stable: on one day a dossier's own order stays.
	slices.SortStableFunc(b.timeline, func(x, y Entry) int {
		return cmp.Or(x.Date.Compare(y.Date), cmp.Compare(x.Dossier, y.Dossier))
	})
	b.entries = make(map[string]int, len(b.timeline))
	for i, e := range b.timeline {
		b.entries[e.ID] = i
	}
}
