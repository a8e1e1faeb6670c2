package parse

import (
	"bytes"
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// FeedLinks returns the addresses of the feeds that a page names in its head, in
// its order: where a feed answers with a page, its successor often is among
// them.
func FeedLinks(in Input) []string {
	text, _ := UTF8(in)
	page, err := guard("page", func() (*goquery.Document, error) { return goquery.NewDocumentFromReader(bytes.NewReader(text)) })
	if err != nil {
		return nil
	}
	base, _ := url.Parse(in.URL)
	if b, err := url.Parse(resolve(base, attribute(page.Selection, "base[href]", "href"))); err == nil && b.Host != "" {
		base = b
	}
	var links []string
	page.Find(`link[rel~="alternate" i][href][type], link[rel~="feed" i][href]`).Each(func(_ int, s *goquery.Selection) {
		kind := strings.ToLower(s.AttrOr("type", "application/rss+xml"))
		address := resolve(base, s.AttrOr("href", ""))
		if address != "" && (strings.Contains(kind, "rss") || strings.Contains(kind, "atom") || strings.Contains(kind, "rdf") || strings.Contains(kind, "feed+json")) {
			links = append(links, address)
		}
	})
	return links
}
