package archive

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// maxRecord caps the content of one record, in bytes after decompression.
const maxRecord = 128 << 20

// DamageError reports a part of an archive that cannot be read. Reading goes on
// behind it.
type DamageError struct {
	File   string
	Offset int64 // where in the file the damaged record begins
	Err    error
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("the record at byte %d of %s is damaged: %v", e.Offset, e.File, e.Err)
}

// Unwrap returns what was wrong.
func (e *DamageError) Unwrap() error { return e.Err }

// Archive is a WARC file, with each record compressed, compressed as a whole, or
// not compressed. It is safe for concurrent use.
type Archive struct {
	name   string
	source io.ReaderAt
	size   int64
	limit  int64 // cap of a record's content
	close  func() error

	indexed sync.Once
	index   index
}

// Open opens the archive at path. Close it after use.
func Open(path string) (*Archive, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening the archive: %w", err)
	}
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening the archive: %w", err), file.Close())
	}
	if !info.Mode().IsRegular() {
		return nil, errors.Join(fmt.Errorf("opening the archive: %s is not a file", path), file.Close())
	}
	a := newArchive(filepath.Base(path), file, info.Size())
	a.close = file.Close
	return a, nil
}

func newArchive(name string, source io.ReaderAt, size int64) *Archive {
	return &Archive{name: name, source: source, size: size, limit: maxRecord, close: func() error { return nil }}
}

// Close closes the file.
func (a *Archive) Close() error { return a.close() }

// Records returns all records in the order of the file. An error is a
// *DamageError; what can be read behind the damage follows it.
func (a *Archive) Records() iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for at := int64(0); at < a.size; {
			next, err := a.member(at, yield)
			if errors.Is(err, errStopped) {
				return
			}
			if err == nil {
				at = next
				continue
			}
			damage := &DamageError{File: a.name, Offset: next, Err: err}
			if !yield(Record{File: a.name, Offset: next}, damage) {
				return
			}
			at = a.resync(max(at, next) + 1)
		}
	}
}

// errStopped says that the caller wants no more records.
var errStopped = errors.New("stopped")

// member reads what begins at the offset: a gzip member with its records, or
// one record that is not compressed. It returns the offset behind it, or, with
// an error, the offset of the damage.
func (a *Archive) member(at int64, yield func(Record, error) bool) (int64, error) {
	raw := &counter{source: bufio.NewReaderSize(io.NewSectionReader(a.source, at, a.size-at), 64<<10)}
	start, err := raw.source.Peek(2)
	if err != nil {
		return at, io.ErrUnexpectedEOF
	}
	if start[0] != 0x1f || start[1] != 0x8b {
		return a.plain(at, raw, yield)
	}
	unpacked, err := gzip.NewReader(raw)
	if err != nil {
		return at, err
	}
	unpacked.Multistream(false)
	content := &counter{source: bufio.NewReaderSize(unpacked, 64<<10)}
	for {
		inner := content.count
		record, err := a.record(content)
		var bad *malformedError
		switch {
		case errors.Is(err, io.EOF):
			return at + raw.count, nil
		case errors.As(err, &bad):
			err = a.nextInMember(content, &DamageError{File: a.name, Offset: at, Err: err}, yield)
		case err == nil:
			record.Offset, record.Inner = at, inner
			if !yield(record, nil) {
				err = errStopped
			}
		}
		if err != nil {
			return at, err
		}
	}
}

// nextInMember reports a record that makes no sense in a gzip member that is
// sound, and goes on to the next one in it.
func (a *Archive) nextInMember(content *counter, damage *DamageError, yield func(Record, error) bool) error {
	if !yield(Record{File: a.name, Offset: damage.Offset}, damage) {
		return errStopped
	}
	return a.skipToRecord(content)
}

func (a *Archive) plain(at int64, raw *counter, yield func(Record, error) bool) (int64, error) {
	record, err := a.record(raw)
	if errors.Is(err, io.EOF) {
		return a.size, nil
	}
	if err != nil {
		return at, err
	}
	record.Offset = at
	if !yield(record, nil) {
		return at, errStopped
	}
	return at + raw.count, nil
}

// record reads one record; io.EOF says that only white space was left.
func (a *Archive) record(r *counter) (Record, error) {
	if err := skipBlank(r); err != nil {
		return Record{}, err
	}
	version, err := readLine(r, maxHead)
	if err != nil {
		return Record{}, unexpected(err)
	}
	if !strings.HasPrefix(version, "WARC/") {
		return Record{}, malformed("%.40q is not the start of a WARC record", version)
	}
	var head bytes.Buffer
	for {
		line, err := readLine(r, maxHead-head.Len())
		if err != nil {
			return Record{}, fmt.Errorf("reading its header: %w", unexpected(err))
		}
		if strings.TrimRight(line, "\r\n") == "" {
			break
		}
		head.WriteString(line)
	}
	header := readHeader(head.Bytes())
	length, err := strconv.ParseInt(header.Get("Content-Length"), 10, 64)
	if err != nil || length < 0 {
		return Record{}, malformed("its Content-Length %.40q is not a length", header.Get("Content-Length"))
	}
	if length > a.limit {
		return Record{}, malformed("its %d bytes are %w of %d", length, ErrTooLarge, a.limit)
	}
	block, err := io.ReadAll(io.LimitReader(r, length))
	if err == nil && int64(len(block)) < length {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return Record{}, fmt.Errorf("reading its %d bytes, of which %d are there: %w", length, len(block), err)
	}
	return Record{File: a.name, Header: header, Block: block}, skipBlankTail(r)
}

// malformedError is a record that makes no sense, in bytes that could be read.
type malformedError struct{ err error }

func (e *malformedError) Error() string { return e.err.Error() }
func (e *malformedError) Unwrap() error { return e.err }

func malformed(format string, args ...any) error {
	return &malformedError{fmt.Errorf(format, args...)}
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
