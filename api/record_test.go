package api_test

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/api"
	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/gin-gonic/gin"
)

// TestOverTheWholeRecord asks for everything that the record which we ship makes
// it possible to ask for.
func TestOverTheWholeRecord(t *testing.T) {
	base, err := knowledge.Load()
	if err != nil {
		t.Fatal(err)
	}
	o := options(sample())
	o.Record = api.Record{Jurisdictions: base.Jurisdictions, Dossiers: base.Dossiers, Actors: base.Actors}
	engine, _ := mount(t, o)
	dossiers := decode[struct {
		Dossiers []struct {
			ID, Name, URL, Feed string
			StatusLabel         string `json:"status_label"`
		}
	}](t, ask(engine, "GET", "/api/v1/dossiers").Body).Dossiers
	if len(dossiers) != len(base.Dossiers) || len(dossiers) == 0 {
		t.Fatalf("got %d dossiers of %d", len(dossiers), len(base.Dossiers))
	}
	for _, d := range dossiers {
		if d.Name == "" || d.StatusLabel == "" {
			t.Errorf("%s has no name or status: %+v", d.ID, d)
		}
		found(t, engine, d.URL)
		found(t, engine, d.Feed)
	}
	actors := decode[struct{ Actors []struct{ ID, Name string } }](t, ask(engine, "GET", "/api/v1/actors").Body).Actors
	if len(actors) != len(base.Actors) {
		t.Errorf("got %d actors of %d", len(actors), len(base.Actors))
	}
	for _, feed := range feedsOf(t, ask(engine, "GET", "/feeds.opml").Body.String()) {
		found(t, engine, feed)
	}
}

func found(t *testing.T, engine *gin.Engine, address string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil || u.Host != "watch.example" {
		t.Errorf("%s is no address of ours: %v", address, err)
		return
	}
	if w := ask(engine, "GET", u.RequestURI()); w.Code != http.StatusOK {
		t.Errorf("%s: got %d: %s", address, w.Code, w.Body)
	}
}

// feedsOf returns the addresses in an OPML list.
func feedsOf(t *testing.T, opml string) []string {
	t.Helper()
	var all []string
	decoder := xml.NewDecoder(strings.NewReader(opml))
	for {
		token, err := decoder.Token()
		if token == nil {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		for _, a := range start.Attr {
			if a.Name.Local == "xmlUrl" {
				all = append(all, a.Value)
			}
		}
	}
	if len(all) < 50 {
		t.Errorf("the list names %d feeds", len(all))
	}
	return all
}
