package web

import (
	"slices"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func TestSecondOpinionsStandApartByModel(t *testing.T) {
	at := time.Date(2026, 5, 12, 8, 0, 0, 0, time.UTC)
	item := policy.Item{
		Tags: policy.Tags{Stance: policy.Tag{Value: "neutral"}},
		Opinions: []policy.Opinion{
			{Model: "a", At: at, Facet: policy.FacetStance, Value: "neutral", Confidence: 0.7},
			{Model: "a", At: at, Facet: policy.FacetKind, Value: "news", Reason: "It reports."},
			{Model: "b", At: at, Facet: policy.FacetStance, Value: "weakens", Confidence: 0.9},
		},
	}
	got := labeller{}.secondsOf(item)
	if len(got) != 2 || got[0].Model != "a" || got[1].Model != "b" {
		t.Fatalf("got %+v, want one block for each model", got)
	}
	want := []opinion{
		{What: "Stance of the text’s own voice – Takes no side", Percent: "70 %"},
		{What: "Kind of document – News", Reason: "It reports.", Differs: true},
	}
	if !slices.Equal(got[0].Opinions, want) {
		t.Errorf("got %+v, want %+v", got[0].Opinions, want)
	}
	if !got[1].Opinions[0].Differs {
		t.Error("another stance does not count as different")
	}
}
