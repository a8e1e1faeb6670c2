package policy

import (
	"cmp"
	"fmt"
	"time"
)

// Precision says how much of a Date is known.
type Precision int

// The precisions, from nothing to a moment.
const (
	PrecisionNone Precision = iota
	PrecisionYear
	PrecisionMonth
	PrecisionDay
	PrecisionMoment
)

// Date is a point in the world's time of which perhaps only the day, the month
// or the year is known. A partial date stays partial: it is shown as "May 2026"
// and never turned into a false day. The zero Date is unknown.
type Date struct {
	at        time.Time // the first moment of the span, in UTC
	precision Precision
}

// Year, Month and Day make partial dates; Moment makes a full one.
func Year(y int) Date { return Date{time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC), PrecisionYear} }

// Month returns a date of which year and month are known.
func Month(y int, m time.Month) Date {
	return Date{time.Date(y, m, 1, 0, 0, 0, 0, time.UTC), PrecisionMonth}
}

// Day returns a date of which the day is known.
func Day(y int, m time.Month, d int) Date {
	return Date{time.Date(y, m, d, 0, 0, 0, 0, time.UTC), PrecisionDay}
}

// Moment returns a date that is known to the second.
func Moment(t time.Time) Date {
	if t.IsZero() {
		return Date{}
	}
	return Date{t.UTC().Truncate(time.Second), PrecisionMoment}
}

// layouts are the text forms of a Date, which are those of RFC 3339 cut short.
var layouts = map[Precision]string{
	PrecisionYear:   "2006",
	PrecisionMonth:  "2006-01",
	PrecisionDay:    "2006-01-02",
	PrecisionMoment: time.RFC3339,
}

// ParseDate reads "2026", "2026-05", "2026-05-12" or an RFC 3339 moment. The
// empty text is the unknown date. Any other text wraps ErrInvalid.
func ParseDate(text string) (Date, error) {
	precision := PrecisionMoment
	switch len(text) {
	case 0:
		return Date{}, nil
	case 4:
		precision = PrecisionYear
	case 7:
		precision = PrecisionMonth
	case 10:
		precision = PrecisionDay
	}
	t, err := time.Parse(layouts[precision], text)
	if err != nil {
		return Date{}, fmt.Errorf("%w date %q: write 2026, 2026-05, 2026-05-12 or 2026-05-12T08:00:00Z", ErrInvalid, text)
	}
	return Date{t.UTC(), precision}, nil
}

// IsZero reports whether the date is unknown.
func (d Date) IsZero() bool { return d.precision == PrecisionNone }

// Precision says how much of the date is known.
func (d Date) Precision() Precision { return d.precision }

// Start returns the first moment that the date can mean, in UTC; the zero time
// where the date is unknown.
func (d Date) Start() time.Time { return d.at }

// End returns the first moment after all that the date can mean, in UTC.
func (d Date) End() time.Time {
	switch d.precision {
	case PrecisionYear:
		return d.at.AddDate(1, 0, 0)
	case PrecisionMonth:
		return d.at.AddDate(0, 1, 0)
	case PrecisionDay:
		return d.at.AddDate(0, 0, 1)
	case PrecisionMoment:
		return d.at.Add(time.Second)
	}
	return d.at
}

// Compare orders dates by their first moment, then the vaguer one first.
// Unknown dates come before all others.
func (d Date) Compare(other Date) int {
	if c := d.at.Compare(other.at); c != 0 {
		return c
	}
	return cmp.Compare(d.precision, other.precision)
}

// String returns the shortest text form that loses nothing; see ParseDate.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.at.Format(layouts[d.precision])
}

// Words returns the date as people read it: "2026", "May 2026", "12 May 2026".
func (d Date) Words() string {
	switch d.precision {
	case PrecisionYear:
		return d.at.Format("2006")
	case PrecisionMonth:
		return d.at.Format("January 2006")
	case PrecisionDay, PrecisionMoment:
		return d.at.Format("2 January 2006")
	}
	return "date unknown"
}

// MarshalText writes the form of String, for JSON and YAML.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the forms of ParseDate.
func (d *Date) UnmarshalText(text []byte) error {
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
