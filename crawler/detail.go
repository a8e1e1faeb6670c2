package crawler

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/backdoorwatch/backdoorwatch/crawler/fetch"
	"github.com/backdoorwatch/backdoorwatch/crawler/parse"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// enrich fetches what says more about an entry and puts it into doc. It reports
// whether doc is now as whole as it can get: a failure that may pass leaves it
// to be tried again. What failed is a problem of the document, never an error.
func (v *visit) enrich(ctx context.Context, doc *policy.Document, address string) (whole bool, err error) {
	if !v.mayAsk() {
		doc.Problems = append(doc.Problems, "its page is still to be read")
		return false, nil
	}
	v.details++
	v.report.Requests++
	response, err := v.crawler.options.Fetcher.Get(ctx, v.detailRequest(address))
	if err != nil {
		if ctx.Err() != nil {
			return false, context.Cause(ctx)
		}
		return v.noDetail(doc, err), nil
	}
	found, err := guarded(func() (policy.Document, error) { return v.crawler.readDetail(ctx, v, response) })
	if err != nil {
		if ctx.Err() != nil {
			return false, context.Cause(ctx)
		}
		doc.Problems = append(doc.Problems, "its page could not be read: "+err.Error())
		return true, nil
	}
	merge(doc, found)
	doc.Capture = response.Capture
	return true, nil
}

func (v *visit) detailRequest(address string) fetch.Request {
	list := v.source.Listing()
	if list == nil {
		return fetch.Request{URL: address, Accept: acceptPage}
	}
	request := v.described(list.Detail(address, v.key))
	if _, described := v.source.DetailFor(address); !described {
		request.accept = acceptPage
	}
	return request.fetch()
}

// noDetail notes why an entry stays a teaser and reports whether that is final.
func (v *visit) noDetail(doc *policy.Document, err error) (final bool) {
	doc.Problems = append(doc.Problems, "its page could not be read: "+err.Error())
	var failure *fetch.Error
	if !errors.As(err, &failure) {
		return false
	}
	if failure.Health == policy.HealthThrottled {
		v.resting = true
		v.report.RetryAfter = max(v.report.RetryAfter, failure.RetryAfter)
	}
	return !errors.Is(err, policy.ErrUnavailable) && failure.Health != ""
}

// readDetail reads the answer about one entry: by the source's own description,
// or else as an article or a PDF.
func (c *Crawler) readDetail(ctx context.Context, v *visit, response *fetch.Response) (policy.Document, error) {
	in := input(response, v.source.Language)
	for _, address := range []string{response.RequestURL, response.URL} {
		detail, ok := v.source.DetailFor(address)
		if !ok {
			continue
		}
		page, err := detail.Listing().Read(in)
		if err != nil {
			return policy.Document{}, err
		}
		if len(page.Documents) == 0 {
			return policy.Document{}, errors.New("the answer holds nothing of what is described")
		}
		return page.Documents[0], nil
	}
	switch format := parse.Detect(in); format {
	case parse.FormatPDF:
		return c.readPDF(ctx, in)
	case parse.FormatHTML:
		return parse.Article(in)
	case parse.FormatText:
		return plainText(in), nil
	default:
		return policy.Document{}, fmt.Errorf("a %s came where a page should be", format)
	}
}

// merge puts what a page or record says into the entry of the list. The entry's
// own words win where both speak, except for the main text, of which the longer
// one is kept.
func merge(doc *policy.Document, found policy.Document) {
	fill(&doc.Title, found.Title)
	fill(&doc.Summary, found.Summary)
	fill(&doc.Byline, found.Byline)
	if len(found.Text) > len(doc.Text) {
		doc.Text = found.Text
		if found.Language != "" {
			doc.Language = found.Language
		}
	}
	if doc.Published.IsZero() || doc.Published.Precision() < found.Published.Precision() && sameDay(doc.Published, found.Published) {
		doc.Published = found.Published
	}
	if doc.Updated.IsZero() {
		doc.Updated = found.Updated
	}
	if found.CanonicalURL != "" && found.CanonicalURL != found.URL {
		doc.CanonicalURL = found.CanonicalURL
	}
	if len(found.Steps) > len(doc.Steps) {
		doc.Steps = found.Steps
	}
	for _, id := range found.OfficialIDs {
		if !slices.Contains(doc.OfficialIDs, id) {
			doc.OfficialIDs = append(doc.OfficialIDs, id)
		}
	}
	for _, a := range found.Attachments {
		if !slices.ContainsFunc(doc.Attachments, func(b policy.Attachment) bool { return a.URL == b.URL }) {
			doc.Attachments = append(doc.Attachments, a)
		}
	}
	doc.Paywalled = doc.Paywalled || found.Paywalled
	doc.Problems = append(doc.Problems, found.Problems...)
}

func fill(into *string, value string) {
	if *into == "" {
		*into = value
	}
}

// sameDay reports whether fine lies within the span that coarse can mean.
func sameDay(coarse, fine policy.Date) bool {
	return !fine.Start().Before(coarse.Start()) && fine.Start().Before(coarse.End())
}

func (c *Crawler) readPDF(ctx context.Context, in parse.Input) (policy.Document, error) {
	if c.options.PDF == nil {
		return policy.Document{}, errors.New("it is a PDF, and PDFs are not read here")
	}
	text, problems, err := c.options.PDF.Text(ctx, in.Body)
	if err != nil {
		return policy.Document{}, fmt.Errorf("reading the PDF: %w", err)
	}
	doc := policy.Document{
		URL: in.URL, CanonicalURL: canonical(in.URL), Text: text, Title: firstLine(text), Language: in.Language, Problems: problems,
		Attachments: []policy.Attachment{{URL: in.URL, MediaType: "application/pdf"}},
	}
	if text == "" {
		return doc, errors.New("the PDF holds no text")
	}
	return doc, nil
}

// guarded turns a panic of a third-party reader into an error: one strange
// answer must not end the program.
func guarded[T any](read func() (T, error)) (value T, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("the reader failed: %v", cause)
		}
	}()
	return read()
}
