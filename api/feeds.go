package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/api/feed"
	"github.com/backdoorwatch/backdoorwatch/api/problem"
	"github.com/backdoorwatch/backdoorwatch/api/reply"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
)

const (
	typeHTML = "text/html"
	typePage = typeHTML + "; charset=utf-8"
	// feedAge is what readers are told about how often to come; the validators
	// make an early visit cheap.
	feedAge = "public, max-age=300"
)

// format is a form in which a list can be followed.
type format struct {
	suffix    string
	name      string
	mediaType string
	write     func(s *server, f feed.Feed) ([]byte, error)
}

// formats are the forms of a feed, the canonical one first.
func formats() []format {
	return []format{
		{".atom", "Atom", feed.TypeAtom, func(_ *server, f feed.Feed) ([]byte, error) { return feed.Atom(f) }},
		{".rss", "RSS", feed.TypeRSS, func(_ *server, f feed.Feed) ([]byte, error) { return feed.RSS(f) }},
		{".json", "JSON Feed", feed.TypeJSON, func(s *server, f feed.Feed) ([]byte, error) {
			return feed.JSON(f, s.BaseURL+"/api/v1/docs#Feeds")
		}},
	}
}

const feedPath = "/feeds/items"

func (s *server) mountFeeds() {
	for _, f := range formats() {
		s.raw(s.router, huma.Operation{
			OperationID: "follow-items-" + strings.TrimPrefix(f.suffix, "."), Path: feedPath + f.suffix, Tags: []string{"Feeds"},
			Summary:     "Follow items as " + f.name,
			Description: "The list of /api/v1/items as a feed, for any parameters. A browser gets a page that explains the feed.",
			Parameters:  filterParameters(), Responses: success("The feed", f.mediaType),
		}, func(c *gin.Context) { s.serveFeed(c, f, opened(c.Request)) })
	}
	s.raw(s.router, huma.Operation{
		OperationID: "follow-items", Path: feedPath, Tags: []string{"Feeds"},
		Summary: "Follow items in the form that the header Accept likes best",
		Description: "The same as the addresses with a suffix. Atom where the header allows all; a page that explains the feed " +
			"where it prefers HTML.",
		Parameters: filterParameters(), Responses: success("The feed", feed.TypeAtom, feed.TypeRSS, feed.TypeJSON, typeHTML),
	}, s.negotiateFeed)
}

func success(description string, mediaTypes ...string) map[string]*huma.Response {
	content := map[string]*huma.MediaType{}
	for _, t := range mediaTypes {
		content[t] = &huma.MediaType{Schema: &huma.Schema{Type: "string"}}
	}
	return map[string]*huma.Response{"200": {Description: description, Content: content}}
}

// opened reports whether a person opened the address in a browser. Browsers say
// so (Fetch Metadata); feed readers that copy a browser's Accept do not.
func opened(r *http.Request) bool {
	best, _ := reply.Prefer(r.Header.Get("Accept"), feed.TypeAtom, feed.TypeRSS, feed.TypeJSON, typeHTML)
	return r.Header.Get("Sec-Fetch-Dest") == "document" && best == typeHTML
}

func (s *server) negotiateFeed(c *gin.Context) {
	all := formats()
	offers := []string{feed.TypeAtom, feed.TypeRSS, feed.TypeJSON, "application/xml", "text/xml", typeJSON, typeHTML}
	best, ok := reply.Prefer(c.GetHeader("Accept"), offers...)
	if !ok {
		s.fail(c, s.notAcceptable(offers...))
		return
	}
	switch best {
	case feed.TypeRSS:
		s.serveFeed(c, all[1], false)
	case feed.TypeJSON, typeJSON:
		s.serveFeed(c, all[2], false)
	default:
		s.serveFeed(c, all[0], best == typeHTML)
	}
}

func (s *server) serveFeed(c *gin.Context, f format, explain bool) {
	c.Header("Vary", "Accept, Sec-Fetch-Dest")
	filter, err := s.filter(c.Request.URL)
	if err != nil {
		s.fail(c, s.desk.From(c.Request.Context(), err))
		return
	}
	if explain {
		s.explainFeed(c, f, filter)
		return
	}
	name := f.suffix + "?" + filter.Values().Encode()
	entity, err := s.feeds.get(c.Request.Context(), name, func(ctx context.Context) (*reply.Entity, error) {
		return s.writeFeed(ctx, f, filter)
	})
	if err != nil {
		s.fail(c, s.desk.From(c.Request.Context(), err))
		return
	}
	c.Header("Cache-Control", feedAge)
	c.Header("Link", s.feedLinks(f, filter))
	entity.Serve(c.Writer, c.Request)
}

// feedLinks is the header by which a hub's subscribers find the topic without
// reading the feed (WebSub §4).
func (s *server) feedLinks(f format, filter policy.Filter) string {
	links := reply.Link(s.address(feedPath+f.suffix, filter), "self")
	if s.Hub != "" {
		links += ", " + reply.Link(s.Hub, "hub")
	}
	return links
}

func (s *server) writeFeed(ctx context.Context, f format, filter policy.Filter) (*reply.Entity, error) {
	page, err := s.Reader.Items(ctx, filter)
	if err != nil {
		return nil, err
	}
	made := s.feed(f, filter, page)
	body, err := f.write(s, made)
	if err != nil {
		return nil, fmt.Errorf("writing the feed %s: %w", made.Self, err)
	}
	return reply.New(body, f.mediaType+charset(f.mediaType), made.Updated), nil
}

// charset completes a media type. JSON has none: it is UTF-8 by definition.
func charset(mediaType string) string {
	if mediaType == feed.TypeJSON {
		return ""
	}
	return "; charset=utf-8"
}

// explainFeed answers a person who opened a feed with a page that says what it
// is for and shows what is in it.
func (s *server) explainFeed(c *gin.Context, f format, filter policy.Filter) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), s.Timeout)
	defer cancel()
	page, err := s.Reader.Items(ctx, filter)
	if err != nil {
		s.fail(c, s.desk.From(ctx, err))
		return
	}
	made := s.feed(f, filter, page)
	var others []feedLink
	for _, other := range formats() {
		others = append(others, feedLink{other.name, other.mediaType, s.address(feedPath+other.suffix, filter)})
	}
	s.servePage(c, "feed", feedPage{Feed: made, Format: f.name, Formats: others})
}

type feedPage struct {
	Feed    feed.Feed
	Format  string
	Formats []feedLink
}

type feedLink struct {
	Name      string
	MediaType string
	Address   string
}

// servePage answers with a page for people.
func (s *server) servePage(c *gin.Context, name string, data any) {
	s.servePageUnder(c, s.pages.ContentPolicy(), name, data)
}

// servePageUnder answers with a page under a Content-Security-Policy of its own.
func (s *server) servePageUnder(c *gin.Context, contentPolicy, name string, data any) {
	body, err := s.pages.Render(name, data)
	if err != nil {
		s.fail(c, s.desk.New(problem.Internal, "The page could not be written. It has been logged."))
		s.Logger.ErrorContext(c.Request.Context(), "writing a page failed", "page", name, "error", err)
		return
	}
	c.Header("Content-Security-Policy", contentPolicy)
	c.Header("Cache-Control", "no-cache")
	s.shelf.Keep(body, typePage, time.Time{}).Serve(c.Writer, c.Request)
}

// serveFixed answers with what is ready to be sent.
func (s *server) serveFixed(c *gin.Context, e *reply.Entity) {
	c.Header("Content-Security-Policy", s.pages.ContentPolicy())
	c.Header("Cache-Control", "no-cache")
	e.Serve(c.Writer, c.Request)
}
