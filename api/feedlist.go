package api

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/backdoorwatch/backdoorwatch/api/feed"
	"github.com/backdoorwatch/backdoorwatch/api/reply"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
)

// mountFeedLists serves what can be followed. The record is fixed while the
// program runs, so that the lists are written once.
func (s *server) mountFeedLists() error {
	outlines := s.outlines()
	body, err := s.pages.Render("feeds", outlines)
	if err != nil {
		return fmt.Errorf("writing the list of feeds: %w", err)
	}
	page := reply.New(body, typePage, time.Time{})
	if body, err = feed.OPML("Backdoor Watch: all feeds", outlines); err != nil {
		return fmt.Errorf("writing the list of feeds: %w", err)
	}
	opml := reply.New(body, feed.TypeOPML+"; charset=utf-8", s.beginning())
	s.raw(s.router, huma.Operation{
		OperationID: "list-feeds", Path: "/feeds/", Tags: []string{"Feeds"},
		Summary:     "List the feeds, as a page",
		Description: "What can be followed, for people.",
		Responses:   success("The page", typeHTML),
	}, func(c *gin.Context) { s.serveFixed(c, page) })
	s.raw(s.router, huma.Operation{
		OperationID: "list-feeds-opml", Path: "/feeds.opml", Tags: []string{"Feeds"},
		Summary:     "List the feeds, as OPML",
		Description: "All feeds by stance, jurisdiction, measure and dossier, to be imported into a feed reader.",
		Responses:   success("The list", feed.TypeOPML),
	}, func(c *gin.Context) { s.serveFixed(c, opml) })
	return nil
}

// outlines are all feeds, in groups.
func (s *server) outlines() []feed.Outline {
	groups := []feed.Outline{s.outline("Everything on encryption policy", policy.Filter{})}
	add := func(title string, outlines []feed.Outline) {
		if len(outlines) > 0 {
			groups = append(groups, feed.Outline{Title: title, Outlines: outlines})
		}
	}
	add("By stance", s.each(policy.FacetStance, texts(policy.Stances)))
	add("By jurisdiction", s.each(policy.FacetJurisdiction, s.codes()))
	add("By measure", s.each(policy.FacetMeasure, texts(policy.Measures)))
	add("By kind of document", s.each(policy.FacetKind, texts(policy.Kinds)))
	add("By dossier", s.each(policy.FacetDossier, s.dossiers()))
	return groups
}

// each returns one feed for each value of a facet, which is also the name of the
// Filter's parameter.
func (s *server) each(f policy.Facet, values []string) []feed.Outline {
	var all []feed.Outline
	for _, v := range values {
		query := "?" + url.Values{string(f): {v}}.Encode()
		all = append(all, feed.Outline{
			Title: s.make.Names.Label(f, v), Feed: s.BaseURL + feedPath + ".atom" + query, Page: s.BaseURL + "/timeline" + query,
		})
	}
	return all
}

func (s *server) outline(title string, f policy.Filter) feed.Outline {
	return feed.Outline{Title: title, Feed: s.address(feedPath+".atom", f), Page: s.timeline(f)}
}

// codes are the jurisdictions by name.
func (s *server) codes() []string {
	all := slices.Clone(s.Record.Jurisdictions)
	slices.SortStableFunc(all, func(a, b policy.Jurisdiction) int { return cmp.Compare(a.Name, b.Name) })
	var codes []string
	for _, j := range all {
		codes = append(codes, j.Code)
	}
	return codes
}

// dossiers are the ids of dossiers by name.
func (s *server) dossiers() []string {
	all := slices.Clone(s.Record.Dossiers)
	slices.SortStableFunc(all, func(a, b policy.Dossier) int { return cmp.Compare(a.Name(), b.Name()) })
	var ids []string
	for _, d := range all {
		ids = append(ids, d.ID)
	}
	return ids
}

func texts[T ~string](l policy.List[T]) []string {
	var all []string
	for _, v := range l.Values() {
		all = append(all, string(v))
	}
	return all
}

// FeedLinks returns the feeds of a question for the head of a page, as
// <link rel="alternate">: the title, the media type and the address of each.
func (a *API) FeedLinks(f policy.Filter) []FeedLink {
	f.Cursor = ""
	var all []FeedLink
	for _, format := range formats() {
		all = append(all, FeedLink{
			Title: a.server.title(f) + " (" + format.name + ")", MediaType: format.mediaType,
			Address: a.server.address(feedPath+format.suffix, f),
		})
	}
	return all
}

// FeedLink is where a list can be followed.
type FeedLink struct {
	Title     string
	MediaType string
	Address   string
}
