package web

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// question reads the parameters of a page that asks less than a Filter, and
// collects all mistakes in them.
type question struct {
	values   url.Values
	mistakes policy.FieldErrors
}

// ask begins to read parameters; those that are not among the known are mistakes.
func ask(values url.Values, known ...string) *question {
	q := &question{values: values}
	for name := range values {
		if !slices.Contains(known, name) {
			q.fail(name, values.Get(name), "there is no such parameter", hintOf(known))
		}
	}
	slices.SortFunc(q.mistakes, func(a, b policy.FieldError) int { return cmp.Compare(a.Field, b.Field) })
	return q
}

func hintOf(known []string) string {
	if len(known) == 0 {
		return "this page takes none"
	}
	return "use " + strings.Join(known, ", ")
}

func (q *question) fail(field, value, problem, hint string) {
	q.mistakes = append(q.mistakes, policy.FieldError{Field: field, Value: value, Problem: problem, Hint: hint})
}

// text reads one value.
func (q *question) text(name string) string { return strings.TrimSpace(q.values.Get(name)) }

// list reads several values, which may be parted by commas.
func (q *question) list(name string) []string {
	var all []string
	for _, value := range q.values[name] {
		for part := range strings.SplitSeq(value, ",") {
			if part = strings.TrimSpace(part); part != "" && !slices.Contains(all, part) {
				all = append(all, part)
			}
		}
	}
	return all
}

// places reads codes of jurisdictions.
func (q *question) places(name string) []string {
	all := q.list(name)
	for i := range all {
		all[i] = strings.ToUpper(all[i])
	}
	return all
}

// date reads a date of which perhaps only the month or the year is given.
func (q *question) date(name string) policy.Date {
	d, err := policy.ParseDate(q.text(name))
	if err != nil {
		q.fail(name, q.text(name), "it is not a date", "write 2026, 2026-05 or 2026-05-12")
	}
	return d
}

// words reads words of a closed list.
func words[T ~string](q *question, name string, known []T) []T {
	var all []T
	for _, value := range q.list(name) {
		if !slices.Contains(known, T(value)) {
			q.fail(name, value, "there is no such word", "use "+strings.Join(texts(known), ", "))
			continue
		}
		all = append(all, T(value))
	}
	return all
}

// oneWord reads one of the known words; the first one is meant where none is given.
func oneWord[T ~string](q *question, name string, known ...T) T {
	if all := words(q, name, known); len(all) > 0 {
		return all[0]
	}
	return known[0]
}

// canonical returns the redirect to the address that says the same in the least
// words, where the one that was asked is another.
func canonical(path string, asked, least url.Values) error {
	if blanks(asked) || len(least) < len(asked) {
		return redirect{to: withQuery(path, least)}
	}
	return nil
}
