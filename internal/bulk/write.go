package bulk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/bulk/shelf"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// licence says no more than the project does.
const licence = "Apache-2.0. What is crawled stays its publishers': each item names its source and links to it, and the table sources has the licence and attribution that a source states."

// Write writes chosen tables with all that describes and proves them into a folder of
// somebody's own, which must be new or empty; otherwise the error wraps
// policy.ErrInvalid. Where it fails, what was written is taken away.
func (x *Exporter) Write(ctx context.Context, folder string, choice Choice, progress Progress) (shelf.Manifest, error) {
	if _, _, err := x.chosen(choice); err != nil {
		return shelf.Manifest{}, err
	}
	if entries, err := os.ReadDir(folder); err == nil && len(entries) > 0 {
		return shelf.Manifest{}, fmt.Errorf("%w: the folder %s is not empty", policy.ErrInvalid, folder)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return shelf.Manifest{}, err
	}
	manifest, err := x.writeTables(ctx, folder, choice, progress)
	if err == nil {
		err = x.seal(folder, manifest)
	}
	if err != nil {
		return shelf.Manifest{}, errors.Join(err, empty(folder))
	}
	return manifest, nil
}

// empty removes the files in a folder that was empty before us.
func empty(folder string) error {
	entries, err := os.ReadDir(folder)
	for _, e := range entries {
		err = errors.Join(err, os.Remove(filepath.Join(folder, e.Name())))
	}
	return err
}

// writeTables writes the tables and what describes each.
func (x *Exporter) writeTables(ctx context.Context, folder string, choice Choice, progress Progress) (shelf.Manifest, error) {
	tables, formats, err := x.chosen(choice)
	if err != nil {
		return shelf.Manifest{}, err
	}
	counted, err := x.counter(ctx, tables, progress)
	if err != nil {
		return shelf.Manifest{}, err
	}
	m := shelf.Manifest{
		Name: "Backdoor Watch", GeneratedAt: x.Now().UTC().Truncate(time.Second), Version: x.Version, Site: x.Base, Licence: licence, Key: x.key(), Tables: []shelf.Table{},
	}
	for _, t := range tables {
		made, err := x.writeTable(ctx, folder, t, formats, counted)
		if err != nil {
			return shelf.Manifest{}, fmt.Errorf("writing the table %s: %w", t.about().name, err)
		}
		m.Tables = append(m.Tables, made)
	}
	m.Content = contentOf(m)
	return m, nil
}

func (x *Exporter) writeTable(ctx context.Context, folder string, t table, formats []string, counted func(string)) (shelf.Table, error) {
	about := t.about()
	made := shelf.Table{Name: about.name, Description: about.description}
	var files []*outFile
	to := map[string]io.Writer{}
	var err error
	for _, format := range formats {
		var f *outFile
		if f, err = create(folder, shelf.File{Path: about.name + "." + format + ".gz", Role: format, MediaType: "application/gzip"}, true); err != nil {
			break
		}
		files = append(files, f)
		to[format] = f
	}
	if err == nil {
		made.Rows, err = t.write(ctx, to, counted)
	}
	for _, f := range files {
		finished, ending := f.finish()
		err = errors.Join(err, ending)
		made.Files = append(made.Files, finished)
	}
	if err != nil {
		return shelf.Table{}, err
	}
	return made, x.describe(folder, t, &made, formats)
}

// describe writes the schema of each format beside a table.
func (x *Exporter) describe(folder string, t table, made *shelf.Table, formats []string) error {
	for _, format := range formats {
		about := shelf.File{Path: made.Name + ".schema.json", Role: "schema", MediaType: "application/schema+json"}
		write := func() ([]byte, error) {
			return t.shape().Document(x.Base+"/bulk/latest/"+about.Path, made.Name, made.Description)
		}
		if format == CSV {
			about, write = shelf.File{Path: made.Name + ".csv-metadata.json", Role: "csvw", MediaType: "application/csvm+json"}, t.csvw
		}
		content, err := write()
		if err != nil {
			return err
		}
		file, err := writeFile(folder, about, content)
		if err != nil {
			return err
		}
		made.Files = append(made.Files, file)
	}
	return nil
}

// contentOf stands for everything in a set but the time and the program.
func contentOf(m shelf.Manifest) string {
	digest := sha256.New()
	for _, t := range m.Tables {
		for _, f := range t.Files {
			_, _ = fmt.Fprintln(digest, f.Path, f.SHA256)
		}
	}
	if m.Key != nil {
		_, _ = fmt.Fprintln(digest, m.Key.Public)
	}
	return "sha256:" + hex.EncodeToString(digest.Sum(nil))
}

// seal writes the manifest, the checksums and the signature, in this order: each
// covers what was written before.
func (x *Exporter) seal(folder string, m shelf.Manifest) error {
	content, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return fmt.Errorf("writing the manifest: %w", err)
	}
	manifest, err := writeFile(folder, shelf.File{Path: shelf.ManifestName}, append(content, '\n'))
	if err != nil {
		return err
	}
	var sums strings.Builder
	for _, t := range m.Tables {
		for _, f := range t.Files {
			fmt.Fprintf(&sums, "%s  %s\n", f.SHA256, f.Path)
		}
	}
	fmt.Fprintf(&sums, "%s  %s\n", manifest.SHA256, manifest.Path)
	if _, err := writeFile(folder, shelf.File{Path: shelf.SumsName}, []byte(sums.String())); err != nil || x.signer == nil {
		return err
	}
	signature, err := x.sign([]byte(sums.String()))
	if err != nil {
		return err
	}
	_, err = writeFile(folder, shelf.File{Path: shelf.SignatureName}, signature)
	return err
}
