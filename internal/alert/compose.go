package alert

import (
	"bytes"
	"cmp"
	"fmt"
	"time"

	mail "github.com/wneessen/go-mail"

	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// letter is a mail before it has its form.
type letter struct {
	id      string // lasting: of its Message-ID
	to      string
	subject string
	text    string
	html    string
	at      time.Time
	thread  string // what it belongs to; empty where to nothing
	list    *list  // nil for a mail that is not of a list
}

// list is what a mail program needs to know of a mailing list.
type list struct {
	unsubscribe string // address that ends it with one click
}

// compose gives a mail its form and signature. What it returns is what is sent.
func (s *Service) compose(l letter) ([]byte, error) {
	domain := Domain(s.From.Address)
	m := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := m.FromFormat(cmp.Or(s.From.Name, "Backdoor Watch"), s.From.Address); err != nil {
		return nil, fmt.Errorf("composing a mail: %w", err)
	}
	if err := m.To(l.to); err != nil {
		return nil, fmt.Errorf("composing a mail: the address of the subscriber is none that mail takes")
	}
	m.Subject(l.subject)
	m.SetDateWithValue(l.at)
	m.SetMessageIDWithValue(l.id + "@" + domain)
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	if l.thread != "" {
		root := "<" + l.thread + "@" + domain + ">"
		m.SetGenHeader(mail.HeaderInReplyTo, root)
		m.SetGenHeader(mail.HeaderReferences, root)
	}
	if l.list != nil {
		m.SetGenHeaderPreformatted("List-Id", "Backdoor Watch alerts <alerts."+domain+">")
		m.SetGenHeaderPreformatted("List-Help", "<"+s.link("/subscribe")+">")
		m.SetGenHeaderPreformatted("List-Unsubscribe", "<"+l.list.unsubscribe+">")
		m.SetGenHeaderPreformatted("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	m.SetBodyString(mail.TypeTextPlain, l.text)
	m.AddAlternativeString(mail.TypeTextHTML, l.html)
	var out bytes.Buffer
	if _, err := m.WriteTo(&out); err != nil {
		return nil, fmt.Errorf("composing a mail: %w", err)
	}
	if s.Signer == nil {
		return out.Bytes(), nil
	}
	return s.Signer.Sign(out.Bytes())
}

// mail makes a composed letter into a mail that waits.
func (s *Service) mail(sub store.Subscription, l letter) (store.Mail, error) {
	text, err := s.compose(l)
	return store.Mail{ID: l.id, Subscription: sub.ID, Bytes: s.Keys.seal("mail "+l.id, text), CreatedAt: l.at, NextAt: l.at}, err
}
