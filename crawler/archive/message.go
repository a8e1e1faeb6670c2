package archive

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/textproto"
	"strconv"
	"strings"
)

// maxHead caps the head of an archived HTTP message and of a record.
const maxHead = 256 << 10

// Response reads the record's block as an HTTP response. The body is as it was
// on the wire, without transfer coding: a content coding is still on it. Archives
// often keep a Transfer-Encoding header on a body from which the chunks are gone
// already, so the body is taken as it is where it is not chunked.
func (r Record) Response() (*http.Response, error) {
	head, payload, err := cutMessage(r.Block)
	if err != nil {
		return nil, fmt.Errorf("reading the response of %s: %w", r.Location(), err)
	}
	line, rest, _ := bytes.Cut(head, []byte("\n"))
	status, err := statusOf(string(line))
	if err != nil {
		return nil, fmt.Errorf("reading the response of %s: %w", r.Location(), err)
	}
	header := http.Header(readHeader(rest))
	if strings.EqualFold(header.Get("Transfer-Encoding"), "chunked") {
		payload = dechunked(payload)
	}
	header.Del("Transfer-Encoding")
	return &http.Response{
		Status: strconv.Itoa(status) + " " + http.StatusText(status), StatusCode: status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, ContentLength: int64(len(payload)),
		Body: &replayed{Reader: bytes.NewReader(payload), location: r.Location(), at: r.Date()},
	}, nil
}

// cutMessage parts an HTTP message into its head, without the empty line, and
// its body.
func cutMessage(block []byte) (head, body []byte, err error) {
	scan := block[:min(len(block), maxHead)]
	end, width := bytes.Index(scan, []byte("\r\n\r\n")), 4
	if bare := bytes.Index(scan, []byte("\n\n")); bare >= 0 && (end < 0 || bare < end) {
		end, width = bare, 2
	}
	if end >= 0 {
		return block[:end], block[end+width:], nil
	}
	if len(block) > maxHead {
		return nil, nil, fmt.Errorf("the head of the HTTP message is %w of %d bytes", ErrTooLarge, maxHead)
	}
	if trimmed := bytes.TrimRight(block, "\r\n"); len(trimmed) > 0 {
		return trimmed, nil, nil
	}
	return nil, nil, errors.New("the HTTP message is empty")
}

// statusOf reads "HTTP/1.1 200 OK", "HTTP/2 200" and the like.
func statusOf(line string) (int, error) {
	fields := strings.Fields(line)
	if len(fields) >= 2 && strings.HasPrefix(fields[0], "HTTP/") {
		if status, err := strconv.Atoi(fields[1]); err == nil && status >= 100 && status <= 999 {
			return status, nil
		}
	}
	return 0, fmt.Errorf("%.60q is not a status line of HTTP", line)
}

// readHeader reads header lines and leaves out those that are none, because one
// bad line should not cost a whole response.
func readHeader(text []byte) textproto.MIMEHeader {
	header := textproto.MIMEHeader{}
	last := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\r\n")
		if last != "" && strings.TrimLeft(line, " \t") != line {
			values := header[last]
			values[len(values)-1] += " " + strings.TrimSpace(line)
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		name = strings.TrimSpace(name)
		if !ok || name == "" || strings.ContainsAny(name, " \t") {
			last = ""
			continue
		}
		last = textproto.CanonicalMIMEHeaderKey(name)
		header[last] = append(header[last], strings.TrimSpace(value))
	}
	return header
}

// dechunked takes the chunks out of a body; a body without any, or with damaged
// ones, is returned as it is.
func dechunked(payload []byte) []byte {
	plain, err := io.ReadAll(httputil.NewChunkedReader(bufio.NewReader(bytes.NewReader(payload))))
	if err != nil {
		return payload
	}
	return plain
}
