package bulk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/bulk/shelf"
)

// What lies in the folder beside the sets.
const (
	writing = ".writing-" // the beginning of folders that are being written
	checked = ".checked"  // its time is that at which the newest set was last known to be up to date
	tried   = ".tried"    // and that of the last attempt
)

// Published is what became of publishing.
type Published struct {
	Set     string // the name of the newest set
	Written bool   // it is new; else nothing had changed since it was written
}

// Publish writes a set of all tables, unless nothing has changed since the last, and
// removes those that are too old. The set appears whole or not at all.
func (x *Exporter) Publish(ctx context.Context, progress Progress) (Published, error) {
	if err := os.MkdirAll(x.Folder, 0o755); err != nil {
		return Published{}, err
	}
	if err := errors.Join(x.sweep(), x.mark(tried)); err != nil {
		return Published{}, err
	}
	folder, err := os.MkdirTemp(x.Folder, writing)
	if err != nil {
		return Published{}, err
	}
	// Where it was published nothing is left to take away.
	defer func() { _ = os.RemoveAll(folder) }()
	manifest, err := x.writeTables(ctx, folder, Choice{}, progress)
	if err != nil {
		return Published{}, fmt.Errorf("writing bulk files: %w", err)
	}
	done := Published{Set: x.unchanged(manifest)}
	if done.Set == "" {
		if done.Set, err = x.place(folder, manifest); err != nil {
			return Published{}, fmt.Errorf("publishing bulk files: %w", err)
		}
		done.Written = true
	}
	return done, errors.Join(x.mark(checked), x.prune())
}

// unchanged returns the name of the newest set where it says the same.
func (x *Exporter) unchanged(m shelf.Manifest) string {
	last, err := shelf.New(x.Folder).Latest()
	if err != nil || last.Content != m.Content {
		return "" // a set that cannot be read is replaced
	}
	return last.Set
}

// rivals is how often a name may be taken by another process just before us.
const rivals = 10

// place seals the folder under the next name and moves it there.
func (x *Exporter) place(folder string, m shelf.Manifest) (string, error) {
	for range rivals {
		names, err := shelf.Names(x.Folder)
		if err != nil {
			return "", err
		}
		m.Set = shelf.Next(last(names), m.GeneratedAt)
		for _, name := range []string{shelf.ManifestName, shelf.SumsName, shelf.SignatureName} {
			if err := os.Remove(filepath.Join(folder, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return "", err
			}
		}
		if err := errors.Join(x.seal(folder, m), os.Chmod(folder, 0o755), syncFolder(folder)); err != nil {
			return "", err
		}
		err = os.Rename(folder, filepath.Join(x.Folder, m.Set))
		if err == nil {
			return m.Set, syncFolder(x.Folder)
		}
		if !errors.Is(err, fs.ErrExist) {
			return "", err
		}
	}
	return "", fmt.Errorf("the name %s is taken each time", m.Set)
}

func last(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return names[len(names)-1]
}

// syncFolder makes sure that the names in a folder are on the disk.
func syncFolder(folder string) error {
	f, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// prune removes the oldest sets. Each first loses its name as a set, so that nobody
// finds half of it.
func (x *Exporter) prune() error {
	names, err := shelf.Names(x.Folder)
	if err != nil || len(names) <= x.Keep {
		return err
	}
	var errs []error
	for _, name := range names[:len(names)-x.Keep] {
		old := filepath.Join(x.Folder, writing+name)
		if err := os.Rename(filepath.Join(x.Folder, name), old); err != nil {
			errs = append(errs, err)
			continue
		}
		errs = append(errs, os.RemoveAll(old))
	}
	return errors.Join(errs...)
}

// dead is the age at which what is being written was left behind by a process that
// died: no process may take so long.
const dead = 2 * time.Hour

// sweep removes what such processes left.
func (x *Exporter) sweep() error {
	entries, err := os.ReadDir(x.Folder)
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && strings.HasPrefix(e.Name(), writing) && time.Since(info.ModTime()) > dead {
			errs = append(errs, os.RemoveAll(filepath.Join(x.Folder, e.Name())))
		}
	}
	return errors.Join(errs...)
}

func (x *Exporter) mark(name string) error {
	return os.WriteFile(filepath.Join(x.Folder, name), []byte(x.Now().UTC().Format(time.RFC3339)+"\n"), 0o644)
}

// marked returns the time of a mark; the zero time where there is none.
func (x *Exporter) marked(name string) time.Time {
	content, _ := os.ReadFile(filepath.Join(x.Folder, name))
	at, _ := time.Parse(time.RFC3339, strings.TrimSpace(string(content)))
	return at
}
