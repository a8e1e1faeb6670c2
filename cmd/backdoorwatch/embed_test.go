package main

import (
	"encoding/json"
	"encoding/xml"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/backdoorwatch/backdoorwatch/internal/config"
)

// TestPagesSayHowToShowThemElsewhere follows what a site does that is given the address
// of a page of ours: the page's links, the answer there, and the frame in it.
func TestPagesSayHowToShowThemElsewhere(t *testing.T) {
	a := assemble(config.Config{Data: t.TempDir(), PublicURL: "https://watch.example.org", Listen: "127.0.0.1:8080", LogLevel: "error", LogFormat: "text"})
	a.config.Database = filepath.Join(a.config.Data, "backdoorwatch.db")
	defer func() { _ = a.close() }()
	engine, _ := served(t, a)
	get := func(address string) string {
		t.Helper()
		w := httptest.NewRecorder()
		engine.ServeHTTP(w, httptest.NewRequest("GET", strings.TrimPrefix(address, "https://watch.example.org"), nil))
		if w.Code != 200 {
			t.Fatalf("%s: got %d: %s", address, w.Code, w.Body)
		}
		return w.Body.String()
	}
	for page, frame := range map[string]string{
		"/dossiers/eu-csa-regulation":                            "/embed/dossiers/eu-csa-regulation",
		"/timeline?jurisdiction=EU&measure=client-side-scanning": "/embed/timeline?jurisdiction=EU&measure=client-side-scanning",
		"/timeline?jurisdiction=EU&show=events":                  "/embed/timeline?jurisdiction=EU&show=events",
		"/timeline?jurisdiction=EU&q=%22chat+control%22&to=2026": "/embed/timeline?jurisdiction=EU&q=%22chat+control%22&to=2026",
	} {
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(get(page)))
		if err != nil {
			t.Fatal(err)
		}
		var inJSON, inXML struct {
			HTML string `json:"html" xml:"html"`
		}
		if err := json.Unmarshal([]byte(get(doc.Find(`link[type="application/json+oembed"]`).AttrOr("href", ""))), &inJSON); err != nil {
			t.Fatal(err)
		}
		if err := xml.Unmarshal([]byte(get(doc.Find(`link[type="text/xml+oembed"]`).AttrOr("href", ""))), &inXML); err != nil {
			t.Fatal(err)
		}
		code, err := goquery.NewDocumentFromReader(strings.NewReader(inJSON.HTML))
		if err != nil {
			t.Fatal(err)
		}
		source := code.Find("iframe").AttrOr("src", "")
		if source != "https://watch.example.org"+frame || inJSON.HTML != inXML.HTML {
			t.Errorf("%s: the frame is %s", page, source)
		}
		if body := get(source); len(body) > 20_000 || strings.Contains(body, "<script") || !strings.Contains(page, "q=") && !strings.Contains(body, "<li>") {
			t.Errorf("%s: the frame has %d bytes", page, len(body))
		}
	}
	if strings.Contains(get("/about"), "oembed") {
		t.Error("a page that has no frame names one")
	}
}
