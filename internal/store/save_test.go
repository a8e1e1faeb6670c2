package store_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// full is an entry in which every field holds something.
func full() store.Entry {
	span := policy.Span{Field: "text", Start: 4, End: 8, Text: "text"}
	tag := func(value string) policy.Tag {
		return policy.Tag{Value: value, Confidence: .75, Evidence: []policy.Span{span}, Reasons: []string{"it says so", "twice"}}
	}
	return entry("gazette", "2026/17", func(e *store.Entry) {
		d := &e.Document
		d.Byline, d.Paywalled = "A. Writer", true
		d.Published, d.Updated = policy.Month(2026, 5), policy.Moment(time.Date(2026, 5, 13, 8, 0, 1, 0, time.UTC))
		d.OfficialIDs = []string{"2026/0017(COD)"}
		d.Steps = []policy.Step{{Date: policy.Day(2026, 5, 11), Stage: policy.StageCommittee, Text: "Referred", Body: "LIBE"}}
		d.Attachments = []policy.Attachment{{URL: "https://gazette.example/17.pdf", MediaType: "application/pdf", Title: "Text"}}
		d.Problems = []string{"the date was guessed"}
		d.Capture = policy.Capture{
			URL: "https://gazette.example/17", FetchedAt: time.Date(2026, 5, 20, 11, 59, 0, 0, time.UTC), Status: 200,
			MediaType: "text/html", Digest: "sha256:aa", Archive: "a.warc.gz:12",
		}
		e.Tags = policy.Tags{
			Version: "7", Language: "en", Relevant: tag("yes"), Kind: tag("legislation"), Stance: tag("weakens"),
			Jurisdictions: []policy.Tag{tag("EU"), tag("US-FL")}, Measures: []policy.Tag{tag("traceability")},
			Dossiers: []policy.Tag{tag("eu-csa-regulation")}, Actors: []policy.Tag{tag("signal")},
			Positions: []policy.Claim{{Actor: "signal", Side: "opposes", Dossier: "eu-csa-regulation", Confidence: .6, Evidence: []policy.Span{span}}},
			Event:     tag("committee"), EventDate: policy.Month(2026, 6),
		}
	})
}

func TestAnItemComesBackWhole(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		want := full()
		id := w.saved(t, want, store.New)
		got := w.item(t, id)
		if !reflect.DeepEqual(got.Document, want.Document) {
			t.Errorf("document: got\n%+v, want\n%+v", got.Document, want.Document)
		}
		if !reflect.DeepEqual(got.Tags, want.Tags) {
			t.Errorf("tags: got\n%+v, want\n%+v", got.Tags, want.Tags)
		}
		now := w.clock.Now()
		if got.ID != id || got.Story != id || !got.FirstSeenAt.Equal(now) || !got.ContentChangedAt.Equal(now) || !got.VerifiedAt.IsZero() {
			t.Errorf("got %+v", got)
		}
		sighting := policy.Sighting{Source: "gazette", EntryID: "2026/17", URL: want.Document.URL, Title: want.Document.Title, SeenAt: now, Item: id}
		if !reflect.DeepEqual(got.Sightings, []policy.Sighting{sighting}) {
			t.Errorf("sightings: got %+v", got.Sightings)
		}
	})
}

func TestAListedItemHasNoText(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		want := full()
		w.saved(t, want, store.New)
		page, err := w.Items(t.Context(), policy.Filter{})
		if err != nil || len(page.Items) != 1 {
			t.Fatalf("got %d items, %v", len(page.Items), err)
		}
		got := page.Items[0]
		if got.Document.Text != "" || got.Document.Summary != want.Document.Summary || got.Document.Published != want.Document.Published {
			t.Errorf("got %+v", got.Document)
		}
		if got.Tags.Stance.Value != "weakens" || got.Tags.Stance.Evidence != nil || got.Tags.Jurisdictions[1].Value != "US-FL" {
			t.Errorf("got %+v", got.Tags)
		}
		if len(got.Sightings) != 1 || got.Sightings[0].EntryID != "2026/17" {
			t.Errorf("got %+v", got.Sightings)
		}
	})
}

func TestMissingItem(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		if _, err := w.Item(t.Context(), 17); !errors.Is(err, policy.ErrNotFound) {
			t.Errorf("got error %v, want ErrNotFound", err)
		}
	})
}

func TestRolledBackTransactionLeavesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		stop := errors.New("stop")
		err := w.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			if _, err := tx.Save(ctx, entry("a", "1")); err != nil {
				return err
			}
			return stop
		})
		if !errors.Is(err, stop) {
			t.Fatalf("got error %v", err)
		}
		w.listed(t, policy.Filter{Relevance: policy.AnyRelevance})
		w.listed(t, policy.Filter{Query: "encryption"})
		first := w.saved(t, entry("a", "1"), store.New)
		if second := w.saved(t, entry("a", "2", title("Another")), store.New); second != first+1 {
			t.Errorf("got numbers %d and %d", first, second)
		}
	})
}

func TestHostileBytesAreKeptOut(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		id := w.saved(t, entry("a", "1\x00", title("zero \x00 and broken \xff"), text("a\x00b \xc3\x28")), store.New)
		if got := w.item(t, id).Document; got.Title != "zero  and broken \uFFFD" || got.EntryID != "1" {
			t.Errorf("got %q, %q", got.Title, got.EntryID)
		}
		err := w.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Save(ctx, store.Entry{Document: policy.Document{Source: "a", EntryID: "2"}})
			return err
		})
		invalid(t, err, "neither a title nor a text")
	})
}

func TestListsShowTheOpeningWhereThereIsNoSummary(t *testing.T) {
	long := strings.Repeat("Ministers want a backdoor. ", 40)
	for _, tc := range []struct{ name, summary, text, want string }{
		{"summary", "A teaser.", long, ""},
		{"short text", "", "One sentence.", "One sentence."},
		{"long text", "", long, strings.Repeat("Ministers want a backdoor. ", 11) + "Ministers want a …"},
		{"no spaces", "", strings.Repeat("加密", 200), strings.Repeat("加密", 53) + " …"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w world) {
				w.save(t, entry("a", "1", func(e *store.Entry) { e.Document.Summary, e.Document.Text = tc.summary, tc.text }))
				page, err := w.Items(t.Context(), policy.Filter{Relevance: policy.AnyRelevance})
				if err != nil || len(page.Items) != 1 {
					t.Fatalf("%d items, %v", len(page.Items), err)
				}
				if got := page.Items[0].Document.Text; got != tc.want {
					t.Errorf("got %q, want %q", got, tc.want)
				}
			})
		})
	}
}
