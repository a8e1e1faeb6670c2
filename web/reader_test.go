package web_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// memory is a Reader over a few items, for looking at pages without a database.
type memory struct {
	items   []policy.Item // newest first
	sources []policy.SourceStatus
	err     error // what every question fails with

	events     []policy.DossierEvent // that machines noticed
	candidates []policy.Candidate
}

func (m *memory) Items(_ context.Context, f policy.Filter) (policy.ItemPage, error) {
	if m.err != nil {
		return policy.ItemPage{}, m.err
	}
	start := 0
	if f.Cursor != "" {
		n, err := strconv.Atoi(f.Cursor)
		if err != nil {
			return policy.ItemPage{}, policy.FieldErrors{{Field: "cursor", Value: f.Cursor, Problem: "it is not one of ours", Hint: "start from the first page"}}
		}
		start = n
	}
	all := m.matching(f)
	if f.Order == policy.OrderOldest {
		slices.Reverse(all)
	}
	end := min(len(all), start+f.PageSize())
	page := policy.ItemPage{Items: all[min(start, len(all)):end]}
	if end < len(all) {
		page.Next = strconv.Itoa(end)
	}
	return page, nil
}

func (m *memory) Item(_ context.Context, id policy.ItemID) (policy.Item, error) {
	if m.err != nil {
		return policy.Item{}, m.err
	}
	for _, item := range m.items {
		if item.ID == id {
			return item, nil
		}
	}
	return policy.Item{}, fmt.Errorf("item %d: %w", id, policy.ErrNotFound)
}

func (m *memory) Facets(_ context.Context, f policy.Filter) (policy.Facets, error) {
	if m.err != nil {
		return policy.Facets{}, m.err
	}
	all := m.matching(f)
	count := func(values func(policy.Item) []string) []policy.Count {
		return countAll(all, values)
	}
	return policy.Facets{
		Total:         len(all),
		Jurisdictions: count(func(i policy.Item) []string { return valuesOf(i.Tags.Jurisdictions) }),
		Stances:       count(func(i policy.Item) []string { return valuesOf([]policy.Tag{i.Tags.Stance}) }),
		Kinds:         count(func(i policy.Item) []string { return valuesOf([]policy.Tag{i.Tags.Kind}) }),
		Measures:      count(func(i policy.Item) []string { return valuesOf(i.Tags.Measures) }),
		Dossiers:      count(func(i policy.Item) []string { return valuesOf(i.Tags.Dossiers) }),
		Sources:       count(func(i policy.Item) []string { return []string{i.Document.Source} }),
		Languages:     count(func(i policy.Item) []string { return []string{i.Document.Language} }),
		ByMonth:       months(all),
	}, nil
}

func (m *memory) Stats(context.Context) (policy.Stats, error) {
	if m.err != nil {
		return policy.Stats{}, m.err
	}
	relevant := m.matching(policy.Filter{})
	s := policy.Stats{Items: len(m.items), Relevant: len(relevant), Sources: len(m.sources), ByMonth: months(relevant)}
	s.Jurisdictions = len(countAll(relevant, func(i policy.Item) []string { return valuesOf(i.Tags.Jurisdictions) }))
	if len(m.items) > 0 {
		s.NewestAt = m.items[0].ShownAt()
	}
	return s, nil
}

func (m *memory) Sources(context.Context) ([]policy.SourceStatus, error) { return m.sources, m.err }

func (m *memory) Source(_ context.Context, id string) (policy.SourceStatus, error) {
	for _, s := range m.sources {
		if s.ID == id {
			return s, m.err
		}
	}
	return policy.SourceStatus{}, fmt.Errorf("source %s: %w", id, policy.ErrNotFound)
}

func (m *memory) matching(f policy.Filter) []policy.Item {
	var all []policy.Item
	for _, item := range m.items {
		if matches(f, item) {
			all = append(all, item)
		}
	}
	return all
}

func matches(f policy.Filter, i policy.Item) bool {
	relevant := i.Tags.IsRelevant()
	switch f.Relevance {
	case policy.AnyRelevance:
	case policy.Irrelevant:
		relevant = !relevant
		fallthrough
	default:
		if !relevant {
			return false
		}
	}
	words := strings.ToLower(i.Document.Title + " " + i.Document.Summary + " " + i.Document.Text)
	at := i.ShownAt()
	return anyOf(f.Jurisdictions, valuesOf(i.Tags.Jurisdictions)) &&
		anyOf(f.Stances, []policy.Stance{policy.Stance(i.Tags.Stance.Value)}) &&
		anyOf(f.Kinds, []policy.Kind{policy.Kind(i.Tags.Kind.Value)}) &&
		anyOf(asTexts(f.Measures), valuesOf(i.Tags.Measures)) &&
		anyOf(f.Dossiers, valuesOf(i.Tags.Dossiers)) &&
		anyOf(f.Actors, valuesOf(i.Tags.Actors)) &&
		anyOf(f.Sources, []string{i.Document.Source}) &&
		anyOf(f.Languages, []string{i.Document.Language}) &&
		strings.Contains(words, strings.ToLower(f.Query)) &&
		(f.From.IsZero() || !at.Before(f.From.Start())) && (f.To.IsZero() || at.Before(f.To.End()))
}

func anyOf[T comparable](wanted, have []T) bool {
	return len(wanted) == 0 || slices.ContainsFunc(wanted, func(w T) bool { return slices.Contains(have, w) })
}

func asTexts(measures []policy.Measure) []string {
	var all []string
	for _, m := range measures {
		all = append(all, string(m))
	}
	return all
}

func valuesOf(tags []policy.Tag) []string {
	var all []string
	for _, t := range tags {
		if !t.IsZero() {
			all = append(all, t.Value)
		}
	}
	return all
}

func countAll(items []policy.Item, values func(policy.Item) []string) []policy.Count {
	var counts []policy.Count
	for _, item := range items {
		for _, value := range values(item) {
			at := slices.IndexFunc(counts, func(c policy.Count) bool { return c.Value == value })
			if at < 0 {
				counts = append(counts, policy.Count{Value: value, Count: 1})
			} else {
				counts[at].Count++
			}
		}
	}
	return counts
}

func months(items []policy.Item) []policy.Count {
	counts := countAll(items, func(i policy.Item) []string { return []string{i.ShownAt().UTC().Format("2006-01")} })
	slices.SortFunc(counts, func(a, b policy.Count) int { return strings.Compare(a.Value, b.Value) })
	return counts
}

// now is the moment at which the storybook is read.
func now() time.Time { return time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC) }
