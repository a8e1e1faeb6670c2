package shelf

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Set is a published set. It does not change.
type Set struct {
	Manifest
	Signed bool
	files  map[string]File
}

// File returns what is known of a file of the set; one that is none of it is not ok,
// whatever lies in the folder.
func (s *Set) File(name string) (File, bool) {
	f, ok := s.files[name]
	return f, ok
}

// Bytes is the size of all files of the set.
func (s *Set) Bytes() int64 {
	var all int64
	for _, f := range s.files {
		all += f.Bytes
	}
	return all
}

// Files returns those beside the tables.
func (s *Set) Files() []File {
	var all []File
	for _, name := range []string{ManifestName, SumsName, SignatureName} {
		if f, ok := s.files[name]; ok {
			all = append(all, f)
		}
	}
	return all
}

// Shelf finds the sets in a folder. It is safe for concurrent use.
type Shelf struct {
	folder string
	mu     sync.Mutex
	read   map[string]*Set // by name; what vanished from the folder is dropped
}

// New returns the shelf over a folder, which need not exist yet.
func New(folder string) *Shelf { return &Shelf{folder: folder, read: map[string]*Set{}} }

// Sets returns all sets, the newest first. A folder that is no whole set is passed
// over: it cannot have come from us.
func (s *Shelf) Sets() ([]*Set, error) {
	names, err := Names(s.folder)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := map[string]*Set{}
	var all []*Set
	for _, name := range slices.Backward(names) {
		set := s.read[name]
		if set == nil {
			if set, err = Read(filepath.Join(s.folder, name)); err != nil {
				continue
			}
		}
		kept[name] = set
		all = append(all, set)
	}
	s.read = kept
	return all, nil
}

// Latest returns the newest set; where there is none the error wraps
// policy.ErrNotFound.
func (s *Shelf) Latest() (*Set, error) {
	all, err := s.Sets()
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("a set of bulk files: %w", policy.ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// Open opens a file of a set. What is no file of a set wraps policy.ErrNotFound: only
// names that its manifest has are ever looked for on the disk.
func (s *Shelf) Open(set, name string) (*os.File, File, *Set, error) {
	all, err := s.Sets()
	if err != nil {
		return nil, File{}, nil, err
	}
	n := slices.IndexFunc(all, func(known *Set) bool { return known.Set == set })
	if n < 0 {
		return nil, File{}, nil, fmt.Errorf("the set %s: %w", set, policy.ErrNotFound)
	}
	known, ok := all[n].File(name)
	if !ok {
		return nil, File{}, nil, fmt.Errorf("the file %s of the set %s: %w", name, set, policy.ErrNotFound)
	}
	file, err := os.Open(filepath.Join(s.folder, set, known.Path))
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w: %w", policy.ErrNotFound, err) // the set was too old just now
	}
	return file, known, all[n], err
}

// Names returns the names of the sets in a folder, the oldest first; none where there
// is no folder.
func Names(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("looking for sets of bulk files: %w", err)
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() && IsSet(e.Name()) {
			names = append(names, e.Name())
		}
	}
	slices.SortFunc(names, Compare)
	return names, nil
}

// Read reads what is in the folder of a set.
func Read(folder string) (*Set, error) {
	content, err := os.ReadFile(filepath.Join(folder, ManifestName))
	if err != nil {
		return nil, fmt.Errorf("reading a set of bulk files: %w", err)
	}
	set := &Set{files: map[string]File{}}
	if err := json.Unmarshal(content, &set.Manifest); err != nil {
		return nil, fmt.Errorf("reading the manifest in %s: %w", folder, err)
	}
	if set.Set != filepath.Base(folder) {
		return nil, fmt.Errorf("%w: the manifest in %s is of the set %q", policy.ErrInvalid, folder, set.Set)
	}
	for _, table := range set.Tables {
		for _, f := range table.Files {
			if !filepath.IsLocal(f.Path) || filepath.Base(f.Path) != f.Path {
				return nil, fmt.Errorf("%w: the manifest in %s names a file elsewhere: %q", policy.ErrInvalid, folder, f.Path)
			}
			set.files[f.Path] = f
		}
	}
	for name, mediaType := range map[string]string{ManifestName: "application/json", SumsName: "text/plain; charset=utf-8", SignatureName: "text/plain; charset=utf-8"} {
		content, err := os.ReadFile(filepath.Join(folder, name))
		if errors.Is(err, fs.ErrNotExist) && name == SignatureName {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("reading a set of bulk files: %w", err)
		}
		digest := sha256.Sum256(content)
		set.files[name] = File{Path: name, MediaType: mediaType, Bytes: int64(len(content)), SHA256: hex.EncodeToString(digest[:])}
	}
	_, set.Signed = set.files[SignatureName]
	return set, nil
}
