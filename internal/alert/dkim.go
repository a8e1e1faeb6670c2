package alert

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"github.com/emersion/go-msgauth/dkim"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Signer signs mails with DKIM.
type Signer struct {
	Domain   string
	Selector string
	key      crypto.Signer
}

// NewSigner reads a private key in PEM: RSA of at least 2048 bits, or Ed25519. What is
// wrong wraps policy.ErrConfig.
func NewSigner(key, selector, domain string) (*Signer, error) {
	block, _ := pem.Decode([]byte(key))
	if block == nil {
		return nil, fmt.Errorf("%w: dkim-key holds no key in PEM", policy.ErrConfig)
	}
	parsed, err := parseKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%w: dkim-key: %w", policy.ErrConfig, err)
	}
	return &Signer{Domain: domain, Selector: selector, key: parsed}, nil
}

func parseKey(der []byte) (crypto.Signer, error) {
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return strong(key)
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, errors.New("it is neither an RSA nor an Ed25519 private key")
	}
	return strong(key)
}

func strong(key any) (crypto.Signer, error) {
	switch key := key.(type) {
	case *rsa.PrivateKey:
		if key.N.BitLen() < 2048 {
			return nil, fmt.Errorf("%d bits are too few; make one of 2048", key.N.BitLen())
		}
		return key, nil
	case ed25519.PrivateKey:
		return key, nil
	}
	return nil, errors.New("it is neither an RSA nor an Ed25519 private key")
}

// Sign returns the mail with a signature over all of its header and body.
func (s *Signer) Sign(mail []byte) ([]byte, error) {
	var out bytes.Buffer
	err := dkim.Sign(&out, bytes.NewReader(mail), &dkim.SignOptions{
		Domain: s.Domain, Selector: s.Selector, Signer: s.key,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
	})
	if err != nil {
		return nil, fmt.Errorf("signing a mail: %w", err)
	}
	return out.Bytes(), nil
}

// Record returns the name and the text of the TXT record that lets others check the
// signature.
func (s *Signer) Record() (name, text string, err error) {
	kind := "rsa"
	var public []byte
	switch key := s.key.Public().(type) {
	case ed25519.PublicKey:
		kind, public = "ed25519", key
	default:
		if public, err = x509.MarshalPKIXPublicKey(key); err != nil {
			return "", "", fmt.Errorf("writing the public key: %w", err)
		}
	}
	return s.Selector + "._domainkey." + s.Domain, "v=DKIM1; k=" + kind + "; p=" + base64.StdEncoding.EncodeToString(public), nil
}

// Publishes reports whether a TXT record holds the key of this signer.
func (s *Signer) Publishes(record string) bool {
	_, want, err := s.Record()
	_, key, _ := strings.Cut(want, "p=")
	return err == nil && strings.Contains(strings.ReplaceAll(record, " ", ""), "p="+key)
}
