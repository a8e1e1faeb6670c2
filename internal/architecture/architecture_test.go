// Package architecture holds the rules between the rooms of the house, see
// docs/design.md.
package architecture_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/backdoorwatch/backdoorwatch"

// rules say what a room may import of ours; a room includes its sub-folders,
// and may always import its own. What is absent here may import anything.
var rules = map[string][]string{
	"internal/policy":       {},
	"internal/prerequisite": {},
	"internal/knowledge":    {"internal/policy"},
	"internal/story":        {"internal/policy"},
	"internal/config":       {"internal/policy"},
	"internal/secret":       {"internal/policy"},
	"internal/store":        {"internal/policy", "internal/knowledge"},
	"internal/record":       {"internal/policy", "internal/knowledge"},
	"internal/queue":        {"internal/policy", "internal/store"},
	"internal/alert":        {"internal/policy", "internal/record", "internal/secret", "internal/store"},
	"internal/websub":       {"internal/policy", "internal/secret", "internal/store"},
	"internal/channel":      {"internal/policy", "internal/store", "internal/alert", "crawler/fetch"},
	"internal/opinion":      {"internal/policy", "internal/knowledge", "internal/queue"},
	"internal/ingest":       {"internal/policy", "internal/knowledge", "internal/story", "internal/store", "internal/queue", "crawler", "classifier"},
	"internal/bulk":         {"internal/policy", "internal/record", "api/wire", "api/schema"}, // a row is what the API answers, and nothing else of the API
	"crawler":               {"internal/policy"},
	"classifier":            {"internal/policy", "internal/knowledge"},
	"api":                   {"internal/policy", "internal/knowledge", "internal/record", "internal/bulk/shelf"}, // what is published, not how it is made
	"web":                   {"internal/policy", "internal/knowledge", "internal/record"},
}

type listed struct {
	ImportPath string
	Imports    []string
}

func TestRoomsKeepTheirDistance(t *testing.T) {
	packages := list(t)
	if len(packages) < 3 {
		t.Fatalf("only %d packages were found", len(packages))
	}
	for _, p := range packages {
		room, allowed, ruled := ruleFor(strings.TrimPrefix(p.ImportPath, module+"/"))
		if !ruled {
			continue
		}
		for _, imported := range p.Imports {
			target, ours := strings.CutPrefix(imported, module+"/")
			if !ours || within(target, room) {
				continue
			}
			if !slices.ContainsFunc(allowed, func(a string) bool { return within(target, a) }) {
				t.Errorf("%s imports %s; a package of %s may import only %v of ours", p.ImportPath, imported, room, allowed)
			}
		}
	}
}

func ruleFor(path string) (room string, allowed []string, ok bool) {
	for room, allowed := range rules {
		if within(path, room) {
			return room, allowed, true
		}
	}
	return "", nil, false
}

func within(path, room string) bool { return path == room || strings.HasPrefix(path, room+"/") }

func list(t *testing.T) []listed {
	t.Helper()
	command := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	command.Dir = "../.."
	out, err := command.Output()
	if err != nil {
		t.Fatalf("listing our packages: %v", err)
	}
	var all []listed
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}
