package alert

import (
	"context"
	"crypto/hmac"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/alert/report"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Mailbox is where mail comes back to.
type Mailbox interface {
	// Visit hands on each mail that is new. One that is ours is removed.
	Visit(ctx context.Context, take func(ctx context.Context, text []byte) (ours bool, err error)) error
}

const (
	visitEvery = 5 * time.Minute
	softLimit  = 5                   // mails that came back for a reason that may pass …
	softWithin = 30 * 24 * time.Hour // … within this time are too many
	macLength  = 10                  // bytes of the signature of a return path
)

// longestReturn is how long the local part of the address may be to which mail is
// returned: with what follows it, it must fit into the 64 bytes that SMTP allows.
const longestReturn = 64 - 1 - idLength - macLength*8/5

// idLength is that of the ids of mails.
const idLength = 26

// ReturnAddress checks an address to which mail may be returned. Mistakes wrap
// policy.ErrConfig.
func ReturnAddress(text string) (string, error) {
	address, err := Address(text)
	if err != nil {
		return "", fmt.Errorf("%w: bounces-address is not a mail address", policy.ErrConfig)
	}
	if local := strings.LastIndexByte(address, '@'); local > longestReturn || strings.Contains(address[:local], "+") {
		return "", fmt.Errorf("%w: what stands before the @ of bounces-address must have at most %d characters and no +", policy.ErrConfig, longestReturn)
	}
	return address, nil
}

// returnPath is the envelope's sender of a mail: it says which mail came back, and that
// we sent it, but nothing of its reader. Mail systems may change its case.
func (s *Service) returnPath(mail string) (string, error) {
	if s.Return == "" {
		return s.From.Address, nil
	}
	signed, err := s.returnMAC(mail)
	local, domain, _ := strings.Cut(s.Return, "@")
	return local + "+" + strings.ToLower(mail) + signed + "@" + domain, err
}

func (s *Service) returnMAC(mail string) (string, error) {
	key, err := s.Keys.derive("return path")
	if err != nil {
		return "", err
	}
	return strings.ToLower(base32.StdEncoding.EncodeToString(mac(key, mail)[:macLength])), nil
}

// returned finds the mail that a report is about: by a return path that we signed, or
// by the Message-ID, which nobody guesses.
func (s *Service) returned(r report.Report) (string, error) {
	local, _, _ := strings.Cut(s.Return, "@")
	for _, name := range r.Names {
		before, token, _ := strings.Cut(strings.ToLower(name), "+")
		if before != strings.ToLower(local) || len(token) <= idLength {
			continue
		}
		id := strings.ToUpper(token[:idLength])
		want, err := s.returnMAC(id)
		if err != nil {
			return "", err
		}
		if hmac.Equal([]byte(want), []byte(token[idLength:])) {
			return id, nil
		}
	}
	id, domain, _ := strings.Cut(r.MessageID, "@")
	if strings.EqualFold(domain, Domain(s.From.Address)) && len(id) == idLength {
		return id, nil
	}
	return "", nil
}

// visit reads what came back, every few minutes.
func (s *Service) visit(ctx context.Context) error {
	if s.Mailbox == nil || s.now().Sub(s.visited) < visitEvery {
		return nil
	}
	s.visited = s.now() // also where it fails: a server that is down is not asked all the time
	return s.Mailbox.Visit(ctx, s.TakeReport)
}

// TakeReport takes in a mail that came back, and reports whether it is a report about a
// mail of ours. Any other changes nothing, whatever it says. The same again changes
// nothing more.
func (s *Service) TakeReport(ctx context.Context, text []byte) (ours bool, _ error) {
	r, is := report.Parse(text)
	if !is {
		return false, nil
	}
	mail, err := s.returned(r)
	if err != nil || mail == "" {
		return false, err
	}
	holder, known, err := s.Store.MailHolder(ctx, mail)
	if err != nil || !known {
		return false, err
	}
	log := s.Logger.With("mail", mail, "code", r.Status)
	if r.Kind == report.Complaint {
		log.Warn("a reader complained; the address gets no more mail")
		return true, s.Store.Complained(ctx, holder)
	}
	if r.Hard() {
		log.Warn("a mail came back for good; the address gets no more mail")
		return true, s.Store.Suppress(ctx, holder, "returned "+r.Status)
	}
	count, err := s.Store.SoftBounce(ctx, mail, holder, s.now().Add(-softWithin))
	if err != nil || count < softLimit {
		log.Info("a mail came back", "times", count)
		return true, err
	}
	log.Warn("mails came back again and again; the address gets no more mail")
	return true, s.Store.Suppress(ctx, holder, "returned "+r.Status)
}
