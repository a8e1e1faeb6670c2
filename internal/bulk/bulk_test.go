package bulk_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// TestFilesSayWhatTheAPISays asks the API for everything in the files, and looks in
// the files for everything that the API lists.
func TestFilesSayWhatTheAPISays(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		folder := filepath.Join(w.folder, publish(t, w.exporter(t, w.whole)).Set)
		engine := w.api(t)
		answer := func(address string) object {
			got := ask(engine, "GET", address)
			if got.Code != http.StatusOK {
				t.Fatalf("%s: %d %s", address, got.Code, got.Body)
			}
			return decode(t, got.Body.Bytes())
		}
		// found are the rows by table and id.
		found := map[string]map[string]object{}
		for _, table := range w.exporter(t).Tables() {
			found[table] = map[string]object{}
			for _, row := range rows(t, folder, table) {
				id := row["id"]
				if table == "jurisdictions" {
					id = row["code"]
				}
				found[table][fmt.Sprint(id)] = row
			}
		}
		within := func(what string, row, whole object) {
			for name, value := range row {
				if !reflect.DeepEqual(value, whole[name]) {
					t.Errorf("%s: %s is\n  %v in the files and\n  %v in the API", what, name, value, whole[name])
				}
			}
		}
		equal := func(what string, row, whole object) {
			within(what, row, whole)
			if len(row) != len(whole) {
				t.Errorf("%s has %d fields in the files and %d in the API", what, len(row), len(whole))
			}
		}
		for _, table := range []string{"items", "other-items"} {
			for id, row := range found[table] {
				equal("item "+id, row, answer("/api/v1/items/"+id))
			}
		}
		for id, row := range found["events"] {
			equal("event "+id, row, answer("/api/v1/events/"+id))
		}
		for id, row := range found["dossiers"] {
			within("dossier "+id, row, answer("/api/v1/dossiers/"+id))
		}
		positions := rows(t, folder, "positions")
		for _, a := range rows(t, folder, "actors") {
			whole := answer("/api/v1/actors/" + a["id"].(string))
			within("actor", a, whole)
			for _, step := range whole["history"].([]any) {
				equal("position", positions[0], step.(object))
				positions = positions[1:]
			}
		}
		if len(positions) > 0 {
			t.Errorf("the API lacks %d positions", len(positions))
		}
		// Everything that lists have is there, too.
		for _, list := range []struct{ address, field, table, key string }{
			{"/api/v1/items?limit=3", "items", "items", "id"},
			{"/api/v1/items?relevant=no", "items", "other-items", "id"},
			{"/api/v1/events?limit=50", "events", "events", "id"},
			{"/api/v1/upcoming", "upcoming", "events", "id"},
			{"/api/v1/dossiers?limit=50", "dossiers", "dossiers", "id"},
			{"/api/v1/dossiers/gb-zebra", "suggested", "events", "id"},
			{"/api/v1/actors", "actors", "actors", "id"},
			{"/api/v1/jurisdictions", "jurisdictions", "jurisdictions", "code"},
			{"/api/v1/sources", "sources", "sources", "id"},
			{"/api/v1/candidates?limit=1", "candidates", "candidates", "id"},
		} {
			seen := map[string]bool{}
			for address := list.address; address != ""; {
				got := ask(engine, "GET", address)
				for _, row := range decode(t, got.Body.Bytes())[list.field].([]any) {
					id := fmt.Sprint(row.(object)[list.key])
					seen[id] = true
					if kept, ok := found[list.table][id]; !ok {
						t.Errorf("%s lacks %s, which %s has", list.table, id, list.address)
					} else if list.table == "jurisdictions" || list.table == "candidates" || list.table == "sources" {
						within(list.table+" "+id, kept, row.(object))
					}
				}
				address, _, _ = strings.Cut(strings.TrimPrefix(got.Header().Get("Link"), "<"+base), ">")
			}
			if len(seen) == 0 {
				t.Errorf("%s is empty, so that nothing is compared", list.address)
			}
			if list.table != "events" && len(seen) != len(found[list.table]) {
				t.Errorf("%s has %d rows and %s %d", list.table, len(found[list.table]), list.address, len(seen))
			}
		}
		gone, _ := json.Marshal(rows(t, folder, "removed"))
		noise := ""
		for id := range found["other-items"] {
			noise = id
		}
		for _, want := range []string{`"id":"gb-quagga","table":"dossiers"`, `"table":"events"`, `"id":"` + noise + `","now":"other-items","table":"items"`} {
			if !strings.Contains(string(gone), want) {
				t.Errorf("removed lacks %s: %s", want, gone)
			}
		}
	})
}
