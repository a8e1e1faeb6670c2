package feed

import "encoding/xml"

type atomFeed struct {
	XMLName   xml.Name    `xml:"feed"`
	Namespace string      `xml:"xmlns,attr"`
	Language  string      `xml:"xml:lang,attr"`
	ID        string      `xml:"id"`
	Title     string      `xml:"title"`
	Subtitle  string      `xml:"subtitle,omitempty"`
	Updated   string      `xml:"updated"`
	Links     []link      `xml:"link"`
	Author    atomPerson  `xml:"author"`
	Generator string      `xml:"generator"`
	Icon      string      `xml:"icon,omitempty"`
	Entries   []atomEntry `xml:"entry"`
}

type atomEntry struct {
	Language   string         `xml:"xml:lang,attr,omitempty"`
	ID         string         `xml:"id"`
	Title      atomText       `xml:"title"`
	Published  string         `xml:"published"`
	Updated    string         `xml:"updated"`
	Links      []link         `xml:"link"`
	Author     *atomPerson    `xml:"author,omitempty"`
	Categories []atomCategory `xml:"category"`
	Content    *atomText      `xml:"content,omitempty"`
}

type atomPerson struct {
	Name string `xml:"name"`
}

type atomText struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

type atomCategory struct {
	Term   string `xml:"term,attr"`
	Scheme string `xml:"scheme,attr"`
	Label  string `xml:"label,attr"`
}

// Atom writes the feed as Atom 1.0 (RFC 4287).
func Atom(f Feed) ([]byte, error) {
	a := atomFeed{
		Namespace: "http://www.w3.org/2005/Atom", Language: "en",
		ID: f.ID, Title: f.Title, Subtitle: f.Subtitle, Updated: stamp(f.Updated),
		Links:  append(f.links(TypeAtom), link{Rel: "alternate", Type: "text/html", Href: f.Page}),
		Author: atomPerson{generator}, Generator: generator, Icon: f.Icon,
	}
	for _, e := range f.Entries {
		a.Entries = append(a.Entries, atom(e))
	}
	return document(a)
}

func atom(e Entry) atomEntry {
	entry := atomEntry{
		Language: e.Language, ID: e.ID, Title: atomText{"text", e.Title},
		Published: stamp(e.Published), Updated: stamp(e.Updated),
		Links: []link{{Rel: "alternate", Type: "text/html", Href: e.Page}},
	}
	if Web(e.Source) {
		entry.Links = append(entry.Links, link{Rel: "via", Href: e.Source})
	}
	if e.Author != "" {
		entry.Author = &atomPerson{e.Author}
	}
	for _, c := range e.Categories {
		entry.Categories = append(entry.Categories, atomCategory{c.Term, c.Scheme, c.Label})
	}
	if e.Content != "" {
		entry.Content = &atomText{"html", e.Content}
	}
	return entry
}
