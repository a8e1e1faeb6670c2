package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"github.com/backdoorwatch/backdoorwatch/internal/config"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func load(t *testing.T, settings string, environ []string, args ...string) (config.Config, error) {
	t.Helper()
	data := t.TempDir()
	if settings != "" {
		write(t, filepath.Join(data, config.FileName), settings)
	}
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	config.Flags(flags)
	if err := flags.Parse(append(args, "--data", data)); err != nil {
		t.Fatal(err)
	}
	return config.Load(flags, environ)
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestPrecedence(t *testing.T) {
	for _, tc := range []struct {
		name, file string
		environ    []string
		args       []string
		want       time.Duration
	}{
		{"default", "", nil, nil, 2 * time.Second},
		{"file", "delay: 3s", nil, nil, 3 * time.Second},
		{"environment beats file", "delay: 3s", []string{"BACKDOORWATCH_DELAY=4s"}, nil, 4 * time.Second},
		{"flag beats environment", "delay: 3s", []string{"BACKDOORWATCH_DELAY=4s"}, []string{"--delay", "5s"}, 5 * time.Second},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, err := load(t, tc.file, tc.environ, tc.args...)
			if err != nil || c.Delay != tc.want {
				t.Errorf("got %v, %v, want %v", c.Delay, err, tc.want)
			}
		})
	}
}

func TestListsAndDerivedSettings(t *testing.T) {
	c, err := load(t, "allow-hosts: [intranet.example, feeds.example]\nlisten: 127.0.0.1:9000", nil)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Join(c.AllowHosts, " ") != "intranet.example feeds.example" {
		t.Errorf("allow-hosts: got %q", c.AllowHosts)
	}
	if c.PublicURL != "http://127.0.0.1:9000" {
		t.Errorf("public-url: got %q", c.PublicURL)
	}
	if filepath.Base(c.Database) != "backdoorwatch.db" || filepath.Dir(c.Database) != c.Data {
		t.Errorf("database: got %q in %q", c.Database, c.Data)
	}
}

func TestSecretFromFile(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	write(t, secret, "postgres://watch:word@db/watch\n")
	c, err := load(t, "", []string{"BACKDOORWATCH_DATABASE_FILE=" + secret})
	if err != nil || c.Database != "postgres://watch:word@db/watch" {
		t.Errorf("got %q, %v", c.Database, err)
	}
}

func TestAllMistakesAtOnceWithTheirOrigin(t *testing.T) {
	_, err := load(t, "log-level: loud\nrate-limit: -1", []string{"BACKDOORWATCH_LISTEN=nowhere"}, "--public-url", "ftp://x")
	if !errors.Is(err, policy.ErrConfig) {
		t.Fatalf("got %v, want ErrConfig", err)
	}
	for _, part := range []string{"config.yaml: log-level", "config.yaml: rate-limit", "BACKDOORWATCH_LISTEN", "--public-url"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not name %s", err, part)
		}
	}
}

func TestSecondOpinions(t *testing.T) {
	const url = "BACKDOORWATCH_OPINION_URL=http://127.0.0.1:11434/v1/"
	key := filepath.Join(t.TempDir(), "key")
	write(t, key, "sk-very-secret\n")
	c, err := load(t, "opinion-model: small:7b\nopinion-band: 0.4-0.7", []string{url, "BACKDOORWATCH_OPINION_KEY_FILE=" + key})
	if err != nil {
		t.Fatal(err)
	}
	if c.OpinionURL != "http://127.0.0.1:11434/v1" || c.OpinionKey != "sk-very-secret" || c.OpinionBand != [2]float64{0.4, 0.7} || c.OpinionDaily != 200 {
		t.Errorf("got %+v", c)
	}
	if c, err := load(t, "", nil); err != nil || c.OpinionURL != "" {
		t.Errorf("by default: got %q, %v", c.OpinionURL, err)
	}
	for _, tc := range []struct {
		name, says string
		environ    []string
	}{
		{"no model", "opinion-url needs the name of a model", []string{url}},
		{"no address", "need the address of a server", []string{"BACKDOORWATCH_OPINION_KEY=sk-very-secret"}},
		{"a password in the address", "must not hold a name or password", []string{"BACKDOORWATCH_OPINION_URL=https://a:sk-very-secret@models.example/v1"}},
		{"no address of the web", "is not an address", []string{"BACKDOORWATCH_OPINION_URL=ollama"}},
		{"half a band", "the lower one first", []string{"BACKDOORWATCH_OPINION_BAND=0.5"}},
		{"a band upside down", "the lower one first", []string{"BACKDOORWATCH_OPINION_BAND=0.7-0.3"}},
		{"a band of nothing", "the lower one first", []string{"BACKDOORWATCH_OPINION_BAND=NaN-NaN"}},
		{"a band beyond", "the lower one first", []string{"BACKDOORWATCH_OPINION_BAND=0.5-1.5"}},
		{"less than none", "BACKDOORWATCH_OPINION_DAILY", []string{"BACKDOORWATCH_OPINION_DAILY=-1"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := load(t, "", tc.environ)
			if !errors.Is(err, policy.ErrConfig) || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("got %v", err)
			}
			if err != nil && strings.Contains(err.Error(), "sk-very-secret") {
				t.Errorf("the mistake tells the secret: %v", err)
			}
		})
	}
}

func TestAlertsByMail(t *testing.T) {
	right := []string{
		"BACKDOORWATCH_SMTP=smtps://mail.example", "BACKDOORWATCH_MAIL_FROM=Watch <alerts@example.org>", "BACKDOORWATCH_PUBLIC_URL=https://watch.example.org",
		"BACKDOORWATCH_SECRET_KEY=sk-very-secret-and-long-enough-for-it", "BACKDOORWATCH_DKIM_KEY=-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
	}
	c, err := load(t, "", right)
	if err != nil || c.MailFrom != "Watch <alerts@example.org>" || c.DKIMSelector != "backdoorwatch" || strings.Count(c.DKIMKey, "\n") != 2 {
		t.Errorf("got %+v, %v", c, err)
	}
	for _, tc := range []struct {
		name, says string
		environ    []string
	}{
		{"nobody to send it", "also need mail-from", right[:1]},
		{"no address for links", "public-url", []string{right[0], right[1], right[3]}},
		{"a short secret", "less than 32 characters", []string{"BACKDOORWATCH_SECRET_KEY=sk-very-secret"}},
		{"no sender", "is not a sender", []string{"BACKDOORWATCH_MAIL_FROM=nobody"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := load(t, "", tc.environ)
			if !errors.Is(err, policy.ErrConfig) || !strings.Contains(err.Error(), tc.says) || strings.Contains(err.Error(), "sk-very-secret") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestBulkFiles(t *testing.T) {
	if c, err := load(t, "", nil); err != nil || c.BulkHour != 3 || c.BulkKeep != 7 {
		t.Errorf("got %+v, %v", c, err)
	}
	if c, err := load(t, "bulk-hour: off\nbulk-keep: 2", nil); err != nil || c.BulkHour >= 0 || c.BulkKeep != 2 {
		t.Errorf("got %+v, %v", c, err)
	}
	for _, wrong := range []string{"bulk-hour: 24", "bulk-hour: -1", "bulk-hour: soon", "bulk-keep: 0"} {
		if _, err := load(t, wrong, nil); !errors.Is(err, policy.ErrConfig) {
			t.Errorf("%s: got %v", wrong, err)
		}
	}
}

func TestUnknownKeysAreRefused(t *testing.T) {
	_, err := load(t, "lisen: 127.0.0.1:1", nil)
	if !errors.Is(err, policy.ErrConfig) || !strings.Contains(err.Error(), "lisen") {
		t.Errorf("got %v", err)
	}
}

func TestEveryOptionExplainsItself(t *testing.T) {
	for _, o := range config.Options {
		if o.Help == "" || strings.ToLower(o.Name) != o.Name {
			t.Errorf("%s: lacks its help or is not in small letters", o.Name)
		}
	}
}
