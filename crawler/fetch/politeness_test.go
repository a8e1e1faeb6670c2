package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestOneRequestAtATimePerHost(t *testing.T) {
	var busy, most, together atomic.Int32
	begun := make(chan string, 10)
	open := make(chan struct{})
	handler := func(name string) http.HandlerFunc {
		return site(func(_ http.ResponseWriter, _ *http.Request) {
			if name == "a" {
				if now := busy.Add(1); now > most.Load() {
					most.Store(now)
				}
				defer busy.Add(-1)
			}
			together.Add(1)
			begun <- name
			<-open
		})
	}
	a, b := serve(t, "127.0.0.1", handler("a")), serve(t, "127.0.0.2", handler("b"))
	f := newFetcher(t, Options{})
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() { _, _ = f.Get(t.Context(), Request{URL: fmt.Sprintf("%s/%d", a, i)}) })
	}
	group.Go(func() { _, _ = f.Get(t.Context(), Request{URL: b}) })
	names := map[string]bool{<-begun: true, <-begun: true} // both hosts are busy at the same time
	time.Sleep(50 * time.Millisecond)
	if together.Load() != 2 || !names["a"] || !names["b"] {
		t.Errorf("%d requests are on, at %v", together.Load(), names)
	}
	close(open)
	group.Wait()
	if most.Load() != 1 {
		t.Errorf("%d requests to one host at once", most.Load())
	}
}

func TestHostRestsBetweenRequests(t *testing.T) {
	tests := map[string]struct {
		robots  string
		options Options
		request Request
		want    time.Duration
	}{
		"delay of the options": {"", Options{Delay: 80 * time.Millisecond}, Request{}, 80 * time.Millisecond},
		"delay of the request": {"", Options{}, Request{Delay: 80 * time.Millisecond}, 80 * time.Millisecond},
		"Crawl-delay":          {"User-agent: *\nCrawl-delay: 0.08", Options{Delay: time.Millisecond}, Request{}, 80 * time.Millisecond},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var mu sync.Mutex
			var ends, starts []time.Time
			url := serve(t, "127.0.0.1", func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/robots.txt" {
					_, _ = io.WriteString(w, tt.robots)
					return
				}
				mu.Lock()
				defer mu.Unlock()
				starts, ends = append(starts, time.Now()), append(ends, time.Now())
			})
			f := newFetcher(t, tt.options)
			tt.request.URL = url
			for range 3 {
				get(t, f, tt.request)
			}
			for i := 1; i < len(starts); i++ {
				if rest := starts[i].Sub(ends[i-1]); rest < tt.want {
					t.Errorf("rested for %s only", rest)
				}
			}
		})
	}
}

func TestGateReturnsWhenTheContextEnds(t *testing.T) {
	g := NewGate()
	leave, err := g.Enter(t.Context(), "host")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := g.Enter(ctx, "host"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("while another has its turn: %v", err)
	}
	leave(50 * time.Second)
	leave(time.Hour) // only the first one counts
	ctx, cancel = context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := g.Enter(ctx, "host"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("while the host rests: %v", err)
	}
	if leave, err := g.Enter(t.Context(), "other"); err != nil {
		t.Errorf("another host: %v", err)
	} else {
		leave(2 * time.Minute)
	}
	var rest *RestError
	if _, err := g.Enter(t.Context(), "other"); !errors.As(err, &rest) || rest.RetryAfter() < Patience {
		t.Errorf("a long rest: %v", err)
	}
}

func TestGateForgetsHosts(t *testing.T) {
	g := NewGate().(*localGate)
	for i := range 3 * maxTurns {
		leave, err := g.Enter(t.Context(), fmt.Sprint(i))
		if err != nil {
			t.Fatal(err)
		}
		leave(0)
	}
	if len(g.hosts) > maxTurns {
		t.Errorf("%d hosts are remembered", len(g.hosts))
	}
}

func TestRedirects(t *testing.T) {
	url := serve(t, "127.0.0.1", site(func(w http.ResponseWriter, r *http.Request) {
		to := func(status int, target string) {
			w.Header().Set("Location", target)
			w.WriteHeader(status)
		}
		switch r.URL.Path {
		case "/moved":
			to(301, "/end")
		case "/moved-twice":
			to(308, "/moved")
		case "/for-now":
			to(302, "/end")
		case "/moved-then-for-now":
			to(301, "/for-now")
		case "/for-now-then-moved":
			to(307, "/moved")
		case "/loop":
			to(302, "/loop")
		case "/file":
			to(302, "file:///etc/passwd")
		case "/cookie":
			if _, err := r.Cookie("seen"); err != nil {
				http.SetCookie(w, &http.Cookie{Name: "seen", Value: "1"})
				to(302, "/cookie")
				return
			}
			_, _ = io.WriteString(w, "end")
		default:
			_, _ = io.WriteString(w, "end")
		}
	}))
	tests := map[string]struct {
		moved string
		fails bool
	}{
		"/moved": {"/end", false}, "/moved-twice": {"/end", false}, "/for-now": {"", false},
		"/moved-then-for-now": {"/for-now", false}, "/for-now-then-moved": {"", false}, "/cookie": {"", false},
		"/loop": {"", true}, "/file": {"", true},
	}
	f := newFetcher(t, Options{MaxRedirects: 4})
	for path, tt := range tests {
		t.Run(path, func(t *testing.T) {
			r, err := f.Get(t.Context(), Request{URL: url + path})
			if (err != nil) != tt.fails {
				t.Fatalf("got %v", err)
			}
			if err != nil {
				return
			}
			if moved := strings.TrimPrefix(r.MovedTo, url); moved != tt.moved || string(r.Body) != "end" || r.RequestURL != url+path {
				t.Errorf("moved to %q, body %q, asked %q", moved, r.Body, r.RequestURL)
			}
		})
	}
}

func TestSecretsStaySecret(t *testing.T) {
	const key = "s3cr3t/key+1"
	var told http.Header
	other := serve(t, "127.0.0.2", site(func(w http.ResponseWriter, r *http.Request) { told = r.Header }))
	url := serve(t, "127.0.0.1", site(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Query().Get("api_key") != key || r.Header.Get("X-Token") != "t0ken-value":
			t.Errorf("the server was not given the secrets: %s %v", r.URL, r.Header)
		case r.URL.Path == "/away":
			http.Redirect(w, r, other+"/", http.StatusFound)
		case r.URL.Path == "/echo":
			http.Redirect(w, r, "/missing?"+r.URL.RawQuery+"&again="+r.URL.Query().Get("api_key"), http.StatusMovedPermanently)
		case r.URL.Path == "/missing":
			http.NotFound(w, r)
		case r.URL.Path == "/reset":
			panic(http.ErrAbortHandler)
		}
	}))
	request := func(path string) Request {
		return Request{
			URL: url + path + "?a=1&api_key=s3cr3t%2Fkey%2B1", Secret: []string{"API_KEY", "x-token"},
			Header: http.Header{"X-Token": {"t0ken-value"}, "Authorization": {"Bearer t0ken-value"}, "Accept-Language": {"de"}},
		}
	}
	f := newFetcher(t, Options{})
	r := get(t, f, request("/"))
	if want := url + "/?a=1&api_key=***"; r.URL != want || r.Capture.URL != want || r.RequestURL != want {
		t.Errorf("addresses %q %q %q, want %q", r.URL, r.Capture.URL, r.RequestURL, want)
	}
	for _, path := range []string{"/missing", "/reset", "/echo"} {
		if e := failed(t, f, request(path)); strings.Contains(fmt.Sprintf("%v %s", e, e.URL), "s3cr3t") {
			t.Errorf("the secret is in %v", e)
		}
	}
	get(t, f, request("/away"))
	for _, name := range []string{"X-Token", "Authorization", "Referer"} {
		if told.Get(name) != "" {
			t.Errorf("another host was told %s: %s", name, told.Get(name))
		}
	}
	if told.Get("Accept-Language") != "de" {
		t.Error("Accept-Language was lost on the way")
	}
}
