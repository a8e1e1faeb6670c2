package archive

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
)

var (
	gzipStart  = []byte{0x1f, 0x8b, 0x08}
	plainStart = []byte("WARC/1.")
)

// resync returns the first offset at or behind from, which is above 0, where a record begins, or
// the end of the archive. Compressed bytes can look like the start of a gzip
// member, so a candidate must begin with a record when unpacked.
func (a *Archive) resync(from int64) int64 {
	const window = 256 << 10
	buffer := make([]byte, window)
	var try trial
	for at := from - 1; at < a.size; at += window - int64(len(plainStart)) { // the byte before from is read for what it tells
		n, err := a.source.ReadAt(buffer, at)
		for i := 1; i < n; i++ {
			if a.startsRecord(&try, buffer[i:n], buffer[i-1], at+int64(i)) {
				return at + int64(i)
			}
		}
		if err != nil {
			return a.size
		}
	}
	return a.size
}

// trial is kept from candidate to candidate: a hostile file has millions.
type trial struct {
	source   bufio.Reader
	unpacked gzip.Reader
}

func (a *Archive) startsRecord(try *trial, text []byte, before byte, at int64) bool {
	if before == '\n' && bytes.HasPrefix(text, plainStart) {
		return true
	}
	if !bytes.HasPrefix(text, gzipStart) {
		return false
	}
	try.source.Reset(io.NewSectionReader(a.source, at, a.size-at))
	if err := try.unpacked.Reset(&try.source); err != nil {
		return false
	}
	start := make([]byte, len("WARC/"))
	_, err := io.ReadFull(&try.unpacked, start)
	return err == nil && string(start) == "WARC/"
}

// skipToRecord reads on to a line with which a record begins, or to the end.
func (a *Archive) skipToRecord(r *counter) error {
	for start := r.count; r.count-start <= a.limit; {
		if next, _ := r.source.Peek(len("WARC/")); string(next) == "WARC/" {
			return nil
		}
		part, err := r.source.ReadSlice('\n')
		r.count += int64(len(part))
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
	return fmt.Errorf("no further record follows in its gzip member: it is %w of %d bytes", ErrTooLarge, a.limit)
}
