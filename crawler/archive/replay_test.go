package archive

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func TestRecordAndReplay(t *testing.T) {
	dir := t.TempDir()
	w := create(t, dir, WriterOptions{Software: "Backdoor Watch/test"})
	compressed := packed("a body that came compressed")
	served := 0
	server, live := serve(t, func(rw http.ResponseWriter, r *http.Request) {
		served++
		rw.Header().Set("ETag", `"v1"`)
		switch r.URL.Path {
		case "/gzip":
			rw.Header().Set("Content-Encoding", "gzip")
			_, _ = rw.Write(compressed)
		case "/post":
			body, _ := io.ReadAll(r.Body)
			_, _ = fmt.Fprintf(rw, "you said %s", body)
		case "/twice":
			_, _ = fmt.Fprintf(rw, "answer %d", served)
		case "/empty":
			rw.WriteHeader(http.StatusNoContent)
		default:
			_, _ = io.WriteString(rw, "hello "+r.URL.Query().Get("x"))
		}
	})
	type ask struct{ method, path, body string }
	asks := []ask{
		{"GET", "/twice", ""}, {"GET", "/gzip", ""}, {"POST", "/post", "one"}, {"POST", "/post", "two"}, {"GET", "/post", ""}, {"GET", "/empty", ""},
		{"GET", "/a%20b?x=%C3%A9&key=hidden", ""}, {"HEAD", "/head", ""}, {"GET", "/twice", ""},
	}
	got := map[ask]string{}
	for _, a := range asks {
		got[a] = roundTrip(t, w.Transport(live), a.method, server+a.path, a.body)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	if len(files) != 1 || !regexp.MustCompile(`^backdoorwatch-\d{14}-00001\.warc\.gz$`).MatchString(filepath.Base(files[0])) {
		t.Fatalf("files %v", files)
	}
	archived := open(t, files[0])
	checkRecorded(t, archived, len(asks))
	for a, want := range got {
		if again := roundTrip(t, archived.Transport(), a.method, server+a.path, a.body); again != want {
			t.Errorf("%v: replayed %q, recorded %q", a, again, want)
		}
	}
}

// checkRecorded checks that all is there and right, and no secret among it.
func checkRecorded(t *testing.T, a *Archive, exchanges int) {
	t.Helper()
	counts := map[string]int{}
	for record, err := range a.Records() {
		if err != nil {
			t.Fatal(err)
		}
		counts[record.Type()]++
		if err := record.Verify(); err != nil {
			t.Error(err)
		}
		if text := record.Target() + string(record.Block); strings.Contains(text, "hidden") || strings.Contains(text, "Bearer x") {
			t.Errorf("a secret is in %s: %s", record.Location(), text)
		}
	}
	if counts[TypeInfo] != 1 || counts[TypeRequest] != exchanges || counts[TypeResponse] != exchanges {
		t.Errorf("records %v, want %d exchanges", counts, exchanges)
	}
}

// roundTrip returns what matters of a response: status, headers, body and where
// the evidence is.
func roundTrip(t *testing.T, transport http.RoundTripper, method, url, body string) string {
	t.Helper()
	ctx := WithSecrets(t.Context(), Secrets{"key"})
	request, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer x")
	response, err := transport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	read, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil {
		t.Fatal(err)
	}
	location, at := response.Body.(Evidence).Evidence()
	if location == "" || at.IsZero() {
		t.Error("the evidence was not told")
	}
	header := response.Header
	return fmt.Sprintf("%d %s %s %q %s %s", response.StatusCode, header.Get("ETag"), header.Get("Content-Encoding"), read, location, at.Truncate(time.Microsecond))
}

func TestReplayConditional(t *testing.T) {
	head := "HTTP/1.1 200 OK\r\nETag: W/\"v1\"\r\nLast-Modified: Mon, 02 Nov 2026 10:00:00 GMT"
	transport := inMemory(packed(response("http://a/", head, "body"))).Transport()
	tests := map[string]struct {
		name, value string
		status      int
	}{
		"same ETag":       {"If-None-Match", `"v0", W/"v1"`, 304},
		"strong ETag":     {"If-None-Match", `"v1"`, 304},
		"other ETag":      {"If-None-Match", `"v2"`, 200},
		"same date":       {"If-Modified-Since", "Mon, 02 Nov 2026 10:00:00 GMT", 304},
		"earlier date":    {"If-Modified-Since", "Mon, 02 Nov 2026 09:00:00 GMT", 200},
		"unreadable date": {"If-Modified-Since", "yesterday", 200},
		"no question":     {"Accept", "*/*", 200},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			request := httptest.NewRequest(http.MethodGet, "http://a/", nil)
			request.Header.Set(tt.name, tt.value)
			response, err := transport.RoundTrip(request)
			if err != nil || response.StatusCode != tt.status {
				t.Fatalf("got %v, %v", response, err)
			}
		})
	}
}

func TestReplayAddresses(t *testing.T) {
	client := &http.Client{Transport: inMemory(packed(
		response("http://Example.org:80/a%7Eb?q=%C3%A4+c", "HTTP/1.1 200 OK", "old"),
		response("http://example.org/a~b?q=%c3%a4%20c", "HTTP/1.1 200 OK", "last"),
		response("http://example.org/a~b?q=%c3%a4%20c", "HTTP/1.1 304 Not Modified", ""),
		response("<http://example.org>", "HTTP/1.1 200 OK", "home"),
		response("http://example.org/q?a=1%262", "HTTP/1.1 200 OK", "one value"),
		response("http://example.org/key?k='[<KEY>", "HTTP/1.1 200 OK", "with a key"),
	)).Transport()}
	for address, want := range map[string]string{
		"http://example.org/a~b?q=%C3%A4%20c":    "last",
		"http://EXAMPLE.org:80/a%7eb?q=ä+c":      "last",
		"http://example.org/":                    "home",
		"http://example.org":                     "home",
		"http://example.org/q?a=1%262":           "one value",
		"http://example.org/key?k='%5b%3CKEY%3E": "with a key",
		"http://example.org/q?a=1&2":             "",
		"http://example.org/other":               "",
		"https://example.org/":                   "",
	} {
		response, err := client.Get(address)
		if want == "" {
			if !errors.Is(err, ErrNotArchived) || !errors.Is(err, policy.ErrNotFound) || !strings.Contains(fmt.Sprint(err), address) {
				t.Errorf("%s: %v", address, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		if body, _ := io.ReadAll(response.Body); string(body) != want {
			t.Errorf("%s: %q", address, body)
		}
	}
}

// TestReplayFromASharedMember reads a record that has no gzip member of its own.
func TestReplayFromASharedMember(t *testing.T) {
	a := inMemory(packed(response("http://a/1", "HTTP/1.1 200 OK", "one") + "junk\r\n" + response("http://a/2", "HTTP/1.1 200 OK", "two")))
	if got := roundTrip(t, a.Transport(), "GET", "http://a/2", ""); !strings.Contains(got, `"two" test.warc:0+`) {
		t.Errorf("got %s", got)
	}
}
