package bulk_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/bulk"
)

func TestServing(t *testing.T) {
	t.Parallel()
	w := open(t, filepath.Join(t.TempDir(), "test.db"))
	engine := w.api(t)
	for address, want := range map[string]string{"/bulk/": "There are no bulk files yet", "/bulk/latest/manifest.json": "There is no file", "/bulk/allowed_signers": "not signed"} {
		if got := ask(engine, "GET", address); !strings.Contains(got.Body.String(), want) {
			t.Errorf("%s before the first set: %d %s", address, got.Code, got.Body)
		}
	}
	publish(t, w.exporter(t))
	if page := ask(engine, "GET", "/bulk/").Body.String(); !strings.Contains(page, "This set is not signed") || strings.Contains(page, "ssh-keygen") {
		t.Errorf("the page of a set without signature: %s", page)
	}
	w.take(t, "one more")
	publish(t, w.exporter(t, func(o *bulk.Options) { o.Key = newKey(t, 1) }))
	page := ask(engine, "GET", "/bulk/").Body.String()
	for _, want := range []string{"2026-05-20.2", `href="/bulk/2026-05-20.2/items.csv.gz"`, "ssh-keygen -Y verify", `rel="alternate"`, "SHA256:", `href="/bulk/2026-05-20/manifest.json"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s: %s", want, page)
		}
	}
	for _, address := range []string{"/bulk/latest", "/bulk/latest/manifest.json", "/bulk/2026-05-20.2"} {
		if got := ask(engine, "GET", address); got.Code != http.StatusFound || got.Header().Get("Location") != base+"/bulk/2026-05-20.2/manifest.json" {
			t.Errorf("%s: %d %v", address, got.Code, got.Header())
		}
	}
	content, err := os.ReadFile(filepath.Join(w.folder, "2026-05-20", "items.ndjson.gz"))
	if err != nil {
		t.Fatal(err)
	}
	const address = "/bulk/2026-05-20/items.ndjson.gz"
	sum := sha256.Sum256(content)
	tag := `"` + hex.EncodeToString(sum[:]) + `"`
	whole := ask(engine, "GET", address, "Accept-Encoding", "gzip")
	header := whole.Header()
	if whole.Body.String() != string(content) || header.Get("ETag") != tag || header.Get("Content-Type") != "application/gzip" || header.Get("Content-Encoding") != "" ||
		!strings.Contains(header.Get("Cache-Control"), "immutable") || header.Get("Last-Modified") != "Wed, 20 May 2026 12:03:00 GMT" || header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("the file: %d bytes, %v", whole.Body.Len(), header)
	}
	if got := ask(engine, "HEAD", address); got.Body.Len() != 0 || got.Header().Get("Content-Length") == "" || got.Header().Get("ETag") != tag {
		t.Errorf("HEAD: %v", got.Header())
	}
	if got := ask(engine, "GET", address, "If-None-Match", tag); got.Code != http.StatusNotModified {
		t.Errorf("If-None-Match: %d", got.Code)
	}
	if got := ask(engine, "GET", address, "Range", "bytes=10-19", "If-Range", tag); got.Code != http.StatusPartialContent || got.Body.String() != string(content[10:20]) {
		t.Errorf("Range: %d %q", got.Code, got.Body)
	}
}

func TestNothingElseIsServed(t *testing.T) {
	t.Parallel()
	w := open(t, filepath.Join(t.TempDir(), "test.db"))
	publish(t, w.exporter(t))
	secret := filepath.Join(filepath.Dir(w.folder), "config.yaml")
	for _, path := range []string{secret, filepath.Join(w.folder, "2026-05-20", "notes.txt"), filepath.Join(w.folder, "stray")} {
		if err := os.WriteFile(path, []byte("TOP SECRET"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Dir(w.folder), filepath.Join(w.folder, "2026-05-19")); err != nil {
		t.Fatal(err)
	}
	engine := w.api(t)
	for _, address := range []string{
		"/bulk/2026-05-20/notes.txt", "/bulk/2026-05-20/..%2f..%2fconfig.yaml", "/bulk/..%2fconfig.yaml", "/bulk/../config.yaml", "/bulk/%2e%2e/config.yaml",
		"/bulk/2026-05-20/%2e%2e%2fstray", "/bulk/2026-05-20/..\\stray", "/bulk/.checked", "/bulk/./stray", "/bulk/stray", "/bulk/2026-05-19/config.yaml",
		"/bulk/2026-05-20/", "/bulk/latest/", "/bulk/latest/..%2fstray", "/bulk/2026-05-20/items.ndjson.gz%00", "/bulk/2026-05-21/manifest.json", "/bulk/" + strings.Repeat("x", 3000),
	} {
		got := ask(engine, "GET", address)
		if got.Code < 300 || strings.Contains(got.Body.String(), "TOP SECRET") {
			t.Errorf("%s: %d %s", address, got.Code, got.Body)
		}
	}
}

// TestADownloadMayTakeItsTime reads slowly from a server whose answers must else be
// quick.
func TestADownloadMayTakeItsTime(t *testing.T) {
	t.Parallel()
	w := open(t, filepath.Join(t.TempDir(), "test.db"))
	folder := filepath.Join(w.folder, "2026-05-20")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	const size = 32 << 20 // more than the network holds
	for name, content := range map[string]string{
		"manifest.json": `{"set": "2026-05-20", "tables": [{"name": "big", "files": [{"path": "big.ndjson.gz", "media_type": "application/gzip", "sha256": "00"}]}]}`,
		"SHA256SUMS":    "", "big.ndjson.gz": strings.Repeat("x", size),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	server := httptest.NewUnstartedServer(w.api(t))
	server.Config.WriteTimeout = 100 * time.Millisecond
	server.Start()
	defer server.Close()
	response, err := http.Get(server.URL + "/bulk/2026-05-20/big.ndjson.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	time.Sleep(400 * time.Millisecond)
	if n, err := io.Copy(io.Discard, response.Body); err != nil || n != size {
		t.Errorf("got %d bytes, %v", n, err)
	}
}
