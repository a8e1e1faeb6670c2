package policy

import "time"

// Quiet are the hours of a day in which mail at once waits: from the beginning of one
// to the beginning of the other, which may be on the next day. Two equal hours, as in
// the zero value, are no quiet hours.
type Quiet struct{ From, To int }

// IsZero reports whether there are none.
func (q Quiet) IsZero() bool { return q.From == q.To }

// At reports whether a moment by the clock of its location lies in them.
func (q Quiet) At(t time.Time) bool {
	hour := t.Hour()
	if q.From < q.To {
		return q.From <= hour && hour < q.To
	}
	return q.From > q.To && (hour >= q.From || hour < q.To)
}
