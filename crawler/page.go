package crawler

import (
	"errors"
	"net/http"
	"slices"

	"github.com/backdoorwatch/backdoorwatch/crawler/catalogue"
	"github.com/backdoorwatch/backdoorwatch/crawler/fetch"
	"github.com/backdoorwatch/backdoorwatch/crawler/parse"
	"github.com/backdoorwatch/backdoorwatch/crawler/parse/listing"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// pageRequest is what to ask for a page of a list, described or not.
type pageRequest struct {
	listing.Request
	accept string
	secret []string
}

// identity tells requests apart, to notice a list that goes round in circles.
func (r pageRequest) identity() string { return r.Method + " " + r.PublicURL() + " " + r.Body }

func (r pageRequest) fetch() fetch.Request {
	header := http.Header{}
	for name, value := range r.Headers {
		header.Set(name, value)
	}
	out := fetch.Request{URL: r.URL, Method: r.Method, Header: header, Accept: header.Get("Accept"), Secret: r.secret}
	if out.Accept == "" {
		out.Accept = r.accept
	}
	header.Del("Accept")
	if r.Body != "" {
		out.Body = []byte(r.Body)
		if header.Get("Content-Type") == "" {
			header.Set("Content-Type", "application/json")
		}
	}
	return out
}

// The Accept headers, by the form of a source.
const (
	acceptFeed = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
	acceptPage = "text/html, application/xhtml+xml, application/pdf;q=0.9, */*;q=0.5"
)

var accepts = map[string]string{
	"feed": acceptFeed, "json": "application/json, */*;q=0.5", "xml": "application/xml, text/xml, */*;q=0.5",
	"html": acceptPage, "sitemap": "application/xml, text/xml, */*;q=0.5",
}

func (v *visit) first() (pageRequest, error) {
	list := v.source.Listing()
	if list == nil {
		return v.plain(v.source.Address()), nil
	}
	r, err := list.First(v.crawler.options.Now(), v.key)
	return v.described(r), err
}

func (v *visit) plain(address string) pageRequest {
	return pageRequest{Request: listing.Request{URL: address, Method: http.MethodGet}, accept: accepts[v.source.Form()]}
}

func (v *visit) described(r listing.Request) pageRequest {
	return pageRequest{Request: r, accept: accepts[v.source.Form()], secret: secrets(v.source)}
}

// secrets names the header or parameter that carries the key of a source.
func secrets(src catalogue.Source) []string {
	list := src.Listing()
	if list == nil || list.KeyEnv() == "" {
		return nil
	}
	return slices.DeleteFunc([]string{list.KeyParameter(), list.KeyHeader()}, func(s string) bool { return s == "" })
}

// following returns the request for the next page.
func (v *visit) following(request pageRequest, read listing.Page) (pageRequest, bool, error) {
	list := v.source.Listing()
	if v.source.Sitemap != nil {
		return v.nextSitemap(request, read)
	}
	if list == nil {
		if read.Next == "" {
			return request, false, nil
		}
		return v.plain(read.Next), true, nil
	}
	r, more, err := list.Next(request.Request, read, v.crawler.options.Now(), v.key)
	return v.described(r), more, err
}

// errUnread says that an answer could not be read; the report holds the reason.
var errUnread = errors.New("the answer could not be read")

// read parses one page of the list.
func (v *visit) read(response *fetch.Response, n int) (listing.Page, error) {
	in := input(response, v.source.Language)
	page, err := guarded(func() (listing.Page, error) { return readList(v.source, in) })
	if n == 0 && len(page.Documents) == 0 && v.instead(in, err) {
		return page, errUnread
	}
	if err != nil {
		if n == 0 {
			v.fail(policy.HealthUnreadable, "%v", err)
			delete(v.report.Validators, v.source.Address())
		}
		v.problem("page %d: %v", n+1, err)
		v.partial = true
		return page, errUnread
	}
	v.report.Entries += page.Entries
	v.dated += page.Dated
	v.undatable += page.Undatable
	v.lost += max(page.Entries-len(page.Documents), 0)
	for _, problem := range page.Problems {
		v.problem("%s", problem)
	}
	v.partial = v.partial || len(page.Problems) > 0 || page.Entries > len(page.Documents)
	return page, nil
}

// readList reads an answer as the list of a source.
func readList(src catalogue.Source, in parse.Input) (listing.Page, error) {
	if list := src.Listing(); list != nil {
		return list.Read(in)
	}
	if src.Sitemap != nil {
		return readSitemap(src, in)
	}
	result, err := parse.Feed(in)
	if err != nil {
		return listing.Page{}, err
	}
	for i := range result.Documents {
		src.StateOfficialIDs(&result.Documents[i])
	}
	return listing.Page{Result: result, Details: make([]string, len(result.Documents))}, nil
}

// instead notices a page that came where a feed or an answer for programs
// should be, and says so.
func (v *visit) instead(in parse.Input, err error) bool {
	if parse.Detect(in) != parse.FormatHTML {
		return false
	}
	_, articleErr := parse.Article(in)
	switch {
	case errors.Is(articleErr, parse.ErrConsent):
		v.fail(policy.HealthConsent, "%v", articleErr)
	case v.source.Form() == "html":
		return false // a page was asked for: it is empty or unreadable
	default:
		v.fail(policy.HealthHTML, "a web page came where %s should be", v.source.Form())
		if links := parse.FeedLinks(in); v.source.Feed != "" && len(links) > 0 {
			v.report.Detail += "; it names the feed " + links[0]
		}
		if err != nil {
			v.problem("%v", err)
		}
	}
	delete(v.report.Validators, v.source.Address())
	return true
}

func input(response *fetch.Response, language string) parse.Input {
	return parse.Input{
		URL: response.URL, MediaType: response.MediaType, Charset: response.Charset,
		Body: response.Body, Language: language,
	}
}
