package parse

import (
	"errors"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func TestCanonicalURL(t *testing.T) {
	for _, c := range []struct{ raw, want string }{
		{"https://example.org/a", "https://example.org/a"},
		{" HTTPS://Example.ORG:443/a#top ", "https://example.org/a"},
		{"http://example.org:80", "http://example.org/"},
		{"http://example.org:8080/", "http://example.org:8080/"},
		{"//example.org/a", "https://example.org/a"},
		{"https://user:secret@example.org/a", "https://example.org/a"},
		{"https://example.org./a/../b/./c/", "https://example.org/b/c/"},
		{"https://example.org/%7euser/%c3%a9?q=%c3%a9", "https://example.org/~user/%C3%A9?q=%C3%A9"},
		{"https://example.org/a%2Fb", "https://example.org/a%2Fb"},
		{"https://bücher.example/é", "https://xn--bcher-kva.example/%C3%A9"},
		{"https://example.org/#!/story/1", "https://example.org/#!/story/1"},
		{"https://example.org/a?", "https://example.org/a"},
		// tracking
		{"https://example.org/a?utm_source=rss&utm_medium=x&id=7", "https://example.org/a?id=7"},
		{"https://example.org/a?id=7&amp;utm_source=rss", "https://example.org/a?id=7"},
		{"https://example.org/a?at_medium=RSS&at_campaign=KARANGA", "https://example.org/a"},
		{"https://example.org/a#xtor=RSS-3208", "https://example.org/a"},
		{"https://example.org/a?xtor=RSS-32", "https://example.org/a"},
		{"https://example.org/a?partner=rss&emc=rss", "https://example.org/a"},
		{"https://example.org/a?source=rss-abc------2", "https://example.org/a"},
		{"https://example.org/a?source=ministry", "https://example.org/a?source=ministry"},
		{"https://example.org/a?traffic_source=rss", "https://example.org/a"},
		{"https://example.org/a?fbclid=1&gclid=2&mc_cid=3&wt_mc=4&CMP=5&x=y", "https://example.org/a?x=y"},
		{"https://example.org/a?b=2&a=1", "https://example.org/a?b=2&a=1"},
		// AMP
		{"https://example.org/news/story/amp/", "https://example.org/news/story/"},
		{"https://example.org/news/story/amp", "https://example.org/news/story"},
		{"https://example.org/news/story.amp.html", "https://example.org/news/story.html"},
		{"https://example.org/news/story.amp", "https://example.org/news/story"},
		{"https://example.org/news/story?outputType=amp", "https://example.org/news/story"},
		{"https://example.org/news/story?amp=1", "https://example.org/news/story"},
		{"https://example-org.cdn.ampproject.org/c/s/example.org/story/amp/", "https://example.org/story/"},
		{"https://example-org.cdn.ampproject.org/v/example.org/story?usqp=mq3", "http://example.org/story"},
		{"https://www.google.com/amp/s/example.org/story", "https://example.org/story"},
		{"https://example.org/amp", "https://example.org/amp"},
		// redirectors that carry the target
		{"https://www.google.com/url?rct=j&sa=t&url=https://example.org/a%3Futm_source%3Dx&ct=ga", "https://example.org/a"},
		{"https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2Fa&h=x", "https://example.org/a"},
		{"https://www.google.co.uk/url?q=https://l.facebook.com/l.php?u=https%253A%252F%252Fexample.org%252Fb", "https://example.org/b"},
		{"https://www.google.com/url?q=javascript:alert(1)", "https://www.google.com/url?q=javascript:alert(1)"},
		{"https://news.google.com/rss/articles/CBMiabc?oc=5", "https://news.google.com/rss/articles/CBMiabc?oc=5"},
		{"http://[::1]:8080/a", "http://[::1]:8080/a"},
	} {
		t.Run(c.raw, func(t *testing.T) {
			got, err := CanonicalURL(c.raw)
			if err != nil || got != c.want {
				t.Errorf("got %q, %v; want %q", got, err, c.want)
			}
		})
	}
}

func TestCanonicalURLRefuses(t *testing.T) {
	for _, raw := range []string{"", "/a", "a", "mailto:a@example.org", "javascript:alert(1)", "https://", "http:a", "https://exa mple.org\x00/", "ftp://example.org/"} {
		if got, err := CanonicalURL(raw); !errors.Is(err, policy.ErrInvalid) {
			t.Errorf("CanonicalURL(%q) = %q, %v", raw, got, err)
		}
	}
}

func FuzzCanonicalURL(f *testing.F) {
	f.Add("https://www.google.com/url?url=https://example.org/a%3Futm_source%3Dx")
	f.Add("https://example-org.cdn.ampproject.org/c/s/example.org/story/amp/?a=%zz")
	f.Add("http://bücher.example:80/%7e/../a?b#c")
	f.Fuzz(func(t *testing.T, raw string) {
		once, err := CanonicalURL(raw)
		if err != nil {
			return
		}
		if twice, err := CanonicalURL(once); err != nil {
			t.Errorf("%q became %q, and then %q: %v", raw, once, twice, err)
		}
	})
}
