package web

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func TestEvidenceIsCutOutAtSentences(t *testing.T) {
	text := "A title\n\nFirst one here. The bill bans strong ciphers, they say. A third. " + strings.Repeat("word ", 100) + "in the endless middle " + strings.Repeat("more ", 100) + "\n\nLast line with a key"
	for _, c := range []struct{ name, words, want string }{
		{"a sentence", "strong ciphers", "The bill bans [strong ciphers], they say."},
		{"the start", "First", "[First] one here."},
		{"the end of a line", "title", "A [title]"},
		{"the end", "key", "Last line with a [key]"},
		{"a whole sentence", "A third.", "[A third.]"},
		{"no sentence in sight", "endless", "…" + strings.TrimSpace(strings.Repeat("word ", 38)) + " in the [endless] middle " + strings.TrimSpace(strings.Repeat("more ", 38)) + "…"},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := strings.Index(text, c.words)
			quotes, more := quotesOf(policy.Document{Text: text}, []policy.Span{{Field: "text", Start: at, End: at + len(c.words), Text: c.words}})
			if len(quotes) != 1 || more != 0 || flat(quotes[0]) != c.want {
				t.Errorf("got %d and %d more:\n%s\nwant\n%s", len(quotes), more, flat(quotes[0]), c.want)
			}
		})
	}
}

func TestEvidenceOfOneSentenceIsOneQuote(t *testing.T) {
	d := policy.Document{Title: "Keys and doors", Text: "A key, a door and a key. Other. 鍵を渡す。扉を開ける。"}
	span := func(field string, start, end int) policy.Span {
		return policy.Span{Field: field, Start: start, End: end, Text: fieldOf(d, field)[start:end]}
	}
	at := strings.Index(d.Text, "扉")
	quotes, more := quotesOf(d, []policy.Span{span("text", 20, 23), span("text", 2, 5), span("text", 2, 13), span("text", at, at+3), span("title", 0, 4)})
	var got []string
	for _, q := range quotes {
		got = append(got, q.Field+": "+flat(q))
	}
	want := "In the title: [Keys] and doors\nIn the text: A [key, a door] and a [key].\nIn the text: [扉]を開ける。"
	if strings.Join(got, "\n") != want || more != 0 {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

// flat writes a quote in one line, with its marks in brackets.
func flat(q quote) string {
	var b strings.Builder
	for _, p := range q.Parts {
		if p.Marked {
			b.WriteString("[" + p.Text + "]")
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

// Whatever a source sends and a span says, what is shown as evidence stands in
// the text, is valid, and has the span's words marked.
func FuzzQuotes(f *testing.F) {
	f.Add("One. Two words. Three", 5, 8)
	f.Add("鍵。扉を開ける。", 9, 12)
	f.Add("a\n\n\n b", 0, 1)
	f.Add(strings.Repeat("x", 900), 400, 402)
	f.Add(" . . . ", 2, 3)
	f.Fuzz(func(t *testing.T, text string, start, end int) {
		if !utf8.ValidString(text) || start < 0 || start >= end || end > len(text) || !utf8.ValidString(text[:start]) || !utf8.ValidString(text[start:end]) {
			return
		}
		quotes, _ := quotesOf(policy.Document{Text: text}, []policy.Span{{Field: "text", Start: start, End: end, Text: text[start:end]}})
		if len(quotes) != 1 {
			t.Fatalf("%d quotes", len(quotes))
		}
		var shown, marked string
		for _, p := range quotes[0].Parts {
			if p.Marked {
				marked += p.Text
			}
			shown += p.Text
		}
		if !utf8.ValidString(shown) {
			t.Errorf("broken text %q", shown)
		}
		if squeeze(marked) != squeeze(text[start:end]) {
			t.Errorf("%q is marked, not %q", marked, text[start:end])
		}
		bare := strings.TrimSuffix(strings.TrimPrefix(shown, "…"), "…")
		if !strings.Contains(squeeze(text), squeeze(bare)) {
			t.Errorf("%q does not stand in the text", bare)
		}
	})
}

// squeeze takes all white space out of a text.
func squeeze(text string) string { return strings.Join(strings.Fields(text), "") }
