package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

func (w world) correct(t testing.TB, id policy.ItemID, facet policy.Facet, verdict policy.Verdict, value string) {
	t.Helper()
	err := w.Correct(t.Context(), policy.Correction{Item: id, Facet: facet, Value: value, Verdict: verdict, By: "Ada", Note: "I read it", At: w.clock.Now()})
	if err != nil {
		t.Fatal(err)
	}
}

// judge classifies everything as what a version of a classifier would.
func judge(version, stance string) func(policy.Document) policy.Tags {
	return func(d policy.Document) policy.Tags {
		tags := entry(d.Source, d.EntryID).Tags
		tags.Version, tags.Stance.Value = version, stance
		if d.EntryID == "noise" {
			tags.Relevant.Value, tags.Stance = "no", policy.Tag{}
		}
		return tags
	}
}

func TestCorrectionsSurvive(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		id := w.saved(t, entry("a", "1", jurisdictions("GB")), store.New)
		w.clock.Add(time.Hour)
		w.correct(t, id, policy.FacetStance, policy.VerdictSet, "protects")
		w.correct(t, id, policy.FacetJurisdiction, policy.VerdictRemove, "GB")
		w.correct(t, id, policy.FacetJurisdiction, policy.VerdictAdd, "US-CA")
		check := func(name string) {
			t.Helper()
			got := w.item(t, id)
			if got.Tags.Stance.Value != "protects" || len(got.Tags.Jurisdictions) != 1 || got.Tags.Jurisdictions[0].Value != "US-CA" {
				t.Errorf("%s: got %+v", name, got.Tags)
			}
			if len(got.Corrections) != 3 || got.Corrections[0].By != "Ada" || !got.VerifiedAt.Equal(w.clock.Now()) {
				t.Errorf("%s: got %+v, verified at %s", name, got.Corrections, got.VerifiedAt)
			}
			w.listed(t, policy.Filter{Stances: []policy.Stance{"protects"}, Jurisdictions: []string{"US"}}, "1")
			w.listed(t, policy.Filter{Stances: []policy.Stance{"neutral", "weakens"}})
			w.listed(t, policy.Filter{Jurisdictions: []string{"GB"}})
		}
		check("at once")
		w.saved(t, entry("a", "1", jurisdictions("GB"), text(article)), store.Updated)
		check("after an update")
		changed, err := w.Retag(t.Context(), judge("2", "weakens"), nil)
		if err != nil || changed != 1 {
			t.Errorf("got %d changed, %v", changed, err)
		}
		check("after classifying again")
	})
}

func TestACorrectionOfRelevanceMovesTheItem(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		id := w.saved(t, entry("a", "1"), store.New)
		w.correct(t, id, policy.FacetRelevant, policy.VerdictSet, "no")
		for _, f := range []policy.Filter{{}, {Query: "encryption"}, {Kinds: []policy.Kind{"news"}}} {
			w.listed(t, f)
			f.Relevance = policy.Irrelevant
			w.listed(t, f, "1")
		}
	})
}

func TestMistakenCorrections(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		id := w.saved(t, entry("a", "1"), store.New)
		for _, tc := range []struct {
			name string
			c    policy.Correction
			want error
		}{
			{"unknown item", policy.Correction{Item: id + 1, Facet: policy.FacetStance, Value: "protects", Verdict: policy.VerdictSet}, policy.ErrNotFound},
			{"unknown stance", policy.Correction{Item: id, Facet: policy.FacetStance, Value: "angry", Verdict: policy.VerdictSet}, policy.ErrInvalid},
			{"unknown facet", policy.Correction{Item: id, Facet: "colour", Value: "red", Verdict: policy.VerdictSet}, policy.ErrInvalid},
			{"unknown verdict", policy.Correction{Item: id, Facet: policy.FacetStance, Value: "protects"}, policy.ErrInvalid},
			{"nothing", policy.Correction{Item: id, Facet: policy.FacetActor, Verdict: policy.VerdictAdd}, policy.ErrInvalid},
		} {
			t.Run(tc.name, func(t *testing.T) {
				if err := w.Correct(t.Context(), tc.c); !errors.Is(err, tc.want) {
					t.Errorf("got error %v, want %v", err, tc.want)
				}
			})
		}
		if got := w.item(t, id); len(got.Corrections) != 0 || !got.VerifiedAt.IsZero() {
			t.Errorf("got %+v", got)
		}
	})
}

func TestRetagGoesOnWhereItStopped(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		const items = 250
		err := w.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			for i := range items {
				id := fmt.Sprint(i)
				if i == 7 {
					id = "noise"
				}
				if _, err := tx.Save(ctx, entry("a", id)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		done := 0
		_, err = w.Retag(ctx, judge("2", "weakens"), func(n, total int) {
			if done = n; n > 0 {
				stop()
			}
		})
		if !errors.Is(err, context.Canceled) || done == 0 || done >= items {
			t.Fatalf("got %v after %d items", err, done)
		}
		var classified atomic.Int64
		changed, err := w.Retag(t.Context(), func(d policy.Document) policy.Tags {
			classified.Add(1)
			return judge("2", "weakens")(d)
		}, nil)
		if err != nil || changed != items-done || int(classified.Load()) != items-done+1 { // one to learn the version
			t.Errorf("got %d changed and %d classified after %d were done, %v", changed, classified.Load(), done, err)
		}
		if got := len(w.list(t, policy.Filter{Stances: []policy.Stance{"weakens"}, Limit: 100})); got != items-1 {
			t.Errorf("got %d items, want %d", got, items-1)
		}
		w.listed(t, policy.Filter{Query: "encryption", Relevance: policy.Irrelevant}, "noise")
		if changed, err = w.Retag(t.Context(), judge("2", "weakens"), nil); err != nil || changed != 0 {
			t.Errorf("once more: got %d changed, %v", changed, err)
		}
	})
}

func TestBackup(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		id := w.saved(t, entry("a", "1"), store.New)
		path := filepath.Join(t.TempDir(), "it's a copy.db")
		err := w.Backup(t.Context(), path)
		if store.IsPostgres(w.database) {
			invalid(t, err, "pg_dump")
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		w.saved(t, entry("a", "2"), store.New)
		if err := w.Backup(t.Context(), path); !errors.Is(err, policy.ErrConflict) {
			t.Errorf("got error %v for a file that exists, want ErrConflict", err)
		}
		restored := open(t, path)
		restored.listed(t, policy.Filter{Query: "encryption"}, "1")
		if got := restored.item(t, id); got.Document.EntryID != "1" {
			t.Errorf("got %+v", got)
		}
	})
}
