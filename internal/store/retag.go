package store

import (
	"context"
	"fmt"
	"runtime"
	"sync"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// retagBatch is how many items are classified and written in one transaction:
// enough to be quick, few enough that a crawl beside it hardly waits.
const retagBatch = 100

// Retag classifies every item again, from the documents that we keep, and returns
// how many tags changed. People's corrections stay. It can be stopped at any
// time: run again with the same classifier, it goes on where it stopped. classify
// is called from several goroutines; progress, which may be nil, from one.
func (s *Store) Retag(ctx context.Context, classify func(policy.Document) policy.Tags, progress func(done, total int)) (changed int, _ error) {
	if progress == nil {
		progress = func(done, total int) {}
	}
	r := retagging{store: s, classify: classify}
	if err := r.start(ctx); err != nil {
		return 0, fmt.Errorf("starting to classify again: %w", err)
	}
	for {
		progress(r.done, r.total)
		more, err := r.batch(ctx)
		if err != nil {
			return r.changed, fmt.Errorf("classifying again after item %d: %w", r.last, err)
		}
		if !more {
			return r.changed, r.finish(ctx)
		}
	}
}

type retagging struct {
	store    *Store
	classify func(policy.Document) policy.Tags
	version  string // of the classifier, as its last tags said
	last     int64  // the last item that is done
	done     int
	total    int
	changed  int
}

// start finds out how much there is, and whether an earlier run got somewhere.
func (r *retagging) start(ctx context.Context) error {
	var kept string
	var last int64
	rows, err := r.store.query(ctx, "SELECT version, item FROM progress WHERE work = 'retag'")
	if _, err := first(rows, err, &kept, &last); err != nil {
		return err
	}
	r.version = r.classify(policy.Document{}).Version
	if kept == r.version && kept != "" {
		r.last = last
	}
	rows, err = r.store.query(ctx, "SELECT count(*), coalesce(sum(CASE WHEN id <= $1 THEN 1 ELSE 0 END), 0) FROM items", r.last)
	_, err = first(rows, err, &r.total, &r.done)
	return err
}

// batch does the next items and reports whether there were any.
func (r *retagging) batch(ctx context.Context) (more bool, _ error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	items, err := loadWhere(ctx, r.store, fmt.Sprintf("i.id > $1 AND i.id IN (SELECT id FROM items WHERE id > $1 ORDER BY id LIMIT %d)", retagBatch), r.last)
	if err != nil || len(items) == 0 {
		return false, err
	}
	fresh := r.classifyAll(items)
	last := int64(items[len(items)-1].ID)
	changed := 0
	err = r.store.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		changed = 0
		if err := tx.lockItems(ctx); err != nil {
			return err
		}
		for i, item := range items {
			differs, err := tx.reclassify(ctx, item, fresh[i])
			if err != nil {
				return fmt.Errorf("item %d: %w", item.ID, err)
			}
			if differs {
				changed++
			}
		}
		return tx.keepProgress(ctx, r.version, last)
	})
	if err != nil {
		return false, err
	}
	r.last, r.done, r.changed = last, r.done+len(items), r.changed+changed
	return true, nil
}

// classifyAll spreads the work over the processors.
func (r *retagging) classifyAll(items []itemRow) []policy.Tags {
	fresh := make([]policy.Tags, len(items))
	workers := runtime.GOMAXPROCS(0)
	var group sync.WaitGroup
	for w := range workers {
		group.Go(func() {
			for i := w; i < len(items); i += workers {
				fresh[i] = r.classify(items[i].Document)
			}
		})
	}
	group.Wait()
	return fresh
}

// reclassify gives an item its new tags. An item that a crawl brought up to date
// since it was read has newer tags already and is left alone.
func (tx *Tx) reclassify(ctx context.Context, read itemRow, fresh policy.Tags) (changed bool, _ error) {
	was, err := encodeTags(read.machine)
	if err != nil {
		return false, err
	}
	is, err := encodeTags(fresh)
	if err != nil || was == is {
		return false, err
	}
	before, err := tx.load(ctx, read.ID)
	if err != nil {
		return false, err
	}
	if now, err := encodeTags(before.machine); err != nil || now != was || before.Document.Text != read.Document.Text {
		return false, err
	}
	after := before
	after.machine = fresh
	return true, tx.retag(ctx, before, after)
}

func (tx *Tx) keepProgress(ctx context.Context, version string, item int64) error {
	_, err := tx.exec(ctx, `INSERT INTO progress (work, version, item) VALUES ('retag', $1, $2)
		ON CONFLICT (work) DO UPDATE SET version = excluded.version, item = excluded.item`, version, item)
	return err
}

func (r *retagging) finish(ctx context.Context) error {
	err := r.store.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.exec(ctx, "DELETE FROM progress WHERE work = 'retag'")
		return err
	})
	if err != nil {
		return fmt.Errorf("ending to classify again: %w", err)
	}
	return nil
}
