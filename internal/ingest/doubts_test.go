package ingest_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/internal/ingest"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/queue"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// recipe is a text that has nothing to do with encryption.
const recipe = "Mix flour, water and salt, wait a night, and bake the loaf in a hot oven until it is brown and sounds hollow."

func TestDoubtsAreAskedWithTheItemsOrNotAtAll(t *testing.T) {
	databases(t, func(t *testing.T, database string) {
		s := newSite(t, entry(1, "Ministers want a backdoor", backdoor), entry(2, "How to bake bread", recipe))
		p := pipeline(t, database, s, nil)
		var asked []policy.ItemID
		jobs, err := queue.Open(t.Context(), p.Store, queue.Work{SecondOpinion: func(context.Context, policy.ItemID) error { return nil }}, queue.Options{})
		if err != nil {
			t.Fatal(err)
		}
		added := 0
		p.Doubts = &ingest.Doubts{Uncertain: policy.Tags.IsRelevant, Ask: func(ctx context.Context, tx *store.Tx, items ...policy.ItemID) (int, error) {
			n, err := jobs.SecondOpinion(ctx, tx, items...)
			asked, added = append(asked, items...), added+n
			return n, err
		}}
		for range 2 { // the second visit brings nothing new
			if _, err := p.Visit(t.Context(), "test", ingest.NewTally()); err != nil {
				t.Fatal(err)
			}
		}
		page, err := p.Store.Items(t.Context(), policy.Filter{})
		if err != nil || len(page.Items) != 1 {
			t.Fatalf("got %d relevant items, %v", len(page.Items), err)
		}
		if !slices.Equal(asked, []policy.ItemID{page.Items[0].ID}) || added != 1 {
			t.Errorf("asked about %v with %d jobs, want item %d once", asked, added, page.Items[0].ID)
		}
		entries := []string{entry(3, "Police demand keys", strings.ReplaceAll(backdoor, "Ministers", "Police chiefs"))}
		s.entries.Store(&entries)
		p.Doubts.Ask = func(context.Context, *store.Tx, ...policy.ItemID) (int, error) { return 0, errors.New("stop") }
		tally := ingest.NewTally()
		if _, err := p.Visit(t.Context(), "test", tally); err == nil && tally.Failed == 0 {
			t.Error("the failure is kept quiet")
		}
		if page, err := p.Store.Items(t.Context(), policy.Filter{}); err != nil || len(page.Items) != 1 {
			t.Errorf("an item was kept without its job: %d, %v", len(page.Items), err)
		}
	})
}
