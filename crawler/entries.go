package crawler

import (
	"context"
	"fmt"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/crawler/catalogue"
	"github.com/backdoorwatch/backdoorwatch/crawler/fetch"
	"github.com/backdoorwatch/backdoorwatch/crawler/parse/listing"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// entries gives out what is new or changed on a page. It goes through the whole
// page, for the order of a list is not that of time; it reports whether every
// entry was known as it is, in which case older pages hold nothing new either.
func (v *visit) entries(ctx context.Context, page listing.Page, response *fetch.Response) (known bool, err error) {
	ids := make([]string, len(page.Documents))
	for i, doc := range page.Documents {
		ids[i] = doc.EntryID
	}
	seen, err := v.crawler.options.Memory.Seen(ctx, v.source.ID, ids)
	if err != nil {
		return false, fmt.Errorf("remembering entries: %w", err)
	}
	known = len(page.Documents) > 0
	for i, doc := range page.Documents {
		if err := ctx.Err(); err != nil {
			return false, context.Cause(ctx)
		}
		v.note(doc)
		if v.given[doc.EntryID] {
			continue
		}
		v.given[doc.EntryID] = true
		fresh, err := v.entry(ctx, doc, page.Details[i], seen[doc.EntryID], response)
		if err != nil {
			return false, err
		}
		known = known && !fresh
	}
	return known, nil
}

// note keeps the date of an entry, for the pace of the source.
func (v *visit) note(doc policy.Document) {
	at := doc.Published.Start()
	if at.IsZero() {
		at = doc.Updated.Start()
	}
	if at.IsZero() || at.After(v.report.StartedAt) {
		return
	}
	v.dates = append(v.dates, at)
	if at.After(v.report.NewestAt) {
		v.report.NewestAt = at
	}
}

// entry gives out one entry if it is new or changed.
func (v *visit) entry(ctx context.Context, doc policy.Document, detail, before string, response *fetch.Response) (fresh bool, err error) {
	now := digest(doc)
	if before == now {
		v.report.Unchanged++
		return false, nil
	}
	address := v.more(doc, detail)
	if before == teaser+now && address == "" || address != "" && v.better(before, now) && !v.mayAsk() {
		v.postpone(address != "")
		return false, nil
	}
	finish(&doc, v.source, response)
	whole := true
	if address != "" {
		if whole, err = v.enrich(ctx, &doc, address); err != nil {
			return false, err
		}
		if !whole && v.better(before, now) {
			v.postpone(true)
			return false, nil
		}
	}
	if doc.Title == "" && doc.Text == "" { // a sitemap's entry is only as good as its page
		v.lost++
		v.partial = true
		v.unwhole = v.unwhole || !whole
		return true, nil
	}
	if !whole {
		now, v.unwhole = teaser+now, true
	}
	if err := v.emit(Entry{Document: doc, Digest: now}); err != nil {
		return false, err
	}
	v.report.Emitted++
	if doc.Partial() {
		v.report.Partial++
	}
	return true, nil
}

// better reports whether what is kept of an entry is at least as good as the
// teaser that the list gives: the same teaser, or a whole one of earlier. It
// must then not be replaced by a teaser.
func (v *visit) better(before, now string) bool {
	return before == teaser+now || before != "" && !strings.HasPrefix(before, teaser)
}

// postpone leaves an entry as it is kept; again: it is to be read next time.
func (v *visit) postpone(again bool) {
	v.report.Unchanged++
	v.unwhole = v.unwhole || again
}

// enoughText is the length in bytes from which a feed's text counts as the whole
// article, so that its page needs no fetching.
const enoughText = 2500

// more returns the address that says more about an entry, if it is to be asked.
func (v *visit) more(doc policy.Document, detail string) string {
	switch {
	case detail != "":
		return detail
	case v.source.Sitemap != nil:
		return doc.URL
	case v.source.Article && len(doc.Text) < enoughText && strings.HasPrefix(doc.URL, "http"):
		return doc.URL
	}
	return ""
}

func (v *visit) mayAsk() bool {
	return !v.resting && v.details < v.crawler.options.MaxDetails
}

// finish fills in what the source and the response say of every document.
func finish(doc *policy.Document, src catalogue.Source, response *fetch.Response) {
	doc.Source, doc.Kind, doc.Grade = src.ID, src.Kind, src.Grade
	if doc.Jurisdiction == "" {
		doc.Jurisdiction = src.Jurisdiction
	}
	if doc.Language == "" {
		doc.Language = src.Language
	}
	doc.Capture = response.Capture
}
