package policy

import (
	"fmt"
	"slices"
	"strings"
)

// Query is a search as a person types it: words, "phrases", -not, and
// field:value, where the field is one of the Filter's.
type Query struct {
	Terms []Term
}

// Term is one part of a Query. All parts must hold.
type Term struct {
	Field string // empty for words of the text, else a name of QueryFields
	Text  string
	Exact bool // a phrase in quotation marks
	Not   bool
}

// QueryFields are the fields that a search may name, and what they look at.
// "title" looks for words in the title alone; the others are the Filter's own.
var QueryFields = []string{
	"title", "jurisdiction", "stance", "kind", "measure", "dossier", "actor", "source", "lang",
}

// ParseQuery reads a search. It never fails on the marks of a hurried typist:
// an unclosed quotation mark closes at the end, and an empty term is nothing. A
// field that does not exist is an error which names those that do.
func ParseQuery(text string) (Query, error) {
	var q Query
	for rest := strings.TrimSpace(text); rest != ""; rest = strings.TrimSpace(rest) {
		var term Term
		var err error
		term, rest, err = nextTerm(rest)
		if err != nil {
			return Query{}, err
		}
		if term.Text != "" {
			q.Terms = append(q.Terms, term)
		}
	}
	return q, nil
}

func nextTerm(text string) (term Term, rest string, err error) {
	if strings.HasPrefix(text, "-") {
		term.Not = true
		text = text[1:]
	}
	if field, after, ok := cutField(text); ok {
		if !slices.Contains(QueryFields, field) {
			return Term{}, "", FieldErrors{{
				Field: "q", Value: field + ":", Problem: fmt.Sprintf("there is no field %q to search in", field),
				Hint: "use " + strings.Join(QueryFields, ", ") + `, or put the words in "quotation marks"`,
			}}
		}
		term.Field = field
		text = after
	}
	if strings.HasPrefix(text, `"`) {
		term.Exact = true
		term.Text, rest, _ = strings.Cut(text[1:], `"`)
		term.Text = strings.TrimSpace(term.Text)
		return term, rest, nil
	}
	end := strings.IndexAny(text, " \t\r\n\u3000")
	if end < 0 {
		end = len(text)
	}
	term.Text = strings.Trim(text[:end], `"`)
	return term, text[end:], nil
}

// cutField splits "field:value". An address such as https://example.org and a
// time such as 12:30 are words, not fields.
func cutField(text string) (field, after string, ok bool) {
	field, after, ok = strings.Cut(text, ":")
	if !ok || field == "" || after == "" || strings.HasPrefix(after, "//") {
		return "", "", false
	}
	for _, r := range field {
		if r < 'a' || r > 'z' {
			return "", "", false
		}
	}
	return field, after, true
}
