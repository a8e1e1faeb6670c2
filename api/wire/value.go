package wire

import (
	"math"
	"net/url"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// list returns the values, and an empty list rather than none: null is no list.
func list(values []string) []string {
	if values == nil {
		return []string{}
	}
	return values
}

// each returns what f makes of each value; an empty list for none.
func each[A, B any](values []A, f func(A) B) []B {
	made := make([]B, len(values))
	for i, v := range values {
		made[i] = f(v)
	}
	return made
}

// web returns an address of the web, and nothing for any other: a caller may make
// a link of it, which must not run a script.
func web(address string) string {
	if u, err := url.Parse(address); err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return address
}

// date returns the text of a date, or nil where it is unknown.
func date(d policy.Date) *string {
	if d.IsZero() {
		return nil
	}
	text := d.String()
	return &text
}

// moment returns the time in UTC, or nil where it is unknown.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func precision(d policy.Date) string {
	switch d.Precision() {
	case policy.PrecisionYear:
		return "year"
	case policy.PrecisionMonth:
		return "month"
	case policy.PrecisionDay:
		return "day"
	case policy.PrecisionMoment:
		return "moment"
	}
	return "none"
}

// confidence keeps three digits: more would claim a precision that nobody has.
// What is no number, which JSON cannot say, is no confidence.
func confidence(c float64) float64 {
	if math.IsNaN(c) {
		return 0
	}
	return math.Round(min(1, max(0, c))*1000) / 1000
}
