package parse

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// SitemapRef is a sitemap that a sitemap index names.
type SitemapRef struct {
	URL     string
	Updated policy.Date // zero where the index does not say
}

const maxSitemapEntries = 50_000 // the protocol's own limit

// Sitemap reads a sitemap or a sitemap index, with the fields of news sitemaps.
// Documents hold addresses, dates and, from a news sitemap, titles; a sitemap of
// an index is in Sitemaps. It fails, wrapping policy.ErrInvalid, where there is
// no sitemap.
func Sitemap(in Input) (Result, error) {
	if len(in.Body) > 2*maxBody {
		return Result{}, fmt.Errorf("reading the sitemap: %w (%d bytes)", errTooBig, len(in.Body))
	}
	text, _ := UTF8(in)
	text, lost := repairXML(text)
	s := sitemapReader{feedReader: feedReader{in: in}}
	s.base, _ = url.Parse(in.URL)
	if lost > 0 {
		s.problem("%d characters that XML forbids were dropped", lost)
	}
	return guard("sitemap", func() (Result, error) { return s.read(text) })
}

type sitemapReader struct {
	feedReader
}

// sitemapEntry is a <url> or <sitemap>, in whatever namespace a site puts it.
type sitemapEntry struct {
	Loc     string `xml:"loc"`
	LastMod string `xml:"lastmod"`
	News    struct {
		Title       string `xml:"title"`
		Published   string `xml:"publication_date"`
		Publication struct {
			Language string `xml:"language"`
		} `xml:"publication"`
	} `xml:"news"`
}

func (s *sitemapReader) read(text []byte) (Result, error) {
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Strict = false
	root := false
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) && root {
			return s.result, nil
		}
		if err != nil {
			if !root {
				return Result{}, fmt.Errorf("%w sitemap: no <urlset> or <sitemapindex> was found", policy.ErrInvalid)
			}
			s.problem("the sitemap is cut off or broken after %d entries", s.result.Entries)
			return s.result, nil
		}
		start, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		switch name := strings.ToLower(start.Name.Local); {
		case name == "urlset" || name == "sitemapindex":
			root = true
		case root && (name == "url" || name == "sitemap"):
			if s.result.Entries == maxSitemapEntries {
				s.problem("entries after the first %d were left out", maxSitemapEntries)
				return s.result, nil
			}
			s.entry(d, start, name == "sitemap")
		case !root && name == "html":
			return Result{}, fmt.Errorf("%w sitemap: it is a page", policy.ErrInvalid)
		}
	}
}

func (s *sitemapReader) entry(d *xml.Decoder, start xml.StartElement, isSitemap bool) {
	s.result.Entries++
	var e sitemapEntry
	if err := d.DecodeElement(&e, &start); err != nil {
		s.problem("entry %d could not be read: %v", s.result.Entries, err)
		return
	}
	address := s.absolute(e.Loc)
	if address == "" {
		s.problem("entry %d has no address", s.result.Entries)
		return
	}
	updated, ok := Date(e.LastMod, "")
	if !ok && strings.TrimSpace(e.LastMod) != "" {
		s.result.Undatable++
	}
	if isSitemap {
		s.result.Sitemaps = append(s.result.Sitemaps, SitemapRef{URL: address, Updated: updated})
		return
	}
	doc := policy.Document{URL: address, Updated: updated, Title: titleText(e.News.Title), Language: s.inLanguage(e.News.Publication.Language)}
	doc.CanonicalURL, _ = CanonicalURL(address) // absolute, so it can be read
	doc.EntryID = doc.CanonicalURL
	doc.Published, _ = Date(e.News.Published, doc.Language)
	if !doc.Published.IsZero() || !updated.IsZero() {
		s.result.Dated++
	}
	s.result.Documents = append(s.result.Documents, doc)
}
