// Package record answers questions about dossiers, actors and jurisdictions. It puts
// together what people wrote down (the curated record, in memory) and what machines
// noticed since (in the store), so that pages, API and command line all show the
// same.
package record

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Store is what the record needs to know of what is kept.
type Store interface {
	Items(ctx context.Context, f policy.Filter) (policy.ItemPage, error)
	Item(ctx context.Context, id policy.ItemID) (policy.Item, error)
	CursorBehind(f policy.Filter, at time.Time, id policy.ItemID) string
	NoticedEvents(ctx context.Context, q policy.EventQuery) ([]policy.DossierEvent, error)
	NoticedEvent(ctx context.Context, id string) (policy.DossierEvent, error)
	SearchRecord(ctx context.Context, text string, kinds ...policy.RecordKind) ([]policy.RecordHit, error)
	Candidates(ctx context.Context, f policy.Filter) (policy.CandidatePage, error)
	Candidate(ctx context.Context, id policy.CandidateID) (policy.Candidate, error)
	RecordState(ctx context.Context, kind policy.RecordKind, id string) (policy.RecordState, error)
}

// Record answers questions. It is safe for concurrent use.
type Record struct {
	base    *knowledge.Base
	store   Store
	now     func() time.Time
	curated []policy.DossierEvent            // oldest first, by (first moment, id)
	byStep  map[step][]policy.DossierEvent   // the curated ones of one dossier and stage
	byID    map[string][]policy.DossierEvent // the curated ones of one dossier, oldest first
}

// New returns the record over a base that does not change and a store. A nil clock
// is time.Now.
func New(base *knowledge.Base, store Store, now func() time.Time) *Record {
	if now == nil {
		now = time.Now
	}
	r := &Record{base: base, store: store, now: now, byStep: map[step][]policy.DossierEvent{}, byID: map[string][]policy.DossierEvent{}}
	for _, e := range base.Events(policy.Filter{Order: policy.OrderOldest}) {
		event := curated(e)
		r.curated = append(r.curated, event)
		r.byStep[stepOf(event)] = append(r.byStep[stepOf(event)], event)
		r.byID[event.Dossier] = append(r.byID[event.Dossier], event)
	}
	slices.SortFunc(r.curated, oldestFirst)
	return r
}

// Base returns the curated record itself.
func (r *Record) Base() *knowledge.Base { return r.base }

// missing explains why there is no such entry: an entry that the record had once is
// gone, any other was never there.
func (r *Record) missing(ctx context.Context, kind policy.RecordKind, id string) error {
	state, err := r.store.RecordState(ctx, kind, id)
	if err == nil && !state.RemovedAt.IsZero() {
		return fmt.Errorf("%s %s: %w", kind, id, policy.ErrGone)
	}
	if err != nil {
		return err
	}
	return fmt.Errorf("%s %s: %w", kind, id, policy.ErrNotFound)
}

// changedAt is when what an entry says last changed; the zero time where the store
// has not taken in the record yet.
func (r *Record) changedAt(ctx context.Context, kind policy.RecordKind, id string) (time.Time, error) {
	state, err := r.store.RecordState(ctx, kind, id)
	if err != nil {
		return time.Time{}, ignoreNotFound(err)
	}
	return state.ContentChangedAt, nil
}

// itemEntry is the beginning of the ids of the timeline's items.
const itemEntry = "item."

// isNoticed reports whether an id is one of a noticed event: those of the curated
// ones end with their stage or a number.
func isNoticed(id string) bool {
	return strings.HasSuffix(id, "."+string(policy.OriginCrawled)) || strings.HasSuffix(id, "."+string(policy.OriginSuggested))
}
