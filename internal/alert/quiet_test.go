package alert

import (
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func TestQuietHours(t *testing.T) {
	at := func(text string) time.Time {
		moment, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return moment
	}
	for _, tc := range []struct {
		name        string
		from, to    int
		zone        string
		ready, want string
	}{
		{"none", 0, 0, "UTC", "2026-05-20T03:00:00Z", "2026-05-20T03:00:00Z"},
		{"before them", 22, 7, "UTC", "2026-05-20T21:59:59Z", "2026-05-20T21:59:59Z"},
		{"their first second", 22, 7, "UTC", "2026-05-20T22:00:00Z", "2026-05-21T07:00:00Z"},
		{"after midnight", 22, 7, "UTC", "2026-05-21T06:59:59Z", "2026-05-21T07:00:00Z"},
		{"when they are over", 22, 7, "UTC", "2026-05-21T07:00:00Z", "2026-05-21T07:00:00Z"},
		{"at noon", 12, 14, "UTC", "2026-05-20T13:30:00Z", "2026-05-20T14:00:00Z"},
		{"until midnight", 20, 0, "UTC", "2026-05-20T23:30:00Z", "2026-05-21T00:00:00Z"},
		{"from midnight", 0, 6, "UTC", "2026-05-20T00:30:00Z", "2026-05-20T06:00:00Z"},
		{"summer time", 22, 7, "Europe/Berlin", "2026-05-20T20:00:00Z", "2026-05-21T05:00:00Z"},
		{"winter time", 22, 7, "Europe/Berlin", "2026-12-20T21:00:00Z", "2026-12-21T06:00:00Z"},
		{"the short night", 22, 7, "Europe/Berlin", "2026-03-28T21:30:00Z", "2026-03-29T05:00:00Z"},
		{"the long night", 22, 7, "Europe/Berlin", "2026-10-24T20:30:00Z", "2026-10-25T06:00:00Z"},
		{"an end that is left out", 22, 2, "Europe/Berlin", "2026-03-28T23:30:00Z", "2026-03-29T01:00:00Z"},
		{"a beginning that is left out", 2, 4, "Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z"},
		{"the hour that comes twice, first time", 2, 3, "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T02:00:00Z"},
		{"the hour that comes twice, second time", 2, 3, "Europe/Berlin", "2026-10-25T01:30:00Z", "2026-10-25T02:00:00Z"},
		{"it is another day there", 22, 7, "Pacific/Auckland", "2026-05-20T11:00:00Z", "2026-05-20T19:00:00Z"},
		{"half an hour from the others", 22, 7, "Asia/Kolkata", "2026-05-20T20:00:00Z", "2026-05-21T01:30:00Z"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := policy.Alert{Cadence: policy.CadenceInstant, Quiet: policy.Quiet{From: tc.from, To: tc.to}, Zone: tc.zone}
			if got := soon(a, at(tc.ready)); !got.Equal(at(tc.want)) {
				t.Errorf("got %s, want %s", got.Format(time.RFC3339), tc.want)
			}
			a.Cadence = policy.CadenceDaily
			if got := soon(a, at(tc.ready)); !got.Equal(at(tc.ready)) {
				t.Errorf("daily mail moved to %s", got)
			}
		})
	}
}

// TestNoMailInQuietHours goes through the nights of a year in which clocks change, in
// steps of ten minutes.
func TestNoMailInQuietHours(t *testing.T) {
	for _, zone := range []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "America/Santiago"} {
		for _, q := range []policy.Quiet{{From: 22, To: 7}, {From: 0, To: 1}, {From: 1, To: 2}, {From: 2, To: 3}, {From: 23, To: 0}, {From: 7, To: 6}} {
			a := policy.Alert{Cadence: policy.CadenceInstant, Quiet: q, Zone: zone}
			there := a.Location()
			offset := func(t time.Time) int { _, seconds := t.In(there).Zone(); return seconds }
			nights := 0
			for day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() == 2026; day = day.AddDate(0, 0, 1) {
				if offset(day) == offset(day.AddDate(0, 0, 1)) {
					continue
				}
				nights++
				for at := day.AddDate(0, 0, -1); at.Before(day.AddDate(0, 0, 2)); at = at.Add(10 * time.Minute) {
					due := soon(a, at)
					if q.At(due.In(there)) || due.Before(at) || due.Sub(at) > 25*time.Hour || !q.At(at.In(there)) && !due.Equal(at) {
						t.Fatalf("%s, %v: what is ready at %s goes out at %s", zone, q, at, due.In(there))
					}
				}
			}
			if nights != 2 {
				t.Errorf("%s: clocks change in %d nights", zone, nights)
			}
		}
	}
}
