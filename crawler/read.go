package crawler

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/crawler/catalogue"
	"github.com/backdoorwatch/backdoorwatch/crawler/fetch"
	"github.com/backdoorwatch/backdoorwatch/crawler/parse"
	"github.com/backdoorwatch/backdoorwatch/crawler/parse/listing"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Reading is what came out of one response: documents, or a reason for there
// being none.
type Reading struct {
	Source    string // the source whose description or name was used; empty where none fits
	Format    parse.Format
	Documents int
	Partial   int // of the documents
	Problems  []string
	Reason    string // why no document came out; empty where one did
}

// undescribed is the problem of what was read by guessing.
const undescribed = "no source describes this answer"

// Read takes any response, whatever it is, and hands what it says to emit. A
// source of Options.Sources whose address or patterns fit describes it, or src
// where it is not zero; what nobody describes is read by its format. Every
// response comes out as documents or as a Reason. An error means that emit or
// the context ended it.
func (c *Crawler) Read(ctx context.Context, response *fetch.Response, src catalogue.Source, emit func(Entry) error) (Reading, error) {
	fit := catalogue.ListFit
	if src.ID == "" {
		src, fit = catalogue.Find(c.options.Sources, response.URL)
	}
	in := input(response, src.Language)
	r := Reading{Source: src.ID, Format: parse.Detect(in)}
	if response.Status >= 400 {
		r.Reason = fmt.Sprintf("the server answered %d", response.Status)
		return r, nil
	}
	docs, err := guarded(func() ([]policy.Document, error) { return c.anything(ctx, &r, src, fit, in) })
	if ctx.Err() != nil {
		return r, context.Cause(ctx)
	}
	if err != nil {
		r.Reason = err.Error()
		return r, nil
	}
	for _, doc := range docs {
		if err := c.hand(&r, doc, src, response, emit); err != nil {
			return r, err
		}
	}
	if r.Documents == 0 && r.Reason == "" {
		r.Reason = "it holds no entry with a title or text"
	}
	return r, nil
}

func (c *Crawler) hand(r *Reading, doc policy.Document, src catalogue.Source, response *fetch.Response, emit func(Entry) error) error {
	if doc.Title == "" && doc.Text == "" && doc.Summary == "" {
		return nil
	}
	doc.EntryID = cmp.Or(doc.EntryID, doc.CanonicalURL, doc.URL, response.URL)
	doc.URL = cmp.Or(doc.URL, response.URL)
	doc.CanonicalURL = cmp.Or(doc.CanonicalURL, canonical(doc.URL))
	now := digest(doc)
	finish(&doc, src, response)
	if err := emit(Entry{Document: doc, Digest: now}); err != nil {
		return fmt.Errorf("giving out a document of %s: %w", response.URL, err)
	}
	r.Documents++
	if doc.Partial() {
		r.Partial++
	}
	return nil
}

// anything reads a response by the best description there is.
func (c *Crawler) anything(ctx context.Context, r *Reading, src catalogue.Source, fit catalogue.Fit, in parse.Input) ([]policy.Document, error) {
	docs, problems := described(src, fit, in)
	r.Problems = problems
	if len(docs) > 0 {
		return docs, nil
	}
	return c.byFormat(ctx, r, src, in)
}

// described reads a response as a source describes it. It yields nothing where
// no description fits or the answer is another than described.
func described(src catalogue.Source, fit catalogue.Fit, in parse.Input) (docs []policy.Document, problems []string) {
	list := src.Listing()
	if detail, ok := src.DetailFor(in.URL); ok {
		list = detail.Listing()
	} else if fit < catalogue.ListFit {
		return nil, nil
	}
	if list == nil {
		return nil, nil // a feed or sitemap: its format tells
	}
	page, err := guarded(func() (listing.Page, error) { return list.Read(in) })
	if err != nil {
		return nil, []string{err.Error()}
	}
	return page.Documents, page.Problems
}

func (c *Crawler) byFormat(ctx context.Context, r *Reading, src catalogue.Source, in parse.Input) ([]policy.Document, error) {
	switch r.Format {
	case parse.FormatFeed, parse.FormatJSONFeed:
		result, err := parse.Feed(in)
		r.Problems = append(r.Problems, result.Problems...)
		for i := range result.Documents {
			src.StateOfficialIDs(&result.Documents[i])
		}
		if err == nil && len(result.Documents) == 0 {
			return c.emptyFeed(r, in)
		}
		return result.Documents, err
	case parse.FormatHTML:
		return one(parse.Article(in))
	case parse.FormatPDF:
		return one(c.readPDF(ctx, in))
	case parse.FormatSitemap:
		result, err := parse.Sitemap(in)
		if err == nil {
			r.Reason = fmt.Sprintf("a sitemap: it names %d pages and %d further sitemaps, and says nothing itself", len(result.Documents), len(result.Sitemaps))
		}
		return nil, err
	case parse.FormatJSON:
		return guessJSON(in)
	case parse.FormatXML:
		return guessXML(in)
	case parse.FormatText:
		return []policy.Document{plainText(in)}, nil
	}
	return nil, errors.New("neither text nor anything else that can be read")
}

// emptyFeed looks at what has the root of a feed and no entries: RDF that is no
// feed, or a feed that is empty.
func (c *Crawler) emptyFeed(r *Reading, in parse.Input) ([]policy.Document, error) {
	docs, err := guessXML(in)
	if err != nil || len(docs) == 1 && docs[0].Text == "" {
		r.Reason = "a feed with no entries"
		return nil, nil
	}
	return docs, nil
}

func one(doc policy.Document, err error) ([]policy.Document, error) {
	if err != nil {
		return nil, err
	}
	return []policy.Document{doc}, nil
}

// plainText reads a text file: its first line stands for a title.
func plainText(in parse.Input) policy.Document {
	decoded, _ := parse.UTF8(in)
	text := parse.PlainText(strings.NewReplacer("&", "&amp;", "<", "&lt;", "\n", "<br>").Replace(string(decoded)))
	return policy.Document{
		URL: in.URL, CanonicalURL: canonical(in.URL), Title: firstLine(text), Text: text,
		Language: in.Language, Problems: []string{undescribed},
	}
}

func canonical(address string) string {
	if c, err := parse.CanonicalURL(address); err == nil {
		return c
	}
	return address
}

// firstLine is the first line with words in it, cut to the length of a title.
func firstLine(text string) string {
	for line := range strings.Lines(text) {
		if line = strings.Join(strings.Fields(line), " "); len(line) < 3 {
			continue
		}
		if len(line) > 200 {
			line = strings.ToValidUTF8(line[:200], "") + "…"
		}
		return line
	}
	return ""
}
