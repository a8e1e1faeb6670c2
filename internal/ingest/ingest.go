// Package ingest is the one place where the flow is written down: a source is
// visited, its documents are classified, and each is stored with its tags, links
// and jobs in one transaction.
package ingest

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/backdoorwatch/backdoorwatch/classifier"
	"github.com/backdoorwatch/backdoorwatch/crawler"
	"github.com/backdoorwatch/backdoorwatch/crawler/catalogue"
	"github.com/backdoorwatch/backdoorwatch/crawler/fetch"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
	"github.com/backdoorwatch/backdoorwatch/internal/story"
)

// batch is the number of documents that are stored in one transaction: enough to
// spare the database, few enough to keep its lock short.
const batch = 50

// Pipeline carries documents from the crawler to the store. It may be used by
// many goroutines at once.
type Pipeline struct {
	Store      *store.Store
	Classifier *classifier.Classifier
	Fetcher    *fetch.Fetcher
	Crawler    *crawler.Crawler
	Sources    []catalogue.Source
	Doubts     *Doubts // nil asks for no second opinions
	Log        *slog.Logger
	Now        func() time.Time
}

// intake collects the documents of one visit and stores them in batches.
type intake struct {
	pipeline *Pipeline
	waiting  []store.Entry
	tally    *Tally
}

// take classifies one document and keeps it for the next batch.
func (in *intake) take(ctx context.Context, entry crawler.Entry) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	tags := in.pipeline.Classifier.Classify(entry.Document)
	in.waiting = append(in.waiting, store.Entry{
		Document:  entry.Document,
		Digest:    entry.Digest,
		Tags:      tags,
		Signature: story.Sign(entry.Document.Text),
	})
	in.tally.document(entry.Document, tags)
	if len(in.waiting) < batch {
		return nil
	}
	return in.flush(ctx)
}

// flush stores what waits. A document that cannot be stored must not take the
// others with it: where a batch fails, its documents are tried one by one.
func (in *intake) flush(ctx context.Context) error {
	waiting := in.waiting
	in.waiting = nil
	outcomes, err := in.save(ctx, waiting)
	if err == nil || ctx.Err() != nil || len(waiting) == 1 {
		in.tally.saved(outcomes)
		return err
	}
	for _, entry := range waiting {
		outcomes, err := in.save(ctx, []store.Entry{entry})
		if err != nil {
			if ctx.Err() != nil {
				return err
			}
			in.tally.lost(entry.Document, err)
			in.pipeline.Log.Error("a document could not be stored", "url", entry.Document.URL, "error", err)
		}
		in.tally.saved(outcomes)
	}
	return nil
}

func (in *intake) save(ctx context.Context, entries []store.Entry) ([]store.Outcome, error) {
	if len(entries) == 0 {
		return nil, nil
	}
	var outcomes []store.Outcome
	err := in.pipeline.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		outcomes = outcomes[:0]
		var doubtful []policy.ItemID
		for _, entry := range entries {
			saved, err := tx.Save(ctx, entry)
			if err != nil {
				return fmt.Errorf("storing %s: %w", entry.Document.URL, err)
			}
			outcomes = append(outcomes, saved.Outcome)
			doubtful = in.pipeline.Doubts.note(doubtful, saved, entry.Tags)
		}
		return in.pipeline.Doubts.ask(ctx, tx, doubtful)
	})
	if err != nil {
		return nil, err
	}
	return outcomes, nil
}

// source finds a source of the catalogue.
func (p *Pipeline) source(id string) (catalogue.Source, error) {
	for _, s := range p.Sources {
		if s.ID == id {
			return s, nil
		}
	}
	return catalogue.Source{}, fmt.Errorf("source %s: %w; backdoorwatch sources list shows them all", id, policy.ErrNotFound)
}
