package record

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// choice is a Filter in the terms of the record.
type choice struct {
	none     bool            // only items can answer
	narrowed bool            // not every dossier answers
	dossiers map[string]bool // those that do
	words    bool            // there are words to look for
	found    map[string]bool // the entries, of the kind asked for, that hold the words
}

// choose finds what of the record answers a Filter. Of the Filter's fields those
// count that a dossier can answer: jurisdictions (with their parts), measures,
// dossiers, actors (who took a position on it), dates and words; stances, kinds,
// sources and languages are those of items alone. The words are looked for in events.
func (r *Record) choose(ctx context.Context, f policy.Filter) (choice, error) {
	return r.chooseIn(ctx, f, policy.RecordEvent)
}

func (r *Record) chooseIn(ctx context.Context, f policy.Filter, kind policy.RecordKind) (choice, error) {
	query, err := policy.ParseQuery(f.Query)
	if err != nil {
		return choice{}, fmt.Errorf("reading the search: %w", err)
	}
	c := choice{dossiers: map[string]bool{}}
	c.none = len(f.Stances)+len(f.Kinds)+len(f.Sources)+len(f.Languages) > 0 || f.Relevance == policy.Irrelevant
	var terms []policy.Term
	for _, term := range query.Terms {
		switch term.Field {
		case "", "title":
			c.words = true
		case "jurisdiction", "measure", "dossier", "actor":
			terms = append(terms, term)
		default:
			c.none = c.none || !term.Not
		}
	}
	for _, d := range r.base.Dossiers {
		if r.answers(d, f) && r.holds(d, terms) {
			c.dossiers[d.ID] = true
		}
	}
	c.narrowed = len(c.dossiers) < len(r.base.Dossiers)
	if !c.words || c.none {
		return c, nil
	}
	hits, err := r.store.SearchRecord(ctx, f.Query, kind)
	if err != nil {
		return choice{}, err
	}
	c.found = map[string]bool{}
	for _, hit := range hits {
		c.found[hit.ID] = true
	}
	return c, nil
}

// has reports whether an event was chosen, dates aside.
func (c choice) has(e policy.DossierEvent) bool {
	return !c.none && c.dossiers[e.Dossier] && (!c.words || c.found[e.ID])
}

// ids returns the chosen dossiers for a question to the store: nil means any.
func (c choice) ids() []string {
	if !c.narrowed {
		return nil
	}
	ids := make([]string, 0, len(c.dossiers))
	for id := range c.dossiers {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// query is the question to the store for what it noticed.
func (c choice) query(f policy.Filter) policy.EventQuery {
	q := policy.EventQuery{Dossiers: c.ids(), From: f.From, To: f.To, Newest: f.Order != policy.OrderOldest}
	if c.words {
		q.IDs = []string{}
		for id := range c.found {
			if isNoticed(id) {
				q.IDs = append(q.IDs, id)
			}
		}
		slices.Sort(q.IDs)
	}
	return q
}

func (r *Record) answers(d policy.Dossier, f policy.Filter) bool {
	return anyOf(f.Dossiers, func(id string) bool { return id == d.ID }) &&
		anyOf(f.Measures, func(m policy.Measure) bool { return slices.Contains(d.Measures, m) }) &&
		anyOf(f.Jurisdictions, func(code string) bool { return r.covers(code, d.Jurisdiction) }) &&
		anyOf(f.Actors, func(actor string) bool { return tookPart(d, actor) })
}

// anyOf reports whether one of the wanted values fits; none wanted fits all.
func anyOf[T any](wanted []T, fits func(T) bool) bool {
	return len(wanted) == 0 || slices.ContainsFunc(wanted, fits)
}

func tookPart(d policy.Dossier, actor string) bool {
	return slices.ContainsFunc(d.Positions, func(p policy.Position) bool { return p.Actor == actor })
}

func (r *Record) covers(code, jurisdiction string) bool {
	parent, _ := r.base.Parent(jurisdiction)
	return strings.EqualFold(code, jurisdiction) || parent.Code != "" && strings.EqualFold(code, parent.Code)
}

// holds reports whether a dossier fits the terms of a search that name a field.
func (r *Record) holds(d policy.Dossier, terms []policy.Term) bool {
	for _, term := range terms {
		var fits bool
		switch value := strings.ToLower(term.Text); term.Field {
		case "jurisdiction":
			fits = r.covers(value, d.Jurisdiction)
		case "measure":
			fits = slices.Contains(d.Measures, policy.Measure(value))
		case "dossier":
			fits = d.ID == value
		case "actor":
			fits = tookPart(d, value)
		}
		if fits == term.Not {
			return false
		}
	}
	return true
}

func within(d, from, to policy.Date) bool {
	return (from.IsZero() || d.End().After(from.Start())) && (to.IsZero() || d.Start().Before(to.End()))
}
