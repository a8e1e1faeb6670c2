package alert

import (
	"context"
	"slices"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

const (
	previewDays  = 30
	previewPages = 5 // of texts, at most
	examples     = 5
)

// dated is an entry and when it would have been told.
type dated struct {
	entry
	at time.Time
}

// Preview says what an alert would have sent in the last 30 days, by the dates of what
// happened. Mistakes are FieldErrors.
func (s *Service) Preview(ctx context.Context, a policy.Alert) (policy.AlertPreview, error) {
	found, more, err := s.lately(ctx, a)
	if err != nil {
		return policy.AlertPreview{}, err
	}
	p := policy.AlertPreview{Days: previewDays, Things: len(found), More: more}
	var times []time.Time
	for i, d := range found {
		times = append(times, d.at)
		if i < examples {
			p.Examples = append(p.Examples, policy.AlertExample{Date: d.Date, Label: d.Label, Title: oneLine(d.title()), Path: d.Path})
		}
	}
	p.Mails = mails(a, times)
	return p, nil
}

func (e entry) title() string {
	if e.Name != "" {
		return e.Name + ": " + e.Title
	}
	return e.Title
}

// lately returns what an alert would have told, the newest first.
func (s *Service) lately(ctx context.Context, a policy.Alert) ([]dated, bool, error) {
	if err := a.Check(); err != nil {
		return nil, false, err
	}
	if err := s.known(a.Filter); err != nil {
		return nil, false, err
	}
	var all []dated
	var more bool
	var err error
	start := s.now().AddDate(0, 0, -previewDays)
	f := a.Of()
	if f.From.Start().Before(start) {
		f.From = policy.Day(start.Date())
	}
	f.Limit = policy.MaxLimit
	switch a.Topic {
	case policy.AlertBills:
		all, more, err = s.latelyBills(ctx, f)
	case policy.AlertDates:
		all, err = s.latelySteps(ctx, f)
	case policy.AlertTexts:
		all, more, err = s.latelyTexts(ctx, f)
	case policy.AlertSides:
		all, err = s.latelySides(ctx, f)
	default:
		var steps, sides []dated
		if all, more, err = s.latelyTexts(ctx, f); err == nil {
			steps, err = s.latelySteps(ctx, f)
		}
		if err == nil {
			sides, err = s.latelySides(ctx, f)
		}
		all = append(append(all, steps...), sides...)
	}
	slices.SortStableFunc(all, func(x, y dated) int { return y.at.Compare(x.at) })
	return all, more, err
}

func (s *Service) latelyTexts(ctx context.Context, f policy.Filter) ([]dated, bool, error) {
	var all []dated
	for range previewPages {
		page, err := s.Store.Items(ctx, f)
		if err != nil {
			return nil, false, err
		}
		for _, i := range page.Items {
			if at := i.ShownAt(); !at.After(s.now()) {
				all = append(all, dated{s.itemEntry(i), at})
			}
		}
		if page.Next == "" {
			return all, false, nil
		}
		f = f.Page(page.Next)
	}
	return all, true, nil
}

func (s *Service) latelySteps(ctx context.Context, f policy.Filter) ([]dated, error) {
	events, _, err := s.events(ctx, f, f.From.Start())
	var all []dated
	for _, e := range events {
		if !e.Vague && !e.Date.Start().After(s.now()) {
			all = append(all, dated{s.eventEntry(e), e.Date.Start()})
		}
	}
	return all, err
}

func (s *Service) latelyBills(ctx context.Context, f policy.Filter) ([]dated, bool, error) {
	page, err := s.Store.Candidates(ctx, f)
	var all []dated
	for _, c := range page.Candidates {
		e := s.candidateEntry(c)
		e.Date = policy.Day(c.FirstSeenAt.Date()).Words()
		all = append(all, dated{e, c.FirstSeenAt})
	}
	return all, page.Next != "", err
}
