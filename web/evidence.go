package web

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Bounds of what is quoted as evidence: words before and after the ones that
// counted, in bytes, and how many sentences of one tag.
const (
	contextBytes = 200
	maxQuotes    = 3
)

// quote is a sentence of the document with the words that counted marked.
type quote struct {
	Field string // where it stands, in words
	Parts []part
}

type part struct {
	Text   string
	Marked bool
}

// run is a stretch of a text, in bytes.
type run struct{ start, end int }

// quotesOf returns the sentences in which the spans lie, in the order of the
// document, and how many more there would be. Spans that share a sentence share
// a quote.
func quotesOf(d policy.Document, spans []policy.Span) (quotes []quote, more int) {
	for _, field := range []string{"title", "summary", "text"} {
		text := fieldOf(d, field)
		var marks []run
		for _, span := range spans {
			switch {
			case span.Field != field:
			case fits(text, span):
				marks = append(marks, run{span.Start, span.End})
			case span.Text != "":
				quotes = append(quotes, quote{fieldLabel(field), []part{{span.Text, true}}})
			}
		}
		quotes = append(quotes, sentences(text, fieldLabel(field), marks)...)
	}
	if len(quotes) > maxQuotes {
		more = len(quotes) - maxQuotes
		quotes = quotes[:maxQuotes]
	}
	return quotes, more
}

func fieldOf(d policy.Document, field string) string {
	switch field {
	case "title":
		return d.Title
	case "summary":
		return d.Summary
	}
	return d.Text
}

func fieldLabel(field string) string {
	switch field {
	case "title":
		return "In the title"
	case "summary":
		return "In the summary"
	}
	return "In the text"
}

// fits reports whether a span says what the text has at its place. It may not,
// where the text was stored anew since.
func fits(text string, s policy.Span) bool {
	return s.Start >= 0 && s.Start < s.End && s.End <= len(text) && text[s.Start:s.End] == s.Text
}

// sentences cuts the sentences around the marks out of the text.
func sentences(text, field string, marks []run) []quote {
	slices.SortFunc(marks, func(a, b run) int { return cmp.Or(a.start-b.start, b.end-a.end) })
	var quotes []quote
	for len(marks) > 0 {
		around := run{sentenceStart(text, marks[0].start), sentenceEnd(text, marks[0].end)}
		n := 1
		for n < len(marks) && marks[n].start < around.end {
			around.end = max(around.end, sentenceEnd(text, marks[n].end))
			n++
		}
		quotes = append(quotes, quote{field, parts(text, around, marks[:n])})
		marks = marks[n:]
	}
	return quotes
}

// parts splits a sentence at its marks.
func parts(text string, around run, marks []run) []part {
	var all []part
	add := func(from, to int, marked bool) {
		if from < to {
			all = append(all, part{strings.Join(fieldsKeepingEnds(text[from:to]), " "), marked})
		}
	}
	if around.start > 0 && !endsSentence(text[:around.start]) {
		all = append(all, part{Text: "…"})
	}
	at := around.start
	for _, mark := range marks {
		if mark.end <= at {
			continue
		}
		add(at, mark.start, false)
		add(max(at, mark.start), mark.end, true)
		at = mark.end
	}
	add(at, around.end, false)
	if around.end < len(text) && text[around.end] != '\n' && !endsSentence(text[:around.end]+" ") {
		all = append(all, part{Text: "…"})
	}
	return all
}

// fieldsKeepingEnds splits at white space so that joining keeps a space at
// either end, which parts it from its neighbour.
func fieldsKeepingEnds(text string) []string {
	words := strings.Fields(text)
	if strings.TrimLeft(text, " \t\r\n") != text {
		words = append([]string{""}, words...)
	}
	if strings.TrimRight(text, " \t\r\n") != text {
		words = append(words, "")
	}
	return words
}

// sentenceStart looks back for where the sentence begins, no further than the
// context allows.
func sentenceStart(text string, at int) int {
	low := max(0, at-contextBytes)
	for i := at; i > low; i-- {
		if utf8.RuneStart(text[i]) && endsSentence(text[:i]) {
			return i + len(text[i:at]) - len(strings.TrimLeft(text[i:at], " \n\t"))
		}
	}
	if low == 0 {
		return 0
	}
	if space := strings.IndexAny(text[low:at], " \n\t"); space >= 0 {
		return low + space + 1
	}
	for low < at && !utf8.RuneStart(text[low]) {
		low++
	}
	return low
}

// sentenceEnd looks ahead for where the sentence ends.
func sentenceEnd(text string, at int) int {
	high := min(len(text), at+contextBytes)
	for i := at; i <= high; i++ {
		if i == len(text) || (utf8.RuneStart(text[i]) && endsSentence(text[:i])) {
			return at + len(strings.TrimRight(text[at:i], " \n\t"))
		}
	}
	if space := strings.LastIndexAny(text[at:high], " \n\t"); space > 0 {
		return at + space
	}
	for high < len(text) && !utf8.RuneStart(text[high]) {
		high++
	}
	return high
}

// endsSentence reports whether a text ends where a sentence does: after a full
// stop and a space, after a mark of a script that uses no spaces, or at a line's
// end.
func endsSentence(text string) bool {
	for _, mark := range []string{". ", "! ", "? ", ".” ", ".\" ", "؟ ", "\n", "。", "！", "？", "। "} {
		if strings.HasSuffix(text, mark) {
			return true
		}
	}
	return false
}
