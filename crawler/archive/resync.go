package archive

import (
	"bufio"
	"bytes"
	"io"

	"github.com/klauspost/compress/gzip"
)

var (
	gzipStart  = []byte{0x1f, 0x8b, 0x08}
	plainStart = []byte("WARC/1.")
)

// resync returns the first offset at or behind from where a record begins, or
// the end of the archive. Compressed bytes can look like the start of a gzip
// member, so a candidate must begin with a record when unpacked.
func (a *Archive) resync(from int64) int64 {
	const window = 256 << 10
	buffer := make([]byte, window)
	for at := from; at < a.size; at += window - int64(len(plainStart)) {
		n, err := a.source.ReadAt(buffer, at)
		for i := range n {
			if a.startsRecord(buffer[i:n], at+int64(i)) {
				return at + int64(i)
			}
		}
		if err != nil {
			return a.size
		}
	}
	return a.size
}

func (a *Archive) startsRecord(text []byte, at int64) bool {
	if bytes.HasPrefix(text, plainStart) {
		return true
	}
	if !bytes.HasPrefix(text, gzipStart) {
		return false
	}
	unpacked, err := gzip.NewReader(bufio.NewReader(io.NewSectionReader(a.source, at, a.size-at)))
	if err != nil {
		return false
	}
	start := make([]byte, len("WARC/"))
	_, err = io.ReadFull(unpacked, start)
	return err == nil && string(start) == "WARC/"
}
