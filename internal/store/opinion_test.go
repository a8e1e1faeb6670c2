package store_test

import (
	"context"
	"errors"
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// said makes an opinion on the item as it is now.
func said(item policy.Item, facet policy.Facet, value string) policy.Opinion {
	return policy.Opinion{
		Item: item.ID, Model: "small:7b", About: item.ContentChangedAt, At: item.FirstSeenAt.Add(time.Minute),
		Facet: facet, Value: value, Confidence: 0.75, Reason: "it says \x00so",
	}
}

func (w world) opine(t testing.TB, item policy.Item, model string, all ...policy.Opinion) {
	t.Helper()
	if err := w.SaveOpinions(t.Context(), item.ID, model, all); err != nil {
		t.Fatal(err)
	}
}

func TestOpinionsStandBesideTheTags(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		before := w.item(t, w.save(t, entry("a", "1")).ID)
		w.opine(t, before, "small:7b", said(before, policy.FacetRelevant, "yes"), said(before, policy.FacetStance, "weakens"),
			said(before, policy.FacetMeasure, "key-disclosure"), said(before, policy.FacetMeasure, "key-disclosure"))
		after := w.item(t, before.ID)
		if len(after.Opinions) != 3 {
			t.Fatalf("got %d opinions, want 3: %+v", len(after.Opinions), after.Opinions)
		}
		want := said(before, policy.FacetStance, "weakens")
		want.Reason = "it says so"
		if got := after.Opinions[1]; got != want {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
		if after.Tags.Stance.Value != "neutral" || len(after.Tags.Measures) != 0 || !after.ContentChangedAt.Equal(before.ContentChangedAt) {
			t.Errorf("the opinion changed the item: %+v", after)
		}
		w.listed(t, policy.Filter{Stances: []policy.Stance{policy.StanceWeakens}})
		w.listed(t, policy.Filter{Stances: []policy.Stance{policy.StanceNeutral}}, "1")
	})
}

func TestAnOpinionReplacesOnlyThatOfItsModel(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		item := w.item(t, w.save(t, entry("a", "1")).ID)
		other := said(item, policy.FacetStance, "mixed")
		other.Model = "other"
		w.opine(t, item, "other", other)
		w.opine(t, item, "small:7b", said(item, policy.FacetStance, "weakens"), said(item, policy.FacetKind, "news"))
		w.opine(t, item, "small:7b", said(item, policy.FacetStance, "protects"))
		got := map[string]string{}
		for _, o := range w.item(t, item.ID).Opinions {
			got[o.Model+" "+string(o.Facet)] = o.Value
		}
		if len(got) != 2 || got["other stance"] != "mixed" || got["small:7b stance"] != "protects" {
			t.Errorf("got %v", got)
		}
	})
}

func TestOpinionsOnAnEarlierTextNoLongerCount(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		item := w.item(t, w.save(t, entry("a", "1")).ID)
		w.opine(t, item, "small:7b", said(item, policy.FacetStance, "weakens"))
		w.clock.Add(time.Hour)
		w.saved(t, entry("a", "1", text("Now the minister has taken the bill on encryption back, and the experts who asked for that are content with it.")), "updated")
		if got := w.item(t, item.ID).Opinions; len(got) != 0 {
			t.Errorf("got %+v", got)
		}
	})
}

func TestOpinionsThatNobodyCouldExplainAreRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		item := w.item(t, w.save(t, entry("a", "1")).ID)
		for name, tc := range map[string]struct {
			id      policy.ItemID
			model   string
			opinion policy.Opinion
			want    error
		}{
			"unknown word":  {item.ID, "m", policy.Opinion{Facet: policy.FacetStance, Value: "evil"}, policy.ErrInvalid},
			"unknown facet": {item.ID, "m", policy.Opinion{Facet: "taste", Value: "good"}, policy.ErrInvalid},
			"no model":      {item.ID, " ", policy.Opinion{Facet: policy.FacetStance, Value: "mixed"}, policy.ErrInvalid},
			"no number":     {item.ID, "m", policy.Opinion{Facet: policy.FacetStance, Value: "mixed", Confidence: math.NaN()}, policy.ErrInvalid},
			"unknown item":  {item.ID + 99, "m", policy.Opinion{Facet: policy.FacetStance, Value: "mixed"}, policy.ErrNotFound},
		} {
			if err := w.SaveOpinions(t.Context(), tc.id, tc.model, []policy.Opinion{tc.opinion}); !errors.Is(err, tc.want) {
				t.Errorf("%s: got %v, want %v", name, err, tc.want)
			}
		}
		if got := w.item(t, item.ID).Opinions; len(got) != 0 {
			t.Errorf("something was kept: %+v", got)
		}
	})
}

func TestRequestsForOpinionsAreCountedByTheDay(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		var allowed atomic.Int64
		var group sync.WaitGroup
		for range 12 {
			group.Go(func() {
				ok, err := w.TakeOpinionRequest(context.WithoutCancel(t.Context()), 5)
				if err != nil {
					t.Error(err)
				}
				if ok {
					allowed.Add(1)
				}
			})
		}
		group.Wait()
		if allowed.Load() != 5 {
			t.Errorf("got %d requests at once, want 5", allowed.Load())
		}
		w.clock.Add(24 * time.Hour)
		if ok, err := w.TakeOpinionRequest(t.Context(), 5); !ok || err != nil {
			t.Errorf("the next day: got %v, %v", ok, err)
		}
		if days := w.texts(t, "SELECT day FROM opinion_requests"); len(days) != 1 {
			t.Errorf("days are kept for good: %v", days)
		}
		if ok, err := w.TakeOpinionRequest(t.Context(), 0); ok || err != nil {
			t.Errorf("with a limit of nothing: got %v, %v", ok, err)
		}
	})
}
