package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// index says where the response to each request is.
type index struct {
	places map[string]place
}

type place struct{ offset, inner int64 }

// Transport returns a RoundTripper that answers from the archive. Of several
// responses to one request the last one counts. A conditional request whose
// validators match gets a 304. A request that was never answered is an error
// that wraps ErrNotArchived and policy.ErrNotFound.
func (a *Archive) Transport() http.RoundTripper { return replay{a} }

type replay struct{ archive *Archive }

type recordKey struct{}

// WithRecord makes an archive's Transport answer a request for the record's
// address with that very record: an archive may hold several responses from one
// address, and whoever reads all of them wants each.
func WithRecord(ctx context.Context, record Record) context.Context {
	return context.WithValue(ctx, recordKey{}, record)
}

// RoundTrip answers a request from the archive.
func (r replay) RoundTrip(request *http.Request) (*http.Response, error) {
	if err := request.Context().Err(); err != nil {
		return nil, err
	}
	body, err := requestBody(request)
	if err != nil {
		return nil, err
	}
	if request.Body != nil {
		_ = request.Body.Close()
	}
	if record, ok := request.Context().Value(recordKey{}).(Record); ok && plainAddress(record.Target()) == plainAddress(request.URL.String()) {
		return answerFrom(record, request)
	}
	r.archive.indexed.Do(r.archive.buildIndex)
	secrets := secretsOf(request.Context())
	address := secrets.URL(request.URL)
	at, ok := r.archive.index.places[requestKey(request.Method, address, maskedBody(secrets, request, body))]
	if !ok {
		return nil, fmt.Errorf("%w: %w to %s %s in %s", policy.ErrNotFound, ErrNotArchived, request.Method, address, r.archive.name)
	}
	record, err := r.archive.at(at)
	if err != nil {
		return nil, err
	}
	return answerFrom(record, request)
}

// answerFrom answers a request with a record, or with 304 where its validators
// say that the asker has that version already.
func answerFrom(record Record, request *http.Request) (*http.Response, error) {
	response, err := record.Response()
	if err != nil {
		return nil, err
	}
	response.Request = request
	if unchanged(request.Header, response.Header) {
		response.StatusCode, response.Status = http.StatusNotModified, "304 Not Modified"
		response.Body, response.ContentLength = &replayed{Reader: bytes.NewReader(nil), location: record.Location(), at: record.Date()}, 0
	}
	return response, nil
}

// buildIndex reads the whole archive once. What is damaged is passed over here;
// Records reports it.
func (a *Archive) buildIndex() {
	a.index.places = map[string]place{}
	type answered struct {
		target string
		place
	}
	var order []string
	responses := map[string]answered{} // by record id
	requests := map[string]string{}    // key of the request by the id of its response
	for record, err := range a.Records() {
		if err != nil {
			continue
		}
		switch record.Type() {
		case TypeResponse:
			id := record.ID()
			if id == "" {
				id = record.Location()
			}
			if status(record) == http.StatusNotModified || !record.HTTP() {
				continue
			}
			order = append(order, id)
			responses[id] = answered{record.Target(), place{record.Offset, record.Inner}}
		case TypeRequest:
			if key := keyOfRequest(record); key != "" {
				requests[record.Header.Get("WARC-Concurrent-To")] = key
			}
		}
	}
	for _, id := range order {
		key, ok := requests[id]
		if !ok {
			key = requestKey(http.MethodGet, responses[id].target, nil)
		}
		a.index.places[key] = responses[id].place
	}
}

func status(record Record) int {
	line, _, _ := strings.Cut(string(record.Block[:min(len(record.Block), 64)]), "\n")
	code, err := statusOf(line)
	if err != nil {
		return 0
	}
	return code
}

// keyOfRequest returns the key of an archived request.
func keyOfRequest(record Record) string {
	head, body, err := cutMessage(record.Block)
	if err != nil {
		return ""
	}
	method, _, ok := strings.Cut(string(head[:min(len(head), 32)]), " ")
	if !ok {
		return ""
	}
	return requestKey(method, record.Target(), body)
}

// errMoved says that a record is no longer where it was indexed.
var errMoved = errors.New("the archive changed while it was open")

// at reads the record at a place.
func (a *Archive) at(p place) (Record, error) {
	found, failure := Record{}, errMoved
	_, err := a.member(p.offset, func(record Record, damage error) bool {
		if damage != nil || record.Inner < p.inner {
			return true
		}
		found, failure = record, nil
		return false
	})
	if err != nil && !errors.Is(err, errStopped) {
		return Record{}, &DamageError{File: a.name, Offset: p.offset, Err: err}
	}
	return found, failure
}

// unchanged answers a conditional request as a server would (RFC 9110 §13).
func unchanged(asked, had http.Header) bool {
	if tags := asked.Get("If-None-Match"); tags != "" {
		etag := strings.TrimPrefix(had.Get("ETag"), "W/")
		for tag := range strings.SplitSeq(tags, ",") {
			if etag != "" && strings.TrimPrefix(strings.TrimSpace(tag), "W/") == etag {
				return true
			}
		}
		return false
	}
	since, err := http.ParseTime(asked.Get("If-Modified-Since"))
	if err != nil {
		return false
	}
	modified, err := http.ParseTime(had.Get("Last-Modified"))
	return err == nil && !modified.After(since)
}

// replayed is the body of an archived response.
type replayed struct {
	*bytes.Reader
	location string
	at       time.Time
}

// Close does nothing: the body is in memory.
func (r *replayed) Close() error { return nil }

// Evidence implements Evidence.
func (r *replayed) Evidence() (string, time.Time) { return r.location, r.at }
