package alert

import (
	"slices"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// group is how long mail that is sent at once waits for more.
const group = 5 * time.Minute

// next is the first moment after another at which daily or weekly mail is due: the
// subscriber's hour by the subscriber's clock, one on each day, whatever the clock
// does in that night. Mail at once is due when something came: zero.
func next(a policy.Alert, after time.Time) time.Time {
	if a.Cadence == policy.CadenceInstant {
		return time.Time{}
	}
	zone := a.Location()
	year, month, day := after.In(zone).Date()
	for offset := range 9 {
		due := time.Date(year, month, day+offset, a.Hour, 0, 0, 0, zone)
		// By the calendar, and not by due: an hour that is left out may lie on another day.
		weekday := time.Date(year, month, day+offset, 12, 0, 0, 0, time.UTC).Weekday()
		if due.After(after) && (a.Cadence == policy.CadenceDaily || weekday == a.Weekday) {
			return due.UTC()
		}
	}
	return after.AddDate(0, 0, 7)
}

// soon is when mail at once goes out that is ready at a moment: then, or when the
// subscriber's quiet hours are over.
func soon(a policy.Alert, ready time.Time) time.Time {
	if a.Cadence != policy.CadenceInstant || a.Quiet.IsZero() {
		return ready
	}
	// By the clock, quarter by quarter: an hour may be left out or come twice, and the end
	// that was chosen with it.
	const quarter = 15 * time.Minute
	zone, due := a.Location(), ready
	for range 2 * 24 * 4 {
		if !a.Quiet.At(due.In(zone)) {
			break
		}
		due = due.Truncate(quarter).Add(quarter)
	}
	return due
}

// mails counts the mails that things at these times make.
func mails(a policy.Alert, times []time.Time) int {
	times = slices.SortedFunc(slices.Values(times), time.Time.Compare)
	count := 0
	var last time.Time
	for _, t := range times {
		due := next(a, t)
		if due.IsZero() {
			due = soon(a, t.Add(group))
		}
		if a.Cadence == policy.CadenceInstant && t.Before(last) || due.Equal(last) {
			continue
		}
		count, last = count+1, due
	}
	return count
}
