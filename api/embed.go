package api

import (
	"context"
	"fmt"
	"html"
	"net/url"
	"strconv"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/api/wire"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
)

const embedPath = "/embed/items"

// The size of an embedded list in pixels, where nobody asks for less.
const (
	embedWidth  = 600
	embedHeight = 480
)

type oembedOutput struct {
	Body wire.OEmbed
}

// mountEmbeds serves lists for other sites to show within their pages. Nothing in
// them runs, loads or tells us who reads.
func (s *server) mountEmbeds() {
	s.raw(s.bounded, huma.Operation{
		OperationID: "embed-items", Path: embedPath, Tags: []string{"Feeds"},
		Summary:     "Show items within a page of another site",
		Description: "The list as a small page with no script, made for an iframe.",
		Parameters:  filterParameters(), Responses: success("The page", typeHTML),
	}, s.embedItems)
	answer(s, huma.Operation{
		OperationID: "get-oembed", Path: "/api/v1/oembed", Tags: []string{"Feeds"},
		Summary:     "Say how to embed a page of ours",
		Description: "oEmbed 1.0 for /timeline with any parameters, and for /dossiers/{id}.",
		Parameters: []*huma.Param{
			{Name: "url", In: "query", Required: true, Description: "The address of our page", Schema: &huma.Schema{Type: "string"}},
			one("maxwidth", "The largest width, in pixels", &huma.Schema{Type: "integer"}, nil),
			one("maxheight", "The largest height, in pixels", &huma.Schema{Type: "integer"}, nil),
			one("format", "Only json", &huma.Schema{Type: "string", Enum: []any{"json"}}, nil),
		},
	}, s.readOEmbed)
}

func (s *server) embedItems(c *gin.Context) {
	filter, err := s.filter(c.Request.URL)
	if err != nil {
		s.fail(c, s.desk.From(c.Request.Context(), err))
		return
	}
	items := s.lists()[0].list
	page, err := items.read(c.Request.Context(), filter)
	if err != nil {
		s.fail(c, s.desk.From(c.Request.Context(), err))
		return
	}
	s.servePageUnder(c, s.pages.EmbedPolicy(), "embed", s.feed(items, formats()[0], filter, page))
}

func (s *server) readOEmbed(_ context.Context, in *plainInput) (*oembedOutput, error) {
	query := in.url.Query()
	var errs policy.FieldErrors
	width := within(query, "maxwidth", embedWidth, &errs)
	height := within(query, "maxheight", embedHeight, &errs)
	if f := query.Get("format"); f != "" && f != "json" {
		errs = append(errs, policy.FieldError{Field: "format", Value: f, Problem: "we have only JSON", Hint: "write json, or leave it out"})
	}
	filter, err := s.shown(query.Get("url"))
	if err != nil {
		errs = append(errs, policy.FieldError{
			Field: "url", Value: query.Get("url"), Problem: err.Error(), Hint: "write an address such as " + s.BaseURL + "/timeline?jurisdiction=FR",
		})
	}
	if len(errs) > 0 {
		return nil, errs
	}
	title := s.title(filter)
	frame := fmt.Sprintf(`<iframe src="%s" title="%s" width="%d" height="%d" loading="lazy" referrerpolicy="no-referrer" `+
		`sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>`,
		html.EscapeString(s.address(embedPath, filter)), html.EscapeString(title), width, height)
	return &oembedOutput{Body: wire.OEmbed{
		Type: "rich", Version: "1.0", Title: title, ProviderName: "Backdoor Watch", ProviderURL: s.BaseURL,
		CacheAge: 86400, Width: width, Height: height, HTML: frame,
	}}, nil
}

// shown returns the question that a page of ours answers.
func (s *server) shown(address string) (policy.Filter, error) {
	path, ok := strings.CutPrefix(address, s.BaseURL+"/")
	u, err := url.Parse("/" + path)
	if !ok || err != nil {
		return policy.Filter{}, fmt.Errorf("it is no page of ours")
	}
	if id, ok := strings.CutPrefix(u.Path, "/dossiers/"); ok && s.make.Names.Dossiers[id] != "" {
		return policy.Filter{Dossiers: []string{id}}, nil
	}
	if u.Path != "/timeline" {
		return policy.Filter{}, fmt.Errorf("it is no page that can be embedded")
	}
	return s.filter(u)
}

// within returns the size that is asked for, and at most the usual one.
func within(query url.Values, name string, usual int, errs *policy.FieldErrors) int {
	text := query.Get(name)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		*errs = append(*errs, policy.FieldError{Field: name, Value: text, Problem: "it is not a size", Hint: "write a number of pixels"})
		return usual
	}
	return min(n, usual)
}
