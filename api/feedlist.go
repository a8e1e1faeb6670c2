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
		Description: "All feeds: of every list, and by stance, measure, jurisdiction, dossier and actor, to be imported into a feed reader.",
		Responses:   success("The list", feed.TypeOPML),
	}, func(c *gin.Context) { s.serveFixed(c, opml) })
	return nil
}

// outlines are all feeds, in groups.
func (s *server) outlines() []feed.Outline {
	var groups []feed.Outline
	for _, d := range s.lists() {
		groups = append(groups, feed.Outline{Title: d.title(policy.Filter{}), Feed: s.BaseURL + d.path + ".atom", Page: d.page(policy.Filter{})})
	}
	add := func(title string, outlines []feed.Outline) {
		if len(outlines) > 0 {
			groups = append(groups, feed.Outline{Title: title, Outlines: outlines})
		}
	}
	add("Items by stance", s.each(policy.FacetStance, texts(policy.Stances)))
	add("Items by measure", s.each(policy.FacetMeasure, texts(policy.Measures)))
	add("Items by kind of document", s.each(policy.FacetKind, texts(policy.Kinds)))
	add("By jurisdiction", s.one("/feeds/jurisdictions/", "/places/", policy.FacetJurisdiction, s.codes()))
	add("By dossier", s.one("/feeds/dossiers/", "/dossiers/", policy.FacetDossier, s.dossiers()))
	add("By actor", s.one("/feeds/actors/", "/actors/", policy.FacetActor, s.actors()))
	return groups
}

// one returns the feed of each thing of the record.
func (s *server) one(feeds, pages string, f policy.Facet, ids []string) []feed.Outline {
	var all []feed.Outline
	for _, id := range ids {
		all = append(all, feed.Outline{Title: s.make.Names.Label(f, id), Feed: s.BaseURL + feeds + id + ".atom", Page: s.BaseURL + pages + id})
	}
	return all
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

// actors are the ids of actors by name.
func (s *server) actors() []string {
	all := slices.Clone(s.Record.Actors)
	slices.SortStableFunc(all, func(a, b policy.Actor) int { return cmp.Compare(a.Name, b.Name) })
	var ids []string
	for _, a := range all {
		ids = append(ids, a.ID)
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
