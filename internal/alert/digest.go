package alert

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// shown is how many things one mail tells in full.
const shown = 20

// digests makes the mails of all subscriptions whose time has come.
func (s *Service) digests(ctx context.Context) error {
	due, err := s.Store.DueSubscriptions(ctx, s.now())
	if err != nil {
		return err
	}
	var errs []error
	for _, sub := range due {
		if err := s.digest(ctx, sub); err != nil {
			errs = append(errs, fmt.Errorf("making the mail of subscription %s: %w", sub.ID, err))
		}
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(errs...)
}

// digest makes one mail of all that waits, and keeps it in one transaction with what
// it tells: whichever process does so first, the others find nothing to do.
func (s *Service) digest(ctx context.Context, sub store.Subscription) error {
	now := s.now()
	if later := soon(sub.Alert, now); later.After(now) {
		return s.postpone(ctx, sub, later)
	}
	waiting, err := s.Store.Waiting(ctx, sub.ID)
	if err != nil {
		return err
	}
	var m *store.Mail
	if len(waiting) > 0 {
		if m, err = s.write(ctx, sub, waiting, now); err != nil {
			return err
		}
	}
	return s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AddDigest(ctx, sub, m, waiting, next(sub.Alert, now))
		return err
	})
}

// postpone lets a mail wait that was due and could not be made before the quiet hours.
func (s *Service) postpone(ctx context.Context, sub store.Subscription, until time.Time) error {
	return s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AddDigest(ctx, sub, nil, nil, until)
		return err
	})
}

// write renders the mail; nil where nothing of what waits is there any more.
func (s *Service) write(ctx context.Context, sub store.Subscription, waiting []store.News, now time.Time) (*store.Mail, error) {
	entries, err := s.entries(ctx, waiting)
	if err != nil || len(entries) == 0 {
		return nil, err
	}
	address, err := s.address(sub)
	if err != nil {
		return nil, err
	}
	l, err := s.letter(ctx, sub, entries, now)
	if err != nil {
		return nil, err
	}
	l.to = address
	r, err := s.renewalOf(sub, now)
	if err != nil {
		return nil, err
	}
	m, err := s.mail(ctx, sub, l, r)
	return &m, err
}

// letter writes down what a subscription is told.
func (s *Service) letter(ctx context.Context, sub store.Subscription, entries []entry, now time.Time) (letter, error) {
	manage, err := s.Keys.token(Manage, sub.ID, now.Add(manageFor))
	if err != nil {
		return letter{}, err
	}
	unsubscribe, err := s.Keys.token(Unsubscribe, sub.ID, time.Time{})
	if err != nil {
		return letter{}, err
	}
	d := digest{
		About: s.about(sub.Alert, false), Rhythm: rhythm(sub.Alert), Entries: entries, All: s.link(listPath(sub.Alert)),
		Manage: s.link("/alerts/manage/" + manage), Unsubscribe: s.link("/alerts/unsubscribe/" + unsubscribe), Site: s.PublicURL,
	}
	if len(entries) > shown {
		d.Entries, d.More = entries[:shown], len(entries)-shown
	}
	if sub.Alert.Topic != policy.AlertDates { // there every entry is a coming step
		if err := s.expect(ctx, d.Entries); err != nil {
			return letter{}, err
		}
	}
	plain, rich, err := s.templates.render("digest", d)
	return letter{
		id: newID(), subject: d.subject(sub.Alert.Topic), text: plain, html: rich, at: now,
		thread: threadOf(sub.ID, entries), list: &list{unsubscribe: d.Unsubscribe},
	}, err
}

// threadOf is the same for all mails of a subscription that are about one dossier alone.
func threadOf(subscription string, entries []entry) string {
	dossier := entries[0].Thread
	for _, e := range entries {
		if e.Thread != dossier {
			return ""
		}
	}
	if dossier == "" {
		return ""
	}
	return dossier + "." + strings.ToLower(subscription[:8])
}

// listPath is the page that lists what an alert is about.
func listPath(a policy.Alert) string {
	f, path := a.Of(), "/timeline"
	if a.Topic == policy.AlertBills {
		f, path = policy.Filter{Jurisdictions: f.Jurisdictions}, "/candidates"
	}
	if a.Topic == policy.AlertSides {
		f, path = policy.Filter{}, "/actors"
	}
	if query := f.Values().Encode(); query != "" {
		return path + "?" + query
	}
	return path
}

// entries describes what waits. What was removed since is left out.
func (s *Service) entries(ctx context.Context, waiting []store.News) ([]entry, error) {
	var all []entry
	for _, n := range waiting {
		e, err := s.entry(ctx, n)
		if errors.Is(err, policy.ErrNotFound) || errors.Is(err, policy.ErrGone) {
			continue
		}
		if err != nil {
			return nil, err
		}
		e.Title, e.Address = cmp.Or(oneLine(e.Title), "Untitled"), s.link(e.Path)
		all = append(all, e)
	}
	return all, nil
}

func (s *Service) entry(ctx context.Context, n store.News) (entry, error) {
	switch {
	case strings.HasPrefix(n.Ref, store.NewsItem):
		item, err := s.Store.Item(ctx, policy.ItemID(n.Number()))
		return s.itemEntry(item), err
	case strings.HasPrefix(n.Ref, store.NewsCandidate):
		c, err := s.Store.Candidate(ctx, policy.CandidateID(n.Number()))
		return s.candidateEntry(c), err
	case strings.HasPrefix(n.Ref, store.NewsSide):
		c, err := s.Store.SideChange(ctx, strings.TrimPrefix(n.Ref, store.NewsSide))
		return s.sideEntry(c), err
	}
	event, err := s.Record.Event(ctx, strings.TrimPrefix(n.Ref, store.NewsEvent))
	return s.eventEntry(event), err
}

func (s *Service) itemEntry(i policy.Item) entry {
	e := entry{
		Label: cmp.Or(policy.Kinds.Label(policy.Kind(i.Tags.Kind.Value)), "Text"), Title: i.Document.Title, Date: i.Document.Published.Words(),
		Source: i.Document.Source, Path: "/items/" + strconv.FormatInt(int64(i.ID), 10),
	}
	if len(i.Tags.Jurisdictions) > 0 {
		e.Place = i.Tags.Jurisdictions[0].Value
	}
	if len(i.Tags.Dossiers) == 1 {
		e.Thread = i.Tags.Dossiers[0].Value
	}
	if i.Document.Published.IsZero() {
		e.Date = ""
	}
	return e
}

func (s *Service) eventEntry(event policy.DossierEvent) entry {
	d, _ := s.Record.Base().Dossier(event.Dossier)
	return entry{
		Place: event.Jurisdiction, Name: d.Name(), Thread: event.Dossier, Label: event.Stage.Label(), Title: cmp.Or(event.Title, event.Stage.Label()),
		Date: event.Date.Words(), Source: event.Body, Path: "/events/" + url.PathEscape(event.ID),
	}
}

func (s *Service) candidateEntry(c policy.Candidate) entry {
	label := "New bill, found by machine"
	if c.Stage != "" {
		label += ", " + strings.ToLower(c.Stage.Label())
	}
	return entry{
		Place: c.Jurisdiction, Label: label, Title: c.Title, Source: strings.Join(c.OfficialIDs, ", "),
		Path: "/candidates/" + strconv.FormatInt(int64(c.ID), 10),
	}
}
