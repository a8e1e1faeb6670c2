// Package page writes the few pages that the API has for people: its reference,
// its problems and its feeds. They need no script and load nothing.
package page

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
)

//go:embed *.html style.css
var files embed.FS

// Set is all pages, ready to be written. It is safe for concurrent use.
type Set struct {
	templates *template.Template
	policy    string
}

// New reads the embedded templates.
func New() (*Set, error) {
	style, err := files.ReadFile("style.css")
	if err != nil {
		return nil, fmt.Errorf("reading the style: %w", err)
	}
	functions := template.FuncMap{
		// The style is ours and embedded: nothing of it comes from a caller.
		"style": func() template.CSS { return template.CSS(style) },
		"size":  size,
	}
	templates, err := template.New("pages").Funcs(functions).ParseFS(files, "*.html")
	if err != nil {
		return nil, fmt.Errorf("reading the pages: %w", err)
	}
	sum := sha256.Sum256(style)
	return &Set{templates, "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; form-action 'none'"}, nil
}

// ContentPolicy is the Content-Security-Policy of all pages: nothing but the
// style in them, which is named by its hash.
func (s *Set) ContentPolicy() string { return s.policy + "; base-uri 'none'; frame-ancestors 'none'" }

// EmbedPolicy is that of pages which other sites may show within theirs.
func (s *Set) EmbedPolicy() string { return s.policy + "; base-uri 'self'; frame-ancestors *" }

// Render writes a page: docs, problem, feed, feeds, embed or embed-dossier.
func (s *Set) Render(name string, data any) ([]byte, error) {
	var b bytes.Buffer
	if err := s.templates.ExecuteTemplate(&b, name, data); err != nil {
		return nil, fmt.Errorf("writing the page %s: %w", name, err)
	}
	return b.Bytes(), nil
}

// size writes a number of bytes as people read it.
func size(bytes int64) string {
	switch {
	case bytes >= 10<<20:
		return fmt.Sprintf("%d MB", bytes>>20)
	case bytes >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(bytes)/(1<<20))
	case bytes >= 1<<10:
		return fmt.Sprintf("%d kB", bytes>>10)
	}
	return fmt.Sprintf("%d bytes", bytes)
}
