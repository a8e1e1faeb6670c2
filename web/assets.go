package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
)

//go:embed static
var staticFiles embed.FS

// An asset is a static file under an address that names its content, so that
// browsers may keep it for ever.
type asset struct {
	mediaType string
	body      []byte
	packed    []byte // gzip; nil where that gains nothing
}

// assets are all static files, by the last part of their address.
type assets struct {
	files     map[string]asset
	addresses map[string]string // by the name that templates use: "style.css"
}

var assetTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

// loadAssets reads the embedded files. The parts of the style sheet become one
// file, in the order of their names.
func loadAssets() (*assets, error) {
	a := &assets{files: map[string]asset{}, addresses: map[string]string{}}
	style, err := joinFiles("static/style/*.css")
	if err != nil {
		return nil, err
	}
	if err := a.add("style.css", style); err != nil {
		return nil, err
	}
	names, err := fs.Glob(staticFiles, "static/*.*")
	if err != nil {
		return nil, fmt.Errorf("listing static files: %w", err)
	}
	for _, name := range names {
		body, err := staticFiles.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("reading static file: %w", err)
		}
		if err := a.add(path.Base(name), body); err != nil {
			return nil, err
		}
	}
	return a, nil
}

func joinFiles(pattern string) ([]byte, error) {
	names, err := fs.Glob(staticFiles, pattern) // sorted
	if err != nil {
		return nil, fmt.Errorf("listing %s: %w", pattern, err)
	}
	var all []byte
	for _, name := range names {
		body, err := staticFiles.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("reading static file: %w", err)
		}
		all = append(all, body...)
	}
	return all, nil
}

func (a *assets) add(name string, body []byte) error {
	ext := path.Ext(name)
	mediaType, known := assetTypes[ext]
	if !known {
		return fmt.Errorf("static file %s: its type is unknown", name)
	}
	packed, err := pack(body, gzip.BestCompression)
	if err != nil {
		return fmt.Errorf("compressing %s: %w", name, err)
	}
	if len(packed) >= len(body) {
		packed = nil
	}
	sum := sha256.Sum256(body)
	hashed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:8]) + ext
	a.files[hashed] = asset{mediaType, body, packed}
	a.addresses[name] = "/static/" + hashed
	return nil
}

// address returns where the named file is served. A name that does not exist is
// an error, which stops the template that asks for it.
func (a *assets) address(name string) (string, error) {
	address, ok := a.addresses[name]
	if !ok {
		return "", fmt.Errorf("there is no static file %q", name)
	}
	return address, nil
}

// asset serves one static file.
func (s *Site) asset(c *gin.Context) {
	file, ok := s.assets.files[c.Param("name")]
	if !ok {
		s.NotFound(c)
		return
	}
	h := c.Writer.Header()
	h.Set("Content-Type", file.mediaType)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	body := file.body
	if file.packed != nil && takesGzip(c.Request) {
		h.Set("Content-Encoding", "gzip")
		body = file.packed
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	c.Writer.WriteHeader(http.StatusOK)
	if c.Request.Method != http.MethodHead {
		_, _ = c.Writer.Write(body) // the reader has left; nobody is to be told
	}
}

func pack(body []byte, level int) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, level)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
