package catalogue_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/crawler/catalogue"
	"github.com/backdoorwatch/backdoorwatch/crawler/parse"
)

// TestDescriptionsReadTheDocumentedForm reads made-up answers in the form that a
// source documents, for sources of which no genuine answer of the list is at
// hand. It cannot show that the source keeps to its documentation.
func TestDescriptionsReadTheDocumentedForm(t *testing.T) {
	sources, err := catalogue.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("testdata/documented/*")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d answers, %v", len(files), err)
	}
	withoutID := []string{"gb-govuk"}
	for _, file := range files {
		id := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
		t.Run(id, func(t *testing.T) {
			i := slices.IndexFunc(sources, func(s catalogue.Source) bool { return s.ID == id })
			if i < 0 {
				t.Fatal("there is no such source")
			}
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			page, err := sources[i].Listing().Read(parse.Input{URL: sources[i].Address(), Body: body, Language: sources[i].Language})
			if err != nil || len(page.Documents) != 1 || len(page.Problems) > 0 {
				t.Fatalf("%d documents, problems %q, %v", len(page.Documents), page.Problems, err)
			}
			doc := page.Documents[0]
			if doc.Title == "" || doc.Published.IsZero() && doc.Updated.IsZero() || !strings.HasPrefix(doc.URL, "http") || doc.Partial() {
				t.Errorf("%+v", doc)
			}
			if len(doc.OfficialIDs) == 0 && !slices.Contains(withoutID, id) {
				t.Error("no official id")
			}
			if sources[i].JSON.Steps != nil && len(doc.Steps) == 0 {
				t.Error("no steps")
			}
			t.Logf("%s %v %v %+v", doc.URL, doc.OfficialIDs, doc.Published, doc.Steps)
		})
	}
}
