package opinion

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/queue"
)

// Keeper is what the adviser needs of the store.
type Keeper interface {
	Item(ctx context.Context, id policy.ItemID) (policy.Item, error)
	TakeOpinionRequest(ctx context.Context, limit int) (allowed bool, err error)
	SaveOpinions(ctx context.Context, item policy.ItemID, model string, opinions []policy.Opinion) error
}

// Adviser asks a model about items and keeps what it says.
type Adviser struct {
	Client *Client
	Keeper Keeper
	Record *knowledge.Base
	Daily  int // requests a day, over all processes
	Now    func() time.Time
	Log    *slog.Logger
}

// SecondOpinion is the work of a job: it asks about an item and keeps the answer.
// An item that is gone, that a person has judged or on which the model has spoken
// already needs no opinion. The errors are those that the queue understands.
func (a *Adviser) SecondOpinion(ctx context.Context, id policy.ItemID) error {
	item, err := a.Keeper.Item(ctx, id)
	switch {
	case errors.Is(err, policy.ErrNotFound), errors.Is(err, policy.ErrGone):
		return nil
	case err != nil:
		return err
	case !item.VerifiedAt.IsZero(), a.hasSpoken(item):
		return nil
	}
	if err := a.take(ctx); err != nil {
		return err
	}
	answer, err := a.Ask(ctx, item)
	if err != nil {
		return forQueue(err)
	}
	if err := a.Keep(ctx, id, answer); err != nil {
		if errors.Is(err, policy.ErrNotFound) {
			return nil // it went while the model was thinking
		}
		return err
	}
	a.Log.Info("second opinion", "item", int64(id), "model", a.Client.Model(), "words", len(answer.Opinions), "dropped", answer.Dropped)
	return nil
}

// Ask asks about an item and keeps nothing. The answer's opinions are complete.
func (a *Adviser) Ask(ctx context.Context, item policy.Item) (Answer, error) {
	at := a.Now().UTC()
	answer, err := a.Client.Ask(ctx, NewQuestion(item, a.Record))
	for i := range answer.Opinions {
		o := &answer.Opinions[i]
		o.Item, o.Model, o.At, o.About = item.ID, a.Client.Model(), at, item.ContentChangedAt
	}
	return answer, err
}

// Keep keeps an answer of Ask.
func (a *Adviser) Keep(ctx context.Context, id policy.ItemID, answer Answer) error {
	return a.Keeper.SaveOpinions(ctx, id, a.Client.Model(), answer.Opinions)
}

// Take counts a request on today's account. Where that is used up the error wraps
// policy.ErrUnavailable.
func (a *Adviser) Take(ctx context.Context) error {
	allowed, err := a.Keeper.TakeOpinionRequest(ctx, a.Daily)
	if err == nil && !allowed {
		err = fmt.Errorf("%w: today's %d requests for second opinions are used up", policy.ErrUnavailable, a.Daily)
	}
	return err
}

// take is Take for the queue: tomorrow is another day.
func (a *Adviser) take(ctx context.Context) error {
	err := a.Take(ctx)
	if errors.Is(err, policy.ErrUnavailable) {
		now := a.Now().UTC()
		tomorrow := now.Truncate(24 * time.Hour).Add(24 * time.Hour)
		return queue.RetryAfter{Wait: tomorrow.Sub(now) + time.Second, Err: err}
	}
	return err
}

func (a *Adviser) hasSpoken(item policy.Item) bool {
	for _, o := range item.Opinions {
		if o.Model == a.Client.Model() {
			return true
		}
	}
	return false
}

// forQueue turns a failure into what the queue understands.
func forQueue(err error) error {
	var f *Failure
	if !errors.As(err, &f) {
		return err
	}
	switch {
	case f.Final:
		return queue.GiveUp{Err: err}
	case f.RetryAfter > 0:
		return queue.RetryAfter{Wait: f.RetryAfter, Err: err}
	}
	return err
}
