package ingest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/backdoorwatch/backdoorwatch/crawler"
	"github.com/backdoorwatch/backdoorwatch/crawler/catalogue"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/queue"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// Progress is told how much of the work is done and what is being worked on.
type Progress func(done, total int, what string)

// SyncSources tells the store which sources there are.
func (p *Pipeline) SyncSources(ctx context.Context) error {
	if err := p.Store.SyncSources(ctx, Listed(p.Sources)); err != nil {
		return fmt.Errorf("storing the list of sources: %w", err)
	}
	return nil
}

// SyncRecord tells the store what the record says now.
func (p *Pipeline) SyncRecord(ctx context.Context) error {
	link := func(doc policy.Document, tags policy.Tags) policy.Tags { return Link(p.Base, doc, tags) }
	return p.Store.SyncRecord(ctx, p.Base, link)
}

// Listed returns the sources as readers see them, with the host that is asked.
func Listed(sources []catalogue.Source) []policy.Source {
	listed := make([]policy.Source, len(sources))
	for i, s := range sources {
		listed[i] = s.Source
		listed[i].Host = s.Host()
	}
	return listed
}

// Visit reads one source, stores what it says and notes how it went. An error
// means that something of ours failed; a source that does not answer is no error
// but part of the report.
func (p *Pipeline) Visit(ctx context.Context, id string, tally *Tally) (crawler.Visit, error) {
	source, err := p.source(id)
	if err != nil {
		return crawler.Visit{}, err
	}
	before, err := p.Store.Source(ctx, id)
	if err != nil {
		return crawler.Visit{}, fmt.Errorf("looking up source %s: %w", id, err)
	}
	in := intake{pipeline: p, tally: tally}
	lost := tally.Failed
	visit, err := p.Crawler.Crawl(ctx, source, func(e crawler.Entry) error { return in.take(ctx, e) })
	if err == nil {
		err = in.flush(ctx)
	}
	if err != nil {
		return visit, fmt.Errorf("reading source %s: %w", id, err)
	}
	if tally.Failed > lost {
		visit.Validators = nil // so that the next visit sees again what could not be stored
	}
	tally.visit(visit)
	return visit, p.note(ctx, source, before, visit)
}

// note stores how a visit went and when the next one is due. The validators are
// stored here, after the documents: the other way round a crash in between would
// lose documents for good behind a "not modified".
func (p *Pipeline) note(ctx context.Context, source catalogue.Source, before policy.SourceStatus, visit crawler.Visit) error {
	failures := 0
	if visit.Health.Failed() {
		failures = before.Failures + 1
	}
	note := store.SourceVisit{
		Source:     source.ID,
		At:         visit.FinishedAt,
		Health:     visit.Health,
		Detail:     visit.Detail,
		NextAt:     p.Now().Add(pause(source.Interval, visit.Health, failures, visit.RetryAfter, jitter())),
		NewestAt:   visit.NewestAt,
		MovedTo:    visit.MovedTo,
		Validators: visit.Validators,
	}
	p.report(note, failures)
	err := p.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.SaveVisit(ctx, note) })
	if err != nil {
		return fmt.Errorf("noting the visit to %s: %w", source.ID, err)
	}
	return nil
}

// report says in the log how a visit went; what needs a person's eye is a warning.
func (p *Pipeline) report(v store.SourceVisit, failures int) {
	label := policy.Healths.Label(v.Health)
	next := v.NextAt.UTC().Format(time.RFC3339)
	if v.Health.Failed() {
		p.Log.Warn("source could not be read", "source", v.Source, "why", label, "detail", v.Detail, "failures", failures, "tried_again", next)
		return
	}
	p.Log.Info("source read", "source", v.Source, "result", label, "detail", v.Detail, "next", next)
}

// VisitHost reads all due sources of one host, one after the other. A server that
// asks to wait ends the visit: the host's other sources stay due, and the error
// says how long to stay away.
func (p *Pipeline) VisitHost(ctx context.Context, host string) error {
	due, err := p.Store.DueSources(ctx, p.Now())
	if err != nil {
		return fmt.Errorf("looking up due sources: %w", err)
	}
	var errs []error
	for _, status := range due {
		if status.Host != host {
			continue
		}
		visit, err := p.Visit(ctx, status.ID, NewTally())
		if ctx.Err() != nil {
			return ctx.Err()
		}
		errs = append(errs, err)
		if visit.Health == policy.HealthThrottled {
			rest := max(visit.RetryAfter, firstRetry)
			return queue.RetryAfter{Wait: rest, Err: errors.Join(append(errs, fmt.Errorf("%s asked us to wait", host))...)}
		}
	}
	return errors.Join(errs...)
}

// DueHosts returns the hosts that have a due source, each once, the longest due
// first.
func (p *Pipeline) DueHosts(ctx context.Context) ([]string, error) {
	due, err := p.Store.DueSources(ctx, p.Now())
	if err != nil {
		return nil, fmt.Errorf("looking up due sources: %w", err)
	}
	return hosts(due), nil
}

func hosts(due []policy.SourceStatus) []string {
	var all []string
	seen := map[string]bool{}
	for _, s := range due {
		if !seen[s.Host] {
			seen[s.Host] = true
			all = append(all, s.Host)
		}
	}
	return all
}

// Selection says which sources to visit.
type Selection struct {
	Sources     []string // ids; empty means all that are due
	Force       bool     // all that are not switched off, due or not
	Concurrency int      // hosts at once
}

// VisitAll visits the selected sources: several hosts at once, the sources of one
// host one after the other.
func (p *Pipeline) VisitAll(ctx context.Context, selection Selection, progress Progress) (*Tally, error) {
	selected, err := p.selected(ctx, selection)
	if err != nil {
		return nil, err
	}
	total := NewTally()
	var mu sync.Mutex
	done := 0
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(1, selection.Concurrency))
	for _, host := range hosts(selected) {
		group.Go(func() error {
			for _, s := range selected {
				if s.Host != host {
					continue
				}
				tally := NewTally()
				_, err := p.Visit(ctx, s.ID, tally)
				mu.Lock()
				total.add(tally)
				done++
				progress(done, len(selected), s.Name)
				mu.Unlock()
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	return total, group.Wait()
}

func (p *Pipeline) selected(ctx context.Context, s Selection) ([]policy.SourceStatus, error) {
	if len(s.Sources) == 0 && !s.Force {
		return p.Store.DueSources(ctx, p.Now())
	}
	if len(s.Sources) == 0 {
		all, err := p.Store.Sources(ctx)
		var enabled []policy.SourceStatus
		for _, status := range all {
			if status.Disabled == "" {
				enabled = append(enabled, status)
			}
		}
		return enabled, err
	}
	var named []policy.SourceStatus
	for _, id := range s.Sources {
		if _, err := p.source(id); err != nil {
			return nil, err
		}
		status, err := p.Store.Source(ctx, id)
		if err != nil {
			return nil, err
		}
		named = append(named, status)
	}
	return named, nil
}
