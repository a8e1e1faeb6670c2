package archive

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

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
			return "", malformed("a header is %w of %d bytes", ErrTooLarge, maxHead)
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
