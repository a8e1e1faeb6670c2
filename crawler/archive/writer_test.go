package archive

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func create(t *testing.T, dir string, options WriterOptions) *Writer {
	t.Helper()
	w, err := Create(dir, options)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// serve returns the address of a server and a network that leaves bodies as they
// come.
func serve(t *testing.T, handler http.HandlerFunc) (string, http.RoundTripper) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	live := &http.Transport{DisableCompression: true}
	t.Cleanup(live.CloseIdleConnections)
	return server.URL, live
}

func TestRotationAndConcurrency(t *testing.T) {
	dir := t.TempDir()
	now := func() time.Time { return time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC) }
	w := create(t, dir, WriterOptions{MaxFile: 4000, Prefix: "x", Now: now})
	server, live := serve(t, func(rw http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(rw, r.URL.Path) })
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			response, err := w.Transport(live).RoundTrip(httptest.NewRequest(http.MethodGet, fmt.Sprintf("%s/%d", server, i), nil))
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, response.Body)
			_ = response.Body.Close()
			location, _ := response.Body.(Evidence).Evidence()
			if target := targetAt(t, dir, location); !strings.HasSuffix(target, fmt.Sprintf("/%d", i)) {
				t.Errorf("at %s is %q, not /%d", location, target, i)
			}
		})
	}
	group.Wait()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "x-20261102100000-0000?.warc.gz"))
	if len(files) < 2 {
		t.Errorf("files %v", files)
	}
	another := create(t, dir, WriterOptions{Prefix: "x", Now: now})
	if _, err := another.append(outgoing{kind: TypeInfo}); err != nil {
		t.Errorf("a second writer in the same second: %v", err)
	}
	if err := another.Close(); err != nil {
		t.Error(err)
	}
}

// targetAt returns the address of the record at a location.
func targetAt(t *testing.T, dir, location string) string {
	name, _, _ := strings.Cut(location, ":")
	a, err := Open(filepath.Join(dir, name))
	if err != nil {
		t.Error(err)
		return ""
	}
	defer a.Close()
	for record, err := range a.Records() {
		if err == nil && record.Location() == location {
			return record.Target()
		}
	}
	return ""
}

func TestUnfinishedResponseIsMarked(t *testing.T) {
	dir := t.TempDir()
	w := create(t, dir, WriterOptions{MaxBody: 10})
	server, live := serve(t, func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/broken" {
			rw.Header().Set("Content-Length", "100")
		}
		_, _ = io.WriteString(rw, "01234567"+strings.TrimPrefix("89abcdef", map[bool]string{true: "89abcdef"}[r.URL.Path == "/broken"]))
	})
	for _, read := range []struct {
		path   string
		length int64
	}{{"/closed-early", 4}, {"/beyond-the-cap", 100}, {"/broken", 100}} {
		response, err := w.Transport(live).RoundTrip(httptest.NewRequest(http.MethodGet, server+read.path, nil))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.CopyN(io.Discard, response.Body, read.length)
		_ = response.Body.Close()
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	var bodies []string
	for record, err := range open(t, files[0]).Records() {
		if err != nil {
			t.Fatal(err)
		}
		if record.Type() == TypeResponse {
			_, body, _ := cutMessage(record.Block)
			bodies = append(bodies, record.Header.Get("WARC-Truncated")+" "+string(body))
		}
	}
	if got, want := strings.Join(bodies, ", "), "length 0123, length 0123456789, disconnect 01234567"; got != want {
		t.Errorf("recorded %q, want %q", got, want)
	}
}

func TestFailureToWriteIsNoticed(t *testing.T) {
	w := create(t, filepath.Join(t.TempDir(), "archive"), WriterOptions{})
	if err := os.Remove(w.dir); err != nil {
		t.Fatal(err)
	}
	server, live := serve(t, func(rw http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(rw, "body") })
	response, err := w.Transport(live).RoundTrip(httptest.NewRequest(http.MethodGet, server, nil))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(response.Body); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("reading the body: %v", err)
	}
	_ = response.Body.Close()
	if err := w.Close(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("closing: %v", err)
	}
}
