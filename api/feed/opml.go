package feed

import "encoding/xml"

// Outline is one feed, or a group of feeds, in an OPML list.
type Outline struct {
	Title    string
	Feed     string // the address of the feed; empty for a group
	Page     string // the same list for people
	Outlines []Outline
}

type opml struct {
	XMLName  xml.Name      `xml:"opml"`
	Version  string        `xml:"version,attr"`
	Title    string        `xml:"head>title"`
	Docs     string        `xml:"head>docs"`
	Outlines []opmlOutline `xml:"body>outline"`
}

type opmlOutline struct {
	Text     string        `xml:"text,attr"`
	Title    string        `xml:"title,attr"`
	Type     string        `xml:"type,attr,omitempty"`
	Feed     string        `xml:"xmlUrl,attr,omitempty"`
	Page     string        `xml:"htmlUrl,attr,omitempty"`
	Outlines []opmlOutline `xml:"outline"`
}

// OPML writes a list of feeds as OPML 2.0.
func OPML(title string, outlines []Outline) ([]byte, error) {
	return document(opml{
		Version: "2.0", Title: title, Docs: "https://opml.org/spec2.opml", Outlines: opmlOutlines(outlines),
	})
}

func opmlOutlines(all []Outline) []opmlOutline {
	var made []opmlOutline
	for _, o := range all {
		m := opmlOutline{Text: o.Title, Title: o.Title, Feed: o.Feed, Page: o.Page, Outlines: opmlOutlines(o.Outlines)}
		if o.Feed != "" {
			m.Type = "rss" // the word for every kind of feed, says the specification
		}
		made = append(made, m)
	}
	return made
}
