package crawler_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/crawler"
	"github.com/backdoorwatch/backdoorwatch/crawler/catalogue"
	"github.com/backdoorwatch/backdoorwatch/crawler/fetch"
)

func TestReadTakesAnyResponse(t *testing.T) {
	b := newBench(t)
	known := b.source(pagedSource)
	tests := []struct {
		name, url, body string
		status          int
		documents       int
		title           string // of the first
		problem, reason string // parts of the first problem and the reason
	}{
		{name: "a list that a source describes", url: "http://site.example/api?skip=2", body: `{"items": [{"id": 1, "title": "A"}, {"id": 2, "title": "B"}]}`, documents: 2, title: "A"},
		{name: "another answer from such an address", url: "http://site.example/api", body: `{"error": "bad request: the parameter skip is missing from the address"}`, reason: "no part named"},
		{name: "a feed", url: "http://other.example/f", body: strings.ReplaceAll(feed("a|A|Fri, 20 Nov 2026 08:00:00 GMT"), "{site}", "http://other.example"), documents: 1, title: "A"},
		{name: "an empty feed", url: "http://other.example/f", body: feed(), reason: "no entries"},
		{name: "an article", url: "http://other.example/a", body: article, documents: 1, title: "The bill"},
		{name: "a sitemap", url: "http://other.example/s", body: `<urlset><url><loc>http://other.example/1</loc></url></urlset>`, reason: "names 1 pages"},
		{name: "JSON with titles and dates", url: "http://other.example/j", body: `{"d": {"results": [{"bill": {"Titel": "Eins", "Datum": "2026-05-01"}}, {"bill": {"Titel": "Zwei", "Datum": "2026-05-02"}}]}}`, documents: 2, title: "Eins", problem: "no source describes"},
		{name: "JSON in many languages", url: "http://other.example/j", body: `[{"title": {"fr": "Un", "en": "One"}, "url": "https://x.example/1"}, {"title": {"en": "Two"}, "url": "https://x.example/2"}]`, documents: 2, title: "One"},
		{name: "JSON of one thing", url: "http://other.example/j", body: `{"law": {"name": "Messaging Act", "meta": {"x": 1}, "paragraphs": ["Providers shall not be made to weaken the encryption of a service that they offer."]}}`, documents: 1, title: "Messaging Act"},
		{name: "JSON of codes", url: "http://other.example/j", body: `{"a": [1, 2, 3]}`, reason: "no part named"},
		{name: "JSON cut off", url: "http://other.example/j", body: `{"a": [1, 2`, reason: "JSON"},
		{name: "an interface's description", url: "http://other.example/j", body: `{"openapi": "3.0.1", "info": {"title": "API", "date": "2026"}}`, reason: "interface"},
		{name: "XML of a law", url: "http://other.example/x", body: `<law><docTitle>Messaging Act</docTitle><p>Providers shall not be made to weaken encryption.</p></law>`, documents: 1, title: "Messaging Act", problem: "no source describes"},
		{name: "XML cut off", url: "http://other.example/x", body: `<law><title>Messaging Act</title><p>Providers shall not be made to weaken the encryption of a service.</p><p>They sh`, documents: 1, title: "Messaging Act", problem: "ends early"},
		{name: "plain text", url: "http://other.example/t", body: "Resolution 7\n\nThe chamber resolves to protect encryption.", documents: 1, title: "Resolution 7"},
		{name: "a picture", url: "http://other.example/p", body: "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", reason: "neither text"},
		{name: "nothing", url: "http://other.example/n", reason: "neither text"},
		{name: "an error", url: "http://other.example/e", status: 404, body: article, reason: "404"},
		{name: "a PDF where none are read", url: "http://other.example/p", body: "%PDF-1.7\n", reason: "PDF"},
	}
	c := crawler.New(crawler.Options{Sources: []catalogue.Source{known}})
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.status == 0 {
				test.status = 200
			}
			var entries []crawler.Entry
			r, err := c.Read(t.Context(), &fetch.Response{URL: test.url, Status: test.status, Body: []byte(test.body)}, catalogue.Source{}, func(e crawler.Entry) error {
				entries = append(entries, e)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if len(entries) != test.documents || r.Documents != test.documents || !strings.Contains(r.Reason, test.reason) || (r.Reason == "") != (test.documents > 0) {
				t.Fatalf("%+v with %v, want %d documents and reason %q", r, titles(entries), test.documents, test.reason)
			}
			if len(entries) == 0 {
				return
			}
			doc := entries[0].Document
			if test.title != "" && doc.Title != test.title || doc.EntryID == "" || doc.CanonicalURL == "" {
				t.Errorf("%+v", doc)
			}
			if !strings.Contains(strings.Join(doc.Problems, "; "), test.problem) {
				t.Errorf("problems %q, want %q", doc.Problems, test.problem)
			}
		})
	}
}

func TestReadPassesOnWhatEmitSays(t *testing.T) {
	full := errors.New("the disk is full")
	_, err := crawler.New(crawler.Options{}).Read(t.Context(), &fetch.Response{URL: "http://x.example/", Status: 200, Body: []byte(article)}, catalogue.Source{}, func(crawler.Entry) error { return full })
	if !errors.Is(err, full) {
		t.Errorf("error %v", err)
	}
}

func FuzzReadAnything(f *testing.F) {
	for _, seed := range []string{article, feed("a|A|soon"), `{"a": {"title": "x", "date": "2026"}}`, `<a><b t="1">x</b>`, "%PDF-1.4", "\xfe\xff\x00<"} {
		f.Add([]byte(seed))
	}
	c := crawler.New(crawler.Options{})
	f.Fuzz(func(t *testing.T, body []byte) {
		n := 0
		r, err := c.Read(t.Context(), &fetch.Response{URL: "http://x.example/y", Status: 200, Body: body}, catalogue.Source{}, func(crawler.Entry) error { n++; return nil })
		if err != nil || n != r.Documents || (n == 0) == (r.Reason == "") {
			t.Errorf("%d documents, %+v, %v", n, r, err)
		}
	})
}
