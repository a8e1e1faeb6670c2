package knowledge

import (
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Next is what may come for a dossier.
type Next struct {
	Final    bool                // nothing more is expected of the same text; Possible then is how a new one would begin
	Possible []policy.StageWords // what can come after its status, likeliest first
	Expected []Expected          // steps with a date ahead, or that the record calls upcoming
}

// Expected is an event that lies ahead, or should have come by now.
type Expected struct {
	policy.Event
	Overdue bool // its date is over and the record does not say what came of it
	Vague   bool // only the month or the year is known
}

// NextSteps returns what may come next for a dossier, as seen at now.
func NextSteps(d policy.Dossier, now time.Time) Next {
	words, _ := d.Status.Words()
	next := Next{Final: words.Final}
	for _, stage := range words.Next {
		possible, _ := stage.Words()
		next.Possible = append(next.Possible, possible)
	}
	for _, event := range d.Events {
		if lies, overdue := ahead(event, now); lies {
			next.Expected = append(next.Expected, Expected{event, overdue, vague(event.Date)})
		}
	}
	return next
}

// ahead reports whether an event is expected at now, and whether it is overdue.
// An event of this month, with no day, is ahead only where the record calls it
// upcoming.
func ahead(event policy.Event, now time.Time) (lies, overdue bool) {
	if event.Stage == policy.StageUpcoming {
		return true, !event.Date.End().After(now)
	}
	return event.Date.Start().After(now), false
}

func vague(d policy.Date) bool {
	return d.Precision() == policy.PrecisionYear || d.Precision() == policy.PrecisionMonth
}
