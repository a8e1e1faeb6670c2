package store_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// TestWholeItemsAreAsItemReturnsThem walks over items of every sort, a few at a time.
func TestWholeItemsAreAsItemReturnsThem(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		var last policy.ItemID
		for n := range 7 {
			last = w.save(t, entry("a", fmt.Sprint(n))).ID
		}
		w.save(t, entry("b", "3-again", func(e *store.Entry) { e.Document.Title, e.Document.Text = "Title of 3", entry("a", "3").Document.Text }))
		other := w.save(t, entry("a", "other", irrelevant)).ID
		w.opine(t, w.item(t, last), "small:7b", said(w.item(t, last), policy.FacetStance, "weakens"))
		w.clock.Add(time.Minute)
		w.correct(t, last-1, policy.FacetStance, policy.VerdictSet, "weakens")
		seen := 0
		for _, relevant := range []bool{true, false} {
			for after := policy.ItemID(0); ; {
				some, err := w.WholeItems(t.Context(), relevant, after, 3)
				if err != nil {
					t.Fatal(err)
				}
				for _, got := range some {
					if want := w.item(t, got.ID); !reflect.DeepEqual(got, want) || got.Tags.IsRelevant() != relevant || got.ID <= after {
						t.Errorf("got  %+v\nwant %+v", got, want)
					}
					after = got.ID
					seen++
				}
				if len(some) < 3 {
					break
				}
			}
		}
		if seen < 8 {
			t.Errorf("saw %d items", seen)
		}
		irrelevant, err := w.IrrelevantItems(t.Context(), 0, 10)
		if err != nil || len(irrelevant) != 1 || irrelevant[0].ID != other || !irrelevant[0].At.Equal(w.item(t, other).ContentChangedAt) {
			t.Errorf("got %+v, %v", irrelevant, err)
		}
		if behind, err := w.IrrelevantItems(t.Context(), other, 10); err != nil || len(behind) != 0 {
			t.Errorf("got %+v, %v", behind, err)
		}
	})
}
