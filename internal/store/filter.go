package store

import (
	"fmt"
	"slices"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// selection is a Filter in the terms of the store.
type selection struct {
	wanted    []anyOf   // all must hold
	refused   []string  // words of item_tags that must not be there
	words     wordQuery // what to search for
	from, to  policy.Date
	relevance policy.Relevance
	oldest    bool
	limit     int
	after     int64 // the sort key of the last item of the page before
	paged     bool
}

// anyOf is one field of a Filter: words of item_tags of which one must be there.
type anyOf struct {
	prefix string // of all of them, "kind:"
	words  []string
}

// selectionOf reads a Filter. What cannot be asked wraps policy.ErrInvalid.
func selectionOf(f policy.Filter) (selection, error) {
	s := selection{
		from: f.From, to: f.To, relevance: f.Relevance, oldest: f.Order == policy.OrderOldest, limit: f.PageSize(),
	}
	if s.relevance == "" {
		s.relevance = policy.RelevantOnly
	}
	s.want("jurisdiction:", f.Jurisdictions, strings.ToUpper)
	s.want("stance:", textsOf(f.Stances), same)
	s.want("kind:", textsOf(f.Kinds), same)
	s.want("measure:", textsOf(f.Measures), same)
	s.want("dossier:", f.Dossiers, same)
	s.want("actor:", f.Actors, same)
	s.want(tagSource, f.Sources, same)
	s.want(tagLanguage, f.Languages, strings.ToLower)
	var err error
	if s.after, s.paged, err = position(f); err != nil {
		return selection{}, err
	}
	return s, s.search(f.Query)
}

func same(text string) string { return text }

func textsOf[T ~string](values []T) []string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = string(v)
	}
	return all
}

func (s *selection) want(prefix string, values []string, form func(string) string) {
	if len(values) == 0 {
		return
	}
	field := anyOf{prefix: prefix}
	for _, value := range values {
		word := prefix + form(clean(value))
		if !slices.Contains(field.words, word) {
			field.words = append(field.words, word)
		}
	}
	s.wanted = append(s.wanted, field)
}

// search adds what a person typed to the selection.
func (s *selection) search(text string) error {
	query, err := policy.ParseQuery(clean(text))
	if err != nil {
		return fmt.Errorf("reading the search: %w", err)
	}
	s.words.relevance = s.relevance
	for _, term := range query.Terms {
		switch term.Field {
		case "", "title":
			s.phrase(term)
		default:
			s.field(term)
		}
	}
	return nil
}

func (s *selection) phrase(term policy.Term) {
	p := phrase{words: foldedWords(term.Text), title: term.Field == "title"}
	switch {
	case len(p.words) == 0: // nothing but signs that are not searched
	case term.Not:
		s.words.not = append(s.words.not, p)
	default:
		s.words.phrases = append(s.words.phrases, p)
	}
}

func (s *selection) field(term policy.Term) {
	form := strings.ToLower
	if term.Field == "jurisdiction" {
		form = strings.ToUpper
	}
	word := term.Field + ":" + form(term.Text)
	if term.Not {
		s.refused = append(s.refused, word)
		return
	}
	s.wanted = append(s.wanted, anyOf{prefix: term.Field + ":", words: []string{word}})
}

// searched reports whether words of the text matter.
func (s selection) searched() bool { return len(s.words.phrases)+len(s.words.not) > 0 }

// relevances returns the values of the column relevant that are asked for.
func (s selection) relevances() []bool {
	switch s.relevance {
	case policy.AnyRelevance:
		return []bool{true, false}
	case policy.Irrelevant:
		return []bool{false}
	}
	return []bool{true}
}
