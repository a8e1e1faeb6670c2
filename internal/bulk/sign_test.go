package bulk_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/internal/bulk"
	"github.com/backdoorwatch/backdoorwatch/internal/bulk/shelf"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/prerequisite"
)

// in runs a program in a folder.
func in(folder, input string, program string, args ...string) (string, error) {
	command := exec.Command(program, args...)
	command.Dir, command.Stdin = folder, strings.NewReader(input)
	out, err := command.CombinedOutput()
	return string(out), err
}

// TestSignature makes a key by the real ssh-keygen, publishes with it, and lets the
// real programs verify what is served.
func TestSignature(t *testing.T) {
	t.Parallel()
	keygen, sums := prerequisite.Program(t, "ssh-keygen"), prerequisite.Program(t, "sha256sum")
	for _, kind := range []string{"ed25519", "rsa", "ecdsa"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := open(t, filepath.Join(t.TempDir(), "test.db"))
			own := t.TempDir()
			if out, err := in(own, "", keygen, "-q", "-t", kind, "-N", "", "-f", "key"); err != nil {
				t.Fatal(out)
			}
			key, err := os.ReadFile(filepath.Join(own, "key"))
			if err != nil {
				t.Fatal(err)
			}
			publish(t, w.exporter(t, func(o *bulk.Options) { o.Key = string(bytes.TrimSpace(key)) }))
			folder := filepath.Join(w.folder, "2026-05-20")
			if out, err := in(folder, "", sums, "--check", "--strict", shelf.SumsName); err != nil {
				t.Error(out)
			}
			signers := filepath.Join(own, "allowed_signers")
			if err := os.WriteFile(signers, ask(w.api(t), "GET", "/bulk/allowed_signers").Body.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			content := contents(t, folder)
			verify := func(message string) (string, error) {
				return in(folder, message, keygen, "-Y", "verify", "-f", signers, "-I", "backdoorwatch", "-n", "file", "-s", shelf.SignatureName)
			}
			if out, err := verify(content[shelf.SumsName]); err != nil || !strings.HasPrefix(out, `Good "file" signature for backdoorwatch with`) {
				t.Errorf("%v: %s", err, out)
			}
			if out, err := verify(content[shelf.SumsName] + " "); err == nil {
				t.Errorf("what is forged is taken: %s", out)
			}
			set, err := shelf.Read(folder)
			fingerprint, _ := in(own, "", keygen, "-l", "-f", "key.pub")
			if err != nil || set.Key == nil || !strings.Contains(fingerprint, set.Key.ID) {
				t.Errorf("the key of the manifest: %+v, %v; ssh-keygen says %s", set, err, fingerprint)
			}
		})
	}
}

func TestKeysThatCannotSign(t *testing.T) {
	t.Parallel()
	w := open(t, filepath.Join(t.TempDir(), "test.db"))
	o := w.options()
	for _, o.Key = range []string{"secret", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----"} {
		if _, err := bulk.New(o); !errors.Is(err, policy.ErrConfig) || strings.Contains(err.Error(), o.Key) {
			t.Errorf("got %v", err)
		}
	}
}
