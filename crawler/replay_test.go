package crawler_test

import (
	"fmt"
	"io"
	"mime"
	"path/filepath"
	"strings"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/crawler"
	"github.com/backdoorwatch/backdoorwatch/crawler/archive"
	"github.com/backdoorwatch/backdoorwatch/crawler/catalogue"
	"github.com/backdoorwatch/backdoorwatch/crawler/fetch"
	"github.com/backdoorwatch/backdoorwatch/crawler/parse"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/prerequisite"
)

// tally is what came out of an archive.
type tally struct {
	responses, read, documents, partial, withIDs, withSteps, described, dated int
	reasons                                                                   map[string]int
}

func TestEveryCapturedResponseIsAccountedFor(t *testing.T) {
	captures := prerequisite.Captures(t)
	sources, err := catalogue.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	pdf := parse.NewPDF(t.TempDir())
	t.Cleanup(func() { _ = pdf.Close() })
	c := crawler.New(crawler.Options{Sources: sources, PDF: pdf})
	for name, least := range map[string]tally{
		"official.warc.gz": {read: 140, documents: 5500, withIDs: 2500, withSteps: 280},
		"press.warc.gz":    {read: 165, documents: 1700},
	} {
		t.Run(name, func(t *testing.T) {
			got := replay(t, c, filepath.Join(captures, name))
			t.Logf("%d responses, %d read, %d documents (%d partial, %d dated, %d with official ids, %d with steps)",
				got.responses, got.read, got.documents, got.partial, got.dated, got.withIDs, got.withSteps)
			for reason, n := range got.reasons {
				t.Logf("%4d × %s", n, reason)
			}
			if got.read < least.read || got.documents < least.documents || got.withIDs < least.withIDs || got.withSteps < least.withSteps {
				t.Errorf("want at least %+v", least)
			}
		})
	}
}

func replay(t *testing.T, c *crawler.Crawler, path string) tally {
	t.Helper()
	a, err := archive.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Close() }()
	got := tally{reasons: map[string]int{}}
	for record, err := range a.Records() {
		if err != nil {
			t.Fatal(err)
		}
		if record.Type() != "response" {
			continue
		}
		got.responses++
		reading, err := c.Read(t.Context(), response(t, record), catalogue.Source{}, got.count)
		if err != nil {
			t.Fatalf("%s: %v", record.Target(), err)
		}
		if reading.Documents > 0 == (reading.Reason != "") {
			t.Errorf("%s: %d documents and reason %q", record.Target(), reading.Documents, reading.Reason)
		}
		if reading.Documents > 0 {
			got.read++
		} else {
			got.reasons[fmt.Sprintf("%s: %s (%s)", reading.Format, reading.Reason, record.Target())]++
		}
		if testing.Verbose() && reading.Source == "" && reading.Documents > 0 && strings.Contains(path, "official") {
			t.Logf("undescribed: %s: %d", record.Target(), reading.Documents)
		}
	}
	return got
}

func (got *tally) count(e crawler.Entry) error {
	got.documents++
	if e.Document.Partial() {
		got.partial++
	}
	if len(e.Document.OfficialIDs) > 0 {
		got.withIDs++
	}
	if len(e.Document.Steps) > 0 {
		got.withSteps++
	}
	if !e.Document.Published.IsZero() || !e.Document.Updated.IsZero() {
		got.dated++
	}
	return nil
}

func response(t *testing.T, record archive.Record) *fetch.Response {
	t.Helper()
	r, err := record.Response()
	if err != nil {
		t.Fatalf("%s: %v", record.Target(), err)
	}
	defer func() { _ = r.Body.Close() }()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	media, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return &fetch.Response{
		URL: record.Target(), RequestURL: record.Target(), Status: r.StatusCode, Header: r.Header,
		MediaType: media, Charset: params["charset"], Body: body,
		Capture: policy.Capture{URL: record.Target(), Status: r.StatusCode, Archive: record.Location()},
	}
}
