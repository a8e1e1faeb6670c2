package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// candidatesPage is the bills that machines found and nobody looked at.
type candidatesPage struct {
	frame
	Rows   []candidateRow
	Chosen string // the name of the place that was asked for
	Next   string
	First  string
}

func (candidatesPage) template() string { return "candidates" }

// titleLength is how much of a title is shown, in runes: some acts name every act
// that they change.
const titleLength = 240

// candidateRow is a candidate as lists show it.
type candidateRow struct {
	ID, Href   string
	Title      string
	Place      badge
	IDs        string
	FirstStage string // the step that its source stated when we first saw it
	Stage      string
	StageText  string
	When       when
	Measures   []badge
	Seen       when
	Items      string
}

func (l labeller) candidateRow(c policy.Candidate) candidateRow {
	title, _ := shorten(either(c.Title, "Untitled"), titleLength)
	row := candidateRow{
		ID: "c-" + strconv.FormatInt(int64(c.ID), 10), Href: candidatePath(c.ID), Title: title,
		Place: badge{Label: l.place(c.Jurisdiction), Href: l.placeHref(c.Jurisdiction)},
		IDs:   strings.Join(c.OfficialIDs, ", "), StageText: c.StageText, When: dateOf(c.StageDate),
		Measures: measureBadges(c.Measures), Seen: dayOnly(c.FirstSeenAt), Items: counted(len(c.Items), "text", "texts"),
	}
	if c.Stage != "" {
		row.Stage = c.Stage.Label()
	}
	if c.FirstStage != "" && c.FirstStage != c.Stage {
		row.FirstStage = c.FirstStage.Label()
	}
	return row
}

func (s *Site) candidateList(c *gin.Context) (page, error) {
	values := c.Request.URL.Query()
	q := ask(values, "jurisdiction", "cursor")
	f := policy.Filter{Jurisdictions: q.places("jurisdiction"), Cursor: q.text("cursor"), Relevance: policy.RelevantOnly}
	if err := q.mistakes.OrNil(); err != nil {
		return nil, err
	}
	if err := canonical("/candidates", values, f.Values()); err != nil {
		return nil, err
	}
	ctx := c.Request.Context()
	found, err := s.options.Record.Candidates(ctx, f)
	if err != nil {
		return nil, err
	}
	l := s.labeller(ctx)
	p := &candidatesPage{frame: frame{
		Title: "Found by machine", Section: "/dossiers", Tabs: recordTabs("/candidates"), Alert: "/subscribe?topic=bills",
		Feeds:       formsOf("candidates", f),
		Description: "Bills that official sources state and that nobody has looked at yet.",
	}}
	for _, one := range found.Candidates {
		p.Rows = append(p.Rows, l.candidateRow(one))
	}
	var names []string
	for _, code := range f.Jurisdictions {
		names = append(names, l.place(code))
	}
	p.Chosen = strings.Join(names, ", ")
	if found.Next != "" {
		p.Next = withQuery("/candidates", f.Page(found.Next).Values())
	}
	if f.Cursor != "" {
		p.First = withQuery("/candidates", f.Page("").Values())
	}
	return p, nil
}

// foundPage is one bill found by machine, and what states it.
type foundPage struct {
	frame
	Row   candidateRow
	Steps []step
	Days  []day
}

func (foundPage) template() string { return "candidate" }

func (s *Site) candidate(c *gin.Context) (page, error) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil || id < 1 {
		return nil, fmt.Errorf("candidate %q: %w", c.Param("id"), policy.ErrNotFound)
	}
	if err := ask(c.Request.URL.Query()).mistakes.OrNil(); err != nil {
		return nil, err
	}
	ctx := c.Request.Context()
	known, err := s.options.Record.Candidate(ctx, policy.CandidateID(id))
	if err != nil {
		return nil, err
	}
	if known.Dossier != "" {
		return nil, redirect{to: dossierPath(known.Dossier), always: true}
	}
	l := s.labeller(ctx)
	items := slices.SortedStableFunc(slices.Values(known.Items), func(a, b policy.Item) int { return b.ShownAt().Compare(a.ShownAt()) })
	p := &foundPage{
		frame: frame{Section: "/dossiers", Feeds: []link{{Label: "JSON", Href: "/api/v1" + candidatePath(known.ID), Type: "application/json"}}},
		Row:   l.candidateRow(known.Candidate), Steps: stepsOf(known.Steps), Days: l.daysOf(items),
	}
	p.Title = p.Row.Title
	p.Description = p.Row.Place.Label + ", " + p.Row.IDs + ": found by machine, looked at by nobody yet."
	return p, nil
}
