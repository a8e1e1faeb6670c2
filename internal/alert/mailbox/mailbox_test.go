package mailbox_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/backdoorwatch/backdoorwatch/internal/alert/mailbox"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/prerequisite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// settings of a server that keeps all that it has in one folder.
const settings = `protocols = imap
listen = 127.0.0.1
base_dir = %[1]s/run
state_dir = %[1]s/run
log_path = %[1]s/log
default_internal_user = %[2]s
default_login_user = %[2]s
default_internal_group = %[3]s
ssl = required
ssl_cert = <%[1]s/cert.pem
ssl_key = <%[1]s/key.pem
mail_location = maildir:%[1]s/mail
first_valid_uid = 1
first_valid_gid = 0
service imap-login {
  chroot =
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    port = %[4]d
    ssl = yes
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
passdb {
  driver = static
  args = password=word
}
userdb {
  driver = static
  args = uid=%[2]s gid=%[3]s home=%[1]s/home
}
`

// dovecot is a real IMAP server, and the folder of its one mailbox.
type dovecot struct {
	box  *mailbox.IMAP
	mail string
	uid  int
	gid  int
}

func startDovecot(t *testing.T) *dovecot {
	t.Helper()
	program := prerequisite.Program(t, "dovecot")
	// Its processes end up as a user that is not root, who must reach all of it.
	dir, err := os.MkdirTemp("", "dovecot")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	who, err := user.Current()
	if err == nil && who.Uid == "0" {
		who, err = user.Lookup("nobody")
	}
	if err != nil {
		t.Fatal(err)
	}
	group, err := user.LookupGroupId(who.Gid)
	if err != nil {
		t.Fatal(err)
	}
	d := &dovecot{mail: filepath.Join(dir, "mail")}
	d.uid, _ = strconv.Atoi(who.Uid)
	d.gid, _ = strconv.Atoi(who.Gid)
	for _, folder := range []string{"", "run", "home", "mail", "mail/new", "mail/cur", "mail/tmp"} {
		path := filepath.Join(dir, folder)
		if err := errors.Join(os.MkdirAll(path, 0o755), os.Chmod(path, 0o755), os.Chown(path, d.uid, d.gid)); err != nil {
			t.Fatal(err)
		}
	}
	pool := certificate(t, dir)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	_ = listener.Close()
	config := filepath.Join(dir, "dovecot.conf")
	if err := os.WriteFile(config, fmt.Appendf(nil, settings, dir, who.Username, group.Name, port), 0o644); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(program, "-F", "-c", config)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		_ = command.Wait() // it was told to end
	})
	if d.box, err = mailbox.Parse(fmt.Sprintf("imaps://127.0.0.1:%d", port)); err != nil {
		t.Fatal(err)
	}
	d.box.User, d.box.Password, d.box.TLS, d.box.Timeout = "watch", "word", &tls.Config{RootCAs: pool}, 10*time.Second
	for end := time.Now().Add(15 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if err = d.box.Check(t.Context()); err == nil {
			return d
		}
		if time.Now().After(end) {
			log, _ := os.ReadFile(filepath.Join(dir, "log"))
			t.Fatalf("dovecot does not answer: %v\n%s", err, log)
		}
	}
}

// certificate leaves one for 127.0.0.1 in a folder, and returns who vouches for it.
func certificate(t *testing.T, dir string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return pool
}

// put leaves a mail in the mailbox.
func (d *dovecot) put(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(d.mail, "new", name)
	if err := errors.Join(os.WriteFile(path, []byte(text), 0o600), os.Chown(path, d.uid, d.gid)); err != nil {
		t.Fatal(err)
	}
}

// left are the names of the mails in the mailbox.
func (d *dovecot) left(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, folder := range []string{"new", "cur"} {
		entries, err := os.ReadDir(filepath.Join(d.mail, folder))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			name, _, _ := strings.Cut(e.Name(), ":")
			name, _, _ = strings.Cut(name, ",")
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}

func TestARealServer(t *testing.T) {
	d := startDovecot(t)
	d.box.Longest = 100 << 10
	d.put(t, "1.a.x", "Subject: ours\n\none\n")
	d.put(t, "2.b.x", "Subject: a letter\n\ntwo\n")
	d.put(t, "3.c.x", "Subject: long\n\n"+strings.Repeat("0123456789abcde\n", 20_000))
	var seen []string
	most := 0
	take := func(_ context.Context, text []byte) (bool, error) {
		line, _, _ := strings.Cut(string(text), "\r\n")
		seen, most = append(seen, line), max(most, len(text))
		return line == "Subject: ours", nil
	}
	if err := d.box.Visit(t.Context(), take); err != nil {
		t.Fatal(err)
	}
	if want := []string{"Subject: ours", "Subject: a letter", "Subject: long"}; !slices.Equal(seen, want) || most != 100<<10 {
		t.Errorf("got %q and at most %d bytes", seen, most)
	}
	if left := d.left(t); !slices.Equal(left, []string{"2.b.x", "3.c.x"}) {
		t.Errorf("left are %q, want all but ours", left)
	}
	seen = nil
	if err := d.box.Visit(t.Context(), take); err != nil || seen != nil {
		t.Errorf("again: got %q, %v", seen, err)
	}
	d.put(t, "4.d.x", "Subject: ours\n\nfour\n")
	failing := errors.New("the database is away")
	if err := d.box.Visit(t.Context(), func(context.Context, []byte) (bool, error) { return false, failing }); !errors.Is(err, failing) {
		t.Errorf("got %v", err)
	}
	if err := d.box.Visit(t.Context(), take); err != nil || !slices.Equal(seen, []string{"Subject: ours"}) {
		t.Errorf("what could not be taken in does not come again: %q, %v", seen, err)
	}
}

func TestFaultsOfTheServer(t *testing.T) {
	d := startDovecot(t)
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	for name, tc := range map[string]struct {
		change func(b *mailbox.IMAP)
		says   string
	}{
		"wrong password":    {func(b *mailbox.IMAP) { b.Password = "other" }, "mailbox, login"},
		"unknown authority": {func(b *mailbox.IMAP) { b.TLS = &tls.Config{RootCAs: x509.NewCertPool()} }, "mailbox, TLS"},
		"nobody there":      {func(b *mailbox.IMAP) { b.Port = "1" }, "mailbox, connecting"},
		"silent": {func(b *mailbox.IMAP) {
			_, b.Port, _ = net.SplitHostPort(silent.Addr().String())
			b.Timeout = 300 * time.Millisecond
		}, "mailbox, "},
		"silent without TLS": {func(b *mailbox.IMAP) {
			_, b.Port, _ = net.SplitHostPort(silent.Addr().String())
			b.Timeout, b.Plain = 300*time.Millisecond, true
		}, "mailbox, "},
	} {
		t.Run(name, func(t *testing.T) {
			box := *d.box
			tc.change(&box)
			started := time.Now()
			err := box.Visit(t.Context(), func(context.Context, []byte) (bool, error) { t.Error("it read something"); return false, nil })
			if err == nil || !strings.HasPrefix(err.Error(), tc.says) || !errors.Is(err, policy.ErrUnavailable) || strings.Contains(err.Error(), "word") {
				t.Errorf("got %v", err)
			}
			if took := time.Since(started); took > 8*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}

func TestParse(t *testing.T) {
	for address, want := range map[string]string{
		"imaps://mail.example": "mail.example:993", "imaps://mail.example:1993": "mail.example:1993", "imap+plain://127.0.0.1": "127.0.0.1:143",
		"imap+plain://mail.example": "", "imap://mail.example": "", "mail.example:993": "", "imaps://user:word@mail.example": "", "imaps://mail.example/INBOX": "",
	} {
		b, err := mailbox.Parse(address)
		if (err == nil) != (want != "") || err == nil && b.Host+":"+b.Port != want || err != nil && !errors.Is(err, policy.ErrConfig) {
			t.Errorf("%s: got %+v, %v", address, b, err)
		}
	}
}
