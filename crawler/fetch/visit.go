package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/crawler/archive"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// visit is one run from a request through its redirects to a document. It is
// carried by the context of its HTTP requests, as all visits share one client.
type visit struct {
	request Request
	last    *answer
	body    []byte         // as colly read it
	at      *url.URL       // the address that is being got
	jar     http.CookieJar // cookies live as long as the visit, for sites that set one and redirect to themselves
	movedTo string
	astray  bool // a redirect was not permanent, so later ones do not count
}

type visitKey struct{}

func visitOf(ctx context.Context) *visit {
	v, _ := ctx.Value(visitKey{}).(*visit)
	return v
}

// hop is the transport of colly's client: it makes one request of a visit.
type hop struct{ fetcher *Fetcher }

// RoundTrip asks robots.txt, makes the exchange and hands the response to colly.
func (h hop) RoundTrip(request *http.Request) (*http.Response, error) {
	v := visitOf(request.Context())
	v.at = request.URL
	var rest time.Duration
	if !h.fetcher.options.IgnoreRobots {
		var err error
		if rest, err = h.fetcher.robots.permit(request.Context(), request.URL); err != nil {
			return nil, errors.Join(err, closeBody(request))
		}
	}
	request = v.withCookies(request)
	a, err := h.fetcher.exchange(request, max(rest, v.request.Delay), h.fetcher.readDocument)
	if err != nil {
		return nil, err
	}
	v.note(a)
	return a.response(request), nil
}

func closeBody(request *http.Request) error {
	if request.Body == nil {
		return nil
	}
	return request.Body.Close()
}

func (v *visit) withCookies(request *http.Request) *http.Request {
	request = request.Clone(request.Context())
	if v.jar != nil {
		for _, cookie := range v.jar.Cookies(request.URL) {
			request.AddCookie(cookie)
		}
	}
	return request
}

// note remembers an answer, its cookies and where the address moved for good.
func (v *visit) note(a *answer) {
	v.last = a
	if a.status < 300 || a.status >= 400 {
		return
	}
	if set := (&http.Response{Header: a.header}).Cookies(); len(set) > 0 {
		if v.jar == nil {
			v.jar, _ = cookiejar.New(nil) // it fails never
		}
		v.jar.SetCookies(a.url, set)
	}
	permanent := a.status == http.StatusMovedPermanently || a.status == http.StatusPermanentRedirect
	target, err := a.url.Parse(a.header.Get("Location"))
	if !permanent || err != nil || a.header.Get("Location") == "" {
		v.astray = true
	} else if !v.astray {
		v.movedTo = v.request.show(target)
	}
}

// response returns the answer in the form in which colly neither decompresses it
// nor changes its character set: what becomes of a document's bytes is for the
// parser to decide, which sees more than one header.
func (a *answer) response(request *http.Request) *http.Response {
	header := a.header.Clone()
	header.Del("Content-Encoding")
	header.Set("Content-Type", "application/octet-stream")
	return &http.Response{
		Status: fmt.Sprintf("%d %s", a.status, http.StatusText(a.status)), StatusCode: a.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: io.NopCloser(bytes.NewReader(a.body)), ContentLength: int64(len(a.body)),
		Uncompressed: true, Request: request,
	}
}

// redirect decides on each redirect before it is followed.
func (f *Fetcher) redirect(request *http.Request, via []*http.Request) error {
	v := visitOf(request.Context())
	if len(via) > f.options.MaxRedirects {
		return fmt.Errorf("%w (more than %d times)", ErrTooManyRedirects, f.options.MaxRedirects)
	}
	request.URL.User = nil
	if err := checkAddress(request.URL); err != nil {
		return &decodeError{fmt.Errorf("it redirects to where we cannot follow: %w", err)}
	}
	request.Header.Del("Referer") // it would tell the query, and with it a key, to the next host
	if sameGuest(via[0].URL, request.URL) {
		return nil
	}
	for name := range v.request.Header {
		if name := http.CanonicalHeaderKey(name); !strings.HasPrefix(name, "Accept") {
			request.Header.Del(name)
		}
	}
	return nil
}

// sameGuest reports whether what was meant for one address may be told to another.
func sameGuest(from, to *url.URL) bool {
	return hostKey(from.Host) == hostKey(to.Host) && from.Scheme == to.Scheme ||
		hostKey(from.Hostname()) == hostKey(to.Hostname()) && from.Port() == "" && to.Port() == "" && to.Scheme == "https"
}

// checkAddress refuses what is no address of the web.
func checkAddress(u *url.URL) error {
	if u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("%w address: the scheme %.20q is neither http nor https", errUnfit, u.Scheme)
	}
	if u.Hostname() == "" {
		return fmt.Errorf("%w address: it names no host", errUnfit)
	}
	return nil
}

// errUnfit is a wrong address; whose fault it is depends on who gave it.
var errUnfit = errors.New("unusable")

// isGzipFile reports whether a body is a compressed file by itself, such as
// sitemap.xml.gz, and not just compressed for the way.
func isGzipFile(a *answer) bool {
	if !gzipped(a.body) {
		return false
	}
	kind, _ := contentType(a.header)
	return kind == "application/gzip" || kind == "application/x-gzip" || strings.EqualFold(path.Ext(a.url.Path), ".gz")
}

// parseAddress reads the address of a request.
func parseAddress(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: the address is not a URL", policy.ErrInvalid) // url.Parse would repeat it, secrets included
	}
	if err := checkAddress(u); err != nil {
		return nil, fmt.Errorf("%w: %w", policy.ErrInvalid, err)
	}
	if u.User != nil {
		return nil, fmt.Errorf("%w: the address holds a user name; send it as a header", policy.ErrInvalid)
	}
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}

func (r Request) secrets() archive.Secrets { return archive.Secrets(r.Secret) }
