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
		if errors.Is(err, io.EOF) {
			return at + raw.count, nil
		}
		if err != nil {
			return at, err
		}
		record.Offset, record.Inner = at, inner
		if !yield(record, nil) {
			return at, errStopped
		}
	}
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
		return Record{}, fmt.Errorf("%.40q is not the start of a WARC record", version)
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
		return Record{}, fmt.Errorf("its Content-Length %.40q is not a length", header.Get("Content-Length"))
	}
	if length > a.limit {
		return Record{}, fmt.Errorf("its %d bytes are %w of %d", length, ErrTooLarge, a.limit)
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

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// skipBlank reads over empty lines.
func skipBlank(r *counter) error {
	for {
		next, err := r.source.Peek(1)
		if err != nil {
			return err
		}
		if next[0] != '\r' && next[0] != '\n' {
			return nil
		}
		if _, err := r.ReadByte(); err != nil {
			return err
		}
	}
}

// skipBlankTail reads over the empty lines behind a record, so that a damaged
// trailer of a gzip member is noticed with the record that it belongs to.
func skipBlankTail(r *counter) error {
	err := skipBlank(r)
	if err == nil || errors.Is(err, io.EOF) {
		return nil
	}
	return fmt.Errorf("behind its content: %w", err)
}

func readLine(r *counter, limit int) (string, error) {
	var line []byte
	for {
		part, err := r.source.ReadSlice('\n')
		r.count += int64(len(part))
		if len(line)+len(part) > limit {
			return "", fmt.Errorf("a header is %w of %d bytes", ErrTooLarge, maxHead)
		}
		line = append(line, part...)
		if err == nil {
			return string(line), nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return "", err
		}
	}
}

// counter counts the bytes taken from a buffer. It reads byte by byte where asked
// to, so that gzip takes nothing beyond its member.
type counter struct {
	source *bufio.Reader
	count  int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.source.Read(p)
	c.count += int64(n)
	return n, err
}

func (c *counter) ReadByte() (byte, error) {
	b, err := c.source.ReadByte()
	if err == nil {
		c.count++
	}
	return b, err
}
