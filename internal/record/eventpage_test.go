package record_test

import (
	"errors"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func TestEventPagesLeadToAllEventsAndNoItems(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		w.filled(t)
		f := policy.Filter{Dossiers: []string{"gb-zebra"}}
		whole, err := w.EventPage(t.Context(), f)
		if err != nil || len(whole.Events) < 4 || whole.Next != "" {
			t.Fatalf("%d events, next %q, %v", len(whole.Events), whole.Next, err)
		}
		if len(whole.Upcoming) != 2 || whole.Upcoming[1].ID != "gb-zebra.2026-09.upcoming" {
			t.Errorf("upcoming: %v", described(whole.Upcoming))
		}
		var paged []policy.DossierEvent
		f.Limit = 2
		for {
			page, err := w.EventPage(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			paged = append(paged, page.Events...)
			if f.Cursor != "" && page.Upcoming != nil {
				t.Error("what is expected stands on a later page too")
			}
			if f.Cursor = page.Next; f.Cursor == "" {
				break
			}
		}
		same(t, "pages", described(paged), described(whole.Events)...)
		if state, err := w.store.RecordState(t.Context(), policy.RecordEvent, "gb-zebra.2026-09.upcoming"); err != nil || state.ContentChangedAt != now {
			t.Errorf("the event's clock: %+v, %v", state, err)
		}
		timeline, err := w.Timeline(t.Context(), policy.Filter{Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.EventPage(t.Context(), policy.Filter{Limit: 1, Cursor: timeline.Next}); !errors.Is(err, policy.ErrInvalid) {
			t.Errorf("a cursor of the timeline: %v", err)
		}
	})
}
