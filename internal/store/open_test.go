package store_test

import (
	"context"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

var update = flag.Bool("update", false, "write the golden files")

func TestOpenSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("This is a letter and not a database, and it is long enough to be read."), 0o600); err != nil {
		t.Fatal(err)
	}
	readOnly := filepath.Join(dir, "read-only")
	if err := os.Mkdir(readOnly, 0o500); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, database string
		meaning        error
		says           string
		notRoot        bool
	}{
		{"not a database", file, policy.ErrConfig, "is not a readable SQLite database", false},
		{"a folder", dir, policy.ErrConfig, "it is a folder", false},
		{"below a file", filepath.Join(file, "x.db"), policy.ErrConfig, "not a directory", false},
		{"a read-only folder", filepath.Join(readOnly, "x.db"), policy.ErrConfig, "permission denied", true},
		{"a broken address", "postgres://%zz", policy.ErrConfig, "the address of the database", false},
		{"nobody there", "postgres://user:secret@127.0.0.1:1/db?connect_timeout=1", policy.ErrUnavailable, "127.0.0.1", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.notRoot && os.Geteuid() == 0 {
				t.Skip("skipped because root may write anywhere")
			}
			_, err := store.Open(t.Context(), store.Options{Database: tc.database})
			if !errors.Is(err, tc.meaning) || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("got error %v, want one that is %q and says %q", err, tc.meaning, tc.says)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("the error tells the password: %v", err)
			}
		})
	}
}

func TestANewerDatabaseIsLeftAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		w.exec(t, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)")
		_, err := store.Open(t.Context(), store.Options{Database: w.database})
		if !errors.Is(err, policy.ErrConfig) || !strings.Contains(err.Error(), "9999") {
			t.Errorf("got error %v, want ErrConfig that names the version", err)
		}
	})
}

func TestSeveralProcessesOpenAnEmptyDatabase(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		database := w.database
		if !store.IsPostgres(database) {
			database = filepath.Join(t.TempDir(), "new folder", "new?#%.db")
		}
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				s, err := store.Open(context.WithoutCancel(t.Context()), store.Options{Database: database})
				if err != nil {
					t.Error(err)
					return
				}
				if err := errors.Join(s.Ping(t.Context()), s.Close()); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
	})
}

func TestPingAfterClose(t *testing.T) {
	s, err := store.Open(t.Context(), store.Options{Database: filepath.Join(t.TempDir(), "a.db")})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Ping(t.Context()); !errors.Is(err, policy.ErrUnavailable) {
		t.Errorf("got error %v, want ErrUnavailable", err)
	}
}

// TestSchema keeps the tables that the migrations make where people can read them.
func TestSchema(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		name, query := "sqlite", `SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'goose%' AND name NOT LIKE 'item_search_%' AND name NOT LIKE 'sqlite%'`
		if store.IsPostgres(w.database) {
			name, query = "postgres", `SELECT table_name || '.' || column_name || ' ' || CASE data_type WHEN 'ARRAY' THEN udt_name ELSE data_type END
				|| CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END || coalesce(' default ' || column_default, '')
				FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE 'goose%'
				UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE 'goose%'`
		}
		var lines []string
		for _, line := range w.texts(t, query) {
			lines = append(lines, strings.Join(strings.Fields(line), " "))
		}
		slices.Sort(lines)
		golden(t, filepath.Join("schema", name+".txt"), strings.Join(lines, "\n")+"\n")
	})
}

// texts returns the first column of a question that is put past the store.
func (w world) texts(t testing.TB, query string) []string {
	t.Helper()
	var all []string
	next := func(scan func(...any) error) {
		var text string
		if err := scan(&text); err != nil {
			t.Fatal(err)
		}
		all = append(all, text)
	}
	if handle := w.Handle(); handle.SQLite != nil {
		rows, err := handle.SQLite.QueryContext(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			next(rows.Scan)
		}
	} else {
		rows, err := handle.Postgres.Query(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			next(rows.Scan)
		}
	}
	return all
}

func golden(t testing.TB, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || string(want) != got {
		t.Errorf("%s differs, %v; look at the change and run the test with -update. Got:\n%s", path, err, got)
	}
}

// TestBuildWithoutSearchSaysWhatToDo looks at the one file that stops such a build;
// to build all without the tag would compile SQLite once more.
func TestBuildWithoutSearchSaysWhatToDo(t *testing.T) {
	const file = "fts5_missing.go"
	run := func(flags string, args ...string) string {
		command := exec.Command("go", args...)
		command.Env = append(os.Environ(), "GOFLAGS=-buildvcs=false "+flags)
		out, _ := command.CombinedOutput() // the compiler's complaint is what we want
		return string(out)
	}
	if out := run("", "list", "-f", "{{.GoFiles}}", "."); !strings.Contains(out, file) {
		t.Errorf("without the tag the build leaves out %s: %s", file, out)
	}
	if out := run("-tags=sqlite_fts5", "list", "-f", "{{.GoFiles}}", "."); strings.Contains(out, file) {
		t.Errorf("with the tag the build has %s: %s", file, out)
	}
	if out := run("", "vet", file); !strings.Contains(out, "undefined: build_with_make_or_with_the_tag_sqlite_fts5") {
		t.Errorf("the compiler does not say what to do: %s", out)
	}
}
