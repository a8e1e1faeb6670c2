package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Facets counts the items behind each value that a list could be narrowed by. A
// field's own choice does not narrow its own counts. A Filter that cannot be
// answered wraps policy.ErrInvalid.
func (s *Store) Facets(ctx context.Context, f policy.Filter) (policy.Facets, error) {
	f.Cursor, f.Limit, f.Order = "", 0, ""
	chosen, err := selectionOf(f)
	if err != nil {
		return policy.Facets{}, err
	}
	return cached(s, "facets?"+f.Values().Encode(), func() (policy.Facets, error) {
		found, err := s.countFacets(ctx, chosen)
		if err != nil {
			return policy.Facets{}, fmt.Errorf("counting facets: %w", err)
		}
		return found, nil
	})
}

func (s *Store) countFacets(ctx context.Context, chosen selection) (policy.Facets, error) {
	var found policy.Facets
	var args arguments
	rows, err := s.query(ctx, "SELECT count(*) FROM ("+chosen.keys(s.dialect, &args, 0)+") k", args...)
	if _, err := first(rows, err, &found.Total); err != nil {
		return found, err
	}
	counts, err := s.countTags(ctx, chosen, "")
	if err != nil {
		return found, err
	}
	for _, field := range chosen.wanted {
		free, err := s.countTags(ctx, chosen.without(field.prefix), field.prefix)
		if err != nil {
			return found, err
		}
		counts[field.prefix] = free[field.prefix]
	}
	found.Jurisdictions, found.Stances, found.Kinds = counts["jurisdiction:"], counts["stance:"], counts["kind:"]
	found.Measures, found.Dossiers = counts["measure:"], counts["dossier:"]
	found.Sources, found.Languages = counts[tagSource], counts[tagLanguage]
	undated := chosen
	undated.from, undated.to = policy.Date{}, policy.Date{}
	found.ByMonth, err = s.countMonths(ctx, undated)
	return found, err
}

// countTags counts the items of a selection by their words, the most frequent
// first. Only words with the prefix are counted; all where it is empty.
func (s *Store) countTags(ctx context.Context, chosen selection, prefix string) (map[string][]policy.Count, error) {
	var args arguments
	var text string
	if chosen.narrowed() {
		text = "SELECT t.tag, count(*) FROM (" + chosen.keys(s.dialect, &args, 0) + ") k JOIN item_tags t ON t.sort_key = k.sort_key"
	} else {
		text = "SELECT t.tag, count(*) FROM item_tags t WHERE t.relevant IN (" + list(&args, chosen.relevances()) + ")"
	}
	if prefix != "" {
		text += " AND t.tag >= " + args.add(prefix) + " AND t.tag < " + args.add(strings.TrimSuffix(prefix, ":")+";")
	}
	counts := map[string][]policy.Count{}
	rows, err := s.query(ctx, text+" GROUP BY t.tag", args...)
	err = each(rows, err, func(rows *sql.Rows) error {
		var tag string
		var count int
		if err := rows.Scan(&tag, &count); err != nil {
			return err
		}
		facet, value, _ := strings.Cut(tag, ":")
		if facet+":" == tagLanguage && strings.Contains(value, "-") {
			return nil // counted by the language without its region
		}
		counts[facet+":"] = append(counts[facet+":"], policy.Count{Value: value, Count: count})
		return nil
	})
	for _, values := range counts {
		slices.SortFunc(values, func(a, b policy.Count) int {
			return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Value, b.Value))
		})
	}
	return counts, err
}

// narrowed reports whether the selection holds less than everything of its
// relevance.
func (s selection) narrowed() bool {
	return s.searched() || len(s.wanted)+len(s.refused) > 0 || !s.from.IsZero() || !s.to.IsZero()
}
