// Package mailbox reads mail that came back to us from an IMAP server.
package mailbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

const (
	atOnce   = 100      // mails that are read in one visit
	mostRead = 64 << 20 // bytes that a server may send in one visit
)

// IMAP is the inbox of one user of an IMAP server. Each visit is one connection.
type IMAP struct {
	Host, Port string
	Plain      bool // no TLS: for a server on this machine
	User       string
	Password   string
	Longest    int64         // bytes that are read of a mail
	Timeout    time.Duration // of a visit
	TLS        *tls.Config   // nil: the system's authorities
}

// Parse reads the address of a server: imaps://host:993, or imap+plain://127.0.0.1:143
// for one on this machine that has no TLS.
func Parse(address string) (*IMAP, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Path != "" && u.Path != "/" || u.RawQuery != "" {
		return nil, fmt.Errorf("%w: bounces is not an address such as imaps://mail.example.org:993", policy.ErrConfig)
	}
	usual := map[string]string{"imaps": "993", "imap+plain": "143"}[u.Scheme]
	if usual == "" {
		return nil, fmt.Errorf("%w: bounces begins with %s://; use imaps, or imap+plain for a server on this machine", policy.ErrConfig, u.Scheme)
	}
	b := &IMAP{Host: u.Hostname(), Port: u.Port(), Plain: u.Scheme == "imap+plain", Longest: 256 << 10, Timeout: time.Minute}
	if b.Port == "" {
		b.Port = usual
	}
	if ip := net.ParseIP(b.Host); b.Plain && b.Host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("%w: imap+plain is for a server on this machine; a password must not cross a network without TLS", policy.ErrConfig)
	}
	return b, nil
}

// Visit hands each mail that was not seen yet to take, of long ones their beginning. A
// mail that take calls ours is removed, any other is left and marked as seen. An error
// of take ends the visit; that mail comes again. Errors hold no words of the server.
func (b *IMAP) Visit(ctx context.Context, take func(ctx context.Context, text []byte) (ours bool, err error)) error {
	ctx, cancel := context.WithTimeout(ctx, b.Timeout)
	defer cancel()
	client, err := b.connect(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = client.Close() })
	defer stop()
	unseen, err := b.unseen(client)
	if err != nil {
		return err
	}
	for _, uid := range unseen[:min(len(unseen), atOnce)] {
		if err := b.one(ctx, client, uid, take); err != nil {
			return err
		}
	}
	return failed("leaving", client.Logout().Wait())
}

// Check connects, says who we are, and leaves.
func (b *IMAP) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, b.Timeout)
	defer cancel()
	client, err := b.connect(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	_, err = b.unseen(client)
	return err
}

func (b *IMAP) connect(ctx context.Context) (*imapclient.Client, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(b.Host, b.Port))
	if err != nil {
		return nil, failed("connecting", err)
	}
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline) // the client sets its own later; this one holds for TLS
	}
	if !b.Plain {
		config := b.TLS.Clone()
		if config == nil {
			config = &tls.Config{}
		}
		config.ServerName, config.MinVersion = b.Host, tls.VersionTLS12
		secure := tls.Client(conn, config)
		if err := secure.HandshakeContext(ctx); err != nil {
			_ = conn.Close()
			return nil, failed("TLS", err)
		}
		conn = secure
	}
	client := imapclient.New(&bounded{Conn: conn, left: mostRead}, nil)
	stop := context.AfterFunc(ctx, func() { _ = client.Close() })
	defer stop()
	if err := client.Login(b.User, b.Password).Wait(); err != nil {
		_ = client.Close()
		return nil, failed("login", err)
	}
	return client, nil
}

// bounded is a connection from which no more than so much is read.
type bounded struct {
	net.Conn
	left int64
}

func (c *bounded) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, errors.New("the server sends too much")
	}
	n, err := io.LimitReader(c.Conn, c.left).Read(p)
	c.left -= int64(n)
	return n, err
}

func (b *IMAP) unseen(client *imapclient.Client) ([]imap.UID, error) {
	if _, err := client.Select("INBOX", nil).Wait(); err != nil {
		return nil, failed("opening the inbox", err)
	}
	found, err := client.UIDSearch(&imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagSeen, imap.FlagDeleted}}, nil).Wait()
	if err != nil {
		return nil, failed("searching", err)
	}
	return found.AllUIDs(), nil
}

func (b *IMAP) one(ctx context.Context, client *imapclient.Client, uid imap.UID, take func(context.Context, []byte) (bool, error)) error {
	set := imap.UIDSetNum(uid)
	section := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Size: b.Longest}}
	found, err := client.Fetch(set, &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{section}}).Collect()
	if err != nil {
		return failed("reading", err)
	}
	ours := false
	for _, message := range found {
		for _, body := range message.BodySection {
			is, err := take(ctx, body.Bytes)
			if err != nil {
				return err
			}
			ours = ours || is
		}
	}
	flags := []imap.Flag{imap.FlagSeen}
	if ours {
		flags = append(flags, imap.FlagDeleted)
	}
	if err := client.Store(set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: flags}, nil).Close(); err != nil {
		return failed("marking", err)
	}
	if ours && client.Caps().Has(imap.CapUIDPlus) { // else whoever reads the inbox removes what is marked
		return failed("removing", client.UIDExpunge(set).Close())
	}
	return nil
}

// failed is an error of the server in words that hold none of its own: it may quote an
// address.
func failed(step string, err error) error {
	var answer *imap.Error
	var op *net.OpError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &answer):
		return fmt.Errorf("mailbox, %s: the server says %s %s: %w", step, answer.Type, answer.Code, policy.ErrUnavailable)
	case errors.As(err, &op):
		return fmt.Errorf("mailbox, %s: %w: %w", step, op.Err, policy.ErrUnavailable)
	case step == "TLS":
		return fmt.Errorf("mailbox, %s: %w: %w", step, err, policy.ErrUnavailable)
	}
	return fmt.Errorf("mailbox, %s: the connection was lost: %w", step, policy.ErrUnavailable)
}
