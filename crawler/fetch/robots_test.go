package fetch

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func TestRobotsRules(t *testing.T) {
	tests := map[string]struct {
		robots        string
		allowed, kept []string // addresses that may be got, and that may not
	}{
		"empty":                 {"", []string{"/", "/a"}, nil},
		"all forbidden":         {"User-agent: *\nDisallow: /", []string{"/robots.txt"}, []string{"/", "/a?b=c"}},
		"nothing forbidden":     {"User-agent: *\nDisallow:", []string{"/a"}, nil},
		"prefix":                {"User-agent: *\nDisallow: /fish", []string{"/Fish", "/catfish", "/"}, []string{"/fish", "/fish.html", "/fish/salmon", "/fishheads?x"}},
		"folder":                {"User-agent: *\nDisallow: /fish/", []string{"/fish", "/fish.html"}, []string{"/fish/", "/fish/x"}},
		"longest wins":          {"User-agent: *\nDisallow: /a\nAllow: /a/b", []string{"/a/b/c"}, []string{"/a/c"}},
		"allow wins a tie":      {"User-agent: *\nDisallow: /a\nAllow: /a", []string{"/a"}, nil},
		"order does not matter": {"User-agent: *\nAllow: /a/b\nDisallow: /a", []string{"/a/b"}, []string{"/a"}},
		"star":                  {"User-agent: *\nDisallow: /*.php", []string{"/a.html"}, []string{"/a.php", "/b/c.php5?x=1"}},
		"star at the start":     {"User-agent: *\nDisallow: *.pdf", []string{"/a.html"}, []string{"/a.pdf"}},
		"end":                   {"User-agent: *\nDisallow: /*.php$", []string{"/a.php?x", "/a.php5"}, []string{"/a.php"}},
		"end without star":      {"User-agent: *\nDisallow: /a$", []string{"/ab", "/a/"}, []string{"/a"}},
		"several stars":         {"User-agent: *\nDisallow: /a*b*c$", []string{"/abcd", "/acb"}, []string{"/abc", "/axxbyyc", "/abcbc"}},
		"stars in a row":        {"User-agent: *\nDisallow: /a**b", []string{"/a"}, []string{"/ab", "/axb"}},
		"dollar in the middle":  {"User-agent: *\nDisallow: /a$b", []string{"/a"}, []string{"/a$b", "/a%24b"}},
		"query in its order":    {"User-agent: *\nDisallow: /q?b=1", []string{"/q?a=2&b=1"}, []string{"/q?b=1&a=2"}},
		"encoded rule":          {"User-agent: *\nDisallow: /%7Ejoe/", []string{"/joe/"}, []string{"/~joe/index.html", "/%7ejoe/"}},
		"encoded address":       {"User-agent: *\nDisallow: /~joe/", nil, []string{"/%7Ejoe/x", "/%7ejoe/x"}},
		"slash stays encoded":   {"User-agent: *\nDisallow: /a%2fb", []string{"/a/b"}, []string{"/a%2Fb", "/a%2fb"}},
		"brackets":              {"User-agent: *\nDisallow: /*?f[a]=", []string{"/x?f"}, []string{"/x?f[a]=1", "/x?f%5Ba%5D=1"}},
		"other scripts":         {"User-agent: *\nDisallow: /ツ", []string{"/"}, []string{"/ツ", "/%E3%83%84", "/%e3%83%84"}},
		"encoded star":          {"User-agent: *\nDisallow: /a-%2A.html", []string{"/a-x.html"}, []string{"/a-*.html", "/a-%2a.html"}},
		"our group":             {"User-agent: *\nDisallow: /\n\nUser-agent: BackdoorWatch\nDisallow: /x", []string{"/a"}, []string{"/x"}},
		"our group, other case": {"user-AGENT: backdoor-WATCH/1.0\nDISALLOW: /x", []string{"/a"}, []string{"/x"}},
		"our groups are joined": {"User-agent: Backdoor Watch\nDisallow: /x\nUser-agent: b\nDisallow: /\nUser-agent: backdoorwatch\nDisallow: /y", []string{"/z"}, []string{"/x", "/y"}},
		"shared group":          {"User-agent: a\nUser-agent: backdoorwatch\nDisallow: /x", []string{"/a"}, []string{"/x"}},
		"our empty group":       {"User-agent: *\nDisallow: /\n\nUser-agent: backdoorwatch\nDisallow:", []string{"/a"}, nil},
		"another crawler":       {"User-agent: backdoorwatcher\nDisallow: /", []string{"/a"}, nil},
		"rules before a group":  {"Disallow: /\nUser-agent: b\nDisallow: /x", []string{"/", "/x"}, nil},
		"unknown lines between": {"User-agent: b\nSitemap: https://x/s.xml\nUser-agent: *\nDisallow: /x", []string{"/a"}, []string{"/x"}},
		"rubbish":               {"<html>\x00\xff\n:::\nUser-agent *\nUser-agent: *\nfoo\nDisallow: /x", []string{"/a"}, []string{"/x"}},
		"comments, BOM, CR":     {"\ufeff# hi\rUser-agent: * # all\rDisallow: /x # no\r", []string{"/a"}, []string{"/x"}},
		"no leading slash":      {"User-agent: *\nDisallow: private", []string{"/a"}, []string{"/private/x"}},
		"blank lines inside":    {"User-agent: *\n\n\nDisallow: /x", []string{"/a"}, []string{"/x"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := parseRobots([]byte(tt.robots), productToken("Backdoor Watch/1.0"))
			for want, paths := range map[bool][]string{true: tt.allowed, false: tt.kept} {
				for _, path := range paths {
					u, err := url.Parse("http://example.org" + path)
					if err != nil {
						t.Fatal(err)
					}
					if r.allows(u) != want {
						t.Errorf("allows(%s) = %v", path, !want)
					}
				}
			}
		})
	}
}

func TestCrawlDelay(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"5": 5 * time.Second, "0.5": 500 * time.Millisecond, "999999": Patience, "-1": 0, "soon": 0, "NaN": 0, "inf": Patience, "": 0,
	} {
		if got := parseRobots([]byte("User-agent: *\nCrawl-delay: "+text), "x").delay; got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

func TestRobotsAreCapped(t *testing.T) {
	text := "User-agent: *\nDisallow: /early\n" + strings.Repeat("# padding\n", maxRobots/10) + "Disallow: /late\n"
	r := parseRobots([]byte(text), "x")
	if len(r.rules) != 1 || r.rules[0].pattern != "/early" {
		t.Errorf("got %v", r.rules)
	}
}

func TestRobotsAnswers(t *testing.T) {
	tests := map[string]struct {
		robots http.HandlerFunc
		want   policy.Health // empty where the page may be got
	}{
		"forbids":           {text("User-agent: *\nDisallow: /"), policy.HealthRobots},
		"does not exist":    {http.NotFound, ""},
		"is forbidden":      {status(403), ""},
		"is gone":           {status(410), ""},
		"server error":      {status(500), policy.HealthServerError},
		"unavailable":       {status(503), policy.HealthServerError},
		"too many requests": {status(429), policy.HealthThrottled},
		"connection reset":  {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, policy.HealthUnreachable},
		"never ends":        {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, policy.HealthTimeout},
		"compressed":        {gzipText("User-agent: *\nDisallow: /"), policy.HealthRobots},
		"moved":             {redirects(1, "User-agent: *\nDisallow: /"), policy.HealthRobots},
		"moved five times":  {redirects(5, "User-agent: *\nDisallow: /"), policy.HealthRobots},
		"moved six times":   {redirects(6, "User-agent: *\nDisallow: /"), ""},
		"longer than we look": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "User-agent: *\nDisallow: /\n")
			_, _ = io.WriteString(w, strings.Repeat("#\n", maxRobots))
		}, policy.HealthRobots},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			url := serve(t, "127.0.0.1", func(w http.ResponseWriter, r *http.Request) {
				if strings.HasPrefix(r.URL.Path, "/robots") {
					tt.robots(w, r)
				}
			})
			f := newFetcher(t, Options{Timeout: 300 * time.Millisecond})
			_, err := f.Get(t.Context(), Request{URL: url + "/page"})
			var e *Error
			if errors.As(err, &e); (tt.want == "") != (err == nil) || (e != nil && e.Health != tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func text(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }
}

func gzipText(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(packGzip([]byte(body)))
	}
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// redirects sends /robots.txt around n times and then answers.
func redirects(n int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		at := 0
		_, _ = fmt.Sscanf(r.URL.Path, "/robots-%d", &at)
		if at < n {
			http.Redirect(w, r, fmt.Sprintf("/robots-%d", at+1), http.StatusMovedPermanently)
			return
		}
		_, _ = io.WriteString(w, body)
	}
}

func TestRobotsAreAskedOnce(t *testing.T) {
	var asked atomic.Int32
	url := serve(t, "127.0.0.1", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			asked.Add(1)
		}
	})
	f := newFetcher(t, Options{})
	done := make(chan error)
	for range 5 {
		go func() {
			_, err := f.Get(t.Context(), Request{URL: url + "/page"})
			done <- err
		}()
	}
	for range 5 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if asked.Load() != 1 {
		t.Errorf("asked %d times", asked.Load())
	}
}

func TestRobotsHoldForRedirects(t *testing.T) {
	target := serve(t, "127.0.0.2", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			_, _ = io.WriteString(w, "User-agent: *\nDisallow: /private")
			return
		}
		t.Errorf("%s was asked for", r.URL)
	})
	url := serve(t, "127.0.0.1", site(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, target+"/private", http.StatusFound) }))
	e := failed(t, newFetcher(t, Options{}), Request{URL: url})
	if e.Health != policy.HealthRobots || !errors.Is(e, ErrRobots) {
		t.Errorf("got %v", e)
	}
}

func TestRobotsHiccup(t *testing.T) {
	for name, first := range map[string]http.HandlerFunc{
		"reset":       func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"bad gateway": status(502),
	} {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int32
			url := serve(t, "127.0.0.1", func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/robots.txt" && asked.Add(1) == 1 {
					first(w, r)
					return
				}
				_, _ = io.WriteString(w, "User-agent: *\nDisallow: /private")
			})
			f := newFetcher(t, Options{})
			get(t, f, Request{URL: url + "/page"})
			if e := failed(t, f, Request{URL: url + "/private"}); e.Health != policy.HealthRobots || asked.Load() != 2 {
				t.Errorf("asked %d times, got %v", asked.Load(), e)
			}
		})
	}
}

func TestIgnoreRobots(t *testing.T) {
	url := serve(t, "127.0.0.1", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			t.Error("robots.txt was asked for")
		}
	})
	get(t, newFetcher(t, Options{IgnoreRobots: true}), Request{URL: url})
}

func FuzzRobots(f *testing.F) {
	f.Add("User-agent: *\nDisallow: /a*b$\nCrawl-delay: 1", "/a/x/b?c=%7E")
	f.Add("\ufeffUser-agent: backdoorwatch\rAllow: /%zz%", "/%zz")
	f.Add("Disallow: $\nUser-agent:*\nDisallow: *$", "")
	f.Fuzz(func(t *testing.T, robots, path string) {
		r := parseRobots([]byte(robots), "backdoorwatch")
		if r.delay < 0 || r.delay > Patience {
			t.Errorf("a delay of %s", r.delay)
		}
		u, err := url.Parse("http://example.org/" + path)
		if err != nil {
			return
		}
		if once := robotsPath(u); normalEncoding(once, false) != once {
			t.Errorf("%q is not in its normal form", once)
		}
		all := &rules{rules: append(r.rules, rule{pattern: strings.Repeat("*", 1+len(robots))})}
		if u.EscapedPath() != "/robots.txt" && all.allows(u) && len(r.rules) == 0 {
			t.Error("a rule for everything does not match")
		}
	})
}
