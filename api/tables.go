package api

import (
	"time"

	"github.com/backdoorwatch/backdoorwatch/api/reply"
	"github.com/backdoorwatch/backdoorwatch/api/wire"
	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
)

// mountTables serves the list of items as tables, with the parameters and pages
// of the list.
func (s *server) mountTables() {
	for _, t := range []struct {
		name, suffix, mediaType string
		write                   func([]wire.ItemRow) ([]byte, error)
	}{
		{"CSV", "csv", "text/csv; header=present; charset=utf-8", func(rows []wire.ItemRow) ([]byte, error) { return wire.CSV(wire.ItemColumns(), rows) }},
		{"NDJSON", "ndjson", "application/x-ndjson", wire.NDJSON[wire.ItemRow]},
	} {
		s.raw(s.bounded, huma.Operation{
			OperationID: "list-items-" + t.suffix, Path: "/api/v1/items." + t.suffix, Tags: []string{"Items"},
			Summary: "List items as " + t.name,
			Description: "The same list, one item a line. The header Link leads to the next page. In CSV, a cell that a spreadsheet " +
				"would take for a formula begins with an apostrophe.",
			Parameters: filterParameters(), Responses: success("One page of the list", t.mediaType),
		}, func(c *gin.Context) { s.serveTable(c, t.mediaType, t.write) })
	}
}

func (s *server) serveTable(c *gin.Context, mediaType string, write func([]wire.ItemRow) ([]byte, error)) {
	body, next, err := s.table(c, write)
	if err != nil {
		s.fail(c, s.desk.From(c.Request.Context(), err))
		return
	}
	if next != "" {
		c.Header("Link", next)
	}
	c.Header("Cache-Control", "no-cache")
	s.shelf.Keep(body, mediaType, time.Time{}).Serve(c.Writer, c.Request)
}

func (s *server) table(c *gin.Context, write func([]wire.ItemRow) ([]byte, error)) (body []byte, next string, err error) {
	filter, err := s.filter(c.Request.URL)
	if err != nil {
		return nil, "", err
	}
	page, err := s.Reader.Items(c.Request.Context(), filter)
	if err != nil {
		return nil, "", err
	}
	if page.Next != "" {
		next = reply.Link(s.address(c.Request.URL.Path, filter.Page(page.Next)), "next")
	}
	body, err = write(s.make.Items(page).Items)
	return body, next, err
}
