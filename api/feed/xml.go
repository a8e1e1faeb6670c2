package feed

import (
	"bytes"
	"encoding/xml"
	"fmt"
)

// document writes v as an XML document.
func document(v any) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	encoder := xml.NewEncoder(&b)
	encoder.Indent("", " ")
	if err := encoder.Encode(v); err != nil {
		return nil, fmt.Errorf("writing XML: %w", err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// link is an Atom link, which RSS borrows.
type link struct {
	Rel   string `xml:"rel,attr"`
	Type  string `xml:"type,attr,omitempty"`
	Title string `xml:"title,attr,omitempty"`
	Href  string `xml:"href,attr"`
}

// links returns those that a feed has in every format: itself, its pages (RFC
// 5005) and its hub (WebSub).
func (f Feed) links(mediaType string) []link {
	all := []link{{Rel: "self", Type: mediaType, Href: f.Self}}
	add := func(rel, address, mediaType string) {
		if address != "" {
			all = append(all, link{Rel: rel, Type: mediaType, Href: address})
		}
	}
	add("first", f.First, mediaType)
	add("next", f.Next, mediaType)
	for _, hub := range f.Hubs {
		add("hub", hub, "")
	}
	return all
}
