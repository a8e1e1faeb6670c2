package catalogue

import (
	"time"

	"github.com/backdoorwatch/backdoorwatch/crawler/parse/listing"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// entry is a source as it is written. The about tags are the reference that
// docs/sources.md prints.
type entry struct {
	ID           string        `yaml:"id" about:"Short and lasting: small letters, digits and hyphens. An entry with the id of a built-in source replaces it."`
	Name         string        `yaml:"name" about:"What readers see."`
	Home         string        `yaml:"home" about:"Address of its front page."`
	Jurisdiction string        `yaml:"jurisdiction" about:"ISO 3166-1 (FR) or 3166-2 (US-FL) code, or EU, COE, UN, INT."`
	Language     string        `yaml:"language" about:"BCP 47 tag of what it usually writes in."`
	Kind         policy.Kind   `yaml:"kind" about:"What it usually publishes: legislation, ruling, consultation, official, news, opinion, advocacy, company, research or other."`
	Grade        policy.Grade  `yaml:"grade" about:"How good it is as evidence: official, first-hand, press or secondary."`
	Licence      string        `yaml:"licence" about:"Under which its content may be reused; left out where it states none."`
	Attribution  string        `yaml:"attribution" about:"How it wants to be named; left out: its name."`
	Interval     time.Duration `yaml:"interval" about:"How often it is read: 30m, 2h, 1d; from 5m to 31d."`
	Disabled     string        `yaml:"disabled" about:"Why it is listed and not read. Left out: it is read."`
	Article      bool          `yaml:"article" about:"true: fetch the page of each new entry for its full text."`
	Match        []string      `yaml:"match" about:"Further addresses whose answers read like the list. * is anything but a slash, ** anything; scheme, www. and (without a ? in the pattern) query do not count."`
	Feed         string        `yaml:"feed" about:"Address of an RSS, Atom or JSON feed."`
	Official     []OfficialID  `yaml:"official" about:"Feeds only: official ids that its entries state."`
	JSON         *listing.Spec `yaml:"json" about:"A JSON answer and how to read it, with jq expressions."`
	XML          *listing.Spec `yaml:"xml" about:"An XML answer and how to read it, with XPath."`
	HTML         *listing.Spec `yaml:"html" about:"A page that lists others and how to read it, with CSS selectors."`
	Sitemap      *Sitemap      `yaml:"sitemap" about:"A sitemap whose new pages are read as articles."`
	Details      []detailEntry `yaml:"details" about:"How answers about a single thing are read, such as the record of one bill."`
}

// detailEntry is a Detail as it is written.
type detailEntry struct {
	Match []string      `yaml:"match" about:"Addresses whose answers are read like this, as in match of the source."`
	JSON  *listing.Rows `yaml:"json" about:"As json of a source, without the request: list, header, fields, steps."`
	XML   *listing.Rows `yaml:"xml" about:"As xml of a source, without the request."`
	HTML  *listing.Rows `yaml:"html" about:"As html of a source, without the request."`
}

func (e entry) source() Source {
	s := Source{
		Source: policy.Source{
			ID: e.ID, Name: e.Name, Home: e.Home, Jurisdiction: e.Jurisdiction, Language: e.Language, Kind: e.Kind,
			Grade: e.Grade, Licence: e.Licence, Attribution: e.Attribution, Interval: e.Interval, Disabled: e.Disabled,
		},
		Article: e.Article, Match: e.Match,
		Feed: e.Feed, Official: e.Official, JSON: e.JSON, XML: e.XML, HTML: e.HTML, Sitemap: e.Sitemap,
	}
	if s.Attribution == "" {
		s.Attribution = s.Name
	}
	for _, d := range e.Details {
		s.Details = append(s.Details, Detail{Match: d.Match, JSON: d.JSON, XML: d.XML, HTML: d.HTML})
	}
	return s
}

// forms are the descriptions that an entry or a detail gives, by key.
func (e entry) forms() map[string]*listing.Spec {
	return given(map[string]*listing.Spec{"json": e.JSON, "xml": e.XML, "html": e.HTML})
}

func (d detailEntry) forms() map[string]*listing.Spec {
	forms := map[string]*listing.Spec{}
	for key, rows := range map[string]*listing.Rows{"json": d.JSON, "xml": d.XML, "html": d.HTML} {
		if rows != nil {
			forms[key] = &listing.Spec{Rows: *rows}
		}
	}
	return forms
}

func given(forms map[string]*listing.Spec) map[string]*listing.Spec {
	for key, spec := range forms {
		if spec == nil {
			delete(forms, key)
		}
	}
	return forms
}
