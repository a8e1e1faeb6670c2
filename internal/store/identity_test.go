package store_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

const article = `The ministry published a draft law on Tuesday that would oblige messengers to scan messages before
they are encrypted. Experts from four universities warned that no such scanner could be limited to one purpose.`

func TestIdentity(t *testing.T) {
	cases := []struct {
		name          string
		first, second store.Entry
		want          store.Outcome
		same          bool // both are one item
	}{
		{"the same entry again", entry("a", "1"), entry("a", "1"), store.Unchanged, true},
		{"the same entry, of which only the digest changed", entry("a", "1"), entry("a", "1", func(e *store.Entry) { e.Document.Kind = "opinion" }), store.Unchanged, true},
		{"the same entry with other words", entry("a", "1"), entry("a", "1", text(article)), store.Updated, true},
		{"the same entry at another address", entry("a", "1"), entry("a", "1", address("https://a.example/moved")), store.Unchanged, true},
		{"the same address under another id", entry("a", "1", title("T")), entry("a", "2", title("T"), address("https://a.example/1")), store.Updated, true},
		{"one landing page for two entries", entry("a", "1", title("First"), address("https://a.example/")),
			entry("a", "2", title("Second"), address("https://a.example/")), store.New, false},
		{"an id that is used again for something else", entry("a", "1", title("Monday")), entry("a", "1", title("Tuesday"), address("https://a.example/tuesday")), store.New, false},
		{"the same address from another source", entry("a", "1"), entry("b", "9", address("https://a.example/1")), store.Duplicate, true},
		{"the same text from another source", entry("a", "1", title("T"), text(article)), entry("b", "9", title("T."), text(article)), store.Duplicate, true},
		{"the same text, a year later", entry("a", "1", title("T"), text(article)),
			entry("a", "9", title("T"), text(article), published(policy.Day(2027, 5, 12))), store.New, false},
		{"the same text for another official number", entry("a", "1", title("T"), text(article)),
			entry("a", "9", title("T"), text(article), func(e *store.Entry) { e.Document.OfficialIDs = []string{"2026/18"} }), store.New, false},
		{"the same few words", entry("a", "1", title("T"), text("Read the full text.")), entry("b", "9", title("T"), text("Read the full text.")), store.New, false},
		{"the same id from another source", entry("a", "1"), entry("b", "1"), store.New, false},
	}
	onBoth(t, func(t *testing.T, w world) {
		for _, tc := range cases {
			t.Run(tc.name, func(t *testing.T) {
				w.empty(t)
				first := w.saved(t, tc.first, store.New)
				second := w.saved(t, tc.second, tc.want)
				if (first == second) != tc.same {
					t.Errorf("got items %d and %d, want the same: %v", first, second, tc.same)
				}
				if n := len(w.list(t, policy.Filter{})); (n == 1) != tc.same {
					t.Errorf("got %d items, want the same: %v", n, tc.same)
				}
			})
		}
	})
}

func TestACopyIsASightingOfTheFirst(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		id := w.saved(t, entry("a", "1", title("T"), text(article)), store.New)
		w.clock.Add(time.Hour)
		copied := entry("b", "9", title("T"), text(article))
		w.saved(t, copied, store.Duplicate)
		w.saved(t, copied, store.Unchanged)
		for _, more := range []string{" More.", " Even more."} { // the copy's own changes are not the item's
			got := w.item(t, id)
			var sources []string
			for _, s := range got.Sightings {
				sources = append(sources, s.Source+"/"+s.EntryID)
			}
			if !slices.Equal(sources, []string{"a/1", "b/9"}) || got.Document.Source != "a" {
				t.Errorf("got sightings %v of an item of %s", sources, got.Document.Source)
			}
			w.listed(t, policy.Filter{Sources: []string{"b"}}, "1")
			w.saved(t, entry("b", "9", title("T"), text(article+more)), store.Duplicate)
		}
	})
}

func TestATeaserNeverOverwritesTheFullText(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		id := w.saved(t, entry("a", "1", text(article), func(e *store.Entry) { e.Tags.Stance.Value = "protects" }), store.New)
		seen := w.clock.Now()
		w.clock.Add(time.Hour)
		w.saved(t, entry("a", "1", text("The ministry published a draft …")), store.Unchanged)
		got := w.item(t, id)
		if got.Document.Text != article || got.Tags.Stance.Value != "protects" || !got.ContentChangedAt.Equal(seen) {
			t.Errorf("got %q, %s, changed %s", got.Document.Text, got.Tags.Stance.Value, got.ContentChangedAt)
		}
		w.saved(t, entry("a", "1", text(""), title("A new headline")), store.Updated)
		if got = w.item(t, id); got.Document.Text != article || got.Document.Title != "A new headline" {
			t.Errorf("got %q, %q", got.Document.Title, got.Document.Text)
		}
		w.listed(t, policy.Filter{Query: "universities headline"}, "1")
	})
}

func TestATeaserIsFilledFromAnotherSource(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		id := w.saved(t, entry("a", "1", text("")), store.New)
		w.saved(t, entry("b", "9", address("https://a.example/1"), text(article)), store.Duplicate)
		if got := w.item(t, id); got.Document.Text != article || got.Document.Source != "a" || got.Document.Title != "Title of 1" {
			t.Errorf("got %+v", got.Document)
		}
	})
}

func TestContentChangesOnlyWithItsMeaning(t *testing.T) {
	base := func(change ...func(*store.Entry)) store.Entry {
		return entry("a", "1", append([]func(*store.Entry){text(article), published(policy.Month(2026, 5))}, change...)...)
	}
	cases := []struct {
		name    string
		change  func(*store.Entry)
		meaning bool
	}{
		{"punctuation and case", text(strings.ToUpper(article) + "!"), false},
		{"the time of the update", func(e *store.Entry) { e.Document.Updated = policy.Day(2026, 5, 19) }, false},
		{"the byline", func(e *store.Entry) { e.Document.Byline = "Somebody" }, false},
		{"a date that says more of the same", published(policy.Day(2026, 5, 3)), false},
		{"a date that says less", published(policy.Year(2026)), false},
		{"no date", published(policy.Date{}), false},
		{"another date", published(policy.Month(2026, 6)), true},
		{"the title", title("Withdrawn"), true},
		{"the text", text(article + " The draft was withdrawn."), true},
		{"a new step", func(e *store.Entry) { e.Document.Steps = []policy.Step{{Text: "Vote"}} }, true},
	}
	onBoth(t, func(t *testing.T, w world) {
		for _, tc := range cases {
			t.Run(tc.name, func(t *testing.T) {
				w.empty(t)
				id := w.saved(t, base(), store.New)
				w.clock.Add(time.Hour)
				w.save(t, base(tc.change))
				got := w.item(t, id)
				if moved := !got.ContentChangedAt.Equal(got.FirstSeenAt); moved != tc.meaning {
					t.Errorf("content changed at %s, first seen at %s, want a change: %v", got.ContentChangedAt, got.FirstSeenAt, tc.meaning)
				}
				if tc.name == "a date that says less" && got.Document.Published != policy.Month(2026, 5) {
					t.Errorf("got %v, want the date that says more", got.Document.Published)
				}
			})
		}
	})
}

func TestAnItemMovesInTheListWithItsDate(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		w.saved(t, entry("a", "1"), store.New)
		w.saved(t, entry("a", "2"), store.New)
		w.saved(t, entry("a", "1", published(policy.Day(2026, 5, 15))), store.Updated)
		w.listed(t, policy.Filter{}, "1", "2")
		w.listed(t, policy.Filter{Kinds: []policy.Kind{"news"}}, "1", "2")
		w.listed(t, policy.Filter{Query: "encryption"}, "1", "2")
		w.saved(t, entry("a", "1", published(policy.Day(2026, 5, 15)), irrelevant, text(article)), store.Updated)
		w.listed(t, policy.Filter{}, "2")
		w.listed(t, policy.Filter{Query: "encryption", Relevance: policy.AnyRelevance}, "2")
		w.listed(t, policy.Filter{Query: "universities", Relevance: policy.Irrelevant}, "1")
	})
}
