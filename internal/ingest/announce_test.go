package ingest_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/ingest"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// today gives an entry of the feed the present day: what is old is no news.
func today(entry string) string {
	before, rest, _ := strings.Cut(entry, "<pubDate>")
	_, after, _ := strings.Cut(rest, "</pubDate>")
	return before + "<pubDate>" + time.Now().UTC().Format(time.RFC1123Z) + "</pubDate>" + after
}

func TestNewsIsKeptWithItsItemOrNotAtAll(t *testing.T) {
	databases(t, func(t *testing.T, database string) {
		s := newSite(t, today(entry(1, "Ministers want a backdoor", backdoor)), today(entry(2, "How to bake bread", recipe)))
		p := pipeline(t, database, s, nil)
		var outcomes []store.Outcome
		p.Announce = func(ctx context.Context, tx *store.Tx, saved store.Saved, noticed store.Noticed) error {
			outcomes = append(outcomes, saved.Outcome)
			_, err := tx.NoteNews(ctx, saved, noticed)
			return err
		}
		visit := func() {
			if _, err := p.Visit(t.Context(), "test", ingest.NewTally()); err != nil {
				t.Fatal(err)
			}
		}
		visit()
		visit()
		if len(outcomes) != 2 {
			t.Errorf("got %v, want one for each new item", outcomes)
		}
		entries := []string{today(entry(3, "Police demand keys", strings.ReplaceAll(backdoor, "Ministers", "Police chiefs")))}
		s.entries.Store(&entries)
		before, err := p.Store.News(t.Context(), 10)
		if err != nil || len(before) != 1 {
			t.Fatalf("got %d news, want that of the relevant one; %v", len(before), err)
		}
		p.Announce = func(ctx context.Context, tx *store.Tx, saved store.Saved, noticed store.Noticed) error {
			_, err := tx.NoteNews(ctx, saved, noticed)
			return errors.Join(err, errors.New("stop"))
		}
		tally := ingest.NewTally()
		if _, err := p.Visit(t.Context(), "test", tally); err == nil && tally.Failed == 0 {
			t.Error("the failure is kept quiet")
		}
		after, err := p.Store.News(t.Context(), 10)
		page, err2 := p.Store.Items(t.Context(), policy.Filter{})
		if err := errors.Join(err, err2); err != nil || len(after) != len(before) || len(page.Items) != 1 {
			t.Errorf("got %d news and %d items, %v", len(after), len(page.Items), err)
		}
	})
}
