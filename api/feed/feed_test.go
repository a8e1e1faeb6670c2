package feed_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/backdoorwatch/backdoorwatch/api/feed"
)

func TestExcerpt(t *testing.T) {
	long := strings.Repeat("word ", 400)
	chinese := strings.Repeat("加密", 900)
	for _, tc := range []struct{ name, text, suffix string }{
		{"short", " as it is ", "as it is"},
		{"between words", long, "word …"},
		{"no spaces", chinese, "密 …"},
		{"an early space only", "加 " + chinese, " …"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := feed.Excerpt(tc.text)
			if !strings.HasSuffix(got, tc.suffix) || !utf8.ValidString(got) || utf8.RuneCountInString(got) > 702 {
				t.Errorf("got %d characters: %s", utf8.RuneCountInString(got), got)
			}
			if len(tc.text) > 2000 && utf8.RuneCountInString(got) < 600 {
				t.Errorf("too short: %d", utf8.RuneCountInString(got))
			}
		})
	}
}

func TestContentIsSafe(t *testing.T) {
	got := feed.Content("a <b>\x07\nline\n\n\n\n\"second\"", []feed.Fact{
		{Label: "<i>", Value: "<u>", Link: `https://a.example/?x="><script>`},
		{Label: "Script", Value: "no link", Link: "javascript:alert(1)"},
		{Label: "Data", Value: "no link", Link: "data:text/html,x"},
	})
	want := `<p>a &lt;b&gt;<br>line</p><p>&#34;second&#34;</p><ul lang="en"><li>&lt;i&gt;: <a href="https://a.example/?x=&#34;&gt;&lt;script&gt;">&lt;u&gt;</a></li>` +
		`<li>Script: no link</li><li>Data: no link</li></ul>`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func FuzzContent(f *testing.F) {
	f.Add("a\n\nb", "https://a.example")
	f.Fuzz(func(t *testing.T, text, link string) {
		got := feed.Content(text, []feed.Fact{{Label: "l", Value: "v", Link: link}})
		for _, tag := range []string{"<p>", "</p>", "<br>", `<ul lang="en">`, "</ul>", "<li>", "</li>", "</a>"} {
			got = strings.ReplaceAll(got, tag, "")
		}
		if open := strings.Count(got, "<"); open > 1 || open == 1 && !strings.Contains(got, `<a href="http`) {
			t.Errorf("a mark of the text came through: %q", got)
		}
	})
}

func TestEqualContentHasEqualBytes(t *testing.T) {
	made := func() feed.Feed {
		at := time.Date(2026, 5, 12, 10, 0, 0, 0, time.FixedZone("CEST", 7200))
		return feed.Feed{Title: "t", Updated: at, Entries: []feed.Entry{{ID: "tag:a,2026:1", Title: "x", Updated: at, Published: at.UTC()}}}
	}
	for name, write := range map[string]func(feed.Feed) ([]byte, error){
		"atom": feed.Atom, "rss": feed.RSS, "json": func(f feed.Feed) ([]byte, error) { return feed.JSON(f, "") },
	} {
		first, err := write(made())
		if err != nil {
			t.Fatal(err)
		}
		utc := made()
		utc.Updated = utc.Updated.UTC()
		utc.Entries[0].Updated = utc.Entries[0].Updated.UTC()
		second, err := write(utc)
		if err != nil || string(first) != string(second) {
			t.Errorf("%s: the zone of a clock changed the bytes: %v", name, err)
		}
	}
}
