package ingest

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/backdoorwatch/backdoorwatch/crawler"
	"github.com/backdoorwatch/backdoorwatch/crawler/archive"
	"github.com/backdoorwatch/backdoorwatch/crawler/catalogue"
	"github.com/backdoorwatch/backdoorwatch/crawler/fetch"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Replay reads every response of an archive, whether or not a source names its
// address, through the very code that reads the network: fetch, parse, classify,
// store. Every record that holds a response is accounted for in the tally.
func (p *Pipeline) Replay(ctx context.Context, from *archive.Archive, progress Progress) (*Tally, error) {
	total, err := responses(from)
	if err != nil {
		return nil, err
	}
	tally := NewTally()
	in := intake{pipeline: p, tally: tally}
	for record, err := range from.Records() {
		if err != nil {
			tally.Unreadable++
			tally.Failures = append(tally.Failures, err.Error())
			continue
		}
		if !isResponse(record) {
			continue
		}
		tally.Responses++
		progress(tally.Responses, total, record.Target())
		if err := p.replay(ctx, record, &in); err != nil {
			return tally, err
		}
	}
	return tally, in.flush(ctx)
}

// replay reads one response. Only what stops everything is an error.
func (p *Pipeline) replay(ctx context.Context, record archive.Record, in *intake) error {
	address := record.Target()
	response, err := p.Fetcher.Get(archive.WithRecord(ctx, record), fetch.Request{URL: address})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		in.tally.unread(address, fetchReason(err))
		return nil
	}
	reading, err := p.Crawler.Read(ctx, response, catalogue.Source{}, func(e crawler.Entry) error { return in.take(ctx, e) })
	if err != nil {
		return fmt.Errorf("reading %s: %w", address, err)
	}
	in.tally.Formats[string(reading.Format)]++
	if reading.Documents == 0 {
		in.tally.unread(address, reading.Reason)
	}
	return nil
}

// fetchReason names why a response could not be had, without its address, so that
// equal reasons count together.
func fetchReason(err error) string {
	var failure *fetch.Error
	if !errors.As(err, &failure) {
		return err.Error()
	}
	if failure.Status != 0 && failure.Status != http.StatusOK {
		return fmt.Sprintf("%s (HTTP %d)", policy.Healths.Label(failure.Health), failure.Status)
	}
	return policy.Healths.Label(failure.Health) + ": " + failure.Err.Error()
}

// responses counts the responses of an archive, for the progress shown.
func responses(from *archive.Archive) (int, error) {
	n := 0
	for record, err := range from.Records() {
		if err == nil && isResponse(record) {
			n++
		}
	}
	if n == 0 {
		return 0, fmt.Errorf("the archive holds no response: %w", policy.ErrInvalid)
	}
	return n, nil
}

func isResponse(record archive.Record) bool { return record.Type() == "response" && record.HTTP() }
