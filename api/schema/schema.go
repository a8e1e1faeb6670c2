// Package schema describes the shapes of api/wire for programs: as components of
// the OpenAPI document, and as JSON Schemas that stand alone. Both come from the
// same types by the same way, so that they cannot say different things.
package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// Dialect is the version of JSON Schema that is written; OpenAPI 3.1 has the same.
const Dialect = "https://json-schema.org/draft/2020-12/schema"

// Registry returns an empty place for shapes that refer to each other behind a
// prefix such as #/components/schemas/.
func Registry(prefix string) huma.Registry {
	return huma.NewMapRegistry(prefix, huma.DefaultSchemaNamer)
}

// Tidy makes the shapes say what holds: our lists are never null, and an answer may
// grow new fields, which callers are told to ignore.
func Tidy(registry huma.Registry) {
	for _, shape := range registry.Map() {
		tidy(shape)
	}
}

func tidy(shape *huma.Schema) {
	if shape.Type == huma.TypeArray {
		shape.Nullable = false
	}
	if shape.Type == huma.TypeObject {
		shape.AdditionalProperties = nil
	}
	if shape.Items != nil {
		tidy(shape.Items)
	}
	for _, property := range shape.Properties {
		tidy(property)
	}
}

// Shape is a type of api/wire, described.
type Shape struct {
	name     string
	registry huma.Registry
}

// Of describes a type and everything in it.
func Of(t reflect.Type) Shape {
	registry := Registry("#/$defs/")
	registry.Schema(t, true, t.Name())
	Tidy(registry)
	return Shape{huma.DefaultSchemaNamer(t, t.Name()), registry}
}

// Property returns what a top-level field is: its type (integer, string, array …),
// its format and its description; ok is false where there is no such field.
func (s Shape) Property(name string) (kind, format, description string, ok bool) {
	found, ok := s.registry.Map()[s.name].Properties[name]
	if !ok {
		return "", "", "", false
	}
	return found.Type, found.Format, found.Description, true
}

// Document writes the shape as a JSON Schema that needs no other, indented.
func (s Shape) Document(id, title, description string) ([]byte, error) {
	compact, err := json.Marshal(struct {
		Schema      string                  `json:"$schema"`
		ID          string                  `json:"$id"`
		Title       string                  `json:"title"`
		Description string                  `json:"description"`
		Ref         string                  `json:"$ref"`
		Defs        map[string]*huma.Schema `json:"$defs"`
	}{Dialect, id, title, description, "#/$defs/" + s.name, s.registry.Map()})
	if err != nil {
		return nil, fmt.Errorf("writing the schema of %s: %w", s.name, err)
	}
	var b bytes.Buffer
	if err := json.Indent(&b, compact, "", "  "); err != nil {
		return nil, fmt.Errorf("writing the schema of %s: %w", s.name, err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}
