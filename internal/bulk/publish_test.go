package bulk_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/bulk"
	"github.com/backdoorwatch/backdoorwatch/internal/bulk/shelf"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/record"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

func TestNamesOnlyGrow(t *testing.T) {
	now := time.Date(2026, 5, 20, 3, 0, 0, 0, time.UTC)
	for after, want := range map[string]string{
		"": "2026-05-20", "2026-05-19": "2026-05-20", "2026-05-19.7": "2026-05-20", "2026-05-20": "2026-05-20.2", "2026-05-20.9": "2026-05-20.10", "2026-05-22": "2026-05-22.2",
	} {
		got := shelf.Next(after, now)
		if got != want || !shelf.IsSet(got) || shelf.Compare(after, got) >= 0 {
			t.Errorf("after %q: got %s, want %s", after, got, want)
		}
	}
	for _, name := range []string{"", "latest", "2026-13-01", "2026-05-20.1", "2026-05-20.0", "2026-05-20.x", "x2026-05-20", ".writing-2026-05-20"} {
		if shelf.IsSet(name) {
			t.Errorf("%q is taken for a set", name)
		}
	}
}

func TestMain(m *testing.M) {
	if folder := os.Getenv("BACKDOORWATCH_TEST_CRASH"); folder != "" {
		crash(os.Getenv("BACKDOORWATCH_TEST_DATABASE"), folder)
	}
	os.Exit(m.Run())
}

// names returns what lies in a folder, but for the marks.
func names(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		if e.Name() != ".checked" && e.Name() != ".tried" {
			all = append(all, e.Name())
		}
	}
	return all
}

// contents returns the bytes of all files in a folder by name.
func contents(t *testing.T, folder string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, name := range names(t, folder) {
		content, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		all[name] = string(content)
	}
	return all
}

func TestTheSameDataAreTheSameBytes(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		one, two, three := t.TempDir(), t.TempDir(), t.TempDir()
		signed := func(o *bulk.Options) { o.Key = newKey(t, 1) }
		for _, folder := range []string{one, two} {
			if _, err := w.exporter(t, signed).Write(t.Context(), folder, bulk.Choice{}, nil); err != nil {
				t.Fatal(err)
			}
		}
		if !reflect.DeepEqual(contents(t, one), contents(t, two)) {
			t.Error("two files of the same data differ")
		}
		w.later(time.Hour)
		if _, err := w.exporter(t, signed).Write(t.Context(), three, bulk.Choice{}, nil); err != nil {
			t.Fatal(err)
		}
		before, after := contents(t, one), contents(t, three)
		for name := range before {
			same, dated := before[name] == after[name], slices.Contains([]string{shelf.ManifestName, shelf.SumsName, shelf.SignatureName}, name)
			if same == dated {
				t.Errorf("an hour later %s is the same: %v", name, same)
			}
		}
	})
}

func TestSetsComeAndGo(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		x := w.exporter(t, func(o *bulk.Options) { o.Keep = 2 })
		expect := func(what, set string, written bool, kept ...string) {
			t.Helper()
			if done := publish(t, x); done != (bulk.Published{Set: set, Written: written}) || !slices.Equal(names(t, w.folder), kept) {
				t.Errorf("%s: got %+v and %v", what, done, names(t, w.folder))
			}
		}
		expect("the first", "2026-05-20", true, "2026-05-20")
		w.later(11 * time.Hour)
		expect("nothing new", "2026-05-20", false, "2026-05-20")
		w.later(time.Hour)
		w.take(t, "one more")
		expect("an item", "2026-05-21", true, "2026-05-20", "2026-05-21")
		w.take(t, "yet another")
		expect("on the same day", "2026-05-21.2", true, "2026-05-21", "2026-05-21.2")
		x = w.exporter(t, func(o *bulk.Options) { o.Keep, o.Key = 2, newKey(t, 1) })
		expect("a key", "2026-05-21.3", true, "2026-05-21.2", "2026-05-21.3")
		latest, err := shelf.New(w.folder).Latest()
		if err != nil || latest.Set != "2026-05-21.3" || !latest.Signed {
			t.Errorf("the latest: %+v, %v", latest, err)
		}
		if err := os.WriteFile(filepath.Join(w.folder, "2026-05-21.3", shelf.ManifestName), []byte("{"), 0o644); err != nil {
			t.Fatal(err)
		}
		expect("a broken one", "2026-05-21.4", true, "2026-05-21.3", "2026-05-21.4")
	})
}

// failing is a store that breaks down after some items.
type failing struct {
	*store.Store
	calls int
	fail  func() error
}

func (f *failing) WholeItems(ctx context.Context, relevant bool, after policy.ItemID, limit int) ([]policy.Item, error) {
	if f.calls++; f.calls > 1 {
		return nil, f.fail()
	}
	return f.Store.WholeItems(ctx, relevant, after, limit)
}

func TestFailingLeavesTheFormerSet(t *testing.T) {
	t.Parallel()
	w := open(t, filepath.Join(t.TempDir(), "test.db"))
	publish(t, w.exporter(t))
	before := contents(t, filepath.Join(w.folder, "2026-05-20"))
	w.take(t, "one more")
	broken := errors.New("the disk is on fire")
	x := w.exporter(t, func(o *bulk.Options) { o.Reader = &failing{Store: w.store, fail: func() error { return broken }} })
	if _, err := x.Publish(t.Context(), nil); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if _, err := x.Write(t.Context(), filepath.Join(t.TempDir(), "copy"), bulk.Choice{}, nil); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.exporter(t).Publish(cancelled, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if got := names(t, w.folder); !slices.Equal(got, []string{"2026-05-20"}) || !reflect.DeepEqual(before, contents(t, filepath.Join(w.folder, "2026-05-20"))) {
		t.Errorf("what is left: %v", got)
	}
}

// crash publishes and dies in the middle of it, in a process of its own.
func crash(database, folder string) {
	s, err := store.Open(context.Background(), store.Options{Database: database})
	if err != nil {
		panic(err)
	}
	known, err := load()
	if err != nil {
		panic(err)
	}
	x, err := bulk.New(bulk.Options{
		Reader: &failing{Store: s, fail: func() error { os.Exit(7); return nil }}, Chronicle: record.New(known, s, nil), Folder: folder, Base: "https://watch.example",
	})
	if err == nil {
		_, err = x.Publish(context.Background(), nil)
	}
	panic(fmt.Sprint("still alive: ", err))
}

func TestACrashLeavesTheFormerSet(t *testing.T) {
	t.Parallel()
	database := filepath.Join(t.TempDir(), "test.db")
	w := open(t, database)
	publish(t, w.exporter(t))
	w.take(t, "one more")
	command := exec.Command(os.Args[0], "-test.run=^$")
	command.Env = append(os.Environ(), "BACKDOORWATCH_TEST_CRASH="+w.folder, "BACKDOORWATCH_TEST_DATABASE="+database)
	var died *exec.ExitError
	if out, err := command.CombinedOutput(); !errors.As(err, &died) || died.ExitCode() != 7 {
		t.Fatalf("the process ended with %v:\n%s", err, out)
	}
	left := names(t, w.folder)
	if len(left) != 2 || !strings.HasPrefix(left[0], ".writing-") || left[1] != "2026-05-20" {
		t.Fatalf("what is left: %v", left)
	}
	if latest, err := shelf.New(w.folder).Latest(); err != nil || latest.Set != "2026-05-20" {
		t.Errorf("the latest: %+v, %v", latest, err)
	}
	// The next one does not mind, and takes away what is surely dead.
	if done := publish(t, w.exporter(t)); done.Set != "2026-05-20.2" {
		t.Errorf("got %+v", done)
	}
	old := time.Now().Add(-3 * time.Hour)
	if err := os.Chtimes(filepath.Join(w.folder, left[0]), old, old); err != nil {
		t.Fatal(err)
	}
	publish(t, w.exporter(t))
	if got := names(t, w.folder); !slices.Equal(got, []string{"2026-05-20", "2026-05-20.2"}) {
		t.Errorf("what is left in the end: %v", got)
	}
}

func TestNight(t *testing.T) {
	t.Parallel()
	w := open(t, filepath.Join(t.TempDir(), "test.db"))
	reader := &failing{Store: w.store, calls: -100, fail: func() error { return errors.New("no") }}
	x := w.exporter(t, func(o *bulk.Options) { o.Reader = reader })
	day := func(day, hour, minute int) time.Time { return time.Date(2026, 5, day, hour, minute, 0, 0, time.UTC) }
	for _, step := range []struct {
		name string
		at   time.Time
		new  bool
		fail bool
		want string
	}{
		{"on the first day", day(20, 23, 0), false, false, ""},
		{"before the hour", day(21, 2, 59), false, false, ""},
		{"after it", day(21, 3, 5), false, false, "2026-05-21"},
		{"by day, with news", day(21, 15, 0), true, false, "2026-05-21"},
		{"a night that fails", day(22, 3, 0), false, true, "2026-05-21"},
		{"soon afterwards", day(22, 3, 30), false, false, "2026-05-21"},
		{"an hour later", day(22, 4, 1), false, false, "2026-05-22"},
		{"without news", day(23, 3, 1), false, false, "2026-05-22"},
		{"late, after a pause", day(27, 14, 0), true, false, "2026-05-27"},
	} {
		w.later(step.at.Sub(w.now()))
		if step.new {
			w.take(t, step.name)
		}
		if reader.calls = -100; step.fail {
			reader.calls = 1
		}
		if err := x.Night(t.Context()); (err != nil) != step.fail {
			t.Fatalf("%s: got %v", step.name, err)
		}
		got := ""
		if latest, err := shelf.New(w.folder).Latest(); err == nil {
			got = latest.Set
		}
		if got != step.want {
			t.Errorf("%s: got %s, want %s", step.name, got, step.want)
		}
	}
}
