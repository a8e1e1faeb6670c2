package web_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/backdoorwatch/backdoorwatch/web"
)

func TestEveryPageHasTheShapeThatReadersOfAllKindsNeed(t *testing.T) {
	each(t, func(t *testing.T, _ string, doc *goquery.Document) {
		if n := doc.Find("h1").Length(); n != 1 {
			t.Errorf("%d h1, want one", n)
		}
		for _, landmark := range []string{"header.top", "main#content", "footer.bottom", `nav[aria-label]`} {
			if doc.Find(landmark).Length() == 0 {
				t.Errorf("there is no %s", landmark)
			}
		}
		if doc.Find(`body > a.skip[href="#content"]`).Length() != 1 {
			t.Error("there is no skip link")
		}
		if lang, _ := doc.Find("html").Attr("lang"); lang != "en" {
			t.Errorf("the page's language is %q", lang)
		}
		checkLabels(t, doc)
		checkIDs(t, doc)
		checkHeadings(t, doc)
		doc.Find("a, button").Each(func(_ int, s *goquery.Selection) {
			label, _ := s.Attr("aria-label")
			if text(s) == "" && label == "" {
				html, _ := goquery.OuterHtml(s)
				t.Errorf("nothing names %s", html)
			}
		})
	})
}

func checkLabels(t *testing.T, doc *goquery.Document) {
	doc.Find("input:not([type=hidden]), select, textarea").Each(func(_ int, s *goquery.Selection) {
		id, _ := s.Attr("id")
		if id == "" || doc.Find(`label[for="`+id+`"]`).Length() != 1 {
			html, _ := goquery.OuterHtml(s)
			t.Errorf("no label for %s", html)
		}
	})
	doc.Find("fieldset").Each(func(_ int, s *goquery.Selection) {
		if text(s.ChildrenFiltered("legend")) == "" {
			t.Error("a fieldset has no legend")
		}
	})
}

func checkIDs(t *testing.T, doc *goquery.Document) {
	seen := map[string]bool{}
	doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
		id, _ := s.Attr("id")
		if seen[id] {
			t.Errorf("the id %q occurs twice", id)
		}
		seen[id] = true
	})
	doc.Find("[aria-labelledby], [aria-describedby]").Each(func(_ int, s *goquery.Selection) {
		for _, name := range []string{"aria-labelledby", "aria-describedby"} {
			if id, ok := s.Attr(name); ok && !seen[id] {
				t.Errorf("%s names %q, which does not exist", name, id)
			}
		}
	})
}

// checkHeadings holds that no level of headings is skipped.
func checkHeadings(t *testing.T, doc *goquery.Document) {
	level := 0
	doc.Find("h1, h2, h3, h4").Each(func(_ int, s *goquery.Selection) {
		own := int(goquery.NodeName(s)[1] - '0')
		if own > level+1 {
			t.Errorf("the heading %q is of level %d, after one of level %d", text(s), own, level)
		}
		level = own
	})
}

func TestNoPageAsksAThirdPartyForAnything(t *testing.T) {
	each(t, func(t *testing.T, _ string, doc *goquery.Document) {
		doc.Find("[src], [srcset], [poster], [data], [background], [ping]").Each(func(_ int, s *goquery.Selection) {
			src, _ := s.Attr("src")
			if !strings.HasPrefix(src, "/static/") {
				html, _ := goquery.OuterHtml(s)
				t.Errorf("it loads %s", html)
			}
		})
		doc.Find("link[href]").Each(func(_ int, s *goquery.Selection) {
			href, _ := s.Attr("href")
			if rel, _ := s.Attr("rel"); rel != "canonical" && !strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "https://watch.example.org/api/v1/oembed?") {
				t.Errorf("link rel=%s leads to %s", rel, href)
			}
		})
		doc.Find("form").Each(func(_ int, s *goquery.Selection) {
			if action, _ := s.Attr("action"); !strings.HasPrefix(action, "/") {
				t.Errorf("a form is sent to %q", action)
			}
		})
		doc.Find("a[href]").Each(func(_ int, s *goquery.Selection) { checkAnchor(t, s) })
		if n := doc.Find("iframe, object, embed, audio, video, base, meta[http-equiv]").Length(); n > 0 {
			t.Errorf("%d elements that may load or redirect", n)
		}
	})
}

// checkAnchor holds that a link is a path of ours or a plain web address that is
// told nothing of us.
func checkAnchor(t *testing.T, s *goquery.Selection) {
	href, _ := s.Attr("href")
	u, err := url.Parse(href)
	if err != nil {
		t.Errorf("the link %q cannot be read", href)
		return
	}
	if u.Host == "" && u.Scheme == "" {
		return
	}
	rel, _ := s.Attr("rel")
	if (u.Scheme != "https" && u.Scheme != "http") || !strings.Contains(rel, "noreferrer") {
		t.Errorf("the link %q with rel=%q leaves us in an unsafe way", href, rel)
	}
}

func TestWhatSourcesSendStaysText(t *testing.T) {
	each(t, func(t *testing.T, _ string, doc *goquery.Document) {
		doc.Find("script").Each(func(_ int, s *goquery.Selection) {
			if src, _ := s.Attr("src"); !strings.HasPrefix(src, "/static/keys.") || s.Text() != "" {
				t.Errorf("a script that is none of ours: %s", s.Text())
			}
		})
		if n := doc.Find("img, main u, main i, main script, [style], style").Length(); n > 0 {
			t.Errorf("%d elements came out of a source's text or are inline styles", n)
		}
		doc.Find("*").Each(func(_ int, s *goquery.Selection) {
			for _, a := range s.Nodes[0].Attr {
				if strings.HasPrefix(a.Key, "on") || strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:") {
					t.Errorf("the attribute %s=%q", a.Key, a.Val)
				}
			}
		})
		if strings.Contains(doc.Text(), "ZgotmplZ") {
			t.Error("a template had to disarm a value that should not have come to it")
		}
	})
}

func TestThePagesNeedNoScript(t *testing.T) {
	each(t, func(t *testing.T, _ string, doc *goquery.Document) {
		if n := doc.Find("main [hidden], noscript").Length(); n > 0 {
			t.Errorf("%d elements wait for a script", n)
		}
	})
	server := serve(t, storybook())
	doc := open(t, server.URL+"/timeline", 200)
	if n := doc.Find("main ol.entries article h3 a[href]").Length(); n != 30 {
		t.Errorf("%d entries stand in the page itself, want 30", n)
	}
	if n := doc.Find(`form[method=get][action="/timeline"] input[type=checkbox]`).Length(); n < 10 {
		t.Errorf("the filter form has only %d boxes", n)
	}
}

func TestEveryAnswerCarriesTheProtectingHeaders(t *testing.T) {
	server := serve(t, storybook(), func(o *web.Options) { o.OnionURL = "http://example.onion" })
	style, _ := open(t, server.URL+"/", 200).Find("link[rel=stylesheet]").Attr("href")
	for _, path := range []string{"/", "/timeline?q=", "/items/59", "/items/0", "/sources/none", style, "/nowhere", "/static/none.css"} {
		response, _ := do(t, http.MethodGet, server.URL+path, nil)
		h := response.Header
		policyText := h.Get("Content-Security-Policy")
		if !strings.Contains(policyText, "default-src 'none'") || strings.Contains(policyText, "unsafe") || strings.Contains(policyText, "http") {
			t.Errorf("%s: Content-Security-Policy is %q", path, policyText)
		}
		for name, want := range map[string]string{
			"Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
			"Strict-Transport-Security": "max-age=31536000", "Onion-Location": "http://example.onion" + path,
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		if !strings.Contains(h.Get("Permissions-Policy"), "geolocation=()") {
			t.Errorf("%s: no Permissions-Policy", path)
		}
		if h.Get("Set-Cookie") != "" {
			t.Errorf("%s sets a cookie", path)
		}
	}
}

func TestReadingChangesNothing(t *testing.T) {
	reader := storybook()
	before, err := json.Marshal([]any{reader.items, reader.sources})
	if err != nil {
		t.Fatal(err)
	}
	server := serve(t, reader)
	for _, p := range pages {
		do(t, http.MethodGet, server.URL+p.path, nil)
		do(t, http.MethodHead, server.URL+p.path, nil)
	}
	after, err := json.Marshal([]any{reader.items, reader.sources})
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the reader's data changed (%v)", err)
	}
}

func TestAnUnchangedPageIsNotSentAgain(t *testing.T) {
	server := serve(t, storybook())
	for _, p := range pages {
		if p.status != 200 || p.empty {
			continue
		}
		t.Run(p.name, func(t *testing.T) {
			address := server.URL + p.path
			first, body := do(t, http.MethodGet, address, nil)
			tag, since := first.Header.Get("ETag"), first.Header.Get("Last-Modified")
			if tag == "" || since == "" {
				t.Fatalf("ETag %q, Last-Modified %q", tag, since)
			}
			zipped, packed := do(t, http.MethodGet, address, nil, "Accept-Encoding", "br, gzip;q=0.8")
			if unzip(t, packed) != string(body) || zipped.Header.Get("ETag") == tag || len(packed)*2 > len(body) {
				t.Errorf("gzip: %d of %d bytes, ETag %s", len(packed), len(body), zipped.Header.Get("ETag"))
			}
			for name, header := range map[string][]string{
				"tag": {"If-None-Match", `"other", W/` + tag}, "tag of the gzip form": {"If-None-Match", zipped.Header.Get("ETag")}, "date": {"If-Modified-Since", since},
			} {
				again, rest := do(t, http.MethodGet, address, nil, header...)
				if again.StatusCode != http.StatusNotModified || len(rest) > 0 || again.Header.Get("ETag") != tag {
					t.Errorf("%s: %d with %d bytes", name, again.StatusCode, len(rest))
				}
			}
			if other, _ := do(t, http.MethodGet, address, nil, "If-None-Match", `"other"`, "If-Modified-Since", since); other.StatusCode != 200 {
				t.Errorf("another tag: %d", other.StatusCode)
			}
			head, none := do(t, http.MethodHead, address, nil)
			if head.StatusCode != 200 || len(none) > 0 || head.ContentLength != int64(len(body)) {
				t.Errorf("HEAD: %d, length %d of %d", head.StatusCode, head.ContentLength, len(body))
			}
		})
	}
}

func unzip(t *testing.T, packed []byte) string {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestAChangedPageIsSentAgainEvenWithinASecond(t *testing.T) {
	reader := storybook()
	server := serve(t, reader) // its clock stands still
	first, _ := do(t, http.MethodGet, server.URL+"/timeline", nil)
	reader.items = reader.items[1:]
	again, _ := do(t, http.MethodGet, server.URL+"/timeline", nil, "If-Modified-Since", first.Header.Get("Last-Modified"))
	if again.StatusCode != 200 {
		t.Errorf("got %d", again.StatusCode)
	}
}

func TestStaticFilesAreNamedByTheirContentAndKeptForEver(t *testing.T) {
	server := serve(t, storybook())
	doc := open(t, server.URL+"/", 200)
	name := regexp.MustCompile(`^/static/[a-z]+\.[0-9a-f]{16}\.(css|js|svg)$`)
	var found []string
	doc.Find("link[rel=stylesheet], link[rel=icon], script[src]").Each(func(_ int, s *goquery.Selection) {
		href := s.AttrOr("href", s.AttrOr("src", ""))
		found = append(found, href)
		if !name.MatchString(href) {
			t.Errorf("the address %s does not name its content", href)
		}
		plain, body := do(t, http.MethodGet, server.URL+href, nil)
		if plain.StatusCode != 200 || !strings.Contains(plain.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d, %q", href, plain.StatusCode, plain.Header.Get("Cache-Control"))
		}
		zipped, packed := do(t, http.MethodGet, server.URL+href, nil, "Accept-Encoding", "gzip")
		if zipped.Header.Get("Content-Encoding") == "gzip" && unzip(t, packed) != string(body) {
			t.Errorf("%s is another file when compressed", href)
		}
		if bytes.Contains(body, []byte("http:")) && !strings.HasSuffix(href, ".svg") || bytes.Contains(body, []byte("url(")) {
			t.Errorf("%s loads something", href)
		}
	})
	slices.Sort(found)
	if len(slices.Compact(found)) != 3 {
		t.Errorf("found %v", found)
	}
}
