package alert

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// How many confirmation mails may be asked for. A stranger's mailbox cannot be filled
// with three mails a day, and nobody subscribes from one network more often.
const (
	perAddress = 3   // in a day
	perDomain  = 200 // in an hour
	perNetwork = 10  // in an hour
)

// suppressedFor is how long an address that a server refused gets no mail.
const suppressedFor = 90 * 24 * time.Hour

// Subscribe asks whoever reads an address's mail whether they want an alert. It answers
// the same whether or not the address is known, asked too often or refused before: nil.
// Mistakes that can be seen without knowing that are FieldErrors.
func (s *Service) Subscribe(ctx context.Context, address string, a policy.Alert, client netip.Addr) error {
	address, err := Address(address)
	var mistakes policy.FieldErrors
	for _, err := range []error{err, a.Check(), s.known(a.Filter)} {
		var some policy.FieldErrors
		if errors.As(err, &some) {
			mistakes = append(mistakes, some...)
		} else if err != nil {
			return err
		}
	}
	if err := mistakes.OrNil(); err != nil {
		return err
	}
	holder := s.holder(address)
	_, suppressed, err := s.Store.Suppressed(ctx, holder, s.now().Add(-suppressedFor))
	if err != nil {
		return err
	}
	sub, m, err := s.pending(ctx, address, holder, a)
	if err != nil {
		return err
	}
	err = s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		allowed, err := tx.TakeLimits(ctx,
			store.Limit{Who: holder, Most: perAddress, Hours: 24},
			store.Limit{Who: s.Keys.lookup("domain", Domain(address)), Most: perDomain, Hours: 1},
			store.Limit{Who: s.Keys.lookup("network", network(client)), Most: perNetwork, Hours: 1})
		if err != nil || !allowed || suppressed {
			return err
		}
		if err := tx.AddSubscription(ctx, sub); err != nil {
			return err
		}
		return tx.AddMail(ctx, m)
	})
	if err != nil {
		return fmt.Errorf("subscribing: %w", err)
	}
	return nil
}

// holder is the look-up of an address. Case makes no difference to any mail server of
// our days, so it must not make a second subscriber.
func (s *Service) holder(address string) string {
	return s.Keys.lookup("address", strings.ToLower(address))
}

// pending makes an unconfirmed subscription and the mail that asks for confirmation.
func (s *Service) pending(ctx context.Context, address, holder string, a policy.Alert) (store.Subscription, store.Mail, error) {
	now, id := s.now(), newID()
	a.Filter = a.Of()
	sub := store.Subscription{ID: id, Holder: holder, Address: s.Keys.seal("address "+id, []byte(address)), Alert: a, State: policy.AlertPending, CreatedAt: now}
	m, err := s.confirmation(ctx, sub, address)
	return sub, m, err
}

// known refuses what the record does not have, so that a mail to somebody who may not
// have asked for it says nothing but our own words.
func (s *Service) known(f policy.Filter) error {
	var mistakes policy.FieldErrors
	check := func(field string, values []string, known func(string) bool) {
		for _, value := range values {
			if !known(value) {
				mistakes = append(mistakes, policy.FieldError{Field: field, Value: value, Problem: "we do not have this one"})
			}
		}
	}
	base := s.Record.Base()
	check("jurisdiction", f.Jurisdictions, func(code string) bool { _, ok := base.Jurisdiction(code); return ok })
	check("dossier", f.Dossiers, func(id string) bool { _, ok := base.Dossier(id); return ok })
	check("actor", f.Actors, func(id string) bool { _, ok := base.Actor(id); return ok })
	if _, err := policy.ParseQuery(f.Query); err != nil {
		return err
	}
	return mistakes.OrNil()
}

// Status returns what a link is about, and changes nothing. Behind a link to
// unsubscribe there may be nothing any more: then it has no state.
func (s *Service) Status(ctx context.Context, purpose Purpose, token string) (policy.AlertStatus, error) {
	id, err := s.Keys.subscription(purpose, token, s.now())
	if err != nil {
		return policy.AlertStatus{}, err
	}
	sub, err := s.Store.Subscription(ctx, id)
	if purpose == Unsubscribe && errors.Is(err, policy.ErrNotFound) {
		return policy.AlertStatus{}, nil // it is what they want
	}
	if err != nil {
		return policy.AlertStatus{}, err
	}
	return s.status(ctx, sub)
}

func (s *Service) status(ctx context.Context, sub store.Subscription) (policy.AlertStatus, error) {
	key, err := s.keyStatus(ctx, sub.Holder)
	return policy.AlertStatus{Alert: sub.Alert, About: s.about(sub.Alert, false), State: sub.State, Since: sub.Since, Key: key}, err
}

func (s *Service) of(ctx context.Context, purpose Purpose, token string) (store.Subscription, error) {
	id, err := s.Keys.subscription(purpose, token, s.now())
	if err != nil {
		return store.Subscription{}, err
	}
	return s.Store.Subscription(ctx, id)
}

// Confirm begins a subscription, and returns the token that manages it. Again it
// changes nothing.
func (s *Service) Confirm(ctx context.Context, token string) (policy.AlertStatus, string, error) {
	sub, err := s.of(ctx, Confirm, token)
	if err != nil {
		return policy.AlertStatus{}, "", err
	}
	if sub.State == policy.AlertPending {
		s.begin(&sub)
		err = s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.ReplaceSubscriptions(ctx, sub); err != nil {
				return err
			}
			return tx.ChangeSubscription(ctx, sub)
		})
	}
	if err != nil {
		return policy.AlertStatus{}, "", err
	}
	manage, err := s.Keys.token(Manage, sub.ID, s.now().Add(manageFor))
	if err != nil {
		return policy.AlertStatus{}, "", err
	}
	status, err := s.status(ctx, sub)
	return status, manage, err
}

// begin makes a subscription active from now on.
func (s *Service) begin(sub *store.Subscription) {
	sub.State, sub.Since = policy.AlertActive, s.now()
	sub.NextAt = next(sub.Alert, sub.Since)
}

// Change sets the rhythm of a subscription.
func (s *Service) Change(ctx context.Context, token string, cadence policy.Alert) (policy.AlertStatus, error) {
	return s.manage(ctx, token, func(sub *store.Subscription) error {
		a := &sub.Alert
		a.Cadence, a.Hour, a.Weekday, a.Zone, a.Quiet = cadence.Cadence, cadence.Hour, cadence.Weekday, cadence.Zone, cadence.Quiet
		if err := a.Check(); err != nil {
			return err
		}
		if sub.State == policy.AlertActive {
			sub.NextAt = next(*a, s.now())
		}
		if sub.State == policy.AlertActive && a.Cadence == policy.CadenceInstant {
			sub.NextAt = soon(*a, s.now().Add(group)) // what waited for its day goes out now
		}
		return nil
	})
}

// Pause lets a subscription rest: what happens meanwhile is not kept for it.
func (s *Service) Pause(ctx context.Context, token string) (policy.AlertStatus, error) {
	return s.manage(ctx, token, func(sub *store.Subscription) error {
		if sub.State == policy.AlertActive {
			sub.State, sub.NextAt = policy.AlertPaused, time.Time{}
		}
		return nil
	})
}

// Resume goes on with what happens from now.
func (s *Service) Resume(ctx context.Context, token string) (policy.AlertStatus, error) {
	return s.manage(ctx, token, func(sub *store.Subscription) error {
		if sub.State == policy.AlertPaused {
			s.begin(sub)
		}
		if sub.Alert.Cadence == policy.CadenceInstant && sub.NextAt.IsZero() {
			sub.NextAt = soon(sub.Alert, s.now().Add(group)) // for what waited when it paused
		}
		return nil
	})
}

func (s *Service) manage(ctx context.Context, token string, change func(*store.Subscription) error) (policy.AlertStatus, error) {
	sub, err := s.of(ctx, Manage, token)
	if err != nil {
		return policy.AlertStatus{}, err
	}
	if sub.State == policy.AlertPending {
		return policy.AlertStatus{}, fmt.Errorf("this alert was not confirmed: %w", policy.ErrNotFound)
	}
	if err := change(&sub); err != nil {
		return policy.AlertStatus{}, err
	}
	err = s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.ChangeSubscription(ctx, sub) })
	if err != nil {
		return policy.AlertStatus{}, err
	}
	return s.status(ctx, sub)
}

// Unsubscribe forgets a subscription. Again it says the same.
func (s *Service) Unsubscribe(ctx context.Context, token string) error {
	id, err := s.Keys.subscription(Unsubscribe, token, s.now())
	if err != nil {
		return err
	}
	return s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.DropSubscription(ctx, id) })
}
