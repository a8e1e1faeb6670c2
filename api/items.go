package api

import (
	"context"
	"strconv"
	"time"

	"github.com/backdoorwatch/backdoorwatch/api/reply"
	"github.com/backdoorwatch/backdoorwatch/api/wire"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/danielgtaylor/huma/v2"
)

type filterInput struct {
	asking
}

type itemsOutput struct {
	Link string `header:"Link" doc:"rel=next: the address of the next page (RFC 8288); absent on the last page"`
	Body wire.Items
}

type itemInput struct {
	asking
	ID string `path:"id" doc:"Our own number of the item" example:"42"`
}

type itemOutput struct {
	Body wire.Item
}

func (s *server) mountItems() {
	answer(s, huma.Operation{
		OperationID: "list-items", Path: "/api/v1/items", Tags: []string{"Items"}, Parameters: append(filterParameters(), changedSince()),
		Summary: "List items",
		Description: "Documents, newest first: what a source said, and what we think it means. Only items about encryption " +
			"policy are listed unless you ask otherwise. The text, and the words that caused each tag, are in the item itself. Several values of one parameter mean any of them; several parameters mean all of them. " +
			"With changed_since the earliest change comes first, and a page that is not the last may be short.",
	}, s.listItems)
	answer(s, huma.Operation{
		OperationID: "get-item", Path: "/api/v1/items/{id}", Tags: []string{"Items"},
		Summary:     "Read one item",
		Description: "One document with its main text, all its tags and the words that caused them.",
	}, s.readItem)
	answer(s, huma.Operation{
		OperationID: "count-items", Path: "/api/v1/facets", Tags: []string{"Items"}, Parameters: filterParameters(),
		Summary: "Count items by each parameter",
		Description: "How many items a question has, and how many are behind each value of each parameter. A parameter's own " +
			"choice does not narrow its counts, so that you see what else could be chosen.",
	}, s.countItems)
}

func (s *server) listItems(ctx context.Context, in *filterInput) (*itemsOutput, error) {
	filter, since, err := s.changedFilter(&in.url)
	if err != nil {
		return nil, err
	}
	if !since.IsZero() {
		return s.listItemChanges(ctx, filter, since, in.url.Query().Get("changed_since"))
	}
	page, err := s.Reader.Items(ctx, filter)
	if err != nil {
		return nil, err
	}
	out := &itemsOutput{Body: s.make.Items(page)}
	if page.Next != "" {
		out.Link = reply.Link(s.address("/api/v1/items", filter.Page(page.Next)), "next")
	}
	return out, nil
}

func (s *server) listItemChanges(ctx context.Context, f policy.Filter, since time.Time, asked string) (*itemsOutput, error) {
	page, err := s.Reader.ItemChanges(ctx, f, since)
	if err != nil {
		return nil, err
	}
	out := &itemsOutput{Body: s.make.ItemChanges(page)}
	if page.Next != "" {
		out.Link = reply.Link(withSince(s.address("/api/v1/items", f.Page(page.Next)), asked), "next")
	}
	return out, nil
}

func (s *server) readItem(ctx context.Context, in *itemInput) (*itemOutput, error) {
	id, err := strconv.ParseInt(in.ID, 10, 64)
	if err != nil || id < 1 {
		return nil, s.missing("item", in.ID, "Items have whole numbers, such as 42.")
	}
	item, err := s.Reader.Item(ctx, policy.ItemID(id))
	if err != nil {
		return nil, err
	}
	return &itemOutput{Body: s.make.Item(item)}, nil
}

type facetsOutput struct {
	Body wire.Facets
}

func (s *server) countItems(ctx context.Context, in *filterInput) (*facetsOutput, error) {
	filter, err := s.filter(&in.url)
	if err != nil {
		return nil, err
	}
	facets, err := s.Reader.Facets(ctx, filter)
	if err != nil {
		return nil, err
	}
	return &facetsOutput{Body: s.make.Facets(facets)}, nil
}

// address returns the whole address of a list.
func (s *server) address(path string, f policy.Filter) string {
	if query := f.Values().Encode(); query != "" {
		return s.BaseURL + path + "?" + query
	}
	return s.BaseURL + path
}
