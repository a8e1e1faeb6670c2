package web

import (
	"time"

	"github.com/gin-gonic/gin"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// sourceEntries is how many of a source's newest entries its page shows.
const sourceEntries = 10

// sourcePage is one source: what it is, how it does, what it brought.
type sourcePage struct {
	frame
	Row         sourceRow
	GradeLong   string
	Licence     string
	Attribution string
	Interval    string
	Days        []day
	All         string // the list of its relevant entries
	Everything  string // the list of all its entries
}

func (sourcePage) template() string { return "source" }

func (s *Site) source(c *gin.Context) (page, error) {
	ctx := c.Request.Context()
	status, err := s.options.Reader.Source(ctx, c.Param("id"))
	if err != nil {
		return nil, err
	}
	mine := policy.Filter{Sources: []string{status.ID}, Relevance: policy.RelevantOnly, Order: policy.OrderNewest}
	newest := mine
	newest.Limit = sourceEntries
	items, err := s.options.Reader.Items(ctx, newest)
	if err != nil {
		return nil, err
	}
	l := s.labeller(ctx)
	everything := mine
	everything.Relevance = policy.AnyRelevance
	p := &sourcePage{
		frame:       frame{Section: "/sources", Feeds: formsOf("items", mine)},
		Row:         l.rowOf(status),
		GradeLong:   policy.Grades.Meaning(status.Grade),
		Licence:     status.Licence,
		Attribution: status.Attribution,
		Interval:    every(status.Interval),
		Days:        l.daysOf(items.Items),
		All:         timelinePath(mine),
		Everything:  timelinePath(everything),
	}
	p.Title = p.Row.Name
	p.Description = p.Row.Name + ": how it is doing and what it brought."
	return p, nil
}

// every puts an interval in words.
func every(interval time.Duration) string {
	switch {
	case interval <= 0:
		return ""
	case interval == time.Hour:
		return "every hour"
	case interval == 24*time.Hour:
		return "every day"
	case interval < 2*time.Hour:
		return "every " + counted(int(interval.Minutes()), "minute", "minutes")
	case interval < 48*time.Hour:
		return "every " + counted(int(interval.Hours()+0.5), "hour", "hours")
	}
	return "every " + counted(int(interval.Hours()/24+0.5), "day", "days")
}
