package catalogue_test

import (
	"testing"

	"github.com/backdoorwatch/backdoorwatch/crawler/catalogue"
)

func TestTheBuiltInSourcesAreRight(t *testing.T) {
	sources, err := catalogue.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	forms, on := map[string]int{}, 0
	for _, s := range sources {
		forms[s.Form()]++
		if s.Disabled == "" {
			on++
		}
	}
	for _, form := range []string{"feed", "json", "xml", "html", "sitemap"} {
		if forms[form] == 0 {
			t.Errorf("no source is read as %s", form)
		}
	}
	if on < 45 {
		t.Errorf("%d sources are switched on, want at least 45", on)
	}
	t.Logf("%d sources, %d switched on, by form: %v", len(sources), on, forms)
}
