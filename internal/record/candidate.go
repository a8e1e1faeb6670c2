package record

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Candidate is a bill found by machine, with what states it.
type Candidate struct {
	policy.Candidate
	Items []policy.Item // the first one first, at most 50
	Steps []policy.Step // what they state of its course, oldest first, each once
}

// Candidates returns one page of the bills that official sources state and that the
// record does not have, the newest first unless the Filter asks for the oldest.
func (r *Record) Candidates(ctx context.Context, f policy.Filter) (policy.CandidatePage, error) {
	return r.store.Candidates(ctx, f)
}

// shownItems is how many items of a candidate are read.
const shownItems = 50

// Candidate returns one candidate, with its items and their steps. One that has
// become a dossier names it: its address then leads there. An unknown number wraps
// policy.ErrNotFound.
func (r *Record) Candidate(ctx context.Context, id policy.CandidateID) (Candidate, error) {
	known, err := r.store.Candidate(ctx, id)
	if err != nil {
		return Candidate{}, err
	}
	c := Candidate{Candidate: known}
	for _, number := range known.Items[:min(len(known.Items), shownItems)] {
		item, err := r.store.Item(ctx, number)
		if errors.Is(err, policy.ErrNotFound) {
			continue
		}
		if err != nil {
			return Candidate{}, fmt.Errorf("reading candidate %d: %w", id, err)
		}
		c.Items = append(c.Items, item)
		for _, s := range item.Document.Steps {
			if !slices.Contains(c.Steps, s) {
				c.Steps = append(c.Steps, s)
			}
		}
	}
	slices.SortStableFunc(c.Steps, func(a, b policy.Step) int { return a.Date.Compare(b.Date) })
	return c, nil
}
