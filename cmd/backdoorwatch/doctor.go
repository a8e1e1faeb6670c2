package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/mail"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/backdoorwatch/backdoorwatch/internal/alert"
	"github.com/backdoorwatch/backdoorwatch/internal/alert/vouch"
	"github.com/backdoorwatch/backdoorwatch/internal/config"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

func doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Check settings, clock, data folder, database, and what alerts by mail need",
		Long: `Doctor looks at everything that must be right before this program works, and says what
is not and what to do. It sends no mail. What only the DNS can tell is a note and not a
failure where the DNS does not answer.`,
		Example: "  backdoorwatch doctor --data /var/lib/backdoorwatch",
		Args:    usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			d := doctor{out: c.OutOrStdout()}
			config, err := settings(c)
			d.report("settings", "read and checked", err)
			if err == nil {
				a := assemble(config)
				d.examine(c.Context(), a)
				d.report("end", "everything was closed", a.close())
			}
			if d.ill {
				return fmt.Errorf("%w: see above what is wrong", errPartial)
			}
			return nil
		},
	}
}

// doctor prints one line for each thing that it looks at.
type doctor struct {
	out io.Writer
	ill bool
}

// note is an error that hinders nothing yet.
type note struct{ error }

func (d *doctor) report(what, fine string, err error) {
	word, text := "ok  ", fine
	var soft note
	switch {
	case errors.As(err, &soft):
		word, text = "note", err.Error()
	case err != nil:
		word, text = "FAIL", err.Error()
		d.ill = true
	}
	fmt.Fprintf(d.out, "%s  %-12s %s\n", word, what, text)
}

func (d *doctor) examine(ctx context.Context, a *assembly) {
	d.report("data folder", a.config.Data+" can be written", writable(a.config.Data))
	s, err := a.store(ctx)
	if err == nil {
		err = s.Ping(ctx)
	}
	d.report("database", "opened, its tables are up to date", err)
	var newest time.Time
	if err == nil {
		stats, err := s.Stats(ctx)
		d.report("contents", fmt.Sprintf("%d texts, %d of them relevant", stats.Items, stats.Relevant), err)
		newest = stats.NewestAt
	}
	d.report("clock", time.Now().UTC().Format(time.RFC3339), clock(time.Now(), newest))
	d.mail(ctx, a)
	d.channels(ctx, a, s)
}

// channels reports what hinders a channel; nothing is sent.
func (d *doctor) channels(ctx context.Context, a *assembly, s *store.Store) {
	if a.channelsFile() == "" {
		d.report("channels", "", note{errors.New("there is no file of channels (docs/channels.md)")})
		return
	}
	base, err := a.knowledge()
	if err != nil || s == nil {
		d.report("channels", "", errors.Join(errors.New("they need the record and the database"), err))
		return
	}
	service, err := a.channels(s, base)
	if err != nil {
		d.report("channels", "", err)
		return
	}
	all, err := service.Status(ctx)
	d.report("channels", fmt.Sprintf("%d are described rightly", len(all)), err)
	for _, c := range all {
		var ill error
		switch c.State {
		case "off":
			ill = fmt.Errorf("%s is off: %s; backdoorwatch channels resume %s switches it on again", c.Name, c.Reason, c.Name)
		case "failing":
			ill = note{fmt.Errorf("%s fails since %s; backdoorwatch channels log %s says how", c.Name, moment(c.FailingSince), c.Name)}
		}
		d.report("channel", c.Name+", "+c.State, ill)
	}
}

func writable(folder string) error {
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return err
	}
	f, err := os.CreateTemp(folder, ".doctor-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// clock refuses a time at which this program was not there yet, and one before what we
// have seen already.
func clock(now, newest time.Time) error {
	if now.Before(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)) || now.Before(newest.Add(-24*time.Hour)) {
		return fmt.Errorf("it shows %s, which is past; set it, best by NTP", now.UTC().Format(time.RFC3339))
	}
	_, err := time.LoadLocation("Europe/Berlin")
	return err
}

func (d *doctor) mail(ctx context.Context, a *assembly) {
	if a.config.SMTP == "" {
		d.report("alerts", "", note{errors.New("alerts by mail are off: smtp is not set (docs/alerts.md)")})
		return
	}
	from, err := mail.ParseAddress(a.config.MailFrom)
	d.report("sender", a.config.MailFrom, err)
	if err != nil {
		return
	}
	_, err = alert.NewKeys(a.config.SecretKey)
	d.report("secret-key", "long enough", err)
	d.report("public-url", a.config.PublicURL, secure(a.config))
	transport, err := a.mailServer(from)
	if err == nil {
		err = transport.Connect(ctx)
	}
	d.report("mail server", "connected"+talk(a.config), err)
	if err == nil {
		_ = transport.Close() // nothing was sent
	}
	d.bounces(ctx, a)
	d.dns(ctx, a, from)
}

// bounces looks whether mail that comes back is read.
func (d *doctor) bounces(ctx context.Context, a *assembly) {
	if a.config.BouncesAddress != "" {
		_, err := alert.ReturnAddress(a.config.BouncesAddress)
		d.report("returned to", a.config.BouncesAddress, err)
	}
	box, err := a.bounces()
	if err == nil && box == nil {
		err = note{errors.New("bounces is not set: nobody reads mail that comes back, nor complaints")}
	} else if err == nil {
		err = box.Check(ctx)
	}
	d.report("mailbox", "opened", err)
}

func talk(c config.Config) string {
	text := ", with TLS"
	if strings.HasPrefix(c.SMTP, "smtp+plain:") {
		text = ", without TLS, on this machine"
	}
	if c.SMTPUser != "" {
		text += ", password accepted"
	}
	return text
}

func secure(c config.Config) error {
	u, err := url.Parse(c.PublicURL)
	if err == nil && u.Scheme != "https" {
		err = note{fmt.Errorf("%s: mail programs offer one-click unsubscribe for https only", c.PublicURL)}
	}
	return err
}

// dns looks at what receivers look at.
func (d *doctor) dns(ctx context.Context, a *assembly, from *mail.Address) {
	sender := vouch.Sender{From: alert.Domain(from.Address), Envelope: alert.Domain(from.Address)}
	if strings.Contains(a.config.BouncesAddress, "@") {
		sender.Envelope = alert.Domain(a.config.BouncesAddress)
	}
	signer, err := a.dkim(from)
	if err == nil && signer == nil {
		err = note{errors.New("dkim-key is not set: most receivers will take our mail for junk, unless the mail server signs it")}
	}
	d.report("DKIM key", "read", err)
	if err == nil {
		sender.Key, sender.Record, err = signer.Record()
		sender.Holds = signer.Publishes
		if err != nil {
			d.report("DKIM", "", err)
			return
		}
	}
	for _, f := range vouch.Examine(ctx, net.DefaultResolver, sender) {
		switch f.Level {
		case vouch.Fine:
			d.report(f.What, f.Says, nil)
		case vouch.Note:
			d.report(f.What, "", note{errors.New(f.Says)})
		default:
			d.report(f.What, "", errors.New(f.Says))
		}
	}
}
