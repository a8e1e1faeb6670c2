package feed

import (
	"encoding/xml"
	"time"
)

type rss struct {
	XMLName xml.Name   `xml:"rss"`
	Version string     `xml:"version,attr"`
	Atom    string     `xml:"xmlns:atom,attr"`
	DC      string     `xml:"xmlns:dc,attr"`
	Channel rssChannel `xml:"channel"`
}

type rssChannel struct {
	Title       string    `xml:"title"`
	Link        string    `xml:"link"`
	Description string    `xml:"description"`
	Language    string    `xml:"language"`
	Updated     string    `xml:"lastBuildDate"`
	Generator   string    `xml:"generator"`
	Docs        string    `xml:"docs"`
	Links       []link    `xml:"atom:link"`
	Items       []rssItem `xml:"item"`
}

type rssItem struct {
	Title       string        `xml:"title"`
	Link        string        `xml:"link"`
	Description string        `xml:"description"`
	Author      string        `xml:"dc:creator,omitempty"`
	Language    string        `xml:"dc:language,omitempty"`
	Categories  []rssCategory `xml:"category"`
	ID          rssID         `xml:"guid"`
	Published   string        `xml:"pubDate"`
	Updated     string        `xml:"atom:updated"`
	Links       []link        `xml:"atom:link"`
}

type rssCategory struct {
	Domain string `xml:"domain,attr"`
	Text   string `xml:",chardata"`
}

type rssID struct {
	Permalink bool   `xml:"isPermaLink,attr"`
	Text      string `xml:",chardata"`
}

// RSS writes the feed as RSS 2.0.
func RSS(f Feed) ([]byte, error) {
	description := f.Subtitle
	if description == "" {
		description = f.Title
	}
	channel := rssChannel{
		Title: f.Title, Link: f.Page, Description: description, Language: "en", Updated: rfc822(f.Updated),
		Generator: generator, Docs: "https://www.rssboard.org/rss-specification", Links: f.links(TypeRSS),
	}
	for _, e := range f.Entries {
		channel.Items = append(channel.Items, item(e))
	}
	return document(rss{
		Version: "2.0", Atom: "http://www.w3.org/2005/Atom", DC: "http://purl.org/dc/elements/1.1/", Channel: channel,
	})
}

func item(e Entry) rssItem {
	i := rssItem{
		Title: e.Title, Link: e.Page, Description: e.Content, Author: e.Author, Language: e.Language,
		ID: rssID{Text: e.ID}, Published: rfc822(e.Published), Updated: stamp(e.Updated),
	}
	for _, c := range e.Categories {
		i.Categories = append(i.Categories, rssCategory{c.Scheme, c.Term})
	}
	if Web(e.Source) {
		i.Links = []link{{Rel: "via", Href: e.Source}}
	}
	return i
}

// rfc822 is the form of dates in RSS, with the four digits of the year that it allows.
func rfc822(t time.Time) string { return t.UTC().Format(time.RFC1123Z) }
