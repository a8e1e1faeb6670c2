package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/api/calendar"
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
	feedAge        = "public, max-age=300"
	feedPath       = "/feeds/items"
	calendarSuffix = ".ics"
)

// format is a form in which a list can be followed.
type format struct {
	suffix    string
	name      string
	mediaType string
	charset   bool // its media type names it
	write     func(s *server, l list, f policy.Filter, page content) ([]byte, time.Time, error)
}

// formats are the forms that feed readers read, the canonical one first.
func formats() []format {
	forReaders := func(suffix, name, mediaType string, charset bool, write func(*server, feed.Feed) ([]byte, error)) format {
		f := format{suffix: suffix, name: name, mediaType: mediaType, charset: charset}
		f.write = func(s *server, l list, filter policy.Filter, page content) ([]byte, time.Time, error) {
			made := s.feed(l, f, filter, page)
			body, err := write(s, made)
			return body, made.Updated, err
		}
		return f
	}
	return []format{
		forReaders(".atom", "Atom", feed.TypeAtom, true, func(_ *server, f feed.Feed) ([]byte, error) { return feed.Atom(f) }),
		forReaders(".rss", "RSS", feed.TypeRSS, true, func(_ *server, f feed.Feed) ([]byte, error) { return feed.RSS(f) }),
		forReaders(".json", "JSON Feed", feed.TypeJSON, false, func(s *server, f feed.Feed) ([]byte, error) {
			return feed.JSON(f, s.BaseURL+"/api/v1/docs#Feeds")
		}),
	}
}

// tableFormats are the forms for spreadsheets and programs.
func tableFormats() []format {
	forTables := func(suffix, name, mediaType string, charset bool, of func(table) func() ([]byte, error)) format {
		return format{suffix: suffix, name: name, mediaType: mediaType, charset: charset,
			write: func(_ *server, _ list, _ policy.Filter, page content) ([]byte, time.Time, error) {
				body, err := of(page.table)()
				return body, time.Time{}, err
			}}
	}
	return []format{
		forTables(".csv", "CSV", "text/csv; header=present", true, func(t table) func() ([]byte, error) { return t.csv }),
		forTables(".ndjson", "NDJSON", "application/x-ndjson", false, func(t table) func() ([]byte, error) { return t.ndjson }),
	}
}

// fullType is the media type with its charset. JSON has none: it is UTF-8 by
// definition.
func (f format) fullType() string {
	if f.charset {
		return f.mediaType + "; charset=utf-8"
	}
	return f.mediaType
}

func (s *server) mountFeeds() {
	for _, d := range s.lists() {
		s.mountList(d)
	}
	for _, sub := range s.subjects() {
		s.mountSubject(sub)
	}
}

func (s *server) mountList(d described) {
	operation := func(id, path, summary, about string, mediaTypes ...string) huma.Operation {
		return huma.Operation{
			OperationID: id, Path: path, Tags: []string{"Feeds"}, Summary: summary, Description: about,
			Parameters: filterParameters(), Responses: success("The feed", mediaTypes...),
		}
	}
	for _, f := range formats() {
		s.raw(s.router, operation("follow-"+d.name+"-"+f.suffix[1:], d.path+f.suffix, "Follow "+d.what+" as "+f.name,
			d.about+" For any parameters of a list. A browser gets a page that explains the feed.", f.mediaType),
			func(c *gin.Context) { s.serveFeed(c, d.list, f, opened(c.Request)) })
	}
	for _, f := range tableFormats() {
		s.raw(s.router, operation("follow-"+d.name+"-"+f.suffix[1:], d.path+f.suffix, "Follow "+d.what+" as "+f.name,
			"The same list as a table, one entry a line.", f.fullType()),
			func(c *gin.Context) { s.serveFeed(c, d.list, f, false) })
	}
	if d.calendar {
		s.raw(s.router, operation("follow-"+d.name+"-ics", d.path+calendarSuffix, "Follow "+d.what+" as a calendar",
			"Appointments (iCalendar) of which the day is known; tentative, confirmed or cancelled.", calendar.MediaType),
			func(c *gin.Context) { s.serveCalendar(c, d.list) })
	}
	s.raw(s.router, operation("follow-"+d.name, d.path, "Follow "+d.what+" in the form that the header Accept likes best",
		"The same as the addresses with a suffix. Atom where the header allows all; a page that explains the feed where it prefers HTML.",
		feed.TypeAtom, feed.TypeRSS, feed.TypeJSON, typeHTML),
		func(c *gin.Context) { s.negotiateFeed(c, d.list) })
}

func (s *server) mountSubject(sub subject) {
	s.raw(s.router, huma.Operation{
		OperationID: "follow-" + sub.what, Path: sub.parent + "/{file}", Tags: []string{"Feeds"},
		Summary: "Follow one " + sub.what,
		Description: sub.about + " The id has the suffix of a form: .atom, .rss, .json, .csv or .ndjson, and .ics for a calendar where there are dates; " +
			"without one the header Accept decides. The parameters of lists narrow it.",
		Parameters: append([]*huma.Param{{Name: "file", In: "path", Required: true, Description: "The id and a suffix", Schema: &huma.Schema{Type: "string"}}},
			filterParameters()...),
		Responses: success("The feed", feed.TypeAtom, feed.TypeRSS, feed.TypeJSON, "text/csv", "application/x-ndjson", calendar.MediaType, typeHTML),
	}, func(c *gin.Context) { s.serveSubject(c, sub) })
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

// serveSubject finds out which thing is asked for, and in which form.
func (s *server) serveSubject(c *gin.Context, sub subject) {
	name := c.Param("file")
	serve := s.negotiateFeed
	for _, f := range formats() {
		if id, ok := strings.CutSuffix(name, f.suffix); ok {
			name, serve = id, func(c *gin.Context, l list) { s.serveFeed(c, l, f, opened(c.Request)) }
		}
	}
	for _, f := range tableFormats() {
		if id, ok := strings.CutSuffix(name, f.suffix); ok {
			name, serve = id, func(c *gin.Context, l list) { s.serveFeed(c, l, f, false) }
		}
	}
	if id, ok := strings.CutSuffix(name, calendarSuffix); ok {
		name, serve = id, s.serveCalendar
	}
	l, err := sub.list(c.Request.Context(), name)
	if err != nil {
		s.fail(c, s.desk.From(c.Request.Context(), err))
		return
	}
	serve(c, l)
}

func (s *server) negotiateFeed(c *gin.Context, l list) {
	all := formats()
	offers := []string{feed.TypeAtom, feed.TypeRSS, feed.TypeJSON, "application/xml", "text/xml", typeJSON, typeHTML}
	best, ok := reply.Prefer(c.GetHeader("Accept"), offers...)
	if !ok {
		s.fail(c, s.notAcceptable(offers...))
		return
	}
	switch best {
	case feed.TypeRSS:
		s.serveFeed(c, l, all[1], false)
	case feed.TypeJSON, typeJSON:
		s.serveFeed(c, l, all[2], false)
	default:
		s.serveFeed(c, l, all[0], best == typeHTML)
	}
}

func (s *server) serveFeed(c *gin.Context, l list, f format, explain bool) {
	if explain {
		s.explainFeed(c, l, f)
		return
	}
	s.serveKept(c, l, f.suffix, func(ctx context.Context, filter policy.Filter) (*reply.Entity, error) {
		return s.writeFeed(ctx, l, f, filter)
	})
}

func (s *server) serveCalendar(c *gin.Context, l list) {
	if !l.calendar {
		s.fail(c, s.desk.New(problem.NotFound, "There is no calendar of this.").Hinting("/feeds/upcoming.ics is a calendar with any parameters of a list."))
		return
	}
	s.serveKept(c, l, calendarSuffix, func(ctx context.Context, filter policy.Filter) (*reply.Entity, error) {
		return s.writeCalendar(ctx, l, filter)
	})
}

// serveKept answers with what is kept of a list in a form, or writes it.
func (s *server) serveKept(c *gin.Context, l list, suffix string, write func(context.Context, policy.Filter) (*reply.Entity, error)) {
	c.Header("Vary", "Accept, Sec-Fetch-Dest")
	filter, err := s.filter(c.Request.URL)
	if err != nil {
		s.fail(c, s.desk.From(c.Request.Context(), err))
		return
	}
	entity, err := s.feeds.get(c.Request.Context(), feedName(l, suffix, filter), func(ctx context.Context) (*reply.Entity, error) { return write(ctx, filter) })
	if err != nil {
		s.fail(c, s.desk.From(c.Request.Context(), err))
		return
	}
	c.Header("Cache-Control", feedAge)
	c.Header("Link", s.feedLinks(l, suffix, filter, entity.Next))
	entity.Serve(c.Writer, c.Request)
}

// feedName is under what a written feed is kept.
func feedName(l list, suffix string, filter policy.Filter) string {
	return l.path + suffix + "?" + filter.Values().Encode()
}

// feedLinks is the header by which a hub's subscribers find the topic without
// reading the feed (WebSub §4), and readers of tables the next page.
func (s *server) feedLinks(l list, suffix string, filter policy.Filter, next string) string {
	links := reply.Link(s.address(l.path+suffix, filter), "self")
	for _, hub := range s.hubs(l, suffix, filter) {
		links += ", " + reply.Link(hub, "hub")
	}
	if next != "" {
		links += ", " + reply.Link(s.address(l.path+suffix, filter.Page(next)), "next")
	}
	return links
}

func (s *server) writeFeed(ctx context.Context, l list, f format, filter policy.Filter) (*reply.Entity, error) {
	page, err := l.read(ctx, filter)
	if err != nil {
		return nil, err
	}
	body, updated, err := f.write(s, l, filter, page)
	if err != nil {
		return nil, fmt.Errorf("writing the feed %s: %w", l.path+f.suffix, err)
	}
	entity := reply.New(body, f.fullType(), updated)
	entity.Next = page.next
	return entity, nil
}

// explainFeed answers a person who opened a feed with a page that says what it
// is for and shows what is in it.
func (s *server) explainFeed(c *gin.Context, l list, f format) {
	c.Header("Vary", "Accept, Sec-Fetch-Dest")
	ctx, cancel := context.WithTimeout(c.Request.Context(), s.Timeout)
	defer cancel()
	filter, err := s.filter(c.Request.URL)
	if err != nil {
		s.fail(c, s.desk.From(ctx, err))
		return
	}
	page, err := l.read(ctx, filter)
	if err != nil {
		s.fail(c, s.desk.From(ctx, err))
		return
	}
	var others []feedLink
	for _, other := range formats() {
		others = append(others, feedLink{other.name, other.mediaType, s.address(l.path+other.suffix, filter)})
	}
	s.servePage(c, "feed", feedPage{Feed: s.feed(l, f, filter, page), Format: f.name, Formats: others})
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
