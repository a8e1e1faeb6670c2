package knowledge

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Whatever an operator's file holds, reading it neither panics nor lets an entry
// through that breaks what the rest of the program relies on. The shipped record
// is left out, so that many files can be tried.
func FuzzReadAnyFile(f *testing.F) {
	for _, pattern := range []string{"testdata/mistakes/*.yaml", "testdata/operator/*.yaml", "testdata/operator/*/*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatalf("%s: no seeds, %v", pattern, err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("dossiers: [[[[[[[[[[[[{{{{"))
	f.Add([]byte("\xff\xfe\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		base, problems := read([]fs.FS{fstest.MapFS{"any.yaml": {Data: data}}})
		for _, p := range problems {
			if p.File != "any.yaml" || p.Line < 0 || p.Message == "" {
				t.Errorf("a problem that helps nobody: %+v", p)
			}
		}
		mistakes := problems.Mistakes()
		if len(mistakes) > 0 {
			if !errors.Is(mistakes, policy.ErrConfig) {
				t.Error("mistakes are no ErrConfig")
			}
			return
		}
		wantSound(t, base)
	})
}

func wantSound(t *testing.T, base *Base) {
	t.Helper()
	events := 0
	for _, d := range base.Dossiers {
		events += len(d.Events)
		if _, ok := base.Jurisdiction(d.Jurisdiction); !ok || d.Title == "" || !isSlug(d.ID) {
			t.Errorf("got through: %+v", d)
		}
		for _, e := range d.Events {
			if _, ok := e.Stage.Words(); !ok || e.Date.IsZero() || e.Grade != "" && (!policy.Grades.Has(e.Grade) || e.Source == "") {
				t.Errorf("got through: %+v", e)
			}
		}
		for _, p := range d.Positions {
			if _, ok := base.Actor(p.Actor); !ok {
				t.Errorf("got through: %+v", p)
			}
		}
	}
	if got := len(base.Events(policy.Filter{})); got != events {
		t.Errorf("%d events became %d on the timeline", events, got)
	}
}
