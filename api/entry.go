package api

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/api/feed"
	"github.com/backdoorwatch/backdoorwatch/api/wire"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// feed returns one page of a list as a feed.
func (s *server) feed(l list, f format, filter policy.Filter, page content) feed.Feed {
	path := l.path + f.suffix
	made := feed.Feed{
		ID: s.feedID(l, filter), Title: l.title(filter), Subtitle: subtitle,
		Self: s.address(path, filter), First: s.address(path, filter.Page("")), Page: l.page(filter), Hubs: s.hubs(l, f.suffix, filter),
		Entries: page.entries,
	}
	if page.next != "" {
		made.Next = s.address(path, filter.Page(page.next))
	}
	made.Updated = feed.Latest(made.Entries, s.beginning())
	if page.changed.After(made.Updated) {
		made.Updated = page.changed
	}
	return made
}

const subtitle = "Laws, plans, rulings and statements on encryption, with why each was tagged as it was"

// tag returns a lasting id (RFC 4151) that depends on no address or title.
func (s *server) tag(specific string) string {
	return "tag:" + s.TagAuthority + "," + s.TagDate + ":" + specific
}

// feedID is the same for all pages and formats of one question.
func (s *server) feedID(l list, filter policy.Filter) string {
	filter.Cursor, filter.Limit = "", 0
	query := filter.Values().Encode()
	if query == "" {
		return s.tag(l.name)
	}
	return s.tag(l.name + "?" + query)
}

// beginning is the time of a feed in which nothing has happened yet. The options
// were checked: TagDate is a date.
func (s *server) beginning() time.Time {
	t, err := time.Parse(time.DateOnly, s.TagDate)
	if err != nil {
		return time.Unix(0, 0)
	}
	return t
}

func (s *server) entry(i policy.Item) feed.Entry {
	d, number := i.Document, strconv.FormatInt(int64(i.ID), 10)
	page := s.BaseURL + "/items/" + number
	text := d.Summary
	if text == "" {
		text = d.Text
	}
	return feed.Entry{
		ID: s.tag("item/" + number), Number: int64(i.ID), Title: feed.Clean(title(d)), Page: page, Source: d.URL,
		Content: feed.Content(text, s.facts(i, page)), Language: language(wire.Language(i)), Author: feed.Clean(d.Byline),
		Date: d.Published.Words(), Published: published(i), Updated: i.ContentChangedAt, Categories: s.categories(i.Tags),
	}
}

// title is never empty: many readers drop entries that have none.
func title(d policy.Document) string {
	if d.Title != "" {
		return d.Title
	}
	return "Untitled, " + d.Published.Words()
}

// published is the moment that a feed demands. Where less than the day is known
// in the world, it is our own first sight: a guessed day would be a lie.
func published(i policy.Item) time.Time {
	if i.OccurredAt().Precision() >= policy.PrecisionDay {
		return i.OccurredAt().Start()
	}
	return i.FirstSeenAt
}

// language returns a tag that is fit for xml:lang, or nothing.
func language(tag string) string {
	for _, r := range tag {
		if r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return ""
		}
	}
	return tag
}

// facts are the lines below the text: where it comes from and what we think.
func (s *server) facts(i policy.Item, page string) []feed.Fact {
	var all []feed.Fact
	add := func(label, value, link string) {
		if value != "" {
			all = append(all, feed.Fact{Label: label, Value: value, Link: link})
		}
	}
	d, t := i.Document, i.Tags
	add("Source", source(d), d.URL)
	if !d.Published.IsZero() {
		add("Date", d.Published.Words(), "")
	}
	add("Jurisdictions", s.labels(policy.FacetJurisdiction, t.Jurisdictions...), "")
	add("Kind", s.labels(policy.FacetKind, t.Kind), "")
	add("Stance", s.labels(policy.FacetStance, t.Stance), "")
	add("Measures", s.labels(policy.FacetMeasure, t.Measures...), "")
	add("Dossiers", s.labels(policy.FacetDossier, t.Dossiers...), "")
	if d.Paywalled {
		add("Note", "only a teaser is free at the source", "")
	}
	if n := len(i.Sightings); n > 1 {
		add("Also carried by", fmt.Sprintf("%d more", n-1), page)
	}
	add("Why these tags", "the words that caused them", page)
	return all
}

func source(d policy.Document) string {
	name := d.Source
	if u, err := url.Parse(d.URL); err == nil && u.Host != "" {
		name = u.Hostname()
	}
	if d.Grade == "" {
		return name
	}
	return name + " (" + strings.ToLower(policy.Grades.Label(d.Grade)) + ")"
}

func (s *server) labels(f policy.Facet, tags ...policy.Tag) string {
	var all []string
	for _, t := range tags {
		if !t.IsZero() {
			all = append(all, s.make.Names.Label(f, t.Value))
		}
	}
	return strings.Join(all, ", ")
}

func (s *server) categories(t policy.Tags) []feed.Category {
	var all []feed.Category
	for _, tag := range t.All() {
		switch tag.Facet {
		case policy.FacetJurisdiction, policy.FacetStance, policy.FacetKind, policy.FacetMeasure, policy.FacetDossier:
			all = append(all, feed.Category{
				Scheme: s.BaseURL + "/api/v1/vocabulary#" + string(tag.Facet), Facet: string(tag.Facet),
				Term: tag.Value, Label: s.make.Names.Label(tag.Facet, tag.Value),
			})
		}
	}
	return all
}
