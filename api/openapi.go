package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/backdoorwatch/backdoorwatch/api/problem"
	"github.com/backdoorwatch/backdoorwatch/api/reply"
	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
)

// contractVersion is that of the API's contract, see docs/api.md: the second
// number grows when something is added.
const contractVersion = "1.0.0"

const (
	documentPath = "/api/v1/openapi.json"
	docsPath     = "/api/v1/docs"
)

// newHuma returns huma without what it would add by itself: a documentation page
// that loads scripts from elsewhere, and a $schema in every body.
func (s *server) newHuma(engine *gin.Engine) huma.API {
	registry := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	config := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Backdoor Watch", Version: contractVersion,
				Description: "What is proposed, decided and said about encryption, and where the evidence is. " +
					"Reading needs no key. The same parameters work for lists, feeds and pages.",
				License: &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"},
			},
			Servers:    []*huma.Server{{URL: "/"}},
			Components: &huma.Components{Schemas: registry},
			Tags: []*huma.Tag{
				{Name: "Items", Description: "Documents and what they mean"},
				{Name: "Sources", Description: "Where they come from"},
				{Name: "Record", Description: "The words and places that we know"},
				{Name: "Feeds", Description: "Lists to follow"},
				{Name: "Service", Description: "The service itself"},
			},
		},
		Formats:       map[string]huma.Format{typeJSON: huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat: typeJSON,
	}
	registry.Schema(reflect.TypeFor[problem.Problem](), true, "Problem")
	return humagin.NewWithGroup(engine, s.kept, config)
}

// mountDocument finishes the OpenAPI document, and serves it with its page.
func (s *server) mountDocument() error {
	s.raw(s.router, huma.Operation{
		OperationID: "get-openapi", Path: documentPath, Tags: []string{"Service"},
		Summary: "Read this document", Description: "The description of the API for programs, OpenAPI 3.1.",
		Responses: success("The document", typeJSON),
	}, s.serveDocument)
	s.raw(s.router, huma.Operation{
		OperationID: "get-docs", Path: docsPath, Tags: []string{"Service"},
		Summary: "Read the reference", Description: "The same document as a page for people, with no script.",
		Responses: success("The page", typeHTML),
	}, func(c *gin.Context) { s.servePage(c, "docs", s.reference()) })
	s.tidySchemas()
	compact, err := json.Marshal(s.huma.OpenAPI())
	if err != nil {
		return fmt.Errorf("writing the OpenAPI document: %w", err)
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, compact, "", "  "); err != nil {
		return fmt.Errorf("writing the OpenAPI document: %w", err)
	}
	indented.WriteByte('\n')
	s.document = indented.Bytes()
	return nil
}

func (s *server) serveDocument(c *gin.Context) {
	if _, ok := reply.Prefer(c.GetHeader("Accept"), typeJSON, "application/openapi+json"); !ok {
		s.fail(c, s.notAcceptable(typeJSON))
		return
	}
	c.Header("Cache-Control", "no-cache")
	s.shelf.Keep(s.document, typeJSON, time.Time{}).Serve(c.Writer, c.Request)
}

// tidySchemas makes the schemas say what holds: our lists are never null, and an
// answer may grow new fields, which callers are told to ignore.
func (s *server) tidySchemas() {
	schemas := s.huma.OpenAPI().Components.Schemas.Map()
	// huma describes errors of its own, which none of our operations answers.
	delete(schemas, "ErrorModel")
	delete(schemas, "ErrorDetail")
	for _, schema := range schemas {
		tidy(schema)
	}
}

func tidy(schema *huma.Schema) {
	if schema.Type == huma.TypeArray {
		schema.Nullable = false
	}
	if schema.Type == huma.TypeObject {
		schema.AdditionalProperties = nil
	}
	if schema.Items != nil {
		tidy(schema.Items)
	}
	for _, property := range schema.Properties {
		tidy(property)
	}
}
