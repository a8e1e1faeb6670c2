package feed

import (
	"bytes"
	"encoding/json"
	"fmt"
)

type jsonFeed struct {
	Version     string       `json:"version"`
	Title       string       `json:"title"`
	Page        string       `json:"home_page_url"`
	Self        string       `json:"feed_url"`
	Description string       `json:"description,omitempty"`
	Next        string       `json:"next_url,omitempty"`
	Icon        string       `json:"icon,omitempty"`
	Authors     []jsonAuthor `json:"authors"`
	Language    string       `json:"language"`
	Hubs        []jsonHub    `json:"hubs,omitempty"`
	Items       []jsonItem   `json:"items"`
}

type jsonItem struct {
	ID        string       `json:"id"`
	Page      string       `json:"url"`
	Source    string       `json:"external_url,omitempty"`
	Title     string       `json:"title,omitempty"`
	Content   string       `json:"content_html"`
	Published string       `json:"date_published"`
	Modified  string       `json:"date_modified"`
	Authors   []jsonAuthor `json:"authors,omitempty"`
	Tags      []string     `json:"tags,omitempty"`
	Language  string       `json:"language,omitempty"`
	Ours      jsonOurs     `json:"_backdoorwatch"`
}

type jsonAuthor struct {
	Name string `json:"name"`
}

type jsonHub struct {
	Type string `json:"type"`
	URL  string `json:"url"`
}

// jsonOurs is what JSON Feed has no place for: our number, and the tags with
// their lists and labels.
type jsonOurs struct {
	About      string         `json:"about"`
	Item       int64          `json:"item,omitempty"`
	Categories []jsonCategory `json:"categories"`
}

type jsonCategory struct {
	Facet string `json:"facet"`
	Term  string `json:"term"`
	Label string `json:"label"`
}

// JSON writes the feed as JSON Feed 1.1. About is the address of a page that
// explains the fields of our own.
func JSON(f Feed, about string) ([]byte, error) {
	j := jsonFeed{
		Version: "https://jsonfeed.org/version/1.1", Title: f.Title, Page: f.Page, Self: f.Self, Description: f.Subtitle,
		Next: f.Next, Icon: f.Icon, Authors: []jsonAuthor{{generator}}, Language: "en", Items: []jsonItem{},
	}
	for _, hub := range f.Hubs {
		j.Hubs = append(j.Hubs, jsonHub{"WebSub", hub})
	}
	for _, e := range f.Entries {
		j.Items = append(j.Items, jsonEntry(e, about))
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(j); err != nil {
		return nil, fmt.Errorf("writing JSON Feed: %w", err)
	}
	return b.Bytes(), nil
}

func jsonEntry(e Entry, about string) jsonItem {
	i := jsonItem{
		ID: e.ID, Page: e.Page, Title: e.Title, Content: e.Content,
		Published: stamp(e.Published), Modified: stamp(e.Updated), Language: e.Language,
		Ours: jsonOurs{About: about, Item: e.Number, Categories: []jsonCategory{}},
	}
	if Web(e.Source) {
		i.Source = e.Source
	}
	if e.Author != "" {
		i.Authors = []jsonAuthor{{e.Author}}
	}
	for _, c := range e.Categories {
		i.Tags = append(i.Tags, c.Facet+":"+c.Term)
		i.Ours.Categories = append(i.Ours.Categories, jsonCategory{c.Facet, c.Term, c.Label})
	}
	return i
}
