package alert

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// sides adds the news of changes of side that a Filter asks for to what was found.
func (s *Service) sides(ctx context.Context, f policy.Filter, news []store.News, found map[string]bool) error {
	var changes []policy.SideChange
	for _, n := range news {
		id, is := strings.CutPrefix(n.Ref, store.NewsSide)
		if !is {
			continue
		}
		c, err := s.Store.SideChange(ctx, id)
		if errors.Is(err, policy.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		changes = append(changes, c)
	}
	if len(changes) == 0 {
		return nil
	}
	wanted, err := s.Record.SideChanges(ctx, f, changes)
	for _, c := range wanted {
		found[store.NewsSide+c.ID] = true
	}
	return err
}

// latelySides returns the changes of side since the day from which a Filter asks.
func (s *Service) latelySides(ctx context.Context, f policy.Filter) ([]dated, error) {
	read, err := s.Store.SideChangesRead(ctx, f.From.Start())
	if err != nil {
		return nil, err
	}
	changes, err := s.Record.SideChanges(ctx, f, append(s.Record.Base().SideChanges(), read...))
	var all []dated
	for _, c := range changes {
		if !c.On.IsZero() && !c.On.Start().After(s.now()) {
			all = append(all, dated{s.sideEntry(c), c.On.Start()})
		}
	}
	return all, err
}

func (s *Service) sideEntry(c policy.SideChange) entry {
	d, _ := s.Record.Base().Dossier(c.Dossier)
	actor, _ := s.Record.Base().Actor(c.Actor)
	e := entry{
		Place: d.Jurisdiction, Name: d.Name(), Thread: c.Dossier, Label: "Change of side", Source: c.Claim,
		Title: actor.Name + " now " + nowSays[c.Side] + ", and " + beforeSaid[c.Before] + " before",
		Path:  "/dossiers/" + url.PathEscape(c.Dossier) + "#positions",
	}
	if !c.On.IsZero() {
		e.Date = c.On.Words()
	}
	if c.Item > 0 {
		e.Label, e.Path = "Change of side, read by a machine", "/items/"+strconv.FormatInt(int64(c.Item), 10)
	}
	return e
}

// The words for sides, in a sentence about somebody and a dossier.
var (
	nowSays    = map[policy.Side]string{policy.SideOpposes: "opposes it", policy.SideSupports: "supports it", policy.SideNeutral: "takes no side"}
	beforeSaid = map[policy.Side]string{policy.SideOpposes: "opposed it", policy.SideSupports: "supported it", policy.SideNeutral: "took no side"}
)
