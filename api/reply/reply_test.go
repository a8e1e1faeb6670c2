package reply_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/api/reply"
)

func TestPrefer(t *testing.T) {
	offers := []string{"application/atom+xml", "application/rss+xml", "text/html"}
	for _, tc := range []struct{ name, accept, want string }{
		{"absent", "", "application/atom+xml"},
		{"all", "*/*", "application/atom+xml"},
		{"exact", "text/html", "text/html"},
		{"by weight", "application/atom+xml;q=0.5, text/html;q=0.9", "text/html"},
		{"the family", "text/*", "text/html"},
		{"the closest range decides", "*/*;q=1, application/atom+xml;q=0, application/*;q=0.5", "text/html"},
		{"case and spaces", " TEXT/HTML ; Q=0.3 ", "text/html"},
		{"refused", "image/png", ""},
		{"refused by weight", "text/html;q=0", ""},
		{"a weight that is none", "text/html;q=NaN", ""},
		{"a weight too large", "text/html;q=7", ""},
		{"another parameter", "text/html;level=1", "text/html"},
		{"noise", ",;,=;q", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got, ok := reply.Prefer(tc.accept, offers...); got != tc.want || ok != (tc.want != "") {
				t.Errorf("got %q, %t", got, ok)
			}
		})
	}
}

func FuzzPrefer(f *testing.F) {
	f.Add("text/html;q=0.5,*/*")
	f.Fuzz(func(t *testing.T, accept string) {
		if got, ok := reply.Prefer(accept, "a/b", "c/d"); ok != (got != "") {
			t.Errorf("got %q, %t", got, ok)
		}
	})
}

func TestLRUForgetsTheLeastRecentlyUsed(t *testing.T) {
	l := reply.NewLRU[int](30)
	for n := range 3 {
		l.Put(fmt.Sprint(n), n, 10)
	}
	l.Get("0")
	l.Put("3", 3, 10)
	for name, want := range map[string]bool{"0": true, "1": false, "2": true, "3": true} {
		if _, ok := l.Get(name); ok != want {
			t.Errorf("%s: kept %t, want %t", name, ok, want)
		}
	}
	l.Put("0", 0, 5)
	if got := l.Size(); got != 25 {
		t.Errorf("size after replacing: %d", got)
	}
	l.Put("large", 9, 31)
	if _, ok := l.Get("large"); ok || l.Size() != 25 {
		t.Errorf("a value larger than the limit was kept: %d", l.Size())
	}
	// What cannot be kept any more must not leave its old value behind.
	l.Put("0", 7, 31)
	if _, ok := l.Get("0"); ok {
		t.Error("the old value stayed")
	}
}

func TestShelfCompressesTheSameContentOnce(t *testing.T) {
	shelf := reply.NewShelf(1 << 20)
	body := []byte(strings.Repeat("encryption ", 500))
	first := shelf.Keep(body, "text/plain", time.Time{})
	if second := shelf.Keep([]byte(string(body)), "text/plain", time.Time{}); second != first {
		t.Error("equal content is another entity")
	}
	if other := shelf.Keep(body, "text/html", time.Time{}); other == first {
		t.Error("another type is the same entity")
	}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			r := httptest.NewRequest("GET", "/", nil)
			r.Header.Set("Accept-Encoding", "gzip")
			w := httptest.NewRecorder()
			first.Serve(w, r)
			if w.Header().Get("Content-Encoding") != "gzip" || w.Body.Len() >= len(body) {
				t.Errorf("got %v with %d bytes", w.Header(), w.Body.Len())
			}
		})
	}
	wait.Wait()
}

func TestSmallBodiesStayAsTheyAre(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	w := httptest.NewRecorder()
	w.Header().Set("Vary", "Accept")
	reply.New([]byte("short"), "text/plain", time.Time{}).Serve(w, r)
	if w.Body.String() != "short" || w.Header().Get("Content-Encoding") != "" || w.Header().Get("Vary") != "Accept, Accept-Encoding" {
		t.Errorf("got %v %q", w.Header(), w.Body)
	}
}

func TestModifiedSince(t *testing.T) {
	changed := time.Date(2026, 5, 12, 8, 0, 0, 900_000_000, time.UTC)
	entity := reply.New([]byte("x"), "text/plain", changed)
	for _, tc := range []struct {
		name, since string
		want        int
	}{
		{"the same second", changed.Format(http.TimeFormat), 304},
		{"later", changed.Add(time.Hour).Format(http.TimeFormat), 304},
		{"earlier", changed.Add(-time.Second).Format(http.TimeFormat), 200},
		{"no date", "yesterday", 200},
		{"absent", "", 200},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.Header.Set("If-Modified-Since", tc.since)
			w := httptest.NewRecorder()
			entity.Serve(w, r)
			if w.Code != tc.want {
				t.Errorf("got %d, want %d", w.Code, tc.want)
			}
		})
	}
}
