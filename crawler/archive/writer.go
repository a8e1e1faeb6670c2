package archive

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"
)

// DefaultMaxFile is the size at which a file is closed and the next one begun, in
// bytes; the usual size of WARC files.
const DefaultMaxFile = 1 << 30

// WriterOptions say how an archive is written. The zero value is fit for use.
type WriterOptions struct {
	Prefix   string // how file names begin; "backdoorwatch" where empty
	Software string // who writes, for the file's first record; "Backdoor Watch" where empty
	MaxFile  int64  // the size at which the next file is begun, in bytes; DefaultMaxFile where 0
	MaxBody  int64  // bodies beyond it are kept cut short, and marked so, in bytes; 128 MiB where 0
	Now      func() time.Time
}

// Writer writes records into the files of one folder. It is safe for concurrent
// use.
type Writer struct {
	dir     string
	options WriterOptions

	mu     sync.Mutex
	file   *os.File
	size   int64
	serial int
	failed error // the first failure; later records are refused, so that a gap is noticed
	closed bool
}

// Create returns a Writer into the folder, which is made where it is missing.
// Files are begun when there is something to write.
func Create(dir string, options WriterOptions) (*Writer, error) {
	if options.Prefix == "" {
		options.Prefix = "backdoorwatch"
	}
	if options.Software == "" {
		options.Software = "Backdoor Watch"
	}
	if options.MaxFile <= 0 {
		options.MaxFile = DefaultMaxFile
	}
	if options.MaxBody <= 0 {
		options.MaxBody = maxRecord - maxHead
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("making the folder of the archive: %w", err)
	}
	return &Writer{dir: dir, options: options}, nil
}

// Close makes sure that everything is on disk and closes the file. It returns
// the first error of all that was written.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	return errors.Join(w.failed, w.finish())
}

// finish closes the current file.
func (w *Writer) finish() error {
	if w.file == nil {
		return nil
	}
	err := errors.Join(w.file.Sync(), w.file.Close())
	w.file = nil
	if err != nil {
		return fmt.Errorf("closing the archive: %w", err)
	}
	return nil
}

// append writes records that belong together into one file and returns the
// location of the first.
func (w *Writer) append(records ...outgoing) (string, error) {
	var members [][]byte
	for _, r := range records {
		member, err := r.compressed()
		if err != nil {
			return "", fmt.Errorf("packing a record: %w", err)
		}
		members = append(members, member)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return "", errors.New("writing to the archive: it is closed")
	}
	if w.failed != nil {
		return "", w.failed
	}
	location, err := w.write(members)
	if err != nil {
		w.failed = fmt.Errorf("writing to the archive: %w", err)
	}
	return location, w.failed
}

func (w *Writer) write(members [][]byte) (string, error) {
	if w.file != nil && w.size >= w.options.MaxFile {
		if err := w.finish(); err != nil {
			return "", err
		}
	}
	if w.file == nil {
		if err := w.begin(); err != nil {
			return "", err
		}
	}
	location := fmt.Sprintf("%s:%d", filepath.Base(w.file.Name()), w.size)
	for _, member := range members {
		if err := w.put(member); err != nil {
			return "", err
		}
	}
	return location, nil
}

func (w *Writer) put(member []byte) error {
	n, err := w.file.Write(member)
	w.size += int64(n)
	return err
}

// begin opens the next file and writes its first record, which says who wrote it.
func (w *Writer) begin() error {
	now := w.options.Now().UTC()
	w.serial++
	name := fmt.Sprintf("%s-%s-%05d.warc.gz", w.options.Prefix, now.Format("20060102150405"), w.serial)
	file, err := os.OpenFile(filepath.Join(w.dir, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if errors.Is(err, os.ErrExist) {
		return w.begin() // another process began a file in the same second
	}
	if err != nil {
		return err
	}
	w.file, w.size = file, 0
	info := outgoing{kind: TypeInfo, id: newID(), at: now, contentType: "application/warc-fields", extra: [][2]string{{"WARC-Filename", name}}}
	info.block = fmt.Appendf(nil, "software: %s\r\nformat: WARC File Format 1.1\r\nconformsTo: https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n", w.options.Software)
	member, err := info.compressed()
	if err != nil {
		return err
	}
	return w.put(member)
}

// outgoing is a record to be written.
type outgoing struct {
	kind, id, target, contentType string
	at                            time.Time
	extra                         [][2]string
	block                         []byte
}

func (o outgoing) compressed() ([]byte, error) {
	var member bytes.Buffer
	packer := gzip.NewWriter(&member)
	fmt.Fprintf(packer, "WARC/1.1\r\nWARC-Type: %s\r\nWARC-Record-ID: %s\r\nWARC-Date: %s\r\n", o.kind, o.id, o.at.UTC().Format("2006-01-02T15:04:05.000000Z"))
	if o.target != "" {
		fmt.Fprintf(packer, "WARC-Target-URI: %s\r\n", o.target)
	}
	for _, field := range o.extra {
		fmt.Fprintf(packer, "%s: %s\r\n", field[0], field[1])
	}
	fmt.Fprintf(packer, "WARC-Block-Digest: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", digest(o.block), o.contentType, len(o.block))
	if _, err := packer.Write(o.block); err != nil {
		return nil, err
	}
	if _, err := packer.Write([]byte("\r\n\r\n")); err != nil {
		return nil, err
	}
	if err := packer.Close(); err != nil {
		return nil, err
	}
	return member.Bytes(), nil
}

// newID returns a random UUID as the URI of a record.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it cannot fail: the runtime stops the program first
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("<urn:uuid:%x-%x-%x-%x-%x>", b[0:4], b[4:6], b[6:8], b[8:10], b[10:])
}
