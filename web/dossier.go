package web

import (
	"cmp"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/record"
)

// dossierItems is how many of its newest items a dossier's page shows.
const dossierItems = 10

// dossierPage is one dossier, in the order in which people ask about it.
type dossierPage struct {
	frame
	Name, FullTitle, OriginalTitle string
	Kind                           string
	Place                          link
	OfficialIDs                    string

	Status     string
	StatusLong string
	Since      when
	Last       when // its last step, where that is later
	Sure       string
	SureLong   string
	Later      []happening // official steps that the record does not have yet

	Effect   badge
	Meaning  string // the first sentence on what it means for encryption
	Measures []phrase
	Summary  string

	Expected  []happening // also what should have come by now
	Ahead     []happening // without that
	Possible  []term
	Final     bool // nothing more is expected of the same text
	Decides   string
	History   []happening // newest first
	Oldest    bool        // or oldest first
	Reverse   string      // the address with the other order
	Suggested []happening

	Standing standing
	Days     []day
	All      string // the list of all its items

	Aliases  []alias
	Official proof
	Text     proof
	Changed  when
	Newest   when // the date of the newest step that the record has a source for
}

func (dossierPage) template() string { return "dossier" }

// alias is what a dossier is called in a language.
type alias struct {
	Tongue tongue
	Name   string // of the language
	Names  string
}

func (s *Site) dossier(c *gin.Context) (page, error) {
	id := c.Param("id")
	q := ask(c.Request.URL.Query(), "on", "order")
	on, order := q.date("on"), oneWord(q, "order", policy.OrderNewest, policy.OrderOldest)
	if err := q.mistakes.OrNil(); err != nil {
		return nil, err
	}
	least := dossierValues(on, order)
	if err := canonical(dossierPath(id), q.values, least); err != nil {
		return nil, err
	}
	ctx := c.Request.Context()
	known, err := s.options.Record.Dossier(ctx, id, on, policy.Filter{Relevance: policy.RelevantOnly, Limit: dossierItems})
	if err != nil {
		return nil, s.respelt(err, id, strings.ToLower(id), dossierPath)
	}
	return s.labeller(ctx).dossierPage(known, order), nil
}

func dossierValues(on policy.Date, order policy.Order) url.Values {
	v := url.Values{}
	if !on.IsZero() {
		v.Set("on", on.String())
	}
	if order == policy.OrderOldest {
		v.Set("order", string(order))
	}
	return v
}

// respelt leads to the address of an id as we spell it, where the one that was
// asked for does not exist.
func (s *Site) respelt(err error, asked, ours string, path func(string) string) error {
	if errors.Is(err, policy.ErrNotFound) && asked != ours {
		return redirect{to: path(ours), always: true}
	}
	return err
}

func (l labeller) dossierPage(d record.Dossier, order policy.Order) *dossierPage {
	words, _ := d.Status.Words()
	mine := policy.Filter{Dossiers: []string{d.ID}}
	p := &dossierPage{
		frame: frame{Title: d.Name(), Section: "/dossiers", Frames: true, Alert: alertFor(policy.Filter{Dossiers: []string{d.ID}}), Tabs: recordTabs(""), Feeds: append(entryForms("dossiers", d.ID), link{Label: "calendar of what is expected", Href: "/feeds/dossiers/" + d.ID + ".ics", Type: "text/calendar"})},
		Name:  d.Name(), FullTitle: other(d.Title, d.Name()), OriginalTitle: other(d.OriginalTitle, d.Title),
		Kind:        policy.DossierKinds.Label(d.Kind),
		Place:       link{Label: l.place(d.Jurisdiction), Href: l.placeHref(d.Jurisdiction)},
		OfficialIDs: strings.Join(d.OfficialIDs, ", "),
		Status:      words.Label, StatusLong: words.Meaning, Since: dateOf(dayOf(l.since(d))),
		Sure: policy.Surenesses.Label(d.Confidence), SureLong: policy.Surenesses.Meaning(d.Confidence),
		Later:  l.happeningsOf(d.Later),
		Effect: effectBadge(d.Effect), Meaning: meaningFor(d.Dossier), Measures: phrasesOf(d.Measures), Summary: d.Summary,
		Final: d.Next.Final, Decides: l.decides(d),
		Oldest:    order == policy.OrderOldest,
		Suggested: l.happeningsOf(d.Suggested),
		Standing:  l.standingOf(d, order),
		Days:      l.daysOf(d.Items.Items), All: timelinePath(mine),
		Aliases:  aliasesOf(d.Aliases),
		Official: l.proofOf(d.Links["official"], ""), Text: l.proofOf(d.Links["text"], ""),
		Changed: dayOnly(d.ChangedAt),
	}
	p.Description = p.Name + ", " + p.Place.Label + ": " + p.Status + ". " + p.Summary
	p.Newest = dateOf(lastStep(d.Dossier, l.now))
	if p.Newest != p.Since {
		p.Last = p.Newest
	}
	p.addCourse(l, d)
	return p
}

// addCourse parts the history into what was, what is expected and what may come.
// What should have come by now stands in both: its date is past, its outcome open.
func (p *dossierPage) addCourse(l labeller, d record.Dossier) {
	for _, e := range d.History {
		shown := l.happeningOf(e)
		if e.Ahead || e.Overdue {
			p.Expected = append(p.Expected, shown)
		}
		if e.Ahead {
			p.Ahead = append(p.Ahead, shown)
			continue
		}
		p.History = append(p.History, shown)
	}
	// What is still to come is more use than what should have come.
	slices.SortStableFunc(p.Expected, func(a, b happening) int {
		return cmp.Compare(overdueLast(a), overdueLast(b))
	})
	for _, words := range d.Next.Possible {
		p.Possible = append(p.Possible, term{Label: words.Label, Meaning: words.Meaning})
	}
	reverse := policy.OrderOldest
	if p.Oldest {
		reverse = policy.OrderNewest
	} else {
		slices.Reverse(p.History)
	}
	p.Reverse = withQuery(dossierPath(d.ID), dossierValues(d.On, reverse)) + "#history"
}

func overdueLast(h happening) int {
	if h.Class == "overdue" {
		return 1
	}
	return 0
}

// other returns the text unless it says what was said already.
func other(text, said string) string {
	if text == said {
		return ""
	}
	return text
}

// dayOnly is the day of a moment of ours.
func dayOnly(t time.Time) when {
	if t.IsZero() {
		return when{}
	}
	return dateOf(policy.Day(t.UTC().Date()))
}

// since is when a dossier came to its status: the first of the steps that all
// were of this stage, up to its last decisive one.
func (l labeller) since(d record.Dossier) policy.Date {
	since := policy.Date{}
	for _, e := range slices.Backward(d.Dossier.Events) {
		words, _ := e.Stage.Words()
		if !words.Decisive || e.Date.Start().After(l.now) {
			continue
		}
		if e.Stage != d.Status {
			break
		}
		since = e.Date
	}
	if since.IsZero() {
		return d.Since
	}
	return since
}

// decides names who decides on the next step, as far as that is known: whoever an
// official source names for an expected one, or else the parliament before which
// a bill lies.
func (l labeller) decides(d record.Dossier) string {
	for _, e := range d.History {
		if e.Ahead && e.Body != "" {
			return e.Body
		}
	}
	before := []policy.Stage{policy.StageIntroduced, policy.StageCommittee, policy.StageFloor, policy.StageAmended, policy.StagePassedChamber}
	if d.Kind != "bill" || !slices.Contains(before, d.Status) {
		return ""
	}
	j, _ := l.base.Jurisdiction(d.Jurisdiction)
	if names := j.Parliament["en"]; len(names) > 0 {
		return names[0]
	}
	return ""
}

func aliasesOf(byLanguage map[string][]string) []alias {
	var all []alias
	for tag, names := range byLanguage {
		all = append(all, alias{Tongue: tongueOf(tag), Name: languageName(tag), Names: strings.Join(names, ", ")})
	}
	slices.SortFunc(all, func(a, b alias) int { return cmp.Compare(a.Name, b.Name) })
	return all
}
