package crawler

import (
	"slices"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// leastGap is the shortest usual gap that is believed: ten entries in an hour do
// not make a source stale the next day.
const leastGap = 3 * 24 * time.Hour

// judge sums the visit up in a state of health, the gravest that applies.
func (v *visit) judge() {
	r := &v.report
	gap := v.usualGap()
	switch {
	case r.Health != "":
	case v.notNew:
		r.Health = policy.HealthNotModified
	case r.Entries == 0:
		v.fail(policy.HealthEmpty, "it answered, but with no entries")
	case v.dated == 0 && v.datesExpected():
		v.fail(policy.HealthUnparsedDates, "none of %d entries has a date that could be read", r.Entries)
	case v.partial:
		v.fail(policy.HealthPartial, "%d of %d entries could not be read", v.lost, r.Entries)
		if len(r.Problems) > 0 {
			r.Detail = r.Problems[0]
		}
	case gap > 0 && r.StartedAt.Sub(r.NewestAt) > time.Duration(v.crawler.options.StaleFactor)*gap:
		v.fail(policy.HealthStale, "its newest entry is of %s", r.NewestAt.Format("2 January 2006"))
	case r.MovedTo != "":
		v.fail(policy.HealthMoved, "it answers from %s", r.MovedTo)
	default:
		r.Health = policy.HealthOK
	}
}

// datesExpected reports whether entries should have a date at all.
func (v *visit) datesExpected() bool {
	if list := v.source.Listing(); list != nil {
		return list.Dates()
	}
	return v.source.Sitemap == nil || v.undatable > 0
}

// usualGap is the median time between neighbouring entries; 0 where there are
// too few to tell.
func (v *visit) usualGap() time.Duration {
	if len(v.dates) < 4 {
		return 0
	}
	slices.SortFunc(v.dates, time.Time.Compare)
	gaps := make([]time.Duration, 0, len(v.dates)-1)
	for i := 1; i < len(v.dates); i++ {
		gaps = append(gaps, v.dates[i].Sub(v.dates[i-1]))
	}
	slices.Sort(gaps)
	return max(gaps[len(gaps)/2], leastGap)
}
