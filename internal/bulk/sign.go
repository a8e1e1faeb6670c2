package bulk

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"

	"github.com/backdoorwatch/backdoorwatch/internal/bulk/shelf"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// signerOf reads a private key; nil for none.
func signerOf(key string) (ssh.Signer, error) {
	if strings.TrimSpace(key) == "" {
		return nil, nil
	}
	signer, err := ssh.ParsePrivateKey([]byte(strings.TrimSpace(key) + "\n"))
	if err != nil {
		return nil, fmt.Errorf("%w: reading bulk-key, a private key of OpenSSH without a passphrase (ssh-keygen -t ed25519 -N ''): %w", policy.ErrConfig, err)
	}
	return signer, nil
}

// key describes what a set is signed with; nil where it is not.
func (x *Exporter) key() *shelf.Key {
	if x.signer == nil {
		return nil
	}
	public := x.signer.PublicKey()
	return &shelf.Key{
		ID: ssh.FingerprintSHA256(public), Public: strings.TrimSpace(string(ssh.MarshalAuthorizedKey(public))),
		Identity: shelf.Identity, Namespace: shelf.Namespace,
	}
}

// sign returns a detached signature as ssh-keygen -Y verify takes it.
func (x *Exporter) sign(message []byte) ([]byte, error) {
	signature, err := sshsig.Sign(bytes.NewReader(message), x.signer, sshsig.HashSHA512, shelf.Namespace)
	if err != nil {
		return nil, fmt.Errorf("signing the checksums: %w", err)
	}
	return sshsig.Armor(signature), nil
}
