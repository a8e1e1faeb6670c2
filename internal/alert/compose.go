package alert

import (
	"bytes"
	"cmp"
	"fmt"
	"time"

	mail "github.com/wneessen/go-mail"

	"github.com/backdoorwatch/backdoorwatch/internal/alert/openpgp"
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

// compose gives a mail its form and signature, encrypted where there is a key. What it
// returns is what is sent.
func (s *Service) compose(l letter, key *openpgp.Key) ([]byte, error) {
	text, err := s.form(l)
	if err == nil && key != nil {
		text, err = s.encrypt(l, text, *key)
	}
	if err != nil || s.Signer == nil {
		return text, err
	}
	return s.Signer.Sign(text)
}

// form gives a mail its form.
func (s *Service) form(l letter) ([]byte, error) {
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
	return out.Bytes(), nil
}
