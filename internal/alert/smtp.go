package alert

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Outcome is what a server made of a mail that it did not take.
type Outcome string

// The outcomes.
const (
	Later    Outcome = "later"    // a temporary failure of this mail, or nobody knows: send the same again
	Down     Outcome = "down"     // the server cannot be reached or does not want us: no mail is to blame
	Refused  Outcome = "refused"  // the address takes no mail from anybody
	Rejected Outcome = "rejected" // this mail is not wanted
)

// Failure is the error of a Transport. It holds the server's code and none of its
// words, because servers like to quote the address.
type Failure struct {
	Outcome Outcome
	Code    string // "550 5.1.1", or what went wrong in ours
	Step    string // of the conversation
}

func (f Failure) Error() string {
	return fmt.Sprintf("mail server, %s: %s (%s)", f.Step, f.Code, f.Outcome)
}

// SMTP sends through one server over one connection, which it keeps while there is mail.
type SMTP struct {
	Host, Port string
	Implicit   bool // TLS from the first byte; else STARTTLS, which is required
	Plain      bool // no TLS at all: for a server on this machine
	User       string
	Password   string
	Name       string        // by which we greet
	Timeout    time.Duration // of a connection, and of each mail
	TLS        *tls.Config   // nil: the system's authorities

	client *smtp.Client
}

// ParseSMTP reads the address of a server: smtps://host:465 for TLS from the start,
// smtp://host:587 for STARTTLS, and smtp+plain://127.0.0.1:25 for a server on this
// machine that has no TLS.
func ParseSMTP(address string) (*SMTP, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Path != "" && u.Path != "/" || u.RawQuery != "" {
		return nil, fmt.Errorf("%w: smtp is not an address such as smtps://mail.example.org:465 or smtp://mail.example.org:587", policy.ErrConfig)
	}
	s := &SMTP{Host: u.Hostname(), Port: u.Port(), Timeout: time.Minute}
	usual := map[string]string{"smtps": "465", "smtp": "587", "smtp+plain": "25"}
	port, known := usual[u.Scheme]
	if !known {
		return nil, fmt.Errorf("%w: smtp begins with %s://; use smtps, smtp, or smtp+plain for a server on this machine", policy.ErrConfig, u.Scheme)
	}
	if s.Port == "" {
		s.Port = port
	}
	s.Implicit, s.Plain = u.Scheme == "smtps", u.Scheme == "smtp+plain"
	if ip := net.ParseIP(s.Host); s.Plain && s.Host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("%w: smtp+plain is for a server on this machine; mail and password must not cross a network without TLS", policy.ErrConfig)
	}
	return s, nil
}

// Connect opens the connection, with TLS and password, where there is none. It is what
// Send does first.
func (s *SMTP) Connect(ctx context.Context) error {
	if s.client != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(s.Host, s.Port))
	if err != nil {
		return Failure{Down, plain(err), "connecting"}
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	client, err := s.greet(ctx, conn)
	if err != nil {
		_ = conn.Close()
		return err
	}
	s.client = client
	return nil
}

func (s *SMTP) greet(ctx context.Context, conn net.Conn) (*smtp.Client, error) {
	config := s.TLS.Clone()
	if config == nil {
		config = &tls.Config{}
	}
	config.ServerName, config.MinVersion = s.Host, tls.VersionTLS12
	var client *smtp.Client
	switch {
	case s.Plain:
		client = smtp.NewClient(conn)
	case s.Implicit:
		secure := tls.Client(conn, config)
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, Failure{Down, plain(err), "TLS"}
		}
		client = smtp.NewClient(secure)
	default:
		var err error
		if client, err = smtp.NewClientStartTLS(conn, config); err != nil {
			return nil, Failure{Down, plain(err), "STARTTLS"}
		}
	}
	client.CommandTimeout, client.SubmissionTimeout = s.Timeout, s.Timeout
	if err := client.Hello(s.Name); err != nil {
		// With STARTTLS this is the first time that the secured connection is used.
		step := "greeting"
		if answer := (*smtp.SMTPError)(nil); !s.Plain && !errors.As(err, &answer) {
			step = "TLS"
		}
		return nil, Failure{Down, plain(err), step}
	}
	if s.User == "" {
		return client, nil
	}
	if err := client.Auth(sasl.NewPlainClient("", s.User, s.Password)); err != nil {
		return nil, Failure{Down, plain(err), "AUTH"}
	}
	return client, nil
}

// Send hands one mail to the server. Only when it returns nil has the server said that
// the mail is its own now. A connection that was kept too long is opened anew.
func (s *SMTP) Send(ctx context.Context, from, to string, bytes []byte) error {
	kept := s.client != nil
	err := s.send(ctx, from, to, bytes)
	var failure Failure
	if kept && errors.As(err, &failure) && failure.Step == "MAIL" && failure.Code == connectionLost {
		return s.send(ctx, from, to, bytes)
	}
	return err
}

func (s *SMTP) send(ctx context.Context, from, to string, bytes []byte) error {
	if err := s.Connect(ctx); err != nil {
		return err
	}
	client := s.client
	stop := context.AfterFunc(ctx, func() { _ = client.Close() })
	defer stop()
	if err := client.Mail(from, nil); err != nil {
		return s.failed(err, "MAIL")
	}
	if err := client.Rcpt(to, nil); err != nil {
		return s.failed(err, "RCPT")
	}
	data, err := client.Data()
	if err != nil {
		return s.failed(err, "DATA")
	}
	if _, err := data.Write(bytes); err != nil {
		_ = data.Close()
		return s.failed(err, "DATA")
	}
	if err := data.Close(); err != nil {
		return s.failed(err, "DATA")
	}
	return nil
}

const connectionLost = "the connection was lost"

// failed says what an error means, and leaves the connection ready or closed.
func (s *SMTP) failed(err error, step string) error {
	var answer *smtp.SMTPError
	if !errors.As(err, &answer) {
		s.drop()
		return Failure{Later, connectionLost, step}
	}
	if answer.Code == 421 || s.client.Reset() != nil {
		s.drop()
	}
	return Failure{meaning(answer, step), code(answer), step}
}

// meaning reads an answer. Of the permanent ones those about policy (5.7) and about the
// sender are no fault of the address.
func meaning(answer *smtp.SMTPError, step string) Outcome {
	switch {
	case answer.Code < 500 && step == "MAIL", answer.Code == 421:
		return Down
	case answer.Code < 500:
		return Later
	case step == "MAIL":
		return Down
	case step == "RCPT" && answer.EnhancedCode[0] == 5 && answer.EnhancedCode[1] == 7:
		return Rejected
	case step == "RCPT":
		return Refused
	}
	return Rejected
}

func code(answer *smtp.SMTPError) string {
	if e := answer.EnhancedCode; e[0] > 0 {
		return fmt.Sprintf("%d %d.%d.%d", answer.Code, e[0], e[1], e[2])
	}
	return fmt.Sprint(answer.Code)
}

// plain is an error of the connection in words that hold no address.
func plain(err error) string {
	var answer *smtp.SMTPError
	var timeout net.Error
	var op *net.OpError
	switch {
	case errors.As(err, &answer):
		return code(answer)
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, net.ErrClosed):
		return "no answer in time"
	case errors.As(err, &op):
		return op.Err.Error()
	}
	return strings.TrimPrefix(err.Error(), "smtp: ")
}

func (s *SMTP) drop() {
	if s.client != nil {
		_ = s.client.Close()
		s.client = nil
	}
}

// Close says good-bye, where there is a connection.
func (s *SMTP) Close() error {
	if s.client != nil {
		_ = s.client.Quit() // it was the last word in any case
		s.drop()
	}
	return nil
}
