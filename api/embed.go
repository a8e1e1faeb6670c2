package api

import (
	"context"
	"net/url"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/api/feed"
	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/record"
	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
)

const (
	embedPath         = "/embed/items"
	embedTimelinePath = "/embed/timeline"
	embedDossierPath  = "/embed/dossiers/"
)

const (
	// mostEmbedded is how many entries an embedded list has at most: it is for a small
	// frame, and leads to the whole list.
	mostEmbedded = 30
	// embeddedSteps is how many of its last steps an embedded dossier has.
	embeddedSteps = 5
)

// mountEmbeds serves lists for other sites to show within their pages. Nothing in
// them runs, loads or tells us who reads.
func (s *server) mountEmbeds() {
	operation := func(id, path, summary, about string, parameters ...*huma.Param) huma.Operation {
		return huma.Operation{OperationID: id, Path: path, Tags: []string{"Feeds"}, Summary: summary, Description: about + ", as a small page with no script, made for an iframe.",
			Parameters: parameters, Responses: success("The page", typeHTML)}
	}
	s.raw(s.bounded, operation("embed-items", embedPath, "Show items within a page of another site", "The list", filterParameters()...), s.embedItems)
	s.raw(s.bounded, operation("embed-timeline", embedTimelinePath, "Show a timeline within a page of another site",
		"What is to come, and the events of dossiers and the items in one stream", append(filterParameters(), showParameter())...), s.embedTimeline)
	s.raw(s.bounded, operation("embed-dossier", embedDossierPath+"{id}", "Show a dossier within a page of another site",
		"Where it stands, what it would do to encryption, what is expected and its last steps",
		&huma.Param{Name: "id", In: "path", Required: true, Description: "The record's id of the dossier", Schema: &huma.Schema{Type: "string"}}), s.embedDossier)
	s.mountOEmbed()
}

func showParameter() *huma.Param {
	return one("show", "The events of dossiers alone, the items alone, or all, as on the page /timeline", choice("all", "events", "items"), nil)
}

// embedded is a list within a frame.
type embedded struct {
	Title   string
	Page    string // the same for people, with all of it
	Coming  []embeddedEntry
	Entries []embeddedEntry
	More    bool // the page has more
}

// embeddedEntry is one line.
type embeddedEntry struct {
	Moment   string // for programs; empty where it is not known
	Date     string // in words
	Title    string
	Page     string
	Language string
	Notes    []string // what is said of it in a few words
}

func (s *server) embedItems(c *gin.Context) {
	s.embed(c, func(ctx context.Context, f policy.Filter) (embedded, error) {
		page, err := s.Reader.Items(ctx, f)
		made := embedded{Title: s.title(f), Page: s.forPeople("/timeline", f), More: page.Next != ""}
		for _, i := range page.Items {
			made.Entries = append(made.Entries, s.embeddedItem(i))
		}
		return made, err
	})
}

// embedTimeline shows what the page /timeline does.
func (s *server) embedTimeline(c *gin.Context) {
	u, show, err := withoutShow(c.Request.URL)
	if err != nil {
		s.fail(c, s.desk.From(c.Request.Context(), err))
		return
	}
	c.Request.URL = u
	switch show {
	case "items":
		s.embedItems(c)
	case "events":
		s.embed(c, s.embeddedEvents)
	default:
		s.embed(c, s.embeddedStream)
	}
}

// withoutShow takes the parameter that a Filter does not have out of an address.
func withoutShow(u *url.URL) (rest *url.URL, show string, err error) {
	query := u.Query()
	switch show = query.Get("show"); show {
	case "", "all", "events", "items":
	default:
		return nil, "", policy.FieldErrors{{Field: "show", Value: show, Problem: "there is no such word", Hint: "use all, events, items"}}
	}
	query.Del("show")
	plain := *u
	plain.RawQuery = query.Encode()
	return &plain, show, nil
}

// embed answers with a list for a frame.
func (s *server) embed(c *gin.Context, read func(context.Context, policy.Filter) (embedded, error)) {
	filter, err := s.filter(c.Request.URL)
	if err != nil {
		s.fail(c, s.desk.From(c.Request.Context(), err))
		return
	}
	if filter.Limit == 0 || filter.Limit > mostEmbedded {
		filter.Limit = mostEmbedded
	}
	made, err := read(c.Request.Context(), filter)
	if err != nil {
		s.fail(c, s.desk.From(c.Request.Context(), err))
		return
	}
	s.servePageUnder(c, s.pages.EmbedPolicy(), "embed", made)
}

func (s *server) embeddedEvents(ctx context.Context, f policy.Filter) (embedded, error) {
	made := embedded{Title: s.titled("events", f), Page: s.forPeople("/timeline", f)}
	made.Page = withShow(made.Page, "events")
	page, err := s.Chronicle.EventPage(ctx, f)
	if err != nil {
		return made, err
	}
	for _, e := range page.Events {
		made.Entries = append(made.Entries, s.embeddedEvent(e))
	}
	made.More = page.Next != ""
	if f.Cursor == "" {
		expected, err := s.upcoming(ctx, f)
		if err != nil {
			return made, err
		}
		made.Coming = s.embeddedComing(expected)
	}
	return made, nil
}

func withShow(page, show string) string {
	if strings.Contains(page, "?") {
		return page + "&show=" + show
	}
	return page + "?show=" + show
}

func (s *server) embeddedStream(ctx context.Context, f policy.Filter) (embedded, error) {
	made := embedded{Title: s.title(f), Page: s.forPeople("/timeline", f)}
	page, err := s.Chronicle.Timeline(ctx, f)
	if err != nil {
		return made, err
	}
	made.Coming, made.More = s.embeddedComing(page.Upcoming), page.Next != ""
	for _, e := range page.Entries {
		if e.Event != nil {
			made.Entries = append(made.Entries, s.embeddedEvent(*e.Event))
		} else {
			made.Entries = append(made.Entries, s.embeddedItem(*e.Item))
		}
	}
	return made, nil
}

func (s *server) embeddedComing(events []policy.DossierEvent) []embeddedEntry {
	var all []embeddedEntry
	for _, e := range events[:min(len(events), embeddedSteps)] {
		all = append(all, s.embeddedEvent(e))
	}
	return all
}

func (s *server) embeddedItem(i policy.Item) embeddedEntry {
	e := s.entry(i)
	made := embeddedEntry{Date: e.Date, Title: e.Title, Page: e.Page, Language: e.Language}
	if !i.Document.Published.IsZero() {
		made.Moment = i.Document.Published.String()
	}
	for _, c := range e.Categories {
		if c.Facet != string(policy.FacetDossier) {
			made.Notes = append(made.Notes, c.Label)
		}
	}
	return made
}

func (s *server) embeddedEvent(e policy.DossierEvent) embeddedEntry {
	made := embeddedEntry{
		Moment: e.Date.String(), Date: e.Date.Words(), Title: feed.Clean(s.make.Names.Label(policy.FacetDossier, e.Dossier) + ": " + e.Title),
		Page: s.BaseURL + "/events/" + pathOf(e.ID), Notes: []string{s.make.Names.Label(policy.FacetJurisdiction, e.Jurisdiction), e.Stage.Label()},
	}
	if e.Origin != policy.OriginCurated {
		made.Notes = append(made.Notes, policy.Origins.Label(e.Origin))
	}
	return made
}

// embeddedDossier is a dossier within a frame.
type embeddedDossier struct {
	Title    string
	Place    string
	Status   string
	Meaning  string // of the status
	Since    embeddedEntry
	Effect   string
	Does     string // the effect explained
	Expected []embeddedEntry
	Steps    []embeddedEntry // the newest first
	Page     string
}

func (s *server) embedDossier(c *gin.Context) {
	ctx := c.Request.Context()
	d, err := s.Chronicle.Dossier(ctx, c.Param("id"), policy.Date{}, policy.Filter{Limit: 1})
	if err != nil {
		s.fail(c, s.desk.From(ctx, s.unlessThere(err, "dossier", c.Param("id"), "/api/v1/dossiers lists all of them.")))
		return
	}
	s.servePageUnder(c, s.pages.EmbedPolicy(), "embed-dossier", s.embeddedDossier(d))
}

func (s *server) embeddedDossier(d record.Dossier) embeddedDossier {
	words, _ := d.Status.Words()
	made := embeddedDossier{
		Title: d.Name(), Place: s.make.Names.Label(policy.FacetJurisdiction, d.Jurisdiction), Status: words.Label, Meaning: words.Meaning,
		Effect: policy.Effects.Label(d.Effect), Does: policy.Effects.Meaning(d.Effect), Page: s.BaseURL + "/dossiers/" + pathOf(d.ID),
	}
	if !d.Since.IsZero() {
		made.Since = embeddedEntry{Moment: d.Since.String(), Date: d.Since.Words()}
	}
	for _, e := range knowledge.NextSteps(d.Dossier, s.Now()).Expected {
		if !e.Overdue && len(made.Expected) < embeddedSteps {
			made.Expected = append(made.Expected, embeddedEntry{Moment: e.Date.String(), Date: e.Date.Words(), Title: e.Title})
		}
	}
	for n := len(d.History) - 1; n >= 0 && len(made.Steps) < embeddedSteps; n-- {
		if e := d.History[n]; !e.Ahead && !e.Overdue {
			step := s.embeddedEvent(e)
			step.Title, step.Notes = feed.Clean(e.Title), step.Notes[1:]
			made.Steps = append(made.Steps, step)
		}
	}
	return made
}
