package parse

import (
	"fmt"
	"strings"
	"testing"
)

// generatedFeed is a feed of n entries with bodies of about 3 kB.
func generatedFeed(n int) []byte {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Generated</title><link>https://example.org/</link><language>en</language>`)
	for i := range n {
		fmt.Fprintf(&b, `<item><title>Amendment %d &amp; debate</title><link>https://example.org/items/%d?utm_source=rss</link><guid isPermaLink="false">item-%d</guid><pubDate>Tue, 12 May 2026 08:%02d:00 +0200</pubDate><description>A short summary of entry %d.</description><content:encoded><![CDATA[%s]]></content:encoded></item>`,
			i, i, i, i%60, i, generatedBody(i, 16))
	}
	b.WriteString(`</channel></rss>`)
	return []byte(b.String())
}

func generatedBody(i, paragraphs int) string {
	var b strings.Builder
	for p := range paragraphs {
		fmt.Fprintf(&b, `<p>Paragraph %d of text %d says that <a href="https://example.org/x?a=1&amp;b=2">the committee</a> debated the <em>encryption</em> of messages, and that no decision was taken on the day of the sitting.</p>`, p, i)
	}
	return b.String()
}

func generatedPage() []byte {
	var b strings.Builder
	b.WriteString(`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Committee debates encryption | Example</title><meta property="article:published_time" content="2026-05-12T08:00:00Z"><link rel="canonical" href="https://example.org/a"></head><body><nav><ul>`)
	for i := range 150 {
		fmt.Fprintf(&b, `<li class="menu-item"><a href="/section/%d">Section %d</a></li>`, i, i)
	}
	b.WriteString(`</ul></nav><main><article><h1>Committee debates encryption</h1>` + generatedBody(1, 30) + `</article></main><aside>`)
	for i := range 80 {
		fmt.Fprintf(&b, `<div class="teaser"><a href="/story/%d"><h3>Another story %d</h3></a><p>Something else happened.</p></div>`, i, i)
	}
	b.WriteString(`</aside><script>` + strings.Repeat("var a = 1;", 2000) + `</script></body></html>`)
	return []byte(b.String())
}

func BenchmarkFeed(b *testing.B) {
	body := generatedFeed(40)
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if r, err := Feed(Input{URL: "https://example.org/feed", Body: body}); err != nil || len(r.Documents) != 40 {
			b.Fatal(len(r.Documents), err)
		}
	}
}

func BenchmarkArticle(b *testing.B) {
	body := generatedPage()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if d, err := Article(Input{URL: "https://example.org/a", Body: body}); err != nil || len(d.Text) < 1000 {
			b.Fatal(len(d.Text), err)
		}
	}
}

func BenchmarkDate(b *testing.B) {
	for _, text := range []string{"Tue, 12 May 2026 08:00:00 +0200", "12. Mai 2026, 14:30 Uhr"} {
		b.Run(text, func(b *testing.B) {
			for b.Loop() {
				if _, ok := Date(text, "de"); !ok {
					b.Fatal("not read")
				}
			}
		})
	}
}

func BenchmarkCanonicalURL(b *testing.B) {
	for b.Loop() {
		if _, err := CanonicalURL("https://example.org/news/story?utm_source=rss&id=7"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPlainText(b *testing.B) {
	body := generatedBody(1, 16)
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		PlainText(body)
	}
}
