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
	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
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
	Base       *knowledge.Base
	Classifier *classifier.Classifier
	Fetcher    *fetch.Fetcher
	Crawler    *crawler.Crawler
	Sources    []catalogue.Source
	Doubts     *Doubts  // nil asks for no second opinions
	Announce   Announce // nil tells nobody
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
	tags := in.pipeline.Tag(entry.Document)
	waiting := store.Entry{Document: entry.Document, Digest: entry.Digest, Tags: tags}
	if tags.IsRelevant() { // stories are told of relevant items only
		waiting.Signature = story.Sign(entry.Document.Text)
	}
	in.waiting = append(in.waiting, waiting)
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
	err := in.save(ctx, waiting)
	if err == nil || ctx.Err() != nil {
		return err
	}
	for _, entry := range waiting {
		err := in.save(ctx, []store.Entry{entry})
		if ctx.Err() != nil {
			return err
		}
		if err != nil {
			in.tally.lost(entry.Document, err)
			in.pipeline.Log.Error("a document could not be stored", "url", entry.Document.URL, "error", err)
		}
	}
	return nil
}

// save stores entries, with what they tell about the record, in one transaction.
func (in *intake) save(ctx context.Context, entries []store.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	var kept []kept
	err := in.pipeline.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		kept = kept[:0]
		var doubtful []policy.ItemID
		for _, entry := range entries {
			k, err := in.pipeline.keep(ctx, tx, entry)
			if err != nil {
				return fmt.Errorf("storing %s: %w", entry.Document.URL, err)
			}
			if err := in.pipeline.Announce.note(ctx, tx, k); err != nil {
				return err
			}
			kept = append(kept, k)
			doubtful = in.pipeline.Doubts.note(doubtful, k.saved, entry.Tags)
		}
		return in.pipeline.Doubts.ask(ctx, tx, doubtful)
	})
	if err != nil {
		return err
	}
	in.tally.kept(kept)
	return nil
}

// kept is what became of one entry.
type kept struct {
	saved   store.Saved
	noticed store.Noticed
	linked  int // dossiers that it is linked to
}

func (p *Pipeline) keep(ctx context.Context, tx *store.Tx, entry store.Entry) (kept, error) {
	saved, err := tx.Save(ctx, entry)
	if err != nil {
		return kept{}, err
	}
	k := kept{saved: saved, linked: len(entry.Tags.Dossiers)}
	if saved.Tells(entry.Document, entry.Tags) {
		k.noticed, err = tx.Notice(ctx, saved.ID, entry.Document, p.Base)
	}
	return k, err
}

// Tag says what a document means: the classifier's tags, and the links that are
// certain because it states an official id of the record.
func (p *Pipeline) Tag(doc policy.Document) policy.Tags {
	return Link(p.Base, doc, p.Classifier.Classify(doc))
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
