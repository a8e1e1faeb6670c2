package knowledge_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The files of testdata/mistakes are checked as an operator's folder; the
// .problems file beside each holds what has to be told of it, line by line.
func TestMistakesAreToldWithTheirLines(t *testing.T) {
	files, err := filepath.Glob("testdata/mistakes/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no mistakes found: %v", err)
	}
	told := map[string]string{}
	for _, p := range knowledge.Check(os.DirFS("testdata/mistakes")) {
		if !p.Shipped {
			told[p.File] += p.String() + "\n"
		}
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			compareGolden(t, strings.TrimSuffix(file, ".yaml")+".problems", told[filepath.Base(file)])
		})
	}
}

func TestLoadRefusesMistakesAndNotWarnings(t *testing.T) {
	folder := only(t, "testdata/mistakes/shared.yaml")
	_, err := knowledge.Load(folder)
	var told knowledge.Problems
	if !errors.Is(err, policy.ErrConfig) || !errors.As(err, &told) || !slices.Equal(told, knowledge.Check(folder).Mistakes()) {
		t.Errorf("got error %v, want the mistakes of Check as ErrConfig", err)
	}
	base, err := knowledge.Load(only(t, "testdata/mistakes/status.yaml"))
	if err != nil || len(base.Warnings) <= len(load(t).Warnings) {
		t.Errorf("got error %v, want two warnings more than the shipped record has", err)
	}
}

func only(t *testing.T, file string) fstest.MapFS {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return fstest.MapFS{filepath.Base(file): {Data: data}}
}

func compareGolden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", file, got, want)
	}
}

func TestUnreadableFoldersAreTold(t *testing.T) {
	huge := fstest.MapFS{"huge.yaml": {Data: make([]byte, 9<<20)}}
	for _, tc := range []struct {
		name, want string
		found      knowledge.Problems
	}{
		{"no folder", "cannot be read", knowledge.Check(os.DirFS(filepath.Join(t.TempDir(), "absent")))},
		{"too large", "larger than 8 MB", knowledge.Check(huge)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			mistakes := tc.found.Mistakes()
			if len(mistakes) == 0 || !strings.Contains(mistakes[0].String(), tc.want) {
				t.Errorf("got %v, want one that says %q", mistakes, tc.want)
			}
		})
	}
}
