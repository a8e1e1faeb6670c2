package store

import (
	"slices"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// maxBranches is the number of words of one field up to which each is read off
// its own index; beyond it, the list is read in order and every item is asked.
const maxBranches = 24

// keys returns SQL that gives the sort keys of the items of a selection: at most
// limit of them, in order, or all where limit is 0. Every branch of it reads one
// index in the order of the list and stops when it has enough, so the cost
// depends on the page and not on the number of items.
func (s selection) keys(d dialect, args *arguments, limit int) string {
	var branches []string
	add := func(table, key string, conditions ...string) {
		conditions = append(conditions, s.bounds(key, args)...)
		branches = append(branches, s.branch(table, key, conditions, args, limit))
	}
	switch driver := s.driver(); {
	case s.searched():
		table, key := d.search.table()
		add(table, key, append(s.tagged(key, -1, args), d.search.condition(s.words, args))...)
	case driver >= 0:
		for _, word := range s.wanted[driver].words {
			for _, relevant := range s.relevances() {
				add("item_tags t", "t.sort_key", append(s.tagged("t.sort_key", driver, args),
					"t.tag = "+args.add(word), "t.relevant = "+args.add(relevant))...)
			}
		}
	case s.relevance == policy.AnyRelevance:
		add("items i", "i.sort_key", s.tagged("i.sort_key", -1, args)...)
	default:
		add("items i", "i.sort_key", append(s.tagged("i.sort_key", -1, args),
			"i.relevant = "+args.add(s.relevance != policy.Irrelevant))...)
	}
	if len(branches) == 1 {
		return branches[0]
	}
	for i, branch := range branches {
		branches[i] = "SELECT sort_key FROM (" + branch + ") b" // SQLite takes no LIMIT inside of a UNION
	}
	return strings.Join(branches, " UNION ") + s.order("1", args, limit)
}

// driver returns the field whose index is read: the one with the fewest words, or
// -1 where none serves.
func (s selection) driver() int {
	best := -1
	for i, field := range s.wanted {
		if len(field.words) <= maxBranches && (best < 0 || len(field.words) < len(s.wanted[best].words)) {
			best = i
		}
	}
	return best
}

func (s selection) branch(table, key string, conditions []string, args *arguments, limit int) string {
	text := "SELECT " + key + " AS sort_key FROM " + table
	if len(conditions) > 0 {
		text += " WHERE " + strings.Join(conditions, " AND ")
	}
	return text + s.order(key, args, limit)
}

func (s selection) order(key string, args *arguments, limit int) string {
	if limit == 0 {
		return ""
	}
	if s.oldest {
		return " ORDER BY " + key + " LIMIT " + args.add(limit)
	}
	return " ORDER BY " + key + " DESC LIMIT " + args.add(limit)
}

// tagged returns the conditions of all fields but the one that drives.
func (s selection) tagged(key string, driver int, args *arguments) []string {
	var conditions []string
	for i, field := range s.wanted {
		if i != driver {
			conditions = append(conditions, s.hasTag(key, field.words, args))
		}
	}
	if len(s.refused) > 0 {
		conditions = append(conditions, "NOT "+s.hasTag(key, s.refused, args))
	}
	return conditions
}

// hasTag names the relevance too, because the index of item_tags does.
func (s selection) hasTag(key string, words []string, args *arguments) string {
	return "EXISTS (SELECT 1 FROM item_tags x WHERE x.sort_key = " + key +
		" AND x.tag IN (" + list(args, words) + ") AND x.relevant IN (" + list(args, s.relevances()) + "))"
}

// bounds returns the conditions of the dates and of the place in the list. A
// partial date is found by every day that it can mean.
func (s selection) bounds(key string, args *arguments) []string {
	var conditions []string
	if !s.to.IsZero() {
		conditions = append(conditions, key+" < "+args.add(sortKey(s.to.End(), 0)))
	}
	if !s.from.IsZero() {
		start := s.from.Start()
		conditions = append(conditions, key+" >= "+args.add(sortKey(start.Add(-longestSpan), 0)),
			"EXISTS (SELECT 1 FROM items e WHERE e.sort_key = "+key+" AND e.shown_end > "+args.add(millis(start))+")")
	}
	if s.paged && s.oldest {
		conditions = append(conditions, key+" > "+args.add(s.after))
	} else if s.paged {
		conditions = append(conditions, key+" < "+args.add(s.after))
	}
	return conditions
}

// without returns the selection without one field, to count what else could be
// chosen in it.
func (s selection) without(prefix string) selection {
	s.wanted = slices.DeleteFunc(slices.Clone(s.wanted), func(field anyOf) bool { return field.prefix == prefix })
	return s
}
