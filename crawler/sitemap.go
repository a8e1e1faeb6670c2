package crawler

import (
	"slices"

	"github.com/backdoorwatch/backdoorwatch/crawler/catalogue"
	"github.com/backdoorwatch/backdoorwatch/crawler/parse"
	"github.com/backdoorwatch/backdoorwatch/crawler/parse/listing"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// readSitemap reads a sitemap as a list of pages, the newest first, so that the
// limits of a visit are spent on what is new.
func readSitemap(src catalogue.Source, in parse.Input) (listing.Page, error) {
	result, err := parse.Sitemap(in)
	if err != nil {
		return listing.Page{}, err
	}
	left := len(result.Documents)
	result.Documents = slices.DeleteFunc(result.Documents, func(doc policy.Document) bool { return !src.Includes(doc.URL) })
	result.Entries -= left - len(result.Documents) + len(result.Sitemaps) // what an index names is no entry
	slices.SortStableFunc(result.Documents, func(a, b policy.Document) int { return b.Updated.Compare(a.Updated) })
	return listing.Page{Result: result, Details: make([]string, len(result.Documents))}, nil
}

// nextSitemap returns the next of the sitemaps that an index named, the one
// that changed last first.
func (v *visit) nextSitemap(request pageRequest, read listing.Page) (pageRequest, bool, error) {
	refs := slices.Clone(read.Sitemaps)
	slices.SortStableFunc(refs, func(a, b parse.SitemapRef) int { return b.Updated.Compare(a.Updated) })
	for _, ref := range refs {
		v.sitemaps = append(v.sitemaps, ref.URL)
	}
	if len(v.sitemaps) == 0 {
		return request, false, nil
	}
	next := v.plain(v.sitemaps[0])
	v.sitemaps = v.sitemaps[1:]
	return next, true, nil
}
