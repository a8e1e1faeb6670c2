package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/backdoorwatch/backdoorwatch/classifier"
	"github.com/backdoorwatch/backdoorwatch/crawler"
	"github.com/backdoorwatch/backdoorwatch/crawler/catalogue"
	"github.com/backdoorwatch/backdoorwatch/crawler/fetch"
	"github.com/backdoorwatch/backdoorwatch/crawler/parse"
	"github.com/backdoorwatch/backdoorwatch/internal/config"
	"github.com/backdoorwatch/backdoorwatch/internal/ingest"
	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// The operator's own folders and files in the data folder.
const (
	sourcesFolder = "sources" // *.yaml: sources that are added or changed
	recordFolder  = "record"  // dossiers, actors and jurisdictions that are added or changed
	bulkFolder    = "bulk"    // the files of everything that are published
	cacheFolder   = "cache"   // compiled code of the PDF reader; may be deleted at any time
)

// countsAge is how old the counts beside a list may be: counting a large database
// anew for every page would make each of them slow.
const countsAge = 15 * time.Second

// assembly holds the parts that commands are put together from. What a command
// does not ask for is not made.
type assembly struct {
	config  config.Config
	log     *slog.Logger
	closers []func() error
}

func assemble(c config.Config) *assembly {
	return &assembly{config: c, log: logger(c)}
}

// close closes the parts, the youngest first.
func (a *assembly) close() error {
	var errs []error
	for i := len(a.closers) - 1; i >= 0; i-- {
		errs = append(errs, a.closers[i]())
	}
	return errors.Join(errs...)
}

func (a *assembly) onClose(f func() error) { a.closers = append(a.closers, f) }

// folder returns the operator's folder of that name; an empty one where there is
// none.
func (a *assembly) folder(name string) fs.FS { return os.DirFS(filepath.Join(a.config.Data, name)) }

func (a *assembly) exists(name string) bool {
	_, err := os.Stat(filepath.Join(a.config.Data, name))
	return err == nil
}

func (a *assembly) knowledge() (*knowledge.Base, error) {
	if a.exists(recordFolder) {
		return knowledge.Load(a.folder(recordFolder))
	}
	return knowledge.Load()
}

func (a *assembly) sources() ([]catalogue.Source, error) {
	if a.exists(sourcesFolder) {
		return catalogue.Load(a.folder(sourcesFolder))
	}
	return catalogue.Load(nil)
}

func (a *assembly) classifier() (*knowledge.Base, *classifier.Classifier, error) {
	base, err := a.knowledge()
	if err != nil {
		return nil, nil, err
	}
	c, err := classifier.New(base)
	if err != nil {
		return nil, nil, fmt.Errorf("making the classifier: %w", err)
	}
	return base, c, nil
}

// store opens the database, and makes the data folder where it is missing.
func (a *assembly) store(ctx context.Context) (*store.Store, error) {
	if err := os.MkdirAll(a.config.Data, 0o750); err != nil {
		return nil, err
	}
	s, err := store.Open(ctx, store.Options{Database: a.config.Database, CountsAge: countsAge})
	if err != nil {
		return nil, err
	}
	a.onClose(s.Close)
	return s, nil
}

// reading says where responses come from and what is kept of them.
type reading struct {
	transport http.RoundTripper                         // instead of the network; nil is the network
	wrap      func(http.RoundTripper) http.RoundTripper // records what goes over the wire; nil records nothing
	gate      fetch.Gate                                // nil is a gate of this process alone
	delay     time.Duration
}

// pipeline puts everything together that is needed to take documents in.
func (a *assembly) pipeline(ctx context.Context, s *store.Store, r reading) (*ingest.Pipeline, *knowledge.Base, error) {
	base, c, err := a.classifier()
	if err != nil {
		return nil, nil, err
	}
	sources, err := a.sources()
	if err != nil {
		return nil, nil, err
	}
	fetcher, err := a.fetcher(r)
	if err != nil {
		return nil, nil, err
	}
	pdf := parse.NewPDF(filepath.Join(a.config.Data, cacheFolder))
	a.onClose(pdf.Close)
	p := &ingest.Pipeline{
		Store:      s,
		Base:       base,
		Classifier: c,
		Fetcher:    fetcher,
		Crawler:    crawler.New(crawler.Options{Fetcher: fetcher, Memory: s, PDF: pdf, Sources: sources, Getenv: os.Getenv}),
		Sources:    sources,
		Log:        a.log,
		Now:        time.Now,
	}
	return p, base, errors.Join(p.SyncSources(ctx), p.SyncRecord(ctx))
}

func (a *assembly) fetcher(r reading) (*fetch.Fetcher, error) {
	fetcher, err := fetch.New(fetch.Options{
		UserAgent:    "Backdoor Watch/" + version,
		Contact:      a.config.Contact,
		AllowHosts:   a.config.AllowHosts,
		Delay:        r.delay,
		IgnoreRobots: r.transport != nil,
		Gate:         r.gate,
		Transport:    r.transport,
		Wrap:         r.wrap,
	})
	if err != nil {
		return nil, fmt.Errorf("making the fetcher: %w", err)
	}
	a.onClose(func() error { fetcher.Close(); return nil })
	return fetcher, nil
}
