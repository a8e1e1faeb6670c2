package web

import (
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// eventPage is one event of a dossier, with what came before and after it.
type eventPage struct {
	frame
	Event     happening
	Known     string // how we know of it
	KnownLong string
	Before    *happening
	After     *happening
}

func (eventPage) template() string { return "event" }

func (s *Site) event(c *gin.Context) (page, error) {
	id := c.Param("id")
	if err := ask(c.Request.URL.Query()).mistakes.OrNil(); err != nil {
		return nil, err
	}
	ctx := c.Request.Context()
	event, err := s.options.Record.Event(ctx, id)
	if err != nil {
		return nil, err
	}
	if event.ID != id { // the record gained what a machine had noticed
		return nil, redirect{to: eventPath(event.ID), always: true}
	}
	history, err := s.options.Record.Events(ctx, event.Dossier)
	if err != nil {
		return nil, err
	}
	l := s.labeller(ctx)
	p := &eventPage{
		frame: frame{Section: "/dossiers"}, Event: l.happeningOf(event),
		Known: policy.Origins.Label(event.Origin), KnownLong: policy.Origins.Meaning(event.Origin),
	}
	p.Title = p.Event.Title
	p.Description = p.Event.Dossier.Label + ": " + p.Event.Stage + ", " + p.Event.When.Words
	if at := slices.IndexFunc(history, func(e policy.DossierEvent) bool { return e.ID == id }); at >= 0 {
		if at > 0 {
			before := l.happeningOf(history[at-1])
			p.Before = &before
		}
		if at+1 < len(history) {
			after := l.happeningOf(history[at+1])
			p.After = &after
		}
	}
	return p, nil
}
