package fetch

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/gocolly/colly/v2"

	"github.com/backdoorwatch/backdoorwatch/crawler/archive"
)

// Fetcher gets documents. It is safe for concurrent use.
type Fetcher struct {
	options Options
	next    http.RoundTripper // Wrap over the network or over Transport
	network *http.Transport   // nil where Options.Transport replaces it
	robots  *robotsCache
	engine  *colly.Collector // cloned for each request

	closing context.Context // ends when Close is called
	end     context.CancelCauseFunc
	mu      sync.Mutex // guards closed together with running.Add
	closed  bool
	running sync.WaitGroup
}

// New returns a Fetcher; Close it after use. An error wraps policy.ErrConfig.
func New(options Options) (*Fetcher, error) {
	options, err := options.withDefaults()
	if err != nil {
		return nil, err
	}
	f := &Fetcher{options: options, next: options.Transport}
	if f.next == nil {
		f.network = network(newGuard(options.AllowHosts))
		f.next = f.network
	}
	if options.Wrap != nil {
		f.next = options.Wrap(f.next)
	}
	f.robots = &robotsCache{token: productToken(options.UserAgent), get: f.getRobots, origins: map[string]*origin{}}
	f.closing, f.end = context.WithCancelCause(context.Background())
	f.engine = newEngine(f)
	return f, nil
}

// newEngine sets colly up so that it leaves to our chain what our chain does.
// colly.NewCollector is not used: it reads settings from the environment.
func newEngine(f *Fetcher) *colly.Collector {
	engine := &colly.Collector{}
	engine.Init()
	engine.IgnoreRobotsTxt = true
	engine.AllowURLRevisit = true
	engine.ParseHTTPErrorResponse = true
	engine.MaxBodySize = 0
	engine.SetClient(&http.Client{Transport: hop{f}})
	engine.SetRedirectHandler(f.redirect)
	return engine
}

// Close stops what is under way, waits for it and closes all connections.
func (f *Fetcher) Close() {
	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
	f.end(ErrClosed)
	f.running.Wait()
	if f.network != nil {
		f.network.CloseIdleConnections()
	}
}

// enter counts a request in; it returns a context that also ends with Close.
func (f *Fetcher) enter(ctx context.Context) (context.Context, func(), error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil, nil, ErrClosed
	}
	f.running.Add(1)
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(f.closing, func() { cancel(ErrClosed) })
	return ctx, func() {
		stop()
		cancel(nil)
		f.running.Done()
	}, nil
}

// Get gets a document, through redirects, with a few retries of what may pass.
// Each failure is an *Error. A document that did not change is no failure, see
// Response.NotModified. ctx ends everything at once, waiting included.
func (f *Fetcher) Get(ctx context.Context, request Request) (*Response, error) {
	u, err := parseAddress(request.URL)
	if err != nil {
		return nil, failure(ctx, request.shownURL(), err, request.hide)
	}
	ctx, done, err := f.enter(ctx)
	if err != nil {
		return nil, failure(context.Background(), request.shownURL(), err, request.hide)
	}
	defer done()
	if request.Method == "" {
		request.Method = http.MethodGet
	}
	ctx = archive.WithSecrets(ctx, request.secrets())
	for attempt := 0; ; attempt++ {
		response, failed := f.try(ctx, u, request)
		if failed == nil {
			return response, nil
		}
		if attempt >= f.options.Retries || !failed.again || !request.repeatable(failed) {
			return nil, failed
		}
		if err := pause(ctx, max(f.backoff(attempt), failed.RetryAfter)); err != nil {
			return nil, failure(ctx, failed.URL, err, request.hide)
		}
	}
}

// repeatable reports whether the request may be made again after a failure. One
// with a body may have had an effect, unless the server says that it did nothing.
func (r Request) repeatable(failed *Error) bool {
	return r.Method == http.MethodGet || r.Method == http.MethodHead ||
		failed.Status == http.StatusTooManyRequests || failed.Status == http.StatusServiceUnavailable
}

// backoff returns the wait before a retry: doubled each time, and between half of
// that and one and a half, so that those who failed together do not come back
// together.
func (f *Fetcher) backoff(attempt int) time.Duration {
	wait := f.options.Backoff << min(attempt, 10)
	return min(wait/2+rand.N(wait), Patience)
}

// try makes one attempt.
func (f *Fetcher) try(ctx context.Context, u *url.URL, request Request) (*Response, *Error) {
	v := &visit{request: request, at: u}
	engine := f.engine.Clone()
	engine.Context = context.WithValue(ctx, visitKey{}, v)
	engine.OnResponse(func(r *colly.Response) { v.body = r.Body })
	var body io.Reader
	if len(request.Body) > 0 {
		body = bytes.NewReader(request.Body)
	}
	err := engine.Request(request.Method, u.String(), body, nil, f.header(request))
	if err == nil && v.last == nil {
		err = errors.New("it was never asked")
	}
	if err == nil {
		err = v.verdict()
	}
	if err != nil {
		return nil, failure(ctx, request.secrets().URL(v.at), err, request.hide)
	}
	return v.response(u), nil
}

// verdict returns an error where the last answer brings no document.
func (v *visit) verdict() error {
	if v.last.success() || (v.last.status == http.StatusNotModified && v.request.conditional()) {
		return nil
	}
	return newStatusError(v.last)
}

// header returns the headers of a request. Who we are and which codings we can
// undo is not the caller's choice.
func (f *Fetcher) header(request Request) http.Header {
	header := http.Header{}
	for name, values := range request.Header {
		header[http.CanonicalHeaderKey(name)] = append([]string(nil), values...)
	}
	header.Del("Host")
	header.Set("User-Agent", f.options.agent())
	header.Set("Accept-Encoding", acceptEncoding)
	if request.Accept != "" {
		header.Set("Accept", request.Accept)
	}
	if request.conditional() {
		setIf(header, "If-None-Match", request.Validators.ETag)
		setIf(header, "If-Modified-Since", request.Validators.LastModified)
	}
	return header
}

func setIf(header http.Header, name, value string) {
	if value != "" {
		header.Set(name, value)
	}
}
