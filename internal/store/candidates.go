package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Candidates returns one page of the candidates that are no dossier yet, the newest
// first unless the Filter asks for the oldest. A candidate answers the Filter where
// one of its items does, or its own jurisdiction; the dates are those at which we
// first saw it. One is left out of which no item is relevant any more, or none is without
// a dossier. A Filter that cannot be answered wraps policy.ErrInvalid.
func (s *Store) Candidates(ctx context.Context, f policy.Filter) (policy.CandidatePage, error) {
	own := ofCandidates(f)
	chosen, err := selectionOf(own)
	if err != nil {
		return policy.CandidatePage{}, err
	}
	var args arguments
	found, err := candidatesWhere(ctx, s, candidateSQL(s.dialect, chosen, &args), args)
	if err != nil {
		return policy.CandidatePage{}, err
	}
	page := policy.CandidatePage{Candidates: found}
	if len(found) > chosen.limit {
		page.Candidates = found[:chosen.limit]
		page.Next = cursor(own, int64(found[chosen.limit-1].ID))
	}
	return page, nil
}

// ofCandidates makes the question one about candidates, so that a cursor of items is
// none of theirs; they are relevant always.
func ofCandidates(f policy.Filter) policy.Filter {
	f.Relevance = "candidates"
	return f
}

func candidateSQL(d dialect, chosen selection, args *arguments) string {
	from, to := chosen.from, chosen.to
	conditions := []string{"c.dossier = ''", candidateItems(d, chosen, args)}
	if !from.IsZero() {
		conditions = append(conditions, "c.first_seen_at >= "+args.add(millis(from.Start())))
	}
	if !to.IsZero() {
		conditions = append(conditions, "c.first_seen_at < "+args.add(millis(to.End())))
	}
	order := " ORDER BY c.id DESC LIMIT "
	if chosen.oldest {
		order = " ORDER BY c.id LIMIT "
	}
	if chosen.paged && chosen.oldest {
		conditions = append(conditions, "c.id > "+args.add(chosen.after))
	} else if chosen.paged {
		conditions = append(conditions, "c.id < "+args.add(chosen.after))
	}
	return strings.Join(conditions, " AND ") + order + args.add(chosen.limit+1)
}

// candidateItems is the condition that an item of the candidate answers.
func candidateItems(d dialect, chosen selection, args *arguments) string {
	chosen.relevance = policy.RelevantOnly
	text := "EXISTS (SELECT 1 FROM candidate_items ci JOIN items i ON i.id = ci.item WHERE ci.candidate = c.id AND i.relevant" +
		" AND NOT EXISTS (SELECT 1 FROM item_tags l WHERE l.sort_key = i.sort_key AND l.tag >= 'dossier:' AND l.tag < 'dossier;')"
	for _, field := range chosen.wanted {
		condition := chosen.hasTag("i.sort_key", field.words, args)
		if field.prefix == "jurisdiction:" {
			condition = "(" + condition + inPlace(field, args) + ")"
		}
		text += " AND " + condition
	}
	if len(chosen.refused) > 0 {
		text += " AND NOT " + chosen.hasTag("i.sort_key", chosen.refused, args)
	}
	if chosen.searched() {
		chosen.words.relevance = policy.RelevantOnly
		table, key := d.search.table()
		text += " AND i.sort_key IN (SELECT " + key + " FROM " + table + " WHERE " + d.search.condition(chosen.words, args) + ")"
	}
	return text + ")"
}

// inPlace takes in the candidate's own jurisdiction, with its parts.
func inPlace(field anyOf, args *arguments) string {
	text := ""
	for _, word := range field.words {
		code := strings.TrimPrefix(word, field.prefix)
		text += " OR c.jurisdiction = " + args.add(code) + " OR c.jurisdiction LIKE " + args.add(likeLiteral(code)+"-%")
	}
	return text
}

func likeLiteral(code string) string {
	return strings.Map(func(r rune) rune {
		if r == '%' || r == '_' || r == '\\' {
			return -1
		}
		return r
	}, code)
}

// Candidate returns one candidate, also one that has become a dossier. A number that
// was never given wraps policy.ErrNotFound.
func (s *Store) Candidate(ctx context.Context, id policy.CandidateID) (policy.Candidate, error) {
	found, err := candidatesWhere(ctx, s, "c.id = $1", []any{int64(id)})
	if err != nil {
		return policy.Candidate{}, err
	}
	if len(found) == 0 {
		return policy.Candidate{}, fmt.Errorf("candidate %d: %w", id, policy.ErrNotFound)
	}
	return found[0], nil
}
