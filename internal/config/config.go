// Package config reads the settings of an installation: from flags, then the
// environment, then a file, then defaults. Every setting is one row of one table,
// so that help, check and documentation cannot disagree with the code.
package config

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Config is what an operator can set. It is a value: read once at the start and
// passed to whoever needs a part of it.
type Config struct {
	Data           string        // the folder of database, own sources and own record
	Database       string        // path of the SQLite file, or a postgres:// address
	Listen         string        // host and port of the server
	PublicURL      string        // the address under which readers reach it, without a slash at the end
	TagAuthority   string        // host name in the lasting ids of feeds; empty is the host of PublicURL
	TagDate        string        // a day on which that name was the operator's; empty is the API's default
	Hub            string        // WebSub hub that is told of changes; empty for none
	Contact        string        // mail or web address that is told to the sites we read
	AllowHosts     []string      // hosts that may be read although their address is private
	TrustedProxies []string      // networks whose X-Forwarded-For is believed
	RateLimit      int           // requests a minute and client; 0 is no limit
	Delay          time.Duration // least pause between two requests to one host
	Concurrency    int           // hosts that are read at once
	Crawl          bool          // whether this process reads sources
	OpinionURL     string        // base address of a model's server that gives second opinions; empty for none
	OpinionModel   string        // the model's name there
	OpinionKey     string        // its key; empty where it needs none
	OpinionBand    [2]float64    // from which confidence to which the classifier counts as unsure
	OpinionDaily   int           // requests a day, over all processes
	SMTP           string        // address of the mail server; empty switches alerts off
	SMTPUser       string
	SMTPPassword   string
	MailFrom       string // the sender of alerts
	DKIMKey        string // private key in PEM; empty sends without signature
	DKIMSelector   string
	Channels       string   // path of the file of channels; empty is the one in Data, where there is one
	ChannelHosts   []string // hosts that channels may be on although their address is private
	Bounces        string   // address of the IMAP server where mail comes back; empty reads none
	BouncesUser    string
	BouncesPass    string
	BouncesAddress string // the sender of the envelope, with a token; empty is that of MailFrom
	SecretKey      string // encrypts addresses and signs links
	BulkHour       int    // of the day, by UTC, at which bulk files are written; negative writes none
	BulkKeep       int    // how many sets of them are kept
	BulkKey        string // private key of OpenSSH that signs them; empty signs nothing
	LogLevel       string
	LogFormat      string
}

// Option is one row of the table of settings.
type Option struct {
	Name    string // as flag and key; in the environment BACKDOORWATCH_ and the name in capitals
	Default string
	Help    string
	Secret  bool // config print masks it
	apply   func(*Config, string) error
}

// Env is the option's name in the environment.
func (o Option) Env() string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(o.Name, "-", "_"))
}

// Options is the table of all settings.
var Options = []Option{
	{"data", "data", "folder that holds the database and your own sources and record", false, setText(func(c *Config) *string { return &c.Data })},
	{"database", "", "SQLite file or postgres:// address (default: backdoorwatch.db in the data folder)", true, setText(func(c *Config) *string { return &c.Database })},
	{"listen", "127.0.0.1:8080", "host:port on which the pages are served", false, setListen},
	{"public-url", "", "address under which readers reach the pages (default: http:// and the listen address)", false, setAddress(func(c *Config) *string { return &c.PublicURL })},
	{"tag-authority", "", "host name in the ids of feed entries; set it before the first reader comes and never change it (default: the host of public-url)", false, setText(func(c *Config) *string { return &c.TagAuthority })},
	{"tag-date", "", "a day, such as 2026-11-01, on which that host name was yours; never change it", false, setDay},
	{"hub", "", "address of a WebSub hub, beside our own, that feeds name and that is told of changes", false, setHub},
	{"contact", "", "mail or web address that is told to the sites we read, so that they can complain", false, setText(func(c *Config) *string { return &c.Contact })},
	{"allow-hosts", "", "hosts, parted by commas, that may be read although their address is private", false, setList(func(c *Config) *[]string { return &c.AllowHosts })},
	{"trusted-proxies", "", "networks, parted by commas, whose X-Forwarded-For is believed", false, setNetworks},
	{"rate-limit", "600", "requests a minute that one client may make; 0 is no limit", false, setNumber(func(c *Config) *int { return &c.RateLimit }, 0)},
	{"delay", "2s", "least pause between two requests to one host", false, setDuration(func(c *Config) *time.Duration { return &c.Delay })},
	{"concurrency", "8", "hosts that are read at once", false, setNumber(func(c *Config) *int { return &c.Concurrency }, 1)},
	{"crawl", "true", "whether this process reads sources; false only serves", false, setBool(func(c *Config) *bool { return &c.Crawl })},
	{"opinion-url", "", "base address of an OpenAI-compatible server, such as http://127.0.0.1:11434/v1, that gives second opinions (default: nobody is asked)", false, setAddress(func(c *Config) *string { return &c.OpinionURL })},
	{"opinion-model", "", "name of the model on that server", false, setText(func(c *Config) *string { return &c.OpinionModel })},
	{"opinion-key", "", "key of that server, where it needs one", true, setText(func(c *Config) *string { return &c.OpinionKey })},
	{"opinion-band", "0.35-0.65", "confidence, from-to, in which a second opinion is asked for", false, setBand},
	{"opinion-daily", "200", "second opinions that are asked for in a day at most, by UTC; 0 asks for none by itself", false, setNumber(func(c *Config) *int { return &c.OpinionDaily }, 0)},
	{"smtp", "", "mail server for alerts: smtps://host:465, smtp://host:587 (STARTTLS), or smtp+plain://127.0.0.1:25 for one on this machine (default: alerts are off)", false, setText(func(c *Config) *string { return &c.SMTP })},
	{"smtp-user", "", "name by which the mail server knows us", false, setText(func(c *Config) *string { return &c.SMTPUser })},
	{"smtp-password", "", "password for the mail server", true, setText(func(c *Config) *string { return &c.SMTPPassword })},
	{"mail-from", "", "sender of alerts, such as Backdoor Watch <alerts@example.org>", false, setMailbox},
	{"dkim-key", "", "private key in PEM by which alerts are signed; best set by BACKDOORWATCH_DKIM_KEY_FILE", true, setText(func(c *Config) *string { return &c.DKIMKey })},
	{"dkim-selector", "backdoorwatch", "name of the DKIM key in the DNS", false, setText(func(c *Config) *string { return &c.DKIMSelector })},
	{"bounces", "", "mailbox for mail that comes back: imaps://host:993, or imap+plain://127.0.0.1:143 for one on this machine (default: nobody reads it)", false, setText(func(c *Config) *string { return &c.Bounces })},
	{"bounces-user", "", "name by which that server knows us", false, setText(func(c *Config) *string { return &c.BouncesUser })},
	{"bounces-password", "", "password for that server", true, setText(func(c *Config) *string { return &c.BouncesPass })},
	{"bounces-address", "", "address to which mail is returned, such as bounces@example.org; its server must deliver bounces+TOKEN@example.org too (default: that of mail-from, without a token)", false, setText(func(c *Config) *string { return &c.BouncesAddress })},
	{"secret-key", "", "secret of at least 32 characters that encrypts what is kept of subscribers, by mail and to feeds, and signs their links; never change it", true, setText(func(c *Config) *string { return &c.SecretKey })},
	{"channels", "", "file of the operator's own channels, webhooks and chats (default: channels.yaml in the data folder, where there is one)", false, setText(func(c *Config) *string { return &c.Channels })},
	{"channel-hosts", "", "hosts, parted by commas, to which channels may send although their address is private", false, setList(func(c *Config) *[]string { return &c.ChannelHosts })},
	{"bulk-hour", "3", "hour of the day, by UTC, at which files of everything are written for /bulk/; off writes none", false, setHour},
	{"bulk-keep", "7", "sets of these files that are kept", false, setNumber(func(c *Config) *int { return &c.BulkKeep }, 1)},
	{"bulk-key", "", "private key of OpenSSH, without a passphrase, that signs them; best set by BACKDOORWATCH_BULK_KEY_FILE", true, setText(func(c *Config) *string { return &c.BulkKey })},
	{"log-level", "info", "debug, info, warn or error", false, setWord(func(c *Config) *string { return &c.LogLevel }, "debug", "info", "warn", "error")},
	{"log-format", "text", "text or json", false, setWord(func(c *Config) *string { return &c.LogFormat }, "text", "json")},
}

// build turns the merged settings into a Config and reports every mistake.
func build(settings map[string]string, origin func(name string) string) (Config, error) {
	var c Config
	var mistakes policy.FieldErrors
	for _, o := range Options {
		value := settings[o.Name]
		if err := o.apply(&c, value); err != nil {
			shown := value
			if o.Secret {
				shown = "…"
			}
			mistakes = append(mistakes, policy.FieldError{Field: origin(o.Name), Value: shown, Problem: err.Error()})
		}
	}
	if len(mistakes) == 0 {
		mistakes = together(c, origin)
	}
	if err := mistakes.OrNil(); err != nil {
		return Config{}, fmt.Errorf("%w: %w", policy.ErrConfig, err)
	}
	if c.Database == "" {
		c.Database = filepath.Join(c.Data, "backdoorwatch.db")
	}
	if c.PublicURL == "" {
		c.PublicURL = "http://" + c.Listen
	}
	return c, nil
}

// together finds the settings that make no sense without each other.
func together(c Config, origin func(name string) string) policy.FieldErrors {
	switch {
	case c.SMTP != "" && (c.MailFrom == "" || c.SecretKey == "" || c.PublicURL == ""):
		return policy.FieldErrors{{Field: origin("smtp"), Problem: "alerts also need mail-from, secret-key and public-url"}}
	case c.Bounces != "" && (c.BouncesUser == "" || c.BouncesPass == ""):
		return policy.FieldErrors{{Field: origin("bounces"), Problem: "it also needs bounces-user and bounces-password"}}
	case c.SecretKey != "" && len(c.SecretKey) < 32:
		return policy.FieldErrors{{Field: origin("secret-key"), Value: "…", Problem: "it has less than 32 characters"}}
	case c.OpinionURL != "" && c.OpinionModel == "":
		return policy.FieldErrors{{Field: origin("opinion-model"), Problem: "opinion-url needs the name of a model"}}
	case c.OpinionURL == "" && c.OpinionModel+c.OpinionKey != "":
		return policy.FieldErrors{{Field: origin("opinion-url"), Problem: "opinion-model and opinion-key need the address of a server"}}
	}
	return nil
}
