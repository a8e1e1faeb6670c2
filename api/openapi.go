package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/backdoorwatch/backdoorwatch/api/problem"
	"github.com/backdoorwatch/backdoorwatch/api/reply"
	"github.com/backdoorwatch/backdoorwatch/api/schema"
	"github.com/backdoorwatch/backdoorwatch/api/wire"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
)

// contractVersion is that of the API's contract, see docs/api.md: the second
// number grows when something is added.
const contractVersion = "1.2.0"

const (
	documentPath = "/api/v1/openapi.json"
	docsPath     = "/api/v1/docs"
)

// newHuma returns huma without what it would add by itself: a documentation page
// that loads scripts from elsewhere, and a $schema in every body.
func (s *server) newHuma(engine *gin.Engine) huma.API {
	registry := schema.Registry("#/components/schemas/")
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
				{Name: "Bulk", Description: "Everything at once, as files that are written each night"},
				{Name: "Service", Description: "The service itself"},
			},
		},
		Formats:       map[string]huma.Format{typeJSON: huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat: typeJSON,
	}
	registry.Schema(reflect.TypeFor[problem.Problem](), true, "Problem")
	// The rows of bulk files, which no operation answers.
	for _, row := range []reflect.Type{
		reflect.TypeFor[wire.DossierFacts](), reflect.TypeFor[wire.ActorFacts](), reflect.TypeFor[wire.SourceFacts](), reflect.TypeFor[wire.Gone](),
	} {
		registry.Schema(row, true, row.Name())
	}
	return humagin.NewWithGroup(engine, s.kept, config)
}

// mountDocument finishes the OpenAPI document, and serves it with its page.
func (s *server) mountDocument() error {
	s.raw(s.router, huma.Operation{
		OperationID: "get-openapi", Path: documentPath, Tags: []string{"Service"},
		Summary: "Read this document", Description: "The description of the API for programs, OpenAPI 3.1.",
		Responses: success("The document", typeJSON),
	}, s.serveDocument)
	var docs *reply.Entity
	s.raw(s.router, huma.Operation{
		OperationID: "get-docs", Path: docsPath, Tags: []string{"Service"},
		Summary: "Read the reference", Description: "The same document as a page for people, with no script.",
		Responses: success("The page", typeHTML),
	}, func(c *gin.Context) { s.serveFixed(c, docs) })
	s.tidySchemas()
	if err := s.applyDeprecations(); err != nil {
		return err
	}
	// Both are written when all operations are known, which does not change.
	page, err := s.pages.Render("docs", s.reference())
	if err != nil {
		return fmt.Errorf("writing the reference: %w", err)
	}
	docs = reply.New(page, typePage, time.Time{})
	s.shareParameters()
	s.document, err = indented(s.huma.OpenAPI())
	return err
}

// shareParameters describes the parameters of every list once, and lets each list
// refer to them.
func (s *server) shareParameters() {
	document := s.huma.OpenAPI()
	document.Components.Parameters = map[string]*huma.Param{}
	for _, p := range filterParameters() {
		for _, d := range s.Deprecated {
			if d.Operation == "" && d.Parameter == p.Name {
				p.Deprecated, p.Description = true, joined(p.Description, d.words())
			}
		}
		document.Components.Parameters[p.Name] = p
	}
	for _, item := range document.Paths {
		if item.Get == nil {
			continue
		}
		names := queryNames(item.Get.Parameters)
		if !takesFilter(names) {
			continue
		}
		for n, p := range item.Get.Parameters {
			// A parameter that is deprecated here alone is described here.
			if shared := document.Components.Parameters[p.Name]; p.In == "query" && shared != nil && shared.Deprecated == p.Deprecated {
				item.Get.Parameters[n] = &huma.Param{Ref: "#/components/parameters/" + p.Name}
			}
		}
	}
}

// takesFilter reports whether the parameters of every list are among the names.
func takesFilter(names []string) bool {
	return !slices.ContainsFunc(policy.FilterParams, func(name string) bool { return !slices.Contains(names, name) })
}

func indented(document *huma.OpenAPI) ([]byte, error) {
	compact, err := json.Marshal(document)
	if err != nil {
		return nil, fmt.Errorf("writing the OpenAPI document: %w", err)
	}
	var b bytes.Buffer
	if err := json.Indent(&b, compact, "", "  "); err != nil {
		return nil, fmt.Errorf("writing the OpenAPI document: %w", err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

func (s *server) serveDocument(c *gin.Context) {
	if _, ok := reply.Prefer(c.GetHeader("Accept"), typeJSON, "application/openapi+json"); !ok {
		s.fail(c, s.notAcceptable(typeJSON))
		return
	}
	c.Header("Cache-Control", "no-cache")
	s.shelf.Keep(s.document, typeJSON, time.Time{}).Serve(c.Writer, c.Request)
}

// tidySchemas makes the schemas say what holds.
func (s *server) tidySchemas() {
	registry := s.huma.OpenAPI().Components.Schemas
	// huma describes errors of its own, which none of our operations answers.
	delete(registry.Map(), "ErrorModel")
	delete(registry.Map(), "ErrorDetail")
	schema.Tidy(registry)
}
