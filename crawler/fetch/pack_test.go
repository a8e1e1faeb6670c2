package fetch

import (
	"bytes"
	"compress/zlib"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

func packGzip(body []byte) []byte {
	return pack(body, func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })
}

func packBrotli(body []byte) []byte {
	return pack(body, func(w io.Writer) io.WriteCloser { return brotli.NewWriter(w) })
}

func packZlib(body []byte) []byte {
	return pack(body, func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) })
}

func packZstd(body []byte) []byte {
	return pack(body, func(w io.Writer) io.WriteCloser {
		packer, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
		if err != nil {
			panic(err)
		}
		return packer
	})
}

func pack(body []byte, with func(io.Writer) io.WriteCloser) []byte {
	var out bytes.Buffer
	w := with(&out)
	if _, err := w.Write(body); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}
