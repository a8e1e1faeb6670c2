package web

import (
	"errors"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// What the timeline shows: the steps of dossiers and the texts that we read in
// one stream, or one of the two alone.
const (
	showAll    = "all"
	showEvents = "events"
	showItems  = "items"
)

// timelinePage is all that happened and answers a filter, by day.
type timelinePage struct {
	frame
	Count    string // how many entries there are, in words
	Form     filterForm
	Shows    []section // what else the list can show
	Density  *density
	Chart    *effectChart
	Open     bool // the chart is the one drawing of the page
	Upcoming []happening
	Now      when
	Days     []day
	Next     string // address of the next page; empty on the last one
	First    string // address of the first page; empty on the first one
	Older    bool   // the next page holds older entries
	Reset    string
	Chips    []chip
}

func (timelinePage) template() string { return "timeline" }

// stream is what the timeline is asked for.
type stream struct {
	policy.Filter
	show string
}

func (s stream) path() string {
	v := s.Values()
	if s.show != showAll {
		v.Set("show", s.show)
	}
	return withQuery("/timeline", v)
}

// keep returns an address of the timeline that shows the same sort of entries.
func (s stream) keep(address string) string {
	path, mark, _ := strings.Cut(address, "#")
	if s.show == showAll || !strings.HasPrefix(path, "/timeline") {
		return address
	}
	u, err := url.Parse(path)
	if err != nil {
		return address
	}
	v := u.Query()
	v.Set("show", s.show)
	if mark != "" {
		mark = "#" + mark
	}
	return withQuery(u.Path, v) + mark
}

func askTimeline(values url.Values) (stream, error) {
	q := &question{values: values}
	asked := stream{show: oneWord(q, "show", showAll, showEvents, showItems)}
	rest := url.Values{}
	for name, all := range values {
		if name != "show" {
			rest[name] = all
		}
	}
	var err error
	if asked.Filter, err = policy.ParseFilter(rest); err != nil {
		var fields policy.FieldErrors
		if !errors.As(err, &fields) {
			return asked, err
		}
		q.mistakes = append(q.mistakes, fields...)
	}
	return asked, q.mistakes.OrNil()
}

func (s *Site) timeline(c *gin.Context) (page, error) {
	values := c.Request.URL.Query()
	asked, err := askTimeline(values)
	if err != nil {
		return nil, err
	}
	// A form sends its empty fields too. Equal questions have equal addresses,
	// so that a link to a list says only what was asked.
	least, err := url.Parse(asked.path())
	if err != nil {
		return nil, err
	}
	if err := canonical("/timeline", values, least.Query()); err != nil {
		return nil, err
	}
	ctx := c.Request.Context()
	facets, err := s.options.Reader.Facets(ctx, asked.Filter)
	if err != nil {
		return nil, err
	}
	months, err := s.months(c, asked.Filter, facets)
	if err != nil {
		return nil, err
	}
	l := s.labeller(ctx)
	p := &timelinePage{
		frame: frame{Section: "/timeline", Feeds: asked.forms(), Frames: true, Title: "Timeline", Alert: alertFor(asked.Filter)},
		Form:  l.formOf(asked.Filter, facets), Shows: asked.shows(),
		Older: asked.Order != policy.OrderOldest, Now: dayOnly(l.now),
		Reset: asked.keep("/timeline"), Count: counted(facets.Total, "entry", "entries"),
	}
	if asked.show != showAll {
		p.Form.Hidden = append(p.Form.Hidden, option{Name: "show", Value: asked.show})
	}
	switch asked.show {
	case showItems:
		p.Density = densityOf(months, asked.Filter, "entry", "entries")
		err = s.addItems(c, p, l, asked)
	case showEvents:
		err = s.addEvents(c, p, l, asked)
	default:
		err = s.addStream(c, p, l, asked, months)
	}
	if err != nil {
		return nil, err
	}
	p.finish(asked)
	return p, nil
}

// addItems fills the page with texts alone.
func (s *Site) addItems(c *gin.Context, p *timelinePage, l labeller, asked stream) error {
	items, err := s.options.Reader.Items(c.Request.Context(), asked.Filter)
	if err != nil {
		return err
	}
	p.Days, p.Next = l.daysOf(items.Items), items.Next
	return nil
}

// addEvents fills the page with the steps of dossiers alone.
func (s *Site) addEvents(c *gin.Context, p *timelinePage, l labeller, asked stream) error {
	ctx := c.Request.Context()
	events, err := s.options.Record.EventPage(ctx, asked.Filter)
	if err != nil {
		return err
	}
	effects, err := s.options.Record.EventsByMonth(ctx, asked.Filter)
	if err != nil {
		return err
	}
	var days dayList
	for _, e := range events.Events {
		h := l.happeningOf(e)
		days.add(dayOf(e.Date), l.now, listed{Event: &h})
	}
	p.Days, p.Next, p.Upcoming = days, events.Next, l.expectedOf(events.Upcoming)
	p.Chart, p.Open = effectChartOf(effects, asked.Filter), true
	steps, exact := stepsWithin(effects, asked.Filter)
	p.Count = "Steps of dossiers"
	if exact {
		p.Count = counted(steps, "step of a dossier", "steps of dossiers")
	}
	return nil
}

// addStream fills the page with the steps of dossiers and the texts.
func (s *Site) addStream(c *gin.Context, p *timelinePage, l labeller, asked stream, months []policy.Count) error {
	ctx := c.Request.Context()
	all, err := s.options.Record.Timeline(ctx, asked.Filter)
	if err != nil {
		return err
	}
	effects, err := s.options.Record.EventsByMonth(ctx, asked.Filter)
	if err != nil {
		return err
	}
	p.Days, p.Next, p.Upcoming = l.streamOf(all.Entries), all.Next, l.expectedOf(all.Upcoming)
	p.Chart = effectChartOf(effects, asked.Filter)
	p.Density = densityOf(together(months, effects), asked.Filter, "entry or step", "entries and steps")
	if steps, exact := stepsWithin(effects, asked.Filter); !exact {
		p.Count += ", and steps of dossiers"
	} else if steps > 0 {
		p.Count += " and " + counted(steps, "step of a dossier", "steps of dossiers")
	}
	return nil
}

// finish gives the page its words and the addresses of its neighbours.
func (p *timelinePage) finish(asked stream) {
	for i := range p.Form.Chips {
		p.Form.Chips[i].Href = asked.keep(p.Form.Chips[i].Href)
	}
	p.Chips = p.Form.Chips
	if p.Density != nil {
		for i := range p.Density.Rows {
			p.Density.Rows[i].Href = asked.keep(p.Density.Rows[i].Href)
		}
	}
	if summary := summaryOf(p.Chips); summary != "" {
		p.Title = "Timeline: " + summary
	}
	p.Description = p.Count + " on encryption policy, by day, with sources."
	if p.Next != "" {
		p.Next = stream{asked.Page(p.Next), asked.show}.path()
	}
	if asked.Cursor != "" {
		p.First = stream{asked.Page(""), asked.show}.path()
	}
}

// forms are the other forms of the list, with the same sort of entries.
func (s stream) forms() []link {
	switch s.show {
	case showItems:
		return formsOf("items", s.Filter)
	case showEvents:
		return streamForms("events", s.Filter)
	}
	return streamForms("timeline", s.Filter)
}

// shows are the sorts of entries that the list can show.
func (s stream) shows() []section {
	one := func(label, show string) section {
		return section{Label: label, Href: stream{s.Page(""), show}.path(), Current: s.show == show}
	}
	return []section{one("Steps and texts", showAll), one("Steps only", showEvents), one("Texts only", showItems)}
}

// together adds the counts of texts and of steps by month. Steps of which only the
// year is known have no month.
func together(texts []policy.Count, steps []policy.EffectMonth) []policy.Count {
	counts := map[string]int{}
	for _, c := range texts {
		counts[c.Value] += c.Count
	}
	for _, m := range steps {
		counts[m.Month] += m.Total
	}
	var all []policy.Count
	for value, n := range counts {
		all = append(all, policy.Count{Value: value, Count: n})
	}
	return byValue(all)
}

// stepsWithin counts the steps within the dates of a filter, and whether the count
// is exact: the counts are by month, so a day within one cannot be told.
func stepsWithin(months []policy.EffectMonth, f policy.Filter) (steps int, exact bool) {
	if len(months) > 0 && (f.From.Precision() >= policy.PrecisionDay || f.To.Precision() >= policy.PrecisionDay) {
		return 0, false
	}
	for _, m := range months {
		date, err := policy.ParseDate(m.Month)
		if err != nil {
			continue
		}
		if (f.From.IsZero() || date.End().After(f.From.Start())) && (f.To.IsZero() || date.Start().Before(f.To.End())) {
			steps += m.Total
		}
	}
	return steps, true
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
