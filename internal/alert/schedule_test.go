package alert

import (
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func TestNext(t *testing.T) {
	at := func(text string) time.Time {
		moment, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return moment
	}
	daily := func(hour int, zone string) policy.Alert {
		return policy.Alert{Cadence: policy.CadenceDaily, Hour: hour, Zone: zone}
	}
	weekly := func(day time.Weekday, hour int, zone string) policy.Alert {
		return policy.Alert{Cadence: policy.CadenceWeekly, Weekday: day, Hour: hour, Zone: zone}
	}
	for _, tc := range []struct {
		name        string
		alert       policy.Alert
		after, want string
	}{
		{"later today", daily(7, "UTC"), "2026-05-20T06:59:59Z", "2026-05-20T07:00:00Z"},
		{"not twice on one day", daily(7, "UTC"), "2026-05-20T07:00:00Z", "2026-05-21T07:00:00Z"},
		{"summer time", daily(7, "Europe/Berlin"), "2026-05-20T04:59:00Z", "2026-05-20T05:00:00Z"},
		{"winter time", daily(7, "Europe/Berlin"), "2026-12-20T04:59:00Z", "2026-12-20T06:00:00Z"},
		{"the night in which an hour is left out", daily(2, "Europe/Berlin"), "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"},
		{"the day after that", daily(2, "Europe/Berlin"), "2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"},
		{"the night in which an hour comes twice", daily(2, "Europe/Berlin"), "2026-10-24T12:00:00Z", "2026-10-25T01:00:00Z"},
		{"and not at both times", daily(2, "Europe/Berlin"), "2026-10-25T01:00:00Z", "2026-10-26T01:00:00Z"},
		{"half an hour from the others", daily(7, "Asia/Kolkata"), "2026-05-20T00:00:00Z", "2026-05-20T01:30:00Z"},
		{"it is tomorrow there", daily(7, "Pacific/Auckland"), "2026-05-20T20:00:00Z", "2026-05-21T19:00:00Z"},
		{"midnight", daily(0, "America/New_York"), "2026-05-20T12:00:00Z", "2026-05-21T04:00:00Z"},
		{"a midnight that is left out", daily(0, "Africa/Cairo"), "2026-04-23T12:00:00Z", "2026-04-23T22:00:00Z"},
		{"weekly, this week", weekly(time.Friday, 9, "UTC"), "2026-05-20T12:00:00Z", "2026-05-22T09:00:00Z"},
		{"weekly, next week", weekly(time.Wednesday, 9, "UTC"), "2026-05-20T12:00:00Z", "2026-05-27T09:00:00Z"},
		{"weekly, today", weekly(time.Wednesday, 13, "UTC"), "2026-05-20T12:00:00Z", "2026-05-20T13:00:00Z"},
		{"weekly by the day there", weekly(time.Thursday, 7, "Pacific/Auckland"), "2026-05-20T12:00:00Z", "2026-05-20T19:00:00Z"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := next(tc.alert, at(tc.after)); !got.Equal(at(tc.want)) {
				t.Errorf("got %s, want %s", got.Format(time.RFC3339), tc.want)
			}
		})
	}
	if got := next(policy.Alert{Cadence: policy.CadenceInstant}, at("2026-05-20T12:00:00Z")); !got.IsZero() {
		t.Errorf("at once: got %s", got)
	}
}

// TestEveryDayHasOneMail goes through a year in zones that change their clocks.
func TestEveryDayHasOneMail(t *testing.T) {
	for _, zone := range []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kathmandu", "America/Santiago"} {
		for hour := range 24 {
			a := policy.Alert{Cadence: policy.CadenceDaily, Hour: hour, Zone: zone}
			at := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
			for range 365 {
				due := next(a, at)
				if gap := due.Sub(at); !due.After(at) || gap > 49*time.Hour {
					t.Fatalf("%s at %d: %s comes after %s", zone, hour, due, at)
				}
				at = due
			}
			if want := time.Date(2026, 12, 31, 12, 0, 0, 0, time.UTC); at.Sub(want).Abs() > 25*time.Hour {
				t.Errorf("%s at %d: 365 mails last until %s", zone, hour, at)
			}
		}
	}
}

func TestMails(t *testing.T) {
	start := time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
	var times []time.Time
	for _, minutes := range []int{0, 1, 4, 6, 300, 24 * 60, 24*60 + 1} {
		times = append(times, start.Add(time.Duration(minutes)*time.Minute))
	}
	for cadence, want := range map[policy.AlertCadence]int{policy.CadenceInstant: 4, policy.CadenceDaily: 2, policy.CadenceWeekly: 1} {
		if got := mails(policy.Alert{Cadence: cadence, Hour: 7, Weekday: time.Monday, Zone: "UTC"}, times); got != want {
			t.Errorf("%s: got %d mails, want %d", cadence, got, want)
		}
	}
}
