package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/backdoorwatch/backdoorwatch/crawler/fetch"
	"github.com/backdoorwatch/backdoorwatch/internal/alert"
	"github.com/backdoorwatch/backdoorwatch/internal/channel"
	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/record"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// channelsName is the file of channels in the data folder.
const channelsName = "channels.yaml"

// shoutName is the command by which a process of its own sends to a chat.
const shoutName = "shout"

func channelsCommand() *cobra.Command {
	command := &cobra.Command{Use: "channels", Short: "Look after the operator's own channels: webhooks and chats"}
	command.AddCommand(channelsListCommand(), channelsTestCommand(), channelsLogCommand(), channelsResumeCommand(), channelsShoutCommand())
	return command
}

func channelsListCommand() *cobra.Command {
	var asJSON bool
	command := &cobra.Command{
		Use:   "list",
		Short: "List the channels and how they are doing",
		Args:  usage(cobra.NoArgs),
		RunE: withChannels(func(c *cobra.Command, service *channel.Service, _ []string) error {
			all, err := service.Status(c.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return encodeEach(c.OutOrStdout(), all)
			}
			return printChannels(c.OutOrStdout(), all)
		}),
	}
	command.Flags().BoolVar(&asJSON, "json", false, "print as JSON, one object a line")
	return command
}

func printChannels(w io.Writer, all []channel.Status) error {
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tKIND\tTARGET\tBATCH\tSTATE\tSENT\tWAITING\tGIVEN UP\tABOUT")
	for _, c := range all {
		state := c.State
		if c.Reason != "" {
			state += ": " + c.Reason
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%d\t%d\t%d\t%s\n", c.Name, c.Kind, c.Target, c.Batch, state,
			c.Messages.Sent, c.Messages.Waiting, c.Messages.GivenUp, c.About)
	}
	return table.Flush()
}

func channelsTestCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "test NAME",
		Short: "Send one message to a channel, now, and say what came of it",
		Long: `Test sends one message that tells what the channel would have been told in the last
30 days. It does not try again, and changes nothing that is kept.`,
		Example: "  backdoorwatch channels test newsroom",
		Args:    usage(cobra.ExactArgs(1)),
		RunE: withChannels(func(c *cobra.Command, service *channel.Service, args []string) error {
			result, err := service.Test(c.Context(), args[0])
			if err != nil {
				return err
			}
			fmt.Fprintf(c.OutOrStdout(), "%s: %s\n", args[0], result)
			if result.Class != "" {
				return fmt.Errorf("%w: the message was not taken; docs/channels.md says what %q means", errTest, result.Class)
			}
			return nil
		}),
	}
}

var errTest = errors.New("testing a channel")

func channelsLogCommand() *cobra.Command {
	var asJSON bool
	var limit int
	command := &cobra.Command{
		Use:     "log NAME",
		Short:   "Show the last attempts to send to a channel, the newest first",
		Example: "  backdoorwatch channels log newsroom --json",
		Args:    usage(cobra.ExactArgs(1)),
		RunE: withChannels(func(c *cobra.Command, service *channel.Service, args []string) error {
			all, err := service.Log(c.Context(), args[0], limit)
			if err != nil {
				return err
			}
			var shown []logged
			for _, a := range all {
				shown = append(shown, logged{a.At, a.Delivery, a.Status, a.Took.Milliseconds(), a.Class})
			}
			if asJSON {
				return encodeEach(c.OutOrStdout(), shown)
			}
			return printLog(c.OutOrStdout(), shown)
		}),
	}
	command.Flags().BoolVar(&asJSON, "json", false, "print as JSON, one object a line")
	command.Flags().IntVar(&limit, "limit", 50, "how many; 200 are kept")
	return command
}

// logged is one attempt to send, as log prints it.
type logged struct {
	At      time.Time `json:"at"`
	Message string    `json:"message"`
	Status  int       `json:"status,omitempty"`
	Millis  int64     `json:"ms"`
	Class   string    `json:"class,omitempty"`
}

func printLog(w io.Writer, all []logged) error {
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "TIME\tMESSAGE\tSTATUS\tMS\tOUTCOME")
	for _, a := range all {
		outcome := "taken"
		if a.Class != "" {
			outcome = a.Class
		}
		fmt.Fprintf(table, "%s\t%s\t%d\t%d\t%s\n", a.At.UTC().Format(time.DateTime), a.Message, a.Status, a.Millis, outcome)
	}
	return table.Flush()
}

func channelsResumeCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "resume NAME",
		Short:   "Switch a channel on again that was switched off",
		Example: "  backdoorwatch channels resume newsroom",
		Args:    usage(cobra.ExactArgs(1)),
		RunE: withChannels(func(c *cobra.Command, service *channel.Service, args []string) error {
			if err := service.Resume(c.Context(), args[0]); err != nil {
				return err
			}
			fmt.Fprintf(c.ErrOrStderr(), "%s is told of what is news from now on.\n", args[0])
			return nil
		}),
	}
}

// channelsShoutCommand is for ourselves, see channel.Process.
func channelsShoutCommand() *cobra.Command {
	return &cobra.Command{
		Use:    shoutName,
		Short:  "Send one text that standard input describes",
		Hidden: true,
		Args:   usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			return channel.ServeShout(c.InOrStdin(), c.OutOrStdout(), func(hosts []string) http.RoundTripper { return fetch.GuardedNetwork(hosts) })
		},
	}
}

// withChannels makes a command of a function that needs channels.
func withChannels(do func(c *cobra.Command, service *channel.Service, args []string) error) func(*cobra.Command, []string) error {
	return withStore(func(c *cobra.Command, a *assembly, s *store.Store, args []string) error {
		if a.channelsFile() == "" {
			return fmt.Errorf("%w: there is no file of channels; write %s (docs/channels.md)", policy.ErrConfig, filepath.Join(a.config.Data, channelsName))
		}
		base, err := a.knowledge()
		if err != nil {
			return err
		}
		service, err := a.channels(s, base)
		if err != nil {
			return err
		}
		return do(c, service, args)
	})
}

// channelsFile is the path of the file of channels; empty where there is none.
func (a *assembly) channelsFile() string {
	if a.config.Channels != "" {
		return a.config.Channels
	}
	if a.exists(channelsName) {
		return filepath.Join(a.config.Data, channelsName)
	}
	return ""
}

// described reads the file of channels; none where there is none.
func (a *assembly) described(desk *alert.Desk) ([]channel.Channel, error) {
	path := a.channelsFile()
	if path == "" {
		return nil, nil
	}
	return channel.File{Path: path, Getenv: os.LookupEnv, AllowHosts: a.config.ChannelHosts, Check: desk.Check}.Load()
}

// channels makes the operator's channels.
func (a *assembly) channels(s *store.Store, base *knowledge.Base) (*channel.Service, error) {
	desk := alert.NewDesk(alert.DeskOptions{Store: s, Record: record.New(base, s, nil), PublicURL: a.config.PublicURL, Logger: a.log})
	all, err := a.described(desk)
	if err != nil {
		return nil, err
	}
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding our own program: %w", err)
	}
	service := channel.New(channel.Options{
		Store: s, Desk: desk, Channels: all, AllowHosts: a.config.ChannelHosts, Agent: "Backdoor Watch/" + version, Logger: a.log,
		Shouter: channel.Process{Program: program, Args: []string{"channels", shoutName}, Env: authorities()},
	})
	a.onClose(func() error { service.Close(); return nil })
	return service, nil
}

// authorities are the variables that say where the system keeps its certificates.
func authorities() []string {
	var all []string
	for _, name := range []string{"SSL_CERT_FILE", "SSL_CERT_DIR"} {
		if value, ok := os.LookupEnv(name); ok {
			all = append(all, name+"="+value)
		}
	}
	return all
}

// checkChannels reports all mistakes in the file of channels.
func checkChannels(a *assembly) error {
	base, err := a.knowledge()
	if err != nil {
		return err
	}
	_, err = a.described(alert.NewDesk(alert.DeskOptions{Record: record.New(base, nil, nil)}))
	return err
}

// tell carries news on, by mail and to channels; nil where nobody is to be told. With a
// file of channels that names none, news is still noted, and so carried on to nobody.
func (a *assembly) tell(alerts *alert.Service, channels *channel.Service) func(ctx context.Context) error {
	switch {
	case a.channelsFile() == "" && alerts == nil:
		return nil
	case a.channelsFile() == "":
		return alerts.Run
	case alerts == nil:
		return channels.Run
	}
	return func(ctx context.Context) error {
		// One after the other: both carry on the same news.
		return errors.Join(alerts.Run(ctx), channels.Run(ctx))
	}
}
