package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/mail"
	"net/url"
	"os"
	"time"
	_ "time/tzdata" // subscribers' time zones, also where the system has none

	"github.com/spf13/cobra"

	"github.com/backdoorwatch/backdoorwatch/internal/alert"
	"github.com/backdoorwatch/backdoorwatch/internal/alert/mailbox"
	"github.com/backdoorwatch/backdoorwatch/internal/ingest"
	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/record"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
	"github.com/backdoorwatch/backdoorwatch/web"
)

func alertsCommand() *cobra.Command {
	command := &cobra.Command{Use: "alerts", Short: "Try out alerts by mail, and answer what is kept of an address"}
	command.AddCommand(alertsTestCommand(), alertsPreviewCommand(), alertsExportCommand(), alertsForgetCommand())
	return command
}

func alertsTestCommand() *cobra.Command {
	var wanted wantedAlert
	command := &cobra.Command{
		Use:     "test ADDRESS",
		Short:   "Send one mail to an address, now, as an alert would",
		Example: "  backdoorwatch alerts test me@example.org --filter jurisdiction=EU",
		Args:    usage(cobra.ExactArgs(1)),
		RunE: withAlerts(func(c *cobra.Command, service *alert.Service, args []string) error {
			a, err := wanted.alert()
			if err != nil {
				return err
			}
			if err := service.Test(c.Context(), args[0], a); err != nil {
				return err
			}
			fmt.Fprintln(c.ErrOrStderr(), "The mail server took the mail.")
			return nil
		}),
	}
	wanted.flags(command)
	return command
}

func alertsPreviewCommand() *cobra.Command {
	var wanted wantedAlert
	var out string
	command := &cobra.Command{
		Use:   "preview",
		Short: "Show what an alert would have sent in the last 30 days",
		Long: `Preview says how many mails an alert would have sent in the last 30 days, and for what.
With --out it writes one mail that tells all of it to a file, as it would be sent.`,
		Example: "  backdoorwatch alerts preview --topic everything --filter 'dossier=eu-csa-regulation' --out mail.eml",
		Args:    usage(cobra.NoArgs),
		RunE: withAlerts(func(c *cobra.Command, service *alert.Service, _ []string) error {
			a, err := wanted.alert()
			if err != nil {
				return err
			}
			p, err := service.Preview(c.Context(), a)
			if err != nil {
				return err
			}
			fmt.Fprintf(c.OutOrStdout(), "In the last %d days: %d mails that tell %d things.\n", p.Days, p.Mails, p.Things)
			for _, e := range p.Examples {
				fmt.Fprintf(c.OutOrStdout(), "  %s\t%s\t%s\n", e.Date, e.Label, e.Title)
			}
			if out == "" {
				return nil
			}
			bytes, err := service.Sample(c.Context(), "subscriber@example.org", a)
			if err != nil {
				return err
			}
			return os.WriteFile(out, bytes, 0o600)
		}),
	}
	wanted.flags(command)
	command.Flags().StringVar(&out, "out", "", "file for one mail that tells all of it")
	return command
}

func alertsExportCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "export ADDRESS",
		Short:   "Print everything that is kept of an address, as JSON",
		Example: "  backdoorwatch alerts export me@example.org",
		Args:    usage(cobra.ExactArgs(1)),
		RunE: withAlerts(func(c *cobra.Command, service *alert.Service, args []string) error {
			all, err := service.Export(c.Context(), args[0])
			if err != nil {
				return err
			}
			encoder := json.NewEncoder(c.OutOrStdout())
			encoder.SetIndent("", "  ")
			return encoder.Encode(all)
		}),
	}
}

func alertsForgetCommand() *cobra.Command {
	var yes bool
	command := &cobra.Command{
		Use:     "forget ADDRESS",
		Short:   "Forget an address with everything that is kept of it",
		Example: "  backdoorwatch alerts forget me@example.org --yes",
		Args:    usage(cobra.ExactArgs(1)),
		RunE: withAlerts(func(c *cobra.Command, service *alert.Service, args []string) error {
			if !yes {
				return fmt.Errorf("%w: this cannot be undone; say --yes", errUsage)
			}
			dropped, err := service.Forget(c.Context(), args[0])
			if err != nil {
				return err
			}
			fmt.Fprintf(c.OutOrStdout(), "%d subscriptions were forgotten.\n", dropped)
			return nil
		}),
	}
	command.Flags().BoolVar(&yes, "yes", false, "really forget")
	return command
}

// wantedAlert is an alert as flags tell it.
type wantedAlert struct{ topic, filter, cadence string }

func (w *wantedAlert) flags(c *cobra.Command) {
	c.Flags().StringVar(&w.topic, "topic", string(policy.AlertEverything), "everything, texts, bills, dates or sides")
	c.Flags().StringVar(&w.filter, "filter", "", "the parameters of a page's address: jurisdiction, stance, dossier, q …")
	c.Flags().StringVar(&w.cadence, "cadence", string(policy.CadenceDaily), "instant, daily or weekly")
}

func (w *wantedAlert) alert() (policy.Alert, error) {
	values, err := url.ParseQuery(w.filter)
	if err != nil {
		return policy.Alert{}, fmt.Errorf("%w: --filter: %w", errUsage, err)
	}
	f, err := policy.ParseFilter(values)
	return policy.Alert{
		Topic: policy.AlertTopic(w.topic), Filter: f, Cadence: policy.AlertCadence(w.cadence), Hour: 7, Weekday: time.Monday, Zone: "UTC",
	}, err
}

// withAlerts makes a command of a function that needs subscriptions.
func withAlerts(do func(c *cobra.Command, service *alert.Service, args []string) error) func(*cobra.Command, []string) error {
	return withStore(func(c *cobra.Command, a *assembly, s *store.Store, args []string) error {
		base, err := a.knowledge()
		if err != nil {
			return err
		}
		service, err := a.alerts(s, record.New(base, s, nil))
		if err == nil && service == nil {
			err = fmt.Errorf("%w: alerts are off; set smtp, mail-from, secret-key and public-url (docs/alerts.md)", policy.ErrConfig)
		}
		if err != nil {
			return err
		}
		return do(c, service, args)
	})
}

// alerts makes the subscriptions and their mail; nil where no mail server is set.
func (a *assembly) alerts(s *store.Store, r *record.Record) (*alert.Service, error) {
	if a.config.SMTP == "" {
		return nil, nil
	}
	from, err := mail.ParseAddress(a.config.MailFrom)
	if err != nil {
		return nil, fmt.Errorf("%w: mail-from: %w", policy.ErrConfig, err)
	}
	keys, err := alert.NewKeys(a.config.SecretKey)
	if err != nil {
		return nil, err
	}
	transport, err := a.mailServer(from)
	if err != nil {
		return nil, err
	}
	signer, err := a.dkim(from)
	if err != nil {
		return nil, err
	}
	options := alert.Options{
		Store: s, Record: r, Keys: keys, From: *from, PublicURL: a.config.PublicURL, Transport: transport, Signer: signer, Logger: a.log,
	}
	if a.config.BouncesAddress != "" {
		if options.Return, err = alert.ReturnAddress(a.config.BouncesAddress); err != nil {
			return nil, err
		}
	}
	if box, err := a.bounces(); err != nil {
		return nil, err
	} else if box != nil {
		options.Mailbox = box
	}
	return alert.New(options)
}

// bounces makes the mailbox where mail comes back; nil where none is set.
func (a *assembly) bounces() (*mailbox.IMAP, error) {
	if a.config.Bounces == "" {
		return nil, nil
	}
	box, err := mailbox.Parse(a.config.Bounces)
	if err != nil {
		return nil, err
	}
	box.User, box.Password = a.config.BouncesUser, a.config.BouncesPass
	return box, nil
}

// pagesOfAlerts is what the pages ask about alerts; nil where no mail server is set.
func (a *assembly) pagesOfAlerts(s *store.Store, base *knowledge.Base) (web.Alerts, error) {
	service, err := a.alerts(s, record.New(base, s, nil))
	if err != nil || service == nil {
		return nil, err
	}
	return service, nil
}

func (a *assembly) mailServer(from *mail.Address) (*alert.SMTP, error) {
	transport, err := alert.ParseSMTP(a.config.SMTP)
	if err != nil {
		return nil, err
	}
	transport.User, transport.Password, transport.Name = a.config.SMTPUser, a.config.SMTPPassword, alert.Domain(from.Address)
	return transport, nil
}

// dkim makes who signs mail; nil where no key is set.
func (a *assembly) dkim(from *mail.Address) (*alert.Signer, error) {
	if a.config.DKIMKey == "" {
		return nil, nil
	}
	return alert.NewSigner(a.config.DKIMKey, a.config.DKIMSelector, alert.Domain(from.Address))
}

// announce writes down what is news, where somebody can be told of it.
func (a *assembly) announce() ingest.Announce {
	if a.config.SMTP == "" && a.channelsFile() == "" {
		return nil
	}
	return func(ctx context.Context, tx *store.Tx, saved store.Saved, noticed store.Noticed) error {
		_, err := tx.NoteNews(ctx, saved, noticed)
		return err
	}
}
