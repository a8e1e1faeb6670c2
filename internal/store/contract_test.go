package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/prerequisite"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// clock is a time that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// world is a store and its clock.
type world struct {
	*store.Store
	clock    *clock
	database string
}

// onBoth runs a test of the contract on an empty SQLite and an empty PostgreSQL.
func onBoth(t *testing.T, test func(t *testing.T, w world)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, open(t, filepath.Join(t.TempDir(), "test.db")))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, open(t, prerequisite.Postgres(t)))
	})
}

func open(t testing.TB, database string) world {
	t.Helper()
	c := &clock{now: time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)}
	s, err := store.Open(t.Context(), store.Options{Database: database, Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return world{s, c, database}
}

// entry is a relevant document from a source, told apart by its id.
func entry(source, id string, change ...func(*store.Entry)) store.Entry {
	e := store.Entry{
		Document: policy.Document{
			Source: source, EntryID: id, Title: "Title of " + id, Language: "en",
			URL:          "https://" + source + ".example/" + id + "?utm_source=x",
			CanonicalURL: "https://" + source + ".example/" + id,
			Summary:      "Summary of " + id,
			Text:         "The text of " + id + " is about a law on encryption, which the ministry wants and the experts of " + source + " do not.",
			Published:    policy.Day(2026, 5, 12),
			Kind:         policy.KindNews, Jurisdiction: "GB", Grade: "press",
		},
		Tags: policy.Tags{
			Version: "1", Language: "en",
			Relevant: policy.Tag{Value: "yes", Confidence: .9},
			Kind:     policy.Tag{Value: "news", Confidence: .8},
			Stance:   policy.Tag{Value: "neutral", Confidence: .7},
		},
	}
	for _, f := range change {
		f(&e)
	}
	e.Digest = fmt.Sprintf("%v", e.Document)
	return e
}

func published(d policy.Date) func(*store.Entry) {
	return func(e *store.Entry) { e.Document.Published = d }
}

func text(text string) func(*store.Entry) {
	return func(e *store.Entry) { e.Document.Text = text }
}

func title(text string) func(*store.Entry) {
	return func(e *store.Entry) { e.Document.Title = text }
}

func address(url string) func(*store.Entry) {
	return func(e *store.Entry) { e.Document.URL, e.Document.CanonicalURL = url, url }
}

func jurisdictions(codes ...string) func(*store.Entry) {
	return func(e *store.Entry) {
		for _, code := range codes {
			e.Tags.Jurisdictions = append(e.Tags.Jurisdictions, policy.Tag{Value: code, Confidence: .9})
		}
	}
}

func irrelevant(e *store.Entry) {
	e.Tags.Relevant = policy.Tag{Value: "no", Confidence: .9}
	e.Tags.Stance = policy.Tag{}
}

func (w world) save(t testing.TB, e store.Entry) store.Saved {
	t.Helper()
	var saved store.Saved
	err := w.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		var err error
		saved, err = tx.Save(ctx, e)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

// saved expects what becomes of an entry.
func (w world) saved(t testing.TB, e store.Entry, want store.Outcome) policy.ItemID {
	t.Helper()
	got := w.save(t, e)
	if got.Outcome != want {
		t.Fatalf("%s of %s: got %s (item %d), want %s", e.Document.EntryID, e.Document.Source, got.Outcome, got.ID, want)
	}
	return got.ID
}

func (w world) item(t testing.TB, id policy.ItemID) policy.Item {
	t.Helper()
	item, err := w.Item(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return item
}

// list returns the entry ids of all pages of a list.
func (w world) list(t testing.TB, f policy.Filter) []string {
	t.Helper()
	ids := []string{}
	for range 100 {
		page, err := w.Items(t.Context(), f)
		if err != nil {
			t.Fatalf("%s: %v", f.Values().Encode(), err)
		}
		for _, item := range page.Items {
			ids = append(ids, item.Document.EntryID)
		}
		if page.Next == "" {
			return ids
		}
		f = f.Page(page.Next)
	}
	t.Fatal("the list does not end")
	return nil
}

func (w world) listed(t testing.TB, f policy.Filter, want ...string) {
	t.Helper()
	if got := w.list(t, f); !slices.Equal(got, want) && len(got)+len(want) > 0 {
		t.Errorf("%s: got [%s], want [%s]", f.Values().Encode(), strings.Join(got, " "), strings.Join(want, " "))
	}
}

func invalid(t testing.TB, err error, says string) {
	t.Helper()
	if !errors.Is(err, policy.ErrInvalid) || !strings.Contains(err.Error(), says) {
		t.Errorf("got error %v, want one that is ErrInvalid and says %q", err, says)
	}
}

// exec runs a statement past the store.
func (w world) exec(t testing.TB, statement string) {
	t.Helper()
	var err error
	if handle := w.Handle(); handle.SQLite != nil {
		_, err = handle.SQLite.ExecContext(t.Context(), statement)
	} else {
		_, err = handle.Postgres.Exec(t.Context(), statement)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// empty removes all items, which is quicker than another database.
func (w world) empty(t testing.TB) {
	t.Helper()
	for _, statement := range []string{"DELETE FROM items", "DELETE FROM item_tags", "DELETE FROM item_search"} {
		w.exec(t, statement)
	}
}
