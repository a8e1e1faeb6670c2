package fetch

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// ErrTooBig means that a body exceeds a cap, on the wire or decompressed.
var ErrTooBig = errors.New("the body is larger than the cap")

// acceptEncoding names the codings that we can undo.
const acceptEncoding = "gzip, br, zstd"

// maxCodings caps how many codings may lie on top of each other.
const maxCodings = 3

// decode undoes the codings of a Content-Encoding header. A result larger than
// limit is ErrTooBig, and so is what comes between two codings.
func decode(body []byte, encoding string, limit int64) ([]byte, error) {
	codings := strings.FieldsFunc(strings.ToLower(encoding), func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
	if len(codings) > maxCodings {
		return nil, fmt.Errorf("the body is encoded %d times over", len(codings))
	}
	for i := len(codings) - 1; i >= 0 && len(body) > 0; i-- {
		var err error
		if body, err = undo(body, codings[i], limit); err != nil {
			return nil, fmt.Errorf("decoding %.20q: %w", codings[i], err)
		}
	}
	return body, nil
}

func undo(body []byte, coding string, limit int64) ([]byte, error) {
	switch coding {
	case "identity", "none", "utf-8": // not codings, but servers say so
		return body, nil
	case "gzip", "x-gzip":
		if !gzipped(body) { // servers also call plain bodies gzip
			return body, nil
		}
		return gunzip(body, limit)
	case "br":
		return readCapped(brotli.NewReader(bytes.NewReader(body)), limit)
	case "zstd":
		r, err := zstd.NewReader(bytes.NewReader(body), zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(8<<20))
		if err != nil {
			return nil, err
		}
		defer r.Close()
		return readCapped(r, limit)
	case "deflate":
		r, err := zlib.NewReader(bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		return readCapped(r, limit)
	}
	return nil, errors.New("the coding is unknown")
}

func gunzip(body []byte, limit int64) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return readCapped(r, limit)
}

func gzipped(body []byte) bool { return len(body) > 2 && body[0] == 0x1f && body[1] == 0x8b }

// readCapped reads all; more than limit is ErrTooBig.
func readCapped(r io.Reader, limit int64) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(body)) > limit {
		return nil, fmt.Errorf("%w of %d bytes", ErrTooBig, limit)
	}
	return body, nil
}
