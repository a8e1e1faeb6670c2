package fetch

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve starts a server on a loopback address of its own.
func serve(t testing.TB, address string, handler http.HandlerFunc) string {
	t.Helper()
	listener, err := net.Listen("tcp", address+":0")
	if err != nil {
		t.Skipf("no second loopback address: %v", err)
	}
	server := httptest.NewUnstartedServer(handler)
	_ = server.Listener.Close()
	server.Listener = listener
	server.Start()
	t.Cleanup(server.Close)
	return server.URL
}

// site answers 404 for robots.txt and the rest with the handler.
func site(handler http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		handler(w, r)
	}
}

// newFetcher returns a Fetcher that may reach loopback servers and does not wait.
func newFetcher(t testing.TB, options Options) *Fetcher {
	t.Helper()
	if options.AllowHosts == nil {
		options.AllowHosts = []string{"127.0.0.1", "127.0.0.2"}
	}
	options.Delay = orDefault(options.Delay, -1)
	options.Backoff = orDefault(options.Backoff, time.Millisecond)
	f, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

func get(t testing.TB, f *Fetcher, request Request) *Response {
	t.Helper()
	response, err := f.Get(t.Context(), request)
	if err != nil {
		t.Fatalf("Get: %v", err)
	}
	return response
}

func failed(t testing.TB, f *Fetcher, request Request) *Error {
	t.Helper()
	response, err := f.Get(t.Context(), request)
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("Get returned %+v and %v, not an *Error", response, err)
	}
	return e
}

func TestGetDocument(t *testing.T) {
	body := "<p>caf\xe9</p>" // latin-1, which must stay as it is
	var seen http.Header
	url := serve(t, "127.0.0.1", site(func(w http.ResponseWriter, r *http.Request) {
		seen = r.Header
		w.Header().Set("Content-Type", "text/HTML; charset=ISO-8859-1")
		w.Header().Set("ETag", `"v1"`)
		_, _ = io.WriteString(w, body)
	}))
	f := newFetcher(t, Options{UserAgent: "Backdoor Watch/1.2", Contact: "https://watch.example/about"})
	r := get(t, f, Request{URL: url + "/page#part", Accept: "text/html"})

	if string(r.Body) != body || r.MediaType != "text/html" || r.Charset != "ISO-8859-1" || r.Status != 200 {
		t.Errorf("got %q %s %s %d", r.Body, r.MediaType, r.Charset, r.Status)
	}
	if got, want := seen.Get("User-Agent"), "Backdoor Watch/1.2 (+https://watch.example/about)"; got != want {
		t.Errorf("User-Agent %q, want %q", got, want)
	}
	if seen.Get("Accept") != "text/html" || seen.Get("Accept-Encoding") != acceptEncoding {
		t.Errorf("headers %v", seen)
	}
	if r.URL != url+"/page" || r.RequestURL != r.URL || r.Capture.URL != r.URL || r.Capture.Digest != Digest([]byte(body)) || r.MovedTo != "" {
		t.Errorf("response %+v", r)
	}
	if r.Validators.ETag != `"v1"` || r.NotModified || time.Since(r.Capture.FetchedAt) > time.Minute {
		t.Errorf("validators %+v, capture %+v", r.Validators, r.Capture)
	}
}

func TestConditionalGet(t *testing.T) {
	const modified = "Mon, 02 Nov 2026 10:00:00 GMT"
	tests := map[string]struct {
		given    policy.Validators
		status   int
		modified bool
	}{
		"nothing known":     {policy.Validators{}, 200, true},
		"ETag matches":      {policy.Validators{ETag: `"v1"`, Digest: "sha256:kept"}, 304, false},
		"date matches":      {policy.Validators{LastModified: modified}, 304, false},
		"ETag differs":      {policy.Validators{ETag: `"v0"`}, 200, true},
		"digest matches":    {policy.Validators{Digest: Digest([]byte("hello"))}, 200, false},
		"digest is another": {policy.Validators{Digest: Digest([]byte("hallo"))}, 200, true},
	}
	url := serve(t, "127.0.0.1", site(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") == `"v1"` || r.Header.Get("If-Modified-Since") == modified {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", `"v1"`)
		w.Header().Set("Last-Modified", modified)
		_, _ = io.WriteString(w, "hello")
	}))
	f := newFetcher(t, Options{})
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := get(t, f, Request{URL: url, Validators: tt.given})
			if r.Status != tt.status || r.NotModified == tt.modified {
				t.Errorf("status %d, not modified %v", r.Status, r.NotModified)
			}
			if tt.status == 304 && (len(r.Body) != 0 || r.Validators != tt.given) {
				t.Errorf("a 304 returned validators %+v and %d bytes", r.Validators, len(r.Body))
			}
		})
	}
}

func TestPostWithBody(t *testing.T) {
	url := serve(t, "127.0.0.1", site(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = fmt.Fprintf(w, "%s %s %s", r.Method, r.Header.Get("Content-Type"), body)
	}))
	f := newFetcher(t, Options{})
	r := get(t, f, Request{
		URL: url, Method: http.MethodPost, Body: []byte("SELECT ?law"), Header: http.Header{"Content-Type": {"application/sparql-query"}},
	})
	if want := "POST application/sparql-query SELECT ?law"; string(r.Body) != want {
		t.Errorf("the server got %q, want %q", r.Body, want)
	}
}

func TestHealthOfFailures(t *testing.T) {
	tests := map[string]struct {
		status int
		after  string
		health policy.Health
		wait   time.Duration
		asked  int32
		soft   bool // policy.ErrUnavailable
	}{
		"unauthorised":              {401, "", policy.HealthBlocked, 0, 1, false},
		"forbidden":                 {403, "", policy.HealthBlocked, 0, 1, false},
		"for legal reasons":         {451, "", policy.HealthBlocked, 0, 1, false},
		"not found":                 {404, "", policy.HealthGone, 0, 1, false},
		"gone":                      {410, "", policy.HealthGone, 0, 1, false},
		"bad request":               {400, "", policy.HealthUnreadable, 0, 1, false},
		"too many requests":         {429, "", policy.HealthThrottled, 0, 3, true},
		"too many, come in an hour": {429, "3600", policy.HealthThrottled, time.Hour, 1, true},
		"unavailable":               {503, "", policy.HealthServerError, 0, 3, true},
		"unavailable for two hours": {503, "7200", policy.HealthThrottled, 2 * time.Hour, 1, true},
		"server error":              {500, "", policy.HealthServerError, 0, 3, true},
		"not implemented":           {501, "", policy.HealthServerError, 0, 1, true},
		"unasked 304":               {304, "", policy.HealthUnreadable, 0, 1, false},
		"redirect to nowhere":       {302, "", policy.HealthUnreadable, 0, 1, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int32
			url := serve(t, "127.0.0.1", site(func(w http.ResponseWriter, _ *http.Request) {
				asked.Add(1)
				if tt.after != "" {
					w.Header().Set("Retry-After", tt.after)
				}
				w.WriteHeader(tt.status)
			}))
			e := failed(t, newFetcher(t, Options{}), Request{URL: url})
			if e.Health != tt.health || e.Status != tt.status || e.RetryAfter != tt.wait || asked.Load() != tt.asked {
				t.Errorf("got %s, status %d, wait %s, asked %d times: %v", e.Health, e.Status, e.RetryAfter, asked.Load(), e)
			}
			if errors.Is(e, policy.ErrUnavailable) != tt.soft {
				t.Errorf("is unavailable: %v", !tt.soft)
			}
		})
	}
}

func TestRetryBringsDocument(t *testing.T) {
	var asked atomic.Int32
	url := serve(t, "127.0.0.1", site(func(w http.ResponseWriter, _ *http.Request) {
		switch asked.Add(1) {
		case 1:
			panic(http.ErrAbortHandler) // a reset connection
		case 2:
			w.WriteHeader(http.StatusBadGateway)
		default:
			_, _ = io.WriteString(w, "at last")
		}
	}))
	if r := get(t, newFetcher(t, Options{}), Request{URL: url}); string(r.Body) != "at last" {
		t.Errorf("got %q", r.Body)
	}
}

func TestPostIsNotRepeated(t *testing.T) {
	var asked atomic.Int32
	url := serve(t, "127.0.0.1", site(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.WriteHeader(http.StatusInternalServerError)
	}))
	failed(t, newFetcher(t, Options{}), Request{URL: url, Method: http.MethodPost, Body: []byte("x")})
	if asked.Load() != 1 {
		t.Errorf("asked %d times", asked.Load())
	}
}

func TestRetryAfterIsWaitedFor(t *testing.T) {
	var asked atomic.Int32
	var first, second time.Time
	url := serve(t, "127.0.0.1", site(func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) == 1 {
			first = time.Now()
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		second = time.Now()
	}))
	get(t, newFetcher(t, Options{}), Request{URL: url})
	if rest := second.Sub(first); rest < time.Second {
		t.Errorf("came back after %s", rest)
	}
}

func TestLongRetryAfterHoldsForTheHost(t *testing.T) {
	var asked atomic.Int32
	url := serve(t, "127.0.0.1", site(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.Header().Set("Retry-After", "600")
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	f := newFetcher(t, Options{})
	failed(t, f, Request{URL: url + "/a"})
	e := failed(t, f, Request{URL: url + "/b"})
	if e.Health != policy.HealthThrottled || e.RetryAfter < 9*time.Minute || asked.Load() != 1 {
		t.Errorf("got %s, wait %s, asked %d times", e.Health, e.RetryAfter, asked.Load())
	}
}

func TestUnreachableHealth(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refused := "http://" + listener.Addr().String()
	_ = listener.Close()
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // it would tell of the failed handshake
	secure.StartTLS()
	defer secure.Close()
	slow := serve(t, "127.0.0.1", site(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	plain := serve(t, "127.0.0.1", site(func(http.ResponseWriter, *http.Request) {}))

	tests := map[string]struct {
		url    string
		health policy.Health
	}{
		"connection refused":  {refused, policy.HealthUnreachable},
		"unknown authority":   {secure.URL, policy.HealthTLS},
		"no TLS at all":       {strings.Replace(plain, "http:", "https:", 1), policy.HealthTLS},
		"too slow":            {slow, policy.HealthTimeout},
		"not of the web":      {"ftp://example.org/", ""},
		"no host":             {"http:///x", ""},
		"user name in it":     {"http://me:secretword@127.0.0.1/", ""},
		"not an address":      {"http://[::1", ""},
		"control characters":  {"http://a\x00b/", ""},
		"a space in the host": {"http://exa mple.org/", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			limit := 20 * time.Second
			if tt.health == policy.HealthTimeout {
				limit = 200 * time.Millisecond
			}
			e := failed(t, newFetcher(t, Options{Timeout: limit, Retries: -1}), Request{URL: tt.url})
			if e.Health != tt.health || strings.Contains(e.Error(), "secretword") {
				t.Errorf("health %q: %v", e.Health, e)
			}
			if (tt.health == "") != errors.Is(e, policy.ErrInvalid) {
				t.Errorf("invalid: %v", errors.Is(e, policy.ErrInvalid))
			}
		})
	}
}

func TestNetworkErrors(t *testing.T) {
	tests := map[string]struct {
		err    error
		health policy.Health
		again  bool
	}{
		"no such name":        {&net.DNSError{Err: "no such host", IsNotFound: true}, policy.HealthUnreachable, false},
		"name server is busy": {&net.DNSError{Err: "server misbehaving", IsTemporary: true}, policy.HealthUnreachable, true},
		"name server is slow": {&net.DNSError{Err: "i/o timeout", IsTimeout: true}, policy.HealthTimeout, true},
		"reset":               {&net.OpError{Op: "read", Err: syscall.ECONNRESET}, policy.HealthUnreachable, true},
		"refused":             {&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, policy.HealthUnreachable, false},
		"cut short":           {io.ErrUnexpectedEOF, policy.HealthUnreachable, true},
		"guarded":             {&net.OpError{Op: "dial", Err: ErrForbiddenAddress}, policy.HealthUnreachable, false},
		"TLS alert":           {&net.OpError{Op: "remote error", Err: tls.AlertError(40)}, policy.HealthTLS, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if health, again := judgeNetwork(fmt.Errorf("dialing: %w", tt.err)); health != tt.health || again != tt.again {
				t.Errorf("got %s, again %v", health, again)
			}
		})
	}
}

func TestCapsGiveErrors(t *testing.T) {
	var body []byte
	var header http.Header
	url := serve(t, "127.0.0.1", site(func(w http.ResponseWriter, r *http.Request) {
		for name, values := range header {
			w.Header()[name] = values
		}
		_, _ = w.Write(body)
	}))
	big := bytes.Repeat([]byte("a"), 2<<20)
	tests := map[string]struct {
		path, encoding string
		body           []byte
		want           error
	}{
		"just fits":               {"/", "", big[:100<<10], nil},
		"too long on the wire":    {"/", "", big[:100<<10+1], ErrTooBig},
		"gzip bomb":               {"/", "gzip", packGzip(big), ErrTooBig},
		"brotli bomb":             {"/", "br", packBrotli(big), ErrTooBig},
		"zstd bomb":               {"/", "zstd", packZstd(big), ErrTooBig},
		"deflate bomb":            {"/", "deflate", packZlib(big), ErrTooBig},
		"bomb within a bomb":      {"/", "gzip, br", packBrotli(packGzip(big)), ErrTooBig},
		"gzip file bomb":          {"/sitemap.xml.gz", "", packGzip(big), ErrTooBig},
		"encoded gzip file bomb":  {"/sitemap.xml.gz", "gzip", packGzip(packGzip(big)), ErrTooBig},
		"encoded too often":       {"/", "gzip, gzip, gzip, gzip", packGzip(big[:9]), errAny},
		"unknown coding":          {"/", "compress", big[:9], errAny},
		"broken brotli":           {"/", "br", []byte("\xff\xff\xff\xff\xff"), errAny},
		"gzip cut short":          {"/", "gzip", packGzip(big[:1000])[:20], errAny},
		"called gzip, but is not": {"/", "gzip", []byte("plain"), nil},
		"gzip":                    {"/", "gzip", packGzip(big[:1000]), nil},
		"brotli":                  {"/", "br", packBrotli(big[:1000]), nil},
		"zstd":                    {"/", "zstd", packZstd(big[:1000]), nil},
		"gzip file":               {"/sitemap.xml.gz", "", packGzip(big[:1000]), nil},
	}
	f := newFetcher(t, Options{MaxBody: 100 << 10, MaxDecoded: 1 << 20, Retries: -1})
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			body, header = tt.body, http.Header{"Content-Type": {"text/plain"}}
			if tt.encoding != "" {
				header.Set("Content-Encoding", tt.encoding)
			}
			r, err := f.Get(t.Context(), Request{URL: url + tt.path})
			if tt.want == nil {
				if err != nil || (strings.TrimRight(string(r.Body), "a") != "" && string(r.Body) != "plain") {
					t.Errorf("got %v", err)
				}
				return
			}
			var e *Error
			if !errors.As(err, &e) || e.Health != policy.HealthUnreadable || (tt.want != errAny && !errors.Is(err, tt.want)) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

var errAny = errors.New("any error")

func TestCancellation(t *testing.T) {
	url := serve(t, "127.0.0.1", func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/robots.txt":
			http.NotFound(w, r)
		case "/slow":
			_, _ = io.WriteString(w, "begun")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		case "/busy":
			w.Header().Set("Retry-After", "50")
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	tests := map[string]struct {
		path  string
		delay time.Duration
	}{
		"during the body":          {"/slow", -1},
		"while the host rests":     {"/quick", time.Hour},
		"while waiting to retry":   {"/busy", -1},
		"while a minute is rested": {"/quick", 30 * time.Second},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFetcher(t, Options{Delay: tt.delay})
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			start := time.Now()
			_, err := f.Get(ctx, Request{URL: url + tt.path})
			if took := time.Since(start); took > 2*time.Second {
				t.Errorf("it took %s to return", took)
			}
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
		})
	}
}

func TestCloseEndsRequests(t *testing.T) {
	begun := make(chan struct{})
	url := serve(t, "127.0.0.1", site(func(_ http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
	}))
	f := newFetcher(t, Options{})
	got := make(chan error, 1)
	go func() {
		_, err := f.Get(context.Background(), Request{URL: url})
		got <- err
	}()
	<-begun
	f.Close()
	if err := <-got; !errors.Is(err, ErrClosed) {
		t.Errorf("got %v", err)
	}
	if e := failed(t, f, Request{URL: url}); !errors.Is(e, ErrClosed) || e.Health != "" {
		t.Errorf("got %v", e)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for name, options := range map[string]Options{
		"header injection": {UserAgent: "a\r\nX-Evil: 1"},
		"negative cap":     {MaxBody: -1},
		"negative timeout": {Timeout: -1},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := New(options); !errors.Is(err, policy.ErrConfig) {
				t.Errorf("got %v", err)
			}
		})
	}
}
