package archive

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Transport returns a RoundTripper that records all that comes through next. The
// record is written when a response's body was read to its end or closed; a body
// that was not read to its end is recorded as far as it came and marked as
// truncated. Where writing fails, reading the body fails, so that nobody takes
// for evidence what is not there.
func (w *Writer) Transport(next http.RoundTripper) http.RoundTripper {
	return recorder{writer: w, next: next}
}

type recorder struct {
	writer *Writer
	next   http.RoundTripper
}

// RoundTrip makes the request and wraps the body of the response.
func (r recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	body, err := requestBody(request)
	if err != nil {
		return nil, err
	}
	response, err := r.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	response.Body = &recording{
		ReadCloser: response.Body, writer: r.writer, at: r.writer.options.Now().UTC(),
		request: request, requestBody: body, response: response,
	}
	return response, nil
}

// requestBody returns the bytes of a request's body and leaves it readable.
func requestBody(request *http.Request) ([]byte, error) {
	if request.Body == nil || request.Body == http.NoBody {
		return nil, nil
	}
	if request.GetBody == nil {
		return nil, errors.New("recording a request: its body can be read only once")
	}
	body, err := request.GetBody()
	if err != nil {
		return nil, fmt.Errorf("recording a request: %w", err)
	}
	defer body.Close()
	return io.ReadAll(body)
}

// recording is the body of a response that is being recorded.
type recording struct {
	io.ReadCloser
	writer      *Writer
	at          time.Time
	request     *http.Request
	requestBody []byte
	response    *http.Response

	mu        sync.Mutex // Close may come from another goroutine than Read
	payload   bytes.Buffer
	truncated string
	done      bool
	location  string
	err       error
}

// Read reads on, and writes the record at the end.
func (r *recording) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	r.mu.Lock()
	defer r.mu.Unlock()
	room := r.writer.options.MaxBody - int64(r.payload.Len())
	if int64(n) > room {
		r.truncated = "length"
	}
	r.payload.Write(p[:min(int64(n), max(room, 0))])
	if errors.Is(err, io.EOF) {
		r.finish()
		if r.err != nil {
			return n, r.err
		}
	} else if err != nil {
		r.truncated = "disconnect"
	}
	return n, err
}

// Close closes the body, and writes the record where its end was not reached.
func (r *recording) Close() error {
	err := r.ReadCloser.Close()
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.done && r.truncated == "" && !r.bodyless() {
		r.truncated = "length"
	}
	r.finish()
	return errors.Join(err, r.err)
}

func (r *recording) bodyless() bool {
	return r.request.Method == http.MethodHead || r.response.StatusCode == http.StatusNotModified ||
		r.response.StatusCode == http.StatusNoContent || r.response.ContentLength == 0
}

// Evidence implements Evidence.
func (r *recording) Evidence() (string, time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.location, r.at
}

func (r *recording) finish() {
	if r.done {
		return
	}
	r.done = true
	secrets := secretsOf(r.request.Context())
	target, id := secrets.URL(r.request.URL), newID()
	response := outgoing{
		kind: TypeResponse, id: id, target: target, at: r.at, contentType: "application/http;msgtype=response",
		extra: [][2]string{{"WARC-Payload-Digest", digest(r.payload.Bytes())}},
		block: r.responseBlock(),
	}
	if r.truncated != "" {
		response.extra = append(response.extra, [2]string{"WARC-Truncated", r.truncated})
	}
	body := maskedBody(secrets, r.request, r.requestBody)
	request := outgoing{
		kind: TypeRequest, id: newID(), target: target, at: r.at, contentType: "application/http;msgtype=request",
		extra: [][2]string{{"WARC-Concurrent-To", id}, {"WARC-Payload-Digest", digest(body)}},
		block: requestBlock(secrets, r.request, body),
	}
	r.location, r.err = r.writer.append(response, request)
	r.payload = bytes.Buffer{}
}

// responseBlock writes the response in the form of HTTP/1.1, whatever was spoken
// on the wire, as readers of archives expect. The transfer coding is gone.
func (r *recording) responseBlock() []byte {
	var block bytes.Buffer
	fmt.Fprintf(&block, "HTTP/1.1 %03d %s\r\n", r.response.StatusCode, http.StatusText(r.response.StatusCode))
	header := r.response.Header.Clone()
	header.Del("Transfer-Encoding")
	_ = header.Write(&block) // a Buffer does not fail
	block.WriteString("\r\n")
	block.Write(r.payload.Bytes())
	return block.Bytes()
}

func requestBlock(secrets Secrets, request *http.Request, body []byte) []byte {
	host := request.Host
	if host == "" {
		host = request.URL.Host
	}
	shown := *request.URL
	shown.RawQuery = secrets.Query(shown.RawQuery)
	var block bytes.Buffer
	fmt.Fprintf(&block, "%s %s HTTP/1.1\r\nHost: %s\r\n", request.Method, shown.RequestURI(), host)
	_ = secrets.Header(request.Header).Write(&block)
	block.WriteString("\r\n")
	block.Write(body)
	return block.Bytes()
}

// maskedBody masks secrets in the body of a form.
func maskedBody(secrets Secrets, request *http.Request, body []byte) []byte {
	if strings.HasPrefix(request.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return []byte(secrets.Query(string(body)))
	}
	return body
}
