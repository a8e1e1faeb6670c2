package alert

import (
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func TestSubjects(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	long := "The committee on civil liberties, justice and home affairs adopts its report on the proposal after a debate of many hours"
	for _, tc := range []struct {
		name  string
		title string
		next  policy.DossierEvent
		more  int
		want  string
	}{
		{"nothing is expected", "Council adopts position", policy.DossierEvent{}, 0, "[EU] CSA Regulation: Council adopts position"},
		{"a day", "Council adopts position", policy.DossierEvent{Title: "Trilogue", Date: policy.Day(2026, 12, 3)}, 0, "[EU] CSA Regulation: Council adopts position – next: Trilogue 3 Dec"},
		{"another year", "Council adopts position", policy.DossierEvent{Title: "Trilogue", Date: policy.Day(2027, 1, 3)}, 0, "[EU] CSA Regulation: Council adopts position – next: Trilogue 3 Jan 2027"},
		{"a month", "Council adopts position", policy.DossierEvent{Title: "Trilogue (outcome not seen)", Date: policy.Month(2026, 12)}, 0, "[EU] CSA Regulation: Council adopts position – next: Trilogue Dec"},
		{"a year", "Council adopts position", policy.DossierEvent{Title: "Next Trilogue, the third", Date: policy.Year(2027)}, 0, "[EU] CSA Regulation: Council adopts position – next: Trilogue 2027"},
		{"no title", "Council adopts position", policy.DossierEvent{Stage: policy.StageFloor, Date: policy.Day(2026, 12, 3)}, 2, "[EU] CSA Regulation: Council adopts position – next: Debated by the chamber 3 Dec – and 2 more"},
		{"a long step", "Council adopts position", policy.DossierEvent{Title: "Senate due to resume sitting and take up the bill at last", Date: policy.Day(2026, 12, 3)}, 0,
			"[EU] CSA Regulation: Council adopts position – next: Senate due to resume sitting and take up the… 3 Dec"},
		{"no room", long, policy.DossierEvent{Title: "Trilogue", Date: policy.Day(2026, 12, 3)}, 9,
			"[EU] CSA Regulation: The committee on civil liberties, justice and home affairs adopts its report on the proposal after a… – and 9 more"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e := entry{Place: "EU", Name: "CSA Regulation", Title: tc.title}
			if !tc.next.Date.IsZero() {
				e.Next, e.NextDate = stepWords(tc.next), shortDate(tc.next.Date, now)
			}
			got := digest{Entries: []entry{e}, More: tc.more}.subject(policy.AlertEverything)
			if got != tc.want || len([]rune(got)) > longestSubject {
				t.Errorf("got  %q\nwant %q", got, tc.want)
			}
		})
	}
}
