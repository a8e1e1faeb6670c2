package web

import (
	"github.com/gin-gonic/gin"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// timelinePage is every item that answers a filter, by day.
type timelinePage struct {
	frame
	Count   string // how many entries there are, in words
	Form    filterForm
	Density *density
	Days    []day
	Next    string // address of the next page; empty on the last one
	First   string // address of the first page; empty on the first one
	Older   bool   // the next page holds older entries
	Reset   string
}

func (timelinePage) template() string { return "timeline" }

func (s *Site) timeline(c *gin.Context) (page, error) {
	values := c.Request.URL.Query()
	filter, err := policy.ParseFilter(values)
	if err != nil {
		return nil, err
	}
	// A form sends its empty fields too. Equal questions have equal addresses,
	// so that a link to a list says only what was asked.
	if blanks(values) || len(filter.Values()) < len(values) {
		return nil, redirect{timelinePath(filter)}
	}
	ctx, reader := c.Request.Context(), s.options.Reader
	items, err := reader.Items(ctx, filter)
	if err != nil {
		return nil, err
	}
	facets, err := reader.Facets(ctx, filter)
	if err != nil {
		return nil, err
	}
	months, err := s.months(c, filter, facets)
	if err != nil {
		return nil, err
	}
	l := s.labeller(ctx)
	p := &timelinePage{
		frame:   frame{Section: "/timeline", Feeds: formsOf(filter), Title: "Timeline"},
		Count:   counted(facets.Total, "entry", "entries"),
		Form:    l.formOf(filter, facets),
		Density: densityOf(months, filter),
		Days:    l.daysOf(items.Items, s.options.Now()),
		Older:   filter.Order != policy.OrderOldest,
		Reset:   "/timeline",
	}
	if summary := summaryOf(p.Form.Chips); summary != "" {
		p.Title = "Timeline: " + summary
	}
	p.Description = p.Count + " on encryption policy, by day, with sources."
	if items.Next != "" {
		p.Next = timelinePath(filter.Page(items.Next))
	}
	if filter.Cursor != "" {
		p.First = timelinePath(filter.Page(""))
	}
	return p, nil
}

// months returns the counts by month of a list. A store that does not count them
// for a narrowed list still knows them for the whole.
func (s *Site) months(c *gin.Context, filter policy.Filter, facets policy.Facets) ([]policy.Count, error) {
	if len(facets.ByMonth) > 0 || filter.Narrowed() {
		return facets.ByMonth, nil
	}
	stats, err := s.options.Reader.Stats(c.Request.Context())
	return stats.ByMonth, err
}

// blanks reports whether some parameter was sent without a value.
func blanks(values map[string][]string) bool {
	for _, all := range values {
		for _, value := range all {
			if value == "" {
				return true
			}
		}
	}
	return false
}
