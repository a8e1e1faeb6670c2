package fetch

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/crawler/archive"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/prerequisite"
)

// TestRecordThenReplay gets documents from a server, recording them, and then the
// same ones from the recording: nothing may differ.
func TestRecordThenReplay(t *testing.T) {
	url := serve(t, "127.0.0.1", func(w http.ResponseWriter, r *http.Request) {
		encodings := map[string]func([]byte) []byte{"gzip": packGzip, "br": packBrotli, "zstd": packZstd, "target": packGzip}
		switch path := strings.Trim(r.URL.Path, "/"); path {
		case "robots.txt":
			_, _ = io.WriteString(w, "User-agent: *\nDisallow: /private\nCrawl-delay: 0.001")
		case "gzip", "br", "zstd", "target":
			w.Header().Set("Content-Encoding", strings.Replace(path, "target", "gzip", 1))
			w.Header().Set("Content-Type", "text/html; charset=windows-1251")
			w.Header().Set("ETag", `"`+path+`"`)
			_, _ = w.Write(encodings[path]([]byte("\xcf\xf0\xe8\xe2\xe5\xf2 " + path)))
		case "moved":
			http.Redirect(w, r, "/target", http.StatusMovedPermanently)
		case "post":
			body, _ := io.ReadAll(r.Body)
			_, _ = w.Write(body)
		case "sitemap.xml.gz":
			_, _ = w.Write(packGzip([]byte("<urlset/>")))
		case "keyed":
			_, _ = io.WriteString(w, "with "+r.URL.Query().Get("key"))
		default:
			http.NotFound(w, r)
		}
	})
	requests := []Request{
		{URL: url + "/gzip"}, {URL: url + "/br"}, {URL: url + "/zstd"}, {URL: url + "/moved"}, {URL: url + "/sitemap.xml.gz"}, {URL: url + "/missing"},
		{URL: url + "/private/x"}, {URL: url + "/keyed?key=hidden-value", Secret: []string{"key"}},
		{URL: url + "/post", Method: http.MethodPost, Body: []byte("one")}, {URL: url + "/post", Method: http.MethodPost, Body: []byte("two")},
	}
	dir := t.TempDir()
	w, err := archive.Create(dir, archive.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	live := newFetcher(t, Options{Wrap: w.Transport})
	recorded := outcomes(t, live, requests)
	live.Close()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.warc.gz"))
	if err != nil || len(files) != 1 {
		t.Fatalf("files %v, %v", files, err)
	}
	a := openArchive(t, files[0])
	replay := newFetcher(t, Options{Transport: a.Transport()})
	replayed := outcomes(t, replay, requests)
	for i, request := range requests {
		if !reflect.DeepEqual(recorded[i], replayed[i]) {
			t.Errorf("%s %s\nrecorded %+v\nreplayed %+v", request.Method, request.URL, recorded[i], replayed[i])
		}
	}
	if e := failed(t, replay, Request{URL: url + "/never-asked"}); !errors.Is(e, archive.ErrNotArchived) || e.Health != policy.HealthUnreachable {
		t.Errorf("not archived: %v", e)
	}
	r := get(t, replay, Request{URL: url + "/gzip", Validators: recorded[0].(Response).Validators})
	if !r.NotModified || r.Status != http.StatusNotModified || r.Capture.Archive == "" {
		t.Errorf("conditional: %+v", r)
	}
	holdsNoSecret(t, a)
}

// outcomes returns for each request its response or the text of its failure.
func outcomes(t *testing.T, f *Fetcher, requests []Request) []any {
	t.Helper()
	var all []any
	for _, request := range requests {
		response, err := f.Get(t.Context(), request)
		if err != nil {
			all = append(all, fmt.Sprintf("%v %s", err, err.(*Error).Health))
			continue
		}
		if response.Capture.Archive == "" {
			t.Errorf("%s: it is not said where the evidence is", request.URL)
		}
		response.Capture.FetchedAt = response.Capture.FetchedAt.Truncate(1000) // WARC keeps microseconds
		all = append(all, *response)
	}
	return all
}

func openArchive(t testing.TB, path string) *archive.Archive {
	t.Helper()
	a, err := archive.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

func holdsNoSecret(t *testing.T, a *archive.Archive) {
	t.Helper()
	asked := 0
	for record, err := range a.Records() {
		if err != nil {
			t.Fatal(err)
		}
		if record.Type() != archive.TypeRequest {
			continue
		}
		asked++
		if strings.Contains(record.Target()+string(record.Block), "hidden-value") {
			t.Errorf("a secret is in %s", record.Location())
		}
	}
	if asked == 0 {
		t.Error("no request is in the archive")
	}
}

// TestReplayOfCaptures gets every genuine capture through the whole chain.
func TestReplayOfCaptures(t *testing.T) {
	folder := prerequisite.Captures(t)
	for name, want := range map[string]int{"press.warc.gz": 169, "official.warc.gz": 152} {
		t.Run(name, func(t *testing.T) {
			a := openArchive(t, filepath.Join(folder, name))
			f := newFetcher(t, Options{Transport: a.Transport()})
			got := 0
			for record, err := range a.Records() {
				if err != nil {
					t.Fatal(err)
				}
				if record.Type() != archive.TypeResponse {
					continue
				}
				r, err := f.Get(t.Context(), Request{URL: record.Target()})
				if err != nil {
					t.Error(err)
					continue
				}
				got++
				kept, err := record.Response()
				if err != nil {
					t.Fatal(err)
				}
				if want, _ := io.ReadAll(kept.Body); !bytes.Equal(r.Body, want) && !gzipped(want) {
					t.Errorf("%s: replayed other bytes", record.Target())
				}
				if r.Capture.Archive != record.Location() || !r.Capture.FetchedAt.Equal(record.Date()) || len(r.Body) == 0 {
					t.Errorf("%s: capture %+v", record.Target(), r.Capture)
				}
			}
			if got != want {
				t.Errorf("%d documents, want %d", got, want)
			}
		})
	}
}

func TestRecordingFailureFailsTheGet(t *testing.T) {
	w, err := archive.Create(t.TempDir(), archive.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	url := serve(t, "127.0.0.1", text("body"))
	if e := failed(t, newFetcher(t, Options{Wrap: w.Transport, IgnoreRobots: true}), Request{URL: url}); !strings.Contains(e.Error(), "archive") {
		t.Errorf("got %v", e)
	}
}
