package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/backdoorwatch/backdoorwatch/crawler/archive"
)

// maxErrorBody is how much of the body of a redirect or an error is read: it is
// of no use but to free the connection, and to have it recorded.
const maxErrorBody = 64 << 10

// answer is one response, read to its end and decompressed.
type answer struct {
	url      *url.URL
	status   int
	header   http.Header
	body     []byte
	location string    // where it is recorded; empty where it is not
	at       time.Time // when it came
}

func (a *answer) success() bool { return a.status >= 200 && a.status < 300 }

// exchange makes one request and reads the whole response, while no other request
// to that host is on. rest is how long the host rests afterwards at least.
func (f *Fetcher) exchange(request *http.Request, rest time.Duration, read func(*answer, io.Reader) error) (*answer, error) {
	parent := request.Context()
	leave, err := f.options.Gate.Enter(parent, hostKey(request.URL.Hostname()))
	if err != nil {
		return nil, fmt.Errorf("waiting for its turn: %w", err)
	}
	if f.options.Transport == nil {
		rest = max(rest, f.options.Delay)
	} else {
		rest = f.options.Delay
	}
	defer func() { leave(rest) }()

	ctx, cancel := context.WithTimeout(parent, f.options.Timeout)
	defer cancel()
	a, err := f.transfer(request.WithContext(ctx), read)
	if err != nil {
		if parent.Err() != nil {
			return nil, context.Cause(parent)
		}
		if ctx.Err() != nil {
			return nil, &timeoutError{f.options.Timeout}
		}
		return nil, err
	}
	if f.options.Transport == nil && (a.status == http.StatusTooManyRequests || a.status == http.StatusServiceUnavailable) {
		rest = max(rest, retryAfter(a.header, time.Now()))
	}
	return a, nil
}

func (f *Fetcher) transfer(request *http.Request, read func(*answer, io.Reader) error) (*answer, error) {
	response, err := f.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	a := &answer{url: request.URL, status: response.StatusCode, header: response.Header, at: time.Now().UTC()}
	err = read(a, response.Body)
	if closed := response.Body.Close(); err == nil && closed != nil {
		err = fmt.Errorf("finishing the response: %w", closed)
	}
	if err != nil {
		return nil, err
	}
	if evidence, ok := response.Body.(archive.Evidence); ok {
		a.location, a.at = evidence.Evidence()
	}
	return a, nil
}

// readDocument reads the body under the caps.
func (f *Fetcher) readDocument(a *answer, body io.Reader) error {
	if !a.success() {
		_, err := io.CopyN(io.Discard, body, maxErrorBody)
		if errors.Is(err, io.EOF) {
			return nil
		}
		return err
	}
	wire, err := readCapped(body, f.options.MaxBody)
	if err != nil {
		return err
	}
	a.body, err = decode(wire, a.header.Get("Content-Encoding"), f.options.MaxDecoded)
	if err == nil && isGzipFile(a) {
		a.body, err = gunzip(a.body, f.options.MaxDecoded)
	}
	if err != nil && !errors.Is(err, ErrTooBig) {
		return &decodeError{err}
	}
	return err
}

// readRobots reads the start of a robots.txt, which is all that counts of it.
func readRobots(a *answer, body io.Reader) error {
	wire, err := io.ReadAll(io.LimitReader(body, maxRobots))
	if err != nil {
		return err
	}
	a.body, err = decode(wire, a.header.Get("Content-Encoding"), 4*maxRobots)
	if err != nil && a.success() {
		return &decodeError{err}
	}
	return nil
}
