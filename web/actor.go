package web

import (
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// actorItems is how many of the newest items an actor's page shows.
const actorItems = 10

// actorPage is one actor: what they said over time, and what was said of them.
type actorPage struct {
	frame
	Name    string
	Kind    string
	Place   link
	Stance  *badge
	Also    string // other names
	Sides   []sideCount
	Changes string // how often they changed sides, in words
	Years   []yearOfSteps
	Days    []day
	All     string
	Changed when
}

func (actorPage) template() string { return "actor" }

// sideCount is how often an actor took a side.
type sideCount struct {
	Class, Label string
	Count        int
}

// yearOfSteps is what an actor said in one year.
type yearOfSteps struct {
	ID    string
	Label string
	Steps []actorStep
}

// actorStep is one position of an actor.
type actorStep struct {
	stand
	Dossier link
	Effect  badge
	From    string // the side that was left, in words; empty unless it is a change of side
	Class   string
}

func (s *Site) actor(c *gin.Context) (page, error) {
	id := c.Param("id")
	if err := ask(c.Request.URL.Query()).mistakes.OrNil(); err != nil {
		return nil, err
	}
	ctx := c.Request.Context()
	known, err := s.options.Record.Actor(ctx, id, policy.Filter{Relevance: policy.RelevantOnly, Limit: actorItems})
	if err != nil {
		return nil, s.respelt(err, id, strings.ToLower(id), actorPath)
	}
	l, mine := s.labeller(ctx), policy.Filter{Actors: []string{id}}
	p := &actorPage{
		frame: frame{Title: known.Name, Section: "/dossiers", Feeds: entryForms("actors", id)},
		Name:  known.Name, Kind: policy.ActorKinds.Label(known.Kind),
		Place:  link{Label: l.place(known.Jurisdiction), Href: l.placeHref(known.Jurisdiction)},
		Stance: actorStance(known.Stance), Also: otherNames(known.Name, known.Aliases),
		Days: l.daysOf(known.Items.Items), All: timelinePath(mine), Changed: dayOnly(known.ChangedAt),
	}
	p.Description = p.Name + ": positions on encryption policy over time, with sources."
	p.addHistory(l, known.History)
	return p, nil
}

func otherNames(name string, aliases []string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(aliases), func(a string) bool { return a == name }), ", ")
}

// addHistory puts the positions under their years, the newest first.
func (p *actorPage) addHistory(l labeller, history []knowledge.Step) {
	counts, changes := map[policy.Side]int{}, 0
	for _, known := range slices.Backward(history) {
		label := "Date unknown"
		if !known.On.IsZero() {
			label = known.On.Start().Format("2006")
		}
		if n := len(p.Years); n == 0 || p.Years[n-1].Label != label {
			p.Years = append(p.Years, yearOfSteps{ID: "y-" + strings.ReplaceAll(label, " ", "-"), Label: label})
		}
		last := &p.Years[len(p.Years)-1]
		last.Steps = append(last.Steps, l.actorStep(known))
		counts[known.Side]++
		if known.ChangedSide() {
			changes++
		}
	}
	for _, word := range policy.Sides {
		if counts[word.Value] > 0 {
			p.Sides = append(p.Sides, sideCount{string(word.Value), word.Label, counts[word.Value]})
		}
	}
	if changes > 0 {
		p.Changes = counted(changes, "change of side", "changes of side")
	}
}

func (l labeller) actorStep(known knowledge.Step) actorStep {
	d, _ := l.base.Dossier(known.Dossier)
	step := actorStep{
		stand: l.positionOf(known.Position), Dossier: link{Label: l.dossier(known.Dossier), Href: l.dossierHref(known.Dossier)},
		Effect: effectBadge(d.Effect), Class: string(known.Side),
	}
	if known.ChangedSide() {
		step.From = policy.Sides.Label(known.From)
	}
	return step
}
