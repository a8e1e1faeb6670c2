package parse

import (
	"testing"

	"golang.org/x/text/encoding/unicode"
)

func TestDetect(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       Format
	}{
		{"RSS", `<?xml version="1.0"?><rss version="2.0"><channel/></rss>`, FormatFeed},
		{"RSS without declaration", "\n <rss><channel></channel></rss>", FormatFeed},
		{"RSS after a stylesheet and a comment", `<?xml version="1.0"?><?xml-stylesheet href="x.xsl"?><!-- a --><rss version="2.0">`, FormatFeed},
		{"RSS after a warning of the server", `<br /><b>Warning</b>: x<br /><?xml version="1.0"?><rss version="2.0"><channel>`, FormatFeed},
		{"RSS with a DTD", `<!DOCTYPE rss PUBLIC "x" "y"><rss version="0.91">`, FormatFeed},
		{"RDF", `<rdf:RDF xmlns:rdf="x" xmlns="http://purl.org/rss/1.0/">`, FormatFeed},
		{"Atom", `<feed xmlns="http://www.w3.org/2005/Atom">`, FormatFeed},
		{"Atom with prefix", `<atom:feed xmlns:atom="http://www.w3.org/2005/Atom">`, FormatFeed},
		{"JSON Feed", `{"version":"https:\/\/jsonfeed.org\/version\/1","items":[]}`, FormatJSONFeed},
		{"JSON Feed 1.1", `{ "version" : "https://jsonfeed.org/version/1.1"}`, FormatJSONFeed},
		{"JSON", `{"results":[{"version":1}]}`, FormatJSON},
		{"JSON list", ` [1,2]`, FormatJSON},
		{"text in brackets", `[sic] is what editors write`, FormatText},
		{"page", `<!DOCTYPE html><html><body>`, FormatHTML},
		{"page without doctype", `<html lang=en><p>`, FormatHTML},
		{"page of fragments", `<p>Hello</p>`, FormatHTML},
		{"XHTML", `<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x"><html xmlns="http://www.w3.org/1999/xhtml">`, FormatHTML},
		{"page about RSS", `<!doctype html><html><body><p>Write &lt;rss&gt; and <code><rss></code></p>`, FormatHTML},
		{"page that links its feed", `<html><head><link rel="alternate" type="application/rss+xml" href="/feed">`, FormatHTML},
		{"sitemap", `<?xml version="1.0"?><urlset xmlns="x">`, FormatSitemap},
		{"sitemap index", `<sitemapindex>`, FormatSitemap},
		{"other XML", `<?xml version="1.0"?><akomaNtoso><act/></akomaNtoso>`, FormatXML},
		{"RDF that is no feed", `<?xml version="1.0"?><rdf:RDF xmlns:rdf="x"><j:Act xmlns:j="y"/></rdf:RDF>`, FormatXML},
		{"XML with RDF inside", `<?xml version="1.0"?><open><rdf:RDF xmlns:rdf="x"/></open>`, FormatXML},
		{"PDF", "%PDF-1.7\n", FormatPDF},
		{"PDF after junk", "\n\n%PDF-1.4", FormatPDF},
		{"text", "Dear colleagues,\n", FormatText},
		{"text in Latin-1", "Gr\xFC\xDFe aus M\xFCnchen", FormatText},
		{"picture", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", FormatOther},
		{"gzip", "\x1f\x8b\x08\x00\x00\x00", FormatOther},
		{"nothing", "", FormatOther},
		{"blanks", " \n", FormatOther},
	} {
		t.Run(c.name, func(t *testing.T) {
			// Names and labels do not matter.
			if got := Detect(Input{URL: "https://example.org/x.html", MediaType: "text/html", Body: []byte(c.body)}); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	if got := Detect(Input{Body: utf16(t, unicode.LittleEndian, unicode.UseBOM, `<rss version="2.0"><channel/></rss>`)}); got != FormatFeed {
		t.Errorf("RSS in UTF-16: got %s", got)
	}
}
