package alert_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"
	"golang.org/x/net/html"

	"github.com/backdoorwatch/backdoorwatch/internal/alert"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/prerequisite"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

type wordDecoder = mime.WordDecoder

// parts returns the text and the HTML of a mail.
func (m received) parts() (text, rich string) {
	message := m.message()
	kind, params, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		panic(fmt.Sprint(kind, err))
	}
	var all []string
	for reader := multipart.NewReader(message.Body, params["boundary"]); ; {
		part, err := reader.NextRawPart()
		if err == io.EOF {
			return all[0], all[1]
		}
		if err != nil {
			panic(err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			panic(err)
		}
		all = append(all, strings.ReplaceAll(string(body), "\r\n", "\n"))
	}
}

func (m received) text() string { text, _ := m.parts(); return text }

// digestMail is a mail with three things in it.
func digestMail(t *testing.T, w *world) received {
	t.Helper()
	w.subscribe("ann@mail.example", wish(policy.AlertTexts, place("EU")))
	hostile := func(e *store.Entry) {
		e.Document.Title = "Chat control\r\nBcc: victim@example.org <img src=https://evil.example/pixel.png> & \u202e more"
	}
	w.save("one", hostile)
	w.save("two")
	w.save("three")
	w.clock.Add(alertGroup)
	w.run()
	return w.server.last(t, "ann@mail.example")
}

// alertGroup is how long mail that is sent at once waits for more.
const alertGroup = 5 * time.Minute

func TestADigestSaysWhatItMust(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		m := digestMail(t, w)
		for name, want := range map[string]string{
			"Subject":               `^\[EU\] Chat control Bcc: victim@example\.org <img src=https://evil\.example/pixel\.png> & more – and 2 more$`,
			"List-Id":               `^Backdoor Watch alerts <alerts\.example\.org>$`,
			"List-Unsubscribe":      `^<https://watch\.example\.org/alerts/unsubscribe/[A-Za-z0-9._-]+>$`,
			"List-Unsubscribe-Post": `^List-Unsubscribe=One-Click$`,
			"List-Help":             `^<https://watch\.example\.org/subscribe>$`,
			"Auto-Submitted":        `^auto-generated$`,
			"Message-Id":            `^<[A-Z2-7]{26}@example\.org>$`,
			"From":                  `^"?Backdoor Watch"? <alerts@example\.org>$`,
			"To":                    `^<?ann@mail\.example>?$`,
			"Bcc":                   `^$`,
			"X-Mailer":              `^$`,
			"User-Agent":            `^$`,
		} {
			if got := m.header(name); !regexp.MustCompile(want).MatchString(got) {
				t.Errorf("%s: got %q, want %s", name, got, want)
			}
		}
		text, rich := m.parts()
		if !strings.HasPrefix(text, "You get this mail because you asked Backdoor Watch for new texts –\nplace: European Union.\n") {
			t.Errorf("it does not begin with why it came:\n%s", text)
		}
		for _, line := range strings.Split(text, "\n") {
			if len([]rune(line)) > 76 && !strings.Contains(line, "https://") {
				t.Errorf("a long line: %q", line)
			}
		}
		for _, want := range []string{"Title of two", "Title of three", "/alerts/manage/", "/alerts/unsubscribe/"} {
			if !strings.Contains(text, want) || !strings.Contains(rich, want) {
				t.Errorf("one of the forms lacks %q", want)
			}
		}
		if strings.Count(text, "https://watch.example.org/items/") != 3 {
			t.Errorf("got\n%s", text)
		}
	})
}

// TestAMailTracksNobody reads the HTML as a mail program does.
func TestAMailTracksNobody(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		_ = w.service.Subscribe(t.Context(), "eve@mail.example", wish(policy.AlertTexts), client)
		w.run()
		for _, m := range []received{w.server.last(t, "eve@mail.example"), digestMail(t, w)} {
			_, rich := m.parts()
			root, err := html.Parse(strings.NewReader(rich))
			if err != nil {
				t.Fatal(err)
			}
			lang := false
			for n := range root.Descendants() {
				if n.Type != html.ElementNode {
					continue
				}
				switch n.Data {
				case "img", "link", "script", "iframe", "object", "embed", "video", "audio", "picture", "svg", "style", "form", "base":
					t.Errorf("a mail must not have <%s>", n.Data)
				}
				for _, a := range n.Attr {
					switch {
					case n.Data == "html" && a.Key == "lang":
						lang = a.Val == "en"
					case a.Key == "href" && !strings.HasPrefix(a.Val, "https://watch.example.org"):
						t.Errorf("a link leads to %s", a.Val)
					case a.Key == "href" && strings.Contains(a.Val, "?") && !strings.Contains(a.Val, "/timeline?"):
						t.Errorf("a link carries %s", a.Val)
					case a.Key == "src" || a.Key == "background" || strings.Contains(a.Val, "url("):
						t.Errorf("%s=%q loads something", a.Key, a.Val)
					}
				}
			}
			if !lang {
				t.Error("it does not say its language")
			}
		}
	})
}

func TestMailsOfOneDossierAreAThread(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		of := func(dossiers ...string) func(*store.Entry) {
			return func(e *store.Entry) {
				for _, id := range dossiers {
					e.Tags.Dossiers = append(e.Tags.Dossiers, policy.Tag{Value: id, Confidence: .9})
				}
			}
		}
		one, two := w.base.Dossiers[0].ID, w.base.Dossiers[1].ID
		w.subscribe("ann@mail.example", wish(policy.AlertTexts))
		var threads []string
		for _, entries := range [][][]string{{{one}}, {{one}, {one}}, {{two}}, {{one}, {two}}, {{one, two}}, {{}}} {
			for i, dossiers := range entries {
				w.save(fmt.Sprint(len(threads), "-", i), of(dossiers...))
			}
			w.clock.Add(alertGroup)
			w.run()
			m := w.server.last(t, "ann@mail.example")
			if m.header("References") != m.header("In-Reply-To") {
				t.Errorf("got %q and %q", m.header("References"), m.header("In-Reply-To"))
			}
			threads = append(threads, m.header("In-Reply-To"))
		}
		if threads[0] == "" || threads[0] != threads[1] || threads[2] == threads[0] || threads[2] == "" || threads[3]+threads[4]+threads[5] != "" {
			t.Errorf("got %q", threads)
		}
	})
}

// keys makes a DKIM key of each kind, in PEM.
func keys(t *testing.T) map[string]string {
	t.Helper()
	long, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, short, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for name, key := range map[string]any{"rsa": long, "ed25519": short} {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	}
	return all
}

// signedMail is what the server got, and the TXT record that belongs to it.
func signedMail(t *testing.T, key string) (m received, name, record string) {
	t.Helper()
	signer, err := alert.NewSigner(key, "watch", "example.org")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, filepath.Join(t.TempDir(), "test.db"), func(o *alert.Options) { o.Signer = signer })
	name, record, err = signer.Record()
	if err != nil || !signer.Publishes(record) || signer.Publishes("v=DKIM1; p=AAAA") {
		t.Fatalf("%q, %v", record, err)
	}
	return digestMail(t, w), name, record
}

func TestSignaturesHoldAfterTheWire(t *testing.T) {
	t.Parallel()
	for kind, key := range keys(t) {
		t.Run(kind, func(t *testing.T) {
			m, name, record := signedMail(t, key)
			found, err := dkim.VerifyWithOptions(strings.NewReader(m.bytes), &dkim.VerifyOptions{LookupTXT: func(domain string) ([]string, error) {
				if domain != name {
					return nil, fmt.Errorf("asked for %s, want %s", domain, name)
				}
				return []string{record}, nil
			}})
			if err != nil || len(found) != 1 || found[0].Err != nil {
				t.Fatalf("got %+v, %v", found, err)
			}
			signed := strings.ToLower(strings.Join(found[0].HeaderKeys, " "))
			for _, want := range []string{"from", "to", "subject", "date", "message-id", "list-unsubscribe", "list-unsubscribe-post", "auto-submitted"} {
				if !strings.Contains(signed, want) {
					t.Errorf("%s is not signed: %s", want, signed)
				}
			}
		})
	}
}

// TestAnotherProgramAcceptsTheSignature lets OpenDKIM check what the server got.
func TestAnotherProgramAcceptsTheSignature(t *testing.T) {
	t.Parallel()
	opendkim := prerequisite.Program(t, "opendkim")
	m, name, record := signedMail(t, keys(t)["rsa"])
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	public := write("keys", name+" "+record+"\n")
	settings := write("opendkim.conf", "Mode v\nTestPublicKeys "+public+"\nDomain other.example\nLogWhy yes\n")
	check := func(text string) string {
		path := write("mail", text)
		out, err := exec.Command(opendkim, "-x", settings, "-v", "-v", "-t", path).CombinedOutput()
		return fmt.Sprintf("%s %v", out, err)
	}
	if out := check(m.bytes); !strings.Contains(out, "verification (s=watch, d=example.org, 2048-bit key) succeeded") {
		t.Errorf("OpenDKIM says: %s", out)
	}
	changed := strings.Replace(m.bytes, "Title of two", "Title of tw0", 1)
	if out := check(changed); strings.Contains(out, "succeeded") || changed == m.bytes {
		t.Errorf("OpenDKIM takes a mail that was changed: %s", out)
	}
}

func TestWrongKeysAreRefused(t *testing.T) {
	t.Parallel()
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Skip("this system makes no weak keys: ", err)
	}
	der := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(weak)})
	for name, key := range map[string]string{"no key": "", "not PEM": "key", "too short": string(der), "garbage": string(bytes.Replace(der, []byte("MII"), []byte("AAA"), 1))} {
		if _, err := alert.NewSigner(key, "s", "example.org"); err == nil {
			t.Errorf("%s: it was taken", name)
		}
	}
	if _, err := alert.NewKeys("short"); err == nil {
		t.Error("a short secret was taken")
	}
}
