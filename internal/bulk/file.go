package bulk

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/gzip"

	"github.com/backdoorwatch/backdoorwatch/internal/bulk/shelf"
)

// outFile is a file that is being written, and what will be said of it.
type outFile struct {
	shelf.File
	file   *os.File
	digest hash.Hash
	held   *bufio.Writer
	zip    *gzip.Writer // nil where it is not compressed
}

// create begins a file in a folder, in which there must be none of that name.
func create(folder string, about shelf.File, compressed bool) (*outFile, error) {
	file, err := os.OpenFile(filepath.Join(folder, about.Path), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, err
	}
	f := &outFile{File: about, file: file, digest: sha256.New()}
	f.held = bufio.NewWriterSize(io.MultiWriter(file, f.digest, (*size)(&f.Bytes)), 64<<10)
	if compressed {
		// No name and no time in its head: the same rows are the same bytes.
		f.zip = gzip.NewWriter(f.held)
	}
	return f, nil
}

// Write writes to the file, compressed where it is.
func (f *outFile) Write(data []byte) (int, error) {
	if f.zip != nil {
		return f.zip.Write(data)
	}
	return f.held.Write(data)
}

// finish ends the file, makes sure that it is on the disk, and says what it became.
func (f *outFile) finish() (shelf.File, error) {
	var zipped error
	if f.zip != nil {
		zipped = f.zip.Close()
	}
	err := errors.Join(zipped, f.held.Flush(), f.file.Sync(), f.file.Close())
	if err != nil {
		return shelf.File{}, fmt.Errorf("writing %s: %w", f.Path, err)
	}
	f.SHA256 = hex.EncodeToString(f.digest.Sum(nil))
	return f.File, nil
}

// writeFile writes a whole file.
func writeFile(folder string, about shelf.File, content []byte) (shelf.File, error) {
	f, err := create(folder, about, false)
	if err != nil {
		return shelf.File{}, err
	}
	_, err = f.Write(content)
	made, ending := f.finish()
	return made, errors.Join(err, ending)
}

// size counts what is written to it.
type size int64

func (s *size) Write(data []byte) (int, error) {
	*s += size(len(data))
	return len(data), nil
}
