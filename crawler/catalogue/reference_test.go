package catalogue_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/backdoorwatch/backdoorwatch/crawler/catalogue"
	"github.com/backdoorwatch/backdoorwatch/internal/prerequisite"
)

var update = flag.Bool("update", false, "write the reference in docs/sources.md anew")

const (
	begin = "<!-- keys:begin -->\n"
	end   = "<!-- keys:end -->"
)

func TestReferenceInTheDocsIsTheProgramsOwn(t *testing.T) {
	file := filepath.Join(prerequisite.Root(t), "docs", "sources.md")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), begin)
	got, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s lacks %q or %q", file, begin, end)
	}
	want := reference(t)
	if *update {
		if err := os.WriteFile(file, []byte(before+begin+want+end+after), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != want {
		t.Errorf("docs/sources.md is out of date: run go test ./crawler/catalogue -run Reference -update")
	}
}

func reference(t *testing.T) string {
	t.Helper()
	var out strings.Builder
	for _, b := range catalogue.Reference() {
		fmt.Fprintf(&out, "\n### %s\n\n", b.Name)
		if b.Intro != "" {
			fmt.Fprintf(&out, "%s\n\n", b.Intro)
		}
		out.WriteString("| key | value | meaning |\n|---|---|---|\n")
		for _, k := range b.Keys {
			if k.About == "" {
				t.Errorf("the key %s of %s is not explained", k.Name, b.Name)
			}
			fmt.Fprintf(&out, "| `%s` | %s | %s |\n", k.Name, k.Type, strings.ReplaceAll(k.About, "|", "\\|"))
		}
	}
	return out.String() + "\n"
}

func TestExamplesInTheDocsAreRight(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(prerequisite.Root(t), "docs", "sources.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?sm)^( *)```yaml\n(.*?)```").FindAllStringSubmatch(string(text), -1)
	if len(blocks) < 6 {
		t.Fatalf("%d examples were found", len(blocks))
	}
	for _, b := range blocks {
		example := strings.ReplaceAll("\n"+b[2], "\n"+b[1], "\n") // inside a list it is indented
		sources, err := catalogue.LoadFrom(fstest.MapFS{"example.yaml": {Data: []byte(example)}}, nil)
		if err != nil || len(sources) != 1 {
			t.Errorf("%d sources, %v, in\n%s", len(sources), err, example)
		}
	}
}
