package listing

import (
	"regexp"
	"strconv"
	"time"

	"github.com/backdoorwatch/backdoorwatch/crawler/parse"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Forms of dates that only programs write; written dates are package parse's.
var (
	odataDate   = regexp.MustCompile(`^/Date\((-?\d{1,15})([+-]\d{4})?\)/$`)
	digitsOnly  = regexp.MustCompile(`^\d{8,13}$`)
	localMoment = regexp.MustCompile(`^(\d{4})-(\d\d)-(\d\d)[T ]00:00:00(\.0+)?(?:Z|[+-]\d\d:?\d\d)?$`)
)

// readDate reads a date of a machine-readable answer. Midnight is how such
// answers write a day, so it stays a day: midnight in The Hague would else be
// the evening before in UTC.
func readDate(text, language string) (policy.Date, bool) {
	if m := odataDate.FindStringSubmatch(text); m != nil {
		return sinceEpoch(m[1], time.Millisecond)
	}
	if digitsOnly.MatchString(text) {
		switch len(text) {
		case 8:
			day, err := time.Parse("20060102", text)
			return policy.Day(day.Year(), day.Month(), day.Day()), err == nil
		case 13:
			return sinceEpoch(text, time.Millisecond)
		case 9, 10:
			return sinceEpoch(text, time.Second)
		}
	}
	if m := localMoment.FindStringSubmatch(text); m != nil {
		date, err := policy.ParseDate(m[1] + "-" + m[2] + "-" + m[3])
		return date, err == nil
	}
	return parse.Date(text, language)
}

func sinceEpoch(number string, unit time.Duration) (policy.Date, bool) {
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return policy.Date{}, false
	}
	at := time.Unix(n, 0)
	if unit == time.Millisecond {
		at = time.UnixMilli(n)
	}
	if at.Year() < 1000 || at.Year() > 9999 {
		return policy.Date{}, false
	}
	at = at.UTC()
	if at.Equal(at.Truncate(24*time.Hour)) && unit == time.Millisecond {
		return policy.Day(at.Year(), at.Month(), at.Day()), true
	}
	return policy.Moment(at), true
}
