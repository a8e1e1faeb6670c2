package bulk

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/backdoorwatch/backdoorwatch/api/schema"
)

// tabular is the metadata of a CSV file (CSV on the Web, W3C).
type tabular struct {
	Context     string        `json:"@context"`
	URL         string        `json:"url"`
	Title       string        `json:"dc:title"`
	Description string        `json:"dc:description"`
	Dialect     dialect       `json:"dialect"`
	Schema      tabularSchema `json:"tableSchema"`
}

type dialect struct {
	Encoding        string   `json:"encoding"`
	Header          bool     `json:"header"`
	LineTerminators []string `json:"lineTerminators"`
}

type tabularSchema struct {
	Columns    []tabularColumn `json:"columns"`
	PrimaryKey string          `json:"primaryKey,omitempty"`
}

type tabularColumn struct {
	Name        string `json:"name"`
	Titles      string `json:"titles"`
	Datatype    string `json:"datatype"`
	Separator   string `json:"separator,omitempty"` // where a cell holds several values
	Description string `json:"dc:description,omitempty"`
}

// csvw describes the columns by the fields of the same name, so that both forms of a
// table say the same of them.
func (t tableOf[T]) csvw() ([]byte, error) {
	shapes := []schema.Shape{t.shape()}
	for _, inner := range t.within {
		shapes = append(shapes, schema.Of(inner))
	}
	made := tabular{
		Context: "http://www.w3.org/ns/csvw", URL: t.name + ".csv", Title: t.name,
		Description: t.description + " A cell that a spreadsheet would take for a formula begins with an apostrophe.",
		Dialect:     dialect{"utf-8", true, []string{"\r\n"}},
		Schema:      tabularSchema{PrimaryKey: t.key},
	}
	for _, c := range t.columns {
		made.Schema.Columns = append(made.Schema.Columns, columnOf(c.Name, shapes))
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(made); err != nil {
		return nil, fmt.Errorf("describing the columns of %s: %w", t.name, err)
	}
	return b.Bytes(), nil
}

func columnOf(name string, shapes []schema.Shape) tabularColumn {
	made := tabularColumn{Name: name, Titles: name, Datatype: "string"}
	for _, shape := range shapes {
		kind, format, description, ok := shape.Property(name)
		if !ok {
			continue
		}
		made.Description = description
		switch {
		case kind == "integer" || kind == "boolean":
			made.Datatype = kind
		case format == "date-time":
			made.Datatype = "dateTime"
		case kind == "array":
			made.Separator = separatorOf(name)
		}
		break
	}
	return made
}

// separatorOf is what stands between the values of a cell: names and official ids
// hold spaces.
func separatorOf(name string) string {
	if name == "official_ids" || name == "aliases" {
		return "; "
	}
	return " "
}
