package web

import (
	"net/url"

	"github.com/gin-gonic/gin"
)

// frame is what surrounds every page. Pages embed it and fill in the first part;
// oembed returns the addresses at which a page's frame is described (oembed.com).
func (s *Site) oembed(page string) []link {
	var all []link
	for _, form := range []link{{Label: "json", Type: "application/json+oembed"}, {Label: "xml", Type: "text/xml+oembed"}} {
		form.Href = s.absolute("/api/v1/oembed?" + url.Values{"format": {form.Label}, "url": {page}}.Encode())
		all = append(all, form)
	}
	return all
}

// dress fills in the second.
type frame struct {
	Title       string // of the document, without our name
	Description string
	Section     string    // the path of the part of the site that is shown
	Feeds       []link    // this page's list in other forms
	Frames      bool      // other sites can show it in a frame
	Tabs        []section // the lists of the record, on the pages of these
	Alert       string    // the form for an alert on what the page shows; empty where no mail can be sent

	Path      string // path and query of the page itself
	Canonical string // the page's full address; empty where our public address is unknown
	OEmbed    []link // where other sites learn how to show the page
	Theme     string // "light", "dark", or empty: as the reader's system says
	Shortcuts string // "off" where the reader switched keyboard shortcuts off
	Sections  []section
}

func (f *frame) around() *frame { return f }

// link is an address and the words for it.
type link struct {
	Label string
	Href  string
	Type  string // media type of the target where that matters
}

// section is one part of the site, as the navigation shows it.
type section struct {
	Label   string
	Href    string
	Key     string // "g" and this letter lead there
	Current bool
}

// sections returns the parts of the site in the order of the navigation.
func sections() []section {
	return []section{
		{Label: "Latest", Href: "/", Key: "h"},
		{Label: "Timeline", Href: "/timeline", Key: "t"},
		{Label: "Dossiers", Href: "/dossiers", Key: "d"},
		{Label: "Places", Href: "/places", Key: "p"},
		{Label: "Sources", Href: "/sources", Key: "s"},
		{Label: "About", Href: "/about", Key: "a"},
	}
}

// recordTabs returns the lists of the record.
func recordTabs(current string) []section {
	tabs := []section{
		{Label: "Dossiers", Href: "/dossiers"},
		{Label: "Actors", Href: "/actors"},
		{Label: "Found by machine", Href: "/candidates"},
	}
	for i := range tabs {
		tabs[i].Current = tabs[i].Href == current
	}
	return tabs
}

// dress fills in what the frame needs to know of the request.
func (s *Site) dress(c *gin.Context, f *frame) {
	f.Path = c.Request.URL.RequestURI()
	if s.options.PublicURL != "" {
		f.Canonical = s.absolute(f.Path)
		if f.Frames {
			f.OEmbed = s.oembed(f.Canonical)
		}
	}
	switch {
	case s.options.Alerts == nil:
		f.Alert = ""
	case f.Alert == "":
		f.Alert = "/subscribe"
	}
	f.Theme = choice(c, themeCookie, themes)
	f.Shortcuts = choice(c, shortcutsCookie, shortcuts)
	f.Sections = sections()
	for i := range f.Sections {
		f.Sections[i].Current = f.Sections[i].Href == f.Section
	}
}
