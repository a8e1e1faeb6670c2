package fetch

import (
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/crawler/archive"
)

// TestHTTP2IsRecordedAsHTTP1 speaks HTTP/2 through the guard: readers of archives
// know no other form than that of HTTP/1.1.
func TestHTTP2IsRecordedAsHTTP1(t *testing.T) {
	server := httptest.NewUnstartedServer(site(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Proto) }))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	dir := t.TempDir()
	w, err := archive.Create(dir, archive.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	f := newFetcher(t, Options{Wrap: w.Transport})
	f.network.TLSClientConfig = &tls.Config{RootCAs: server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
	if r := get(t, f, Request{URL: server.URL + "/page"}); string(r.Body) != "HTTP/2.0" {
		t.Errorf("spoke %s", r.Body)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	replay := newFetcher(t, Options{Transport: openArchive(t, files[0]).Transport()})
	if r := get(t, replay, Request{URL: server.URL + "/page"}); string(r.Body) != "HTTP/2.0" || r.Capture.Archive == "" {
		t.Errorf("replayed %+v", r)
	}
}
