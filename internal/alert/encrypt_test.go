package alert_test

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"mime/multipart"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/alert"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/prerequisite"
)

// gnupg is another program that knows OpenPGP, with a home of its own. Its clock shows
// the day before that of the tests.
type gnupg struct {
	t    *testing.T
	path string
	home string
}

func newGnupg(t *testing.T) gnupg {
	t.Helper()
	g := gnupg{t: t, path: prerequisite.Program(t, "gpg")}
	var err error
	if g.home, err = os.MkdirTemp("", "g"); err != nil { // its socket needs a short path
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = exec.Command("gpgconf", "--homedir", g.home, "--kill", "all").Run() // ends the agent that gpg started
		_ = os.RemoveAll(g.home)
	})
	return g
}

func (g gnupg) run(input []byte, args ...string) []byte {
	g.t.Helper()
	command := exec.Command(g.path, append([]string{"--homedir", g.home, "--batch", "--quiet", "--no-tty", "--pinentry-mode", "loopback", "--passphrase", "",
		"--faked-system-time", "20260519T120000", "--no-options", "--trust-model", "always"}, args...)...)
	command.Stdin = bytes.NewReader(input)
	var problems bytes.Buffer
	command.Stderr = &problems
	out, err := command.Output()
	if err != nil {
		g.t.Fatalf("gpg %s: %v\n%s", strings.Join(args, " "), err, problems.String())
	}
	return out
}

// key makes a key and returns its public part.
func (g gnupg) key(name, algorithm, usage, expire string) []byte {
	g.t.Helper()
	g.run(nil, "--quick-generate-key", name, algorithm, usage, expire)
	return g.run(nil, "--armor", "--export", name)
}

// encrypted returns the armored part of a mail, after a look at its form.
func (m received) encrypted(t *testing.T) []byte {
	t.Helper()
	message := m.message()
	kind, params, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/encrypted" || params["protocol"] != "application/pgp-encrypted" {
		t.Fatalf("it is %s %v, %v", kind, params, err)
	}
	var parts [][]byte
	var kinds []string
	reader := multipart.NewReader(message.Body, params["boundary"])
	for part, err := reader.NextRawPart(); err == nil; part, err = reader.NextRawPart() {
		var body bytes.Buffer
		if _, err := body.ReadFrom(part); err != nil {
			t.Fatal(err)
		}
		parts, kinds = append(parts, body.Bytes()), append(kinds, strings.SplitN(part.Header.Get("Content-Type"), ";", 2)[0])
	}
	if fmt.Sprint(kinds) != "[application/pgp-encrypted application/octet-stream]" || strings.TrimSpace(string(parts[0])) != "Version: 1" {
		t.Fatalf("its parts are %v", kinds)
	}
	return parts[1]
}

func TestAnotherProgramDecryptsTheMail(t *testing.T) {
	for name, algorithm := range map[string]string{"curve 25519": "default", "rsa": "rsa3072"} {
		t.Run(name, func(t *testing.T) {
			g := newGnupg(t)
			usage := "default"
			public := g.key("Ann <ann@mail.example>", algorithm, usage, "1y")
			if algorithm != "default" { // with this form gpg makes no subkey by itself
				fields := strings.Fields(string(g.run(nil, "--with-colons", "--list-keys")))
				for _, f := range fields {
					if id, is := strings.CutPrefix(f, "fpr:::::::::"); is {
						g.run(nil, "--quick-add-key", strings.Trim(id, ":"), algorithm, "encr", "1y")
						break
					}
				}
				public = g.run(nil, "--armor", "--export", "ann@mail.example")
			}
			onBoth(t, func(t *testing.T, w *world) {
				signer, err := alert.NewSigner(keys(t)["ed25519"], "watch", "example.org")
				if err != nil {
					t.Fatal(err)
				}
				w.service = w.open(func(o *alert.Options) { o.Signer = signer })
				manage := w.subscribe("ann@mail.example", wish(policy.AlertEverything, place("EU")))
				status, err := w.service.SetKey(t.Context(), manage, public)
				if err != nil || len(status.Key.Fingerprint) != 49 || status.Key.Expires.Format(time.DateOnly) != "2027-05-19" || status.Key.Unusable {
					t.Fatalf("got %+v, %v", status, err)
				}
				w.server.set(func() { w.server.drop = func(count int) bool { return count == 1 } })
				m := w.told(t, "ann@mail.example", "one")
				w.clock.Add(time.Hour)
				w.run()
				if all := w.server.all(); len(all) != 2 || all[0].bytes != all[1].bytes {
					t.Fatal("a mail that was sent again is another one")
				}
				if m.header("Subject") != "Backdoor Watch" || m.header("References")+m.header("In-Reply-To") != "" || strings.Contains(m.bytes, "Title of") || m.header("List-Unsubscribe") == "" {
					t.Errorf("the outside tells too much or too little:\n%s", m.bytes)
				}
				inner := received{bytes: string(g.run(m.encrypted(t), "--decrypt"))}
				if subject := inner.header("Subject"); subject != "[EU] Title of one" {
					t.Errorf("the subject inside is %q", subject)
				}
				if kind := inner.message().Header.Get("Content-Type"); !strings.Contains(kind, `protected-headers="v1"`) {
					t.Errorf("got %s", kind)
				}
				if text, rich := inner.parts(); !strings.Contains(text, "Title of one") || !strings.Contains(rich, "Title of one") {
					t.Errorf("inside is\n%s", text)
				}
				if dump := w.dump(); strings.Contains(dump, "ann@") || !strings.Contains(dump, "alert_keys|") {
					t.Error("the key is not there, or in the clear")
				}
				w.server.set(func() { w.server.drop = nil })
				w.server.clear()
				w.clock.Add(time.Hour)
				if err := w.service.Subscribe(t.Context(), "ann@mail.example", wish(policy.AlertBills), client); err != nil {
					t.Fatal(err)
				}
				w.run()
				question := received{bytes: string(g.run(w.server.last(t, "ann@mail.example").encrypted(t), "--decrypt"))}
				if !strings.Contains(question.text(), "new bills") {
					t.Error("the question for another alert is not inside")
				}
				w.judgeExpiry(t)
			})
		})
	}
}

// judgeExpiry lets the key of ann expire.
func (w *world) judgeExpiry(t *testing.T) {
	t.Helper()
	w.clock.Add(370 * 24 * time.Hour)
	m := w.told(t, "ann@mail.example", "afterwards")
	text, rich := m.parts()
	if m.header("Subject") != "Backdoor Watch" || !strings.Contains(strings.Join(strings.Fields(text), " "), "your OpenPGP key has expired") || strings.Contains(text+rich, "Title of") || strings.Contains(text+rich, "European") {
		t.Errorf("got %q:\n%s", m.header("Subject"), text)
	}
	token := m.token("manage")
	status, err := w.service.Status(t.Context(), alert.Manage, token)
	if err != nil || !status.Key.Unusable {
		t.Errorf("got %+v, %v", status, err)
	}
	if err := w.service.Subscribe(t.Context(), "ann@mail.example", wish(policy.AlertDates, place("GB")), client); err != nil {
		t.Fatal(err)
	}
	w.run()
	if text := w.server.last(t, "ann@mail.example").text(); strings.Contains(text, "dates ") || !strings.Contains(text, "/alerts/confirm/") {
		t.Errorf("the question tells in the clear:\n%s", text)
	}
	if status, err = w.service.DropKey(t.Context(), token); err != nil || status.Key.Fingerprint != "" {
		t.Errorf("got %+v, %v", status, err)
	}
	if m := w.told(t, "ann@mail.example", "plain again"); !strings.Contains(m.text(), "Title of plain again") {
		t.Error("without a key mail is not plain")
	}
}

func TestKeysThatAreNoUse(t *testing.T) {
	g := newGnupg(t)
	fine := g.key("Ann <ann@mail.example>", "default", "default", "never")
	signing := g.key("Sign <sign@mail.example>", "ed25519", "sign", "never")
	expiring := g.key("Short <short@mail.example>", "default", "default", "seconds=3600")
	two := g.run(nil, "--armor", "--export", "ann@mail.example", "sign@mail.example")
	private := g.run(nil, "--armor", "--export-secret-keys", "ann@mail.example")
	revoked := g.key("Gone <gone@mail.example>", "default", "default", "never")
	certificates, err := filepath.Glob(filepath.Join(g.home, "openpgp-revocs.d", "*.rev"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range certificates {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "gone@mail.example") {
			g.run([]byte(strings.Replace(string(text), ":-----BEGIN", "-----BEGIN", 1)), "--import")
			revoked = g.run(nil, "--armor", "--export", "gone@mail.example")
		}
	}
	w := newWorld(t, filepath.Join(t.TempDir(), "test.db"))
	manage := w.subscribe("ann@mail.example", wish(policy.AlertTexts))
	for name, tc := range map[string]struct {
		text []byte
		says string
	}{
		"nothing":     {nil, "not an OpenPGP public key"},
		"no key":      {[]byte("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----\n"), "not an OpenPGP public key"},
		"too large":   {append(bytes.Clone(fine), bytes.Repeat([]byte("x"), 64<<10)...), "too large"},
		"private":     {private, "private key"},
		"two":         {two, "several keys"},
		"for signing": {signing, "nothing can be encrypted"},
		"expired":     {expiring, "expired"},
		"revoked":     {revoked, "revoked"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.service.SetKey(t.Context(), manage, tc.text)
			if !errors.Is(err, policy.ErrInvalid) || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("got %v", err)
			}
		})
	}
	if status, err := w.service.SetKey(t.Context(), manage, g.run(nil, "--export", "ann@mail.example")); err != nil || status.Key.Fingerprint == "" || !status.Key.Expires.IsZero() {
		t.Errorf("without armor: %+v, %v", status, err)
	}
	if _, err := w.service.SetKey(t.Context(), "forged", fine); !errors.Is(err, policy.ErrNotFound) {
		t.Errorf("by a forged token: %v", err)
	}
	m := w.told(t, "ann@mail.example", "one")
	_ = m.encrypted(t)
	if _, err := w.service.Forget(t.Context(), "ann@mail.example"); err != nil || strings.Contains(w.dump(), "alert_keys|") {
		t.Errorf("the key is kept after all was forgotten: %v", err)
	}
}
