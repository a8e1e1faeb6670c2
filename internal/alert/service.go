package alert

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/mail"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/record"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// Options say what alerts are made of. All from Transport on may be left out.
type Options struct {
	Store     *store.Store
	Record    *record.Record
	Keys      *Keys
	From      mail.Address
	PublicURL string           // without a slash at the end
	Transport Transport        // nil where this process sends nothing
	Signer    *Signer          // nil sends without DKIM
	Return    string           // address to which mail is returned, see ReturnAddress; empty is that of From
	Mailbox   Mailbox          // where it is read; nil where nobody reads it
	Now       func() time.Time // nil: time.Now; the same clock as the store's
	Lease     time.Duration    // how long a mail is a sender's own; 0 means 5 minutes
	Logger    *slog.Logger     // nil: nothing is logged
}

// Transport sends one mail. An error is a Failure.
type Transport interface {
	Send(ctx context.Context, from, to string, bytes []byte) error
	Close() error
}

// Service is the subscriptions and their mail. It is safe for concurrent use, but for
// Run, of which one process does one at a time.
type Service struct {
	Options
	templates templates
	swept     time.Time // when the record was last looked through
	visited   time.Time // when the mailbox was last read
}

// New returns the service. A wrong setting wraps policy.ErrConfig.
func New(options Options) (*Service, error) {
	if options.Keys == nil || !strings.Contains(options.From.Address, "@") || options.PublicURL == "" {
		return nil, fmt.Errorf("%w: alerts need secret-key, mail-from and public-url", policy.ErrConfig)
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	options.Lease = cmp.Or(options.Lease, 5*time.Minute)
	templates, err := loadTemplates()
	return &Service{Options: options, templates: templates}, err
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }

// link returns the full address of a path of ours.
func (s *Service) link(path string) string { return s.PublicURL + path }

// address returns the address of a subscription.
func (s *Service) address(sub store.Subscription) (string, error) {
	text, err := s.Keys.open("address "+sub.ID, sub.Address)
	return string(text), err
}
