package api

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/api/problem"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
)

// reference is the OpenAPI document as its page shows it.
type reference struct {
	Title   string
	About   string
	Version string
	Groups  []operationGroup
	Filter  []parameterRow // the parameters of every list
	Schemas []schemaRow
	Kinds   []problem.Kind
}

type operationGroup struct {
	Name       string
	About      string
	Operations []operationRow
}

type operationRow struct {
	ID         string
	Method     string
	Path       string
	Summary    string
	About      string
	Example    string
	Deprecated bool
	Filtered   bool           // it takes the parameters of every list
	Parameters []parameterRow // the others
	Answers    []form
}

type form struct {
	MediaType string
	Schema    string // the name of what is in it; empty for what is not JSON
}

type parameterRow struct {
	Name  string
	In    string
	About string
	Words string // the values that it takes
}

type schemaRow struct {
	Name   string
	Fields []fieldRow
}

type fieldRow struct {
	Name  string
	Type  string
	Link  string // the schema of that name
	About string
}

func (s *server) reference() reference {
	document := s.huma.OpenAPI()
	r := reference{
		Title: document.Info.Title, About: document.Info.Description, Version: document.Info.Version, Kinds: problem.Kinds(),
	}
	for _, p := range filterParameters() {
		r.Filter = append(r.Filter, parameterOf(p))
	}
	for _, tag := range document.Tags {
		r.Groups = append(r.Groups, operationGroup{Name: tag.Name, About: tag.Description, Operations: s.operations(tag.Name)})
	}
	for name, schema := range document.Components.Schemas.Map() {
		r.Schemas = append(r.Schemas, schemaRow{name, fields(schema)})
	}
	slices.SortFunc(r.Schemas, func(a, b schemaRow) int { return cmp.Compare(a.Name, b.Name) })
	return r
}

func (s *server) operations(tag string) []operationRow {
	var rows []operationRow
	for _, path := range s.order {
		item := s.huma.OpenAPI().Paths[path]
		if op := item.Get; op != nil && slices.Contains(op.Tags, tag) {
			rows = append(rows, s.operation(path, op))
		}
		if op := item.Post; op != nil && slices.Contains(op.Tags, tag) {
			rows = append(rows, s.action(path, op))
		}
	}
	return rows
}

func (s *server) operation(path string, op *huma.Operation) operationRow {
	row := operationRow{
		ID: op.OperationID, Deprecated: op.Deprecated, Method: op.Method, Path: path, Summary: op.Summary, About: op.Description,
		Example: "curl '" + s.BaseURL + path + exampleQuery(op.Parameters) + "'",
	}
	row.Filtered = takesFilter(queryNames(op.Parameters))
	for _, p := range op.Parameters {
		if !row.Filtered || !slices.Contains(policy.FilterParams, p.Name) {
			row.Parameters = append(row.Parameters, parameterOf(p))
		}
	}
	if success := op.Responses["200"]; success != nil {
		for mediaType, content := range success.Content {
			row.Answers = append(row.Answers, form{mediaType, schemaName(content.Schema)})
		}
		slices.SortFunc(row.Answers, func(a, b form) int { return cmp.Compare(a.MediaType, b.MediaType) })
	}
	return row
}

// action is an operation that takes a form.
func (s *server) action(path string, op *huma.Operation) operationRow {
	row := s.operation(path, op)
	row.Example = "curl"
	form := op.RequestBody.Content[typeForm].Schema
	for name, field := range form.Properties {
		row.Parameters = append(row.Parameters, parameterRow{name, "form", field.Description, choices(field)})
	}
	slices.SortFunc(row.Parameters, func(a, b parameterRow) int { return cmp.Compare(a.Name, b.Name) })
	for _, name := range form.Required {
		row.Example += " -d " + name + "=…"
	}
	row.Example += " '" + s.BaseURL + path + "'"
	return row
}

func parameterOf(p *huma.Param) parameterRow {
	return parameterRow{p.Name, p.In, p.Description, choices(p.Schema)}
}

// exampleQuery asks for what the first parameters with an example name.
func exampleQuery(parameters []*huma.Param) string {
	query := url.Values{}
	for _, p := range parameters {
		if values, ok := p.Example.([]any); ok && len(values) > 0 && len(query) < 2 {
			query.Set(p.Name, fmt.Sprint(values[0]))
		}
	}
	if len(query) == 0 {
		return ""
	}
	return "?" + query.Encode()
}

func choices(schema *huma.Schema) string {
	if schema == nil {
		return ""
	}
	values := schema.Enum
	if schema.Items != nil {
		values = schema.Items.Enum
	}
	var words []string
	for _, v := range values {
		words = append(words, fmt.Sprint(v))
	}
	return strings.Join(words, " ")
}

func fields(schema *huma.Schema) []fieldRow {
	var rows []fieldRow
	for name, property := range schema.Properties {
		row := fieldRow{Name: name, Type: property.Type, About: property.Description, Link: schemaName(property)}
		if property.Type == huma.TypeArray {
			row.Type, row.Link = "list of "+property.Items.Type, schemaName(property.Items)
		}
		if property.Nullable {
			row.Type += " or null"
		}
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(a, b fieldRow) int { return cmp.Compare(a.Name, b.Name) })
	return rows
}

func schemaName(schema *huma.Schema) string {
	if schema == nil {
		return ""
	}
	return strings.TrimPrefix(schema.Ref, "#/components/schemas/")
}

// mountProblems serves the pages that explain problems.
func (s *server) mountProblems() {
	op := huma.Operation{
		OperationID: "explain-problem", Path: "/problems/{name}", Tags: []string{"Service"},
		Summary: "Explain a kind of problem", Description: "The page that the type of a problem leads to.",
		Responses:  success("The page", typeHTML),
		Parameters: []*huma.Param{{Name: "name", In: "path", Required: true, Description: "The kind's name", Schema: &huma.Schema{Type: "string"}}},
	}
	s.raw(s.router, op, func(c *gin.Context) {
		kind, ok := problem.Named(c.Param("name"))
		if !ok {
			s.fail(c, s.missing("kind of problem", c.Param("name"), "/api/v1/docs lists all kinds."))
			return
		}
		s.servePage(c, "problem", kind)
	})
}
