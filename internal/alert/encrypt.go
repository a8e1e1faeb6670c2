package alert

import (
	"bytes"
	"context"
	"fmt"
	"mime"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/alert/openpgp"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// neutral is the subject that everybody on the way may read.
const neutral = "Backdoor Watch"

// readerKey returns the key of whoever holds a subscription; nil where there is none.
func (s *Service) readerKey(ctx context.Context, holder string) (*openpgp.Key, error) {
	sealed, err := s.Store.ReaderKey(ctx, holder)
	if err != nil || sealed == nil {
		return nil, err
	}
	text, err := s.Keys.open("key "+holder, sealed)
	if err != nil {
		return nil, err
	}
	key, err := openpgp.Kept(text)
	return &key, err
}

// SetKey lets all mail to the address of a subscription be encrypted to a public key.
// Mistakes are FieldErrors.
func (s *Service) SetKey(ctx context.Context, token string, text []byte) (policy.AlertStatus, error) {
	return s.keyed(ctx, token, func(holder string) error {
		key, err := openpgp.Read(text, s.now())
		if err != nil {
			return err
		}
		kept, err := key.Bytes()
		if err != nil {
			return err
		}
		return s.Store.SetReaderKey(ctx, holder, s.Keys.seal("key "+holder, kept))
	})
}

// DropKey lets mail to the address of a subscription be plain again.
func (s *Service) DropKey(ctx context.Context, token string) (policy.AlertStatus, error) {
	return s.keyed(ctx, token, func(holder string) error { return s.Store.DropReaderKey(ctx, holder) })
}

func (s *Service) keyed(ctx context.Context, token string, change func(holder string) error) (policy.AlertStatus, error) {
	sub, err := s.of(ctx, Manage, token)
	if err == nil && sub.State == policy.AlertPending {
		err = fmt.Errorf("this alert was not confirmed: %w", policy.ErrNotFound)
	}
	if err == nil {
		err = change(sub.Holder)
	}
	if err != nil {
		return policy.AlertStatus{}, err
	}
	return s.status(ctx, sub)
}

// keyStatus is what the pages say of a reader's key.
func (s *Service) keyStatus(ctx context.Context, holder string) (policy.AlertKey, error) {
	key, err := s.readerKey(ctx, holder)
	if err != nil || key == nil {
		return policy.AlertKey{}, err
	}
	now := s.now()
	return policy.AlertKey{Fingerprint: key.Fingerprint(), Expires: key.Expires(now), Unusable: !key.Usable(now)}, nil
}

// renewal is what is told to a reader whose key has expired, in place of everything.
type renewal struct {
	Confirm     string // address; empty for a digest
	Manage      string
	Unsubscribe string
	Site        string
}

// renew makes a letter that nobody can encrypt into one that tells nothing but that.
func (s *Service) renew(l letter, r renewal) (letter, error) {
	r.Site = s.PublicURL
	var err error
	l.subject, l.thread = neutral, ""
	l.text, l.html, err = s.templates.render("renew", r)
	return l, err
}

// mail makes a letter into a mail that waits: encrypted where the reader wants that, and
// where their key has expired not at all, but for the news that it has.
func (s *Service) mail(ctx context.Context, sub store.Subscription, l letter, r renewal) (store.Mail, error) {
	key, err := s.readerKey(ctx, sub.Holder)
	if err != nil {
		return store.Mail{}, err
	}
	if key != nil && !key.Usable(l.at) {
		key = nil
		if l, err = s.renew(l, r); err != nil {
			return store.Mail{}, err
		}
	}
	text, err := s.compose(l, key)
	return store.Mail{ID: l.id, Subscription: sub.ID, Bytes: s.Keys.seal("mail "+l.id, text), CreatedAt: l.at, NextAt: l.at}, err
}

// encrypt puts a whole mail into one that says nothing but who writes to whom and when
// (PGP/MIME, RFC 3156). The subject inside is the real one: mail programs show it.
func (s *Service) encrypt(l letter, inner []byte, key openpgp.Key) ([]byte, error) {
	inner = bytes.Replace(inner, []byte("Content-Type: multipart/alternative;"), []byte("Content-Type: multipart/alternative; protected-headers=\"v1\";"), 1)
	armored, err := key.Encrypt(inner, l.at)
	if err != nil {
		return nil, err
	}
	l.subject, l.thread, l.text, l.html = neutral, "", "", ""
	outer, err := s.form(l)
	if err != nil {
		return nil, err
	}
	header, _, _ := bytes.Cut(outer, []byte("\r\n\r\n"))
	var out bytes.Buffer
	skip := false
	for line := range strings.SplitSeq(string(header), "\r\n") {
		folded := strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t")
		if !folded {
			skip = strings.HasPrefix(strings.ToLower(line), "content-")
		}
		if !skip {
			out.WriteString(line + "\r\n")
		}
	}
	boundary := newID()
	out.WriteString("Content-Type: " + mime.FormatMediaType("multipart/encrypted", map[string]string{"protocol": "application/pgp-encrypted", "boundary": boundary}) + "\r\n\r\n")
	part := func(header, body string) {
		out.WriteString("--" + boundary + "\r\n" + header + "\r\n\r\n" + body + "\r\n")
	}
	part("Content-Type: application/pgp-encrypted\r\nContent-Description: PGP/MIME version identification", "Version: 1")
	part("Content-Type: application/octet-stream; name=\"encrypted.asc\"\r\nContent-Disposition: inline; filename=\"encrypted.asc\"",
		strings.ReplaceAll(strings.ReplaceAll(string(armored), "\r\n", "\n"), "\n", "\r\n"))
	out.WriteString("--" + boundary + "--\r\n")
	return out.Bytes(), nil
}

// renewalOf are the links of a notice to a subscriber.
func (s *Service) renewalOf(sub store.Subscription, now time.Time) (renewal, error) {
	manage, err := s.Keys.token(Manage, sub.ID, now.Add(manageFor))
	if err != nil {
		return renewal{}, err
	}
	unsubscribe, err := s.Keys.token(Unsubscribe, sub.ID, time.Time{})
	return renewal{Manage: s.link("/alerts/manage/" + manage), Unsubscribe: s.link("/alerts/unsubscribe/" + unsubscribe)}, err
}
