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

// Each testdata/mistakes/*.yaml is checked as an operator's only file; the
// .problems file beside it holds what has to be told of it, line by line.
func TestMistakesAreToldWithTheirLines(t *testing.T) {
	files, err := filepath.Glob("testdata/mistakes/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no mistakes found: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			t.Parallel()
			folder := only(t, file)
			var lines []string
			found := knowledge.Check(folder)
			for _, p := range found {
				if !p.Shipped {
					lines = append(lines, p.String())
				}
			}
			compareGolden(t, strings.TrimSuffix(file, ".yaml")+".problems", strings.Join(lines, "\n")+"\n")
			wantRefusal(t, folder, found.Mistakes())
		})
	}
}

// wantRefusal holds that Load refuses exactly what Check calls a mistake.
func wantRefusal(t *testing.T, folder fstest.MapFS, mistakes knowledge.Problems) {
	t.Helper()
	_, err := knowledge.Load(folder)
	if len(mistakes) == 0 {
		if err != nil {
			t.Errorf("Load refused mere warnings: %v", err)
		}
		return
	}
	var told knowledge.Problems
	if !errors.Is(err, policy.ErrConfig) || !errors.As(err, &told) || !slices.Equal(told, mistakes) {
		t.Errorf("Load: got error %v, want the mistakes of Check as ErrConfig", err)
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
