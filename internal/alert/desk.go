package alert

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/record"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// Desk decides who is told of what, and says it in words, whichever way it is then
// told: it is what alerts by mail have in common with the operator's channels. It needs
// no mail server. Match is for one caller at a time.
type Desk struct{ service *Service }

// DeskOptions say what a Desk is made of. All but the last two are needed.
type DeskOptions struct {
	Store     *store.Store
	Record    *record.Record
	PublicURL string           // without a slash at the end
	Now       func() time.Time // nil: time.Now; the same clock as the store's
	Logger    *slog.Logger     // nil: nothing is logged
}

// NewDesk returns a Desk.
func NewDesk(o DeskOptions) *Desk {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Desk{&Service{Options: Options{Store: o.Store, Record: o.Record, PublicURL: o.PublicURL, Now: o.Now, Logger: o.Logger}}}
}

// Entry is one thing that people are told, in words.
type Entry = entry

// Told is one thing that people are told, and what it is.
type Told struct {
	News  store.News
	Entry Entry
}

// Match carries news on to all subscriptions that they answer. It may be repeated.
func (d *Desk) Match(ctx context.Context) error {
	_, err := d.service.spread(ctx)
	return errors.Join(err, d.service.sweep(ctx))
}

// Check reports every mistake of an alert, as FieldErrors.
func (d *Desk) Check(a policy.Alert) error {
	var mistakes policy.FieldErrors
	for _, err := range []error{a.Check(), d.service.known(a.Filter)} {
		var more policy.FieldErrors
		if errors.As(err, &more) {
			mistakes = append(mistakes, more...)
		} else if err != nil {
			return err
		}
	}
	return mistakes.OrNil()
}

// Describe says what waits, in its order. What was removed since is left out.
func (d *Desk) Describe(ctx context.Context, waiting []store.News) ([]Told, error) {
	var all []Told
	for _, n := range waiting {
		entries, err := d.service.entries(ctx, []store.News{n})
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			all = append(all, Told{n, e})
		}
	}
	return all, nil
}

// Lately returns what an alert would have told in the last 30 days, the newest first.
func (d *Desk) Lately(ctx context.Context, a policy.Alert) ([]Entry, error) {
	found, _, err := d.service.lately(ctx, a)
	var all []Entry
	for _, one := range found {
		one.Title, one.Address = oneLine(one.Title), d.service.link(one.Path)
		all = append(all, one.entry)
	}
	return all, err
}

// About says in one line what an alert is about.
func (d *Desk) About(a policy.Alert) string { return d.service.about(a, false) }

// List is the address of the page that lists what an alert is about.
func (d *Desk) List(a policy.Alert) string { return d.service.link(listPath(a)) }

// Next is the first moment after another at which a message of a daily or weekly alert
// is due; zero where one is due when something comes.
func Next(a policy.Alert, after time.Time) time.Time { return next(a, after) }

// NewID makes an id that nobody guesses.
func NewID() string { return newID() }

// OneLine takes out of a foreign text what would end or hide a line.
func OneLine(text string) string { return oneLine(text) }
