package alert

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// leastSecret is the length of a secret that nobody guesses.
const leastSecret = 32

// Keys are what the operator's secret gives: a key for each use, none of which tells
// anything of another.
type Keys struct {
	secret  []byte
	lookups []byte
	aead    cipher.AEAD
}

// NewKeys makes the keys. A secret that is too short wraps policy.ErrConfig.
func NewKeys(secret string) (*Keys, error) {
	if len(secret) < leastSecret {
		return nil, fmt.Errorf("%w: secret-key must have at least %d characters; openssl rand -base64 48 makes one", policy.ErrConfig, leastSecret)
	}
	k := &Keys{secret: []byte(secret)}
	var err error
	if k.lookups, err = k.derive("address look-up"); err != nil {
		return nil, err
	}
	key, err := k.derive("encryption at rest")
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("making the cipher: %w", err)
	}
	if k.aead, err = cipher.NewGCMWithRandomNonce(block); err != nil {
		return nil, fmt.Errorf("making the cipher: %w", err)
	}
	return k, nil
}

func (k *Keys) derive(use string) ([]byte, error) {
	key, err := hkdf.Key(sha256.New, k.secret, nil, "backdoorwatch alerts: "+use, 32)
	if err != nil {
		return nil, fmt.Errorf("deriving a key: %w", err)
	}
	return key, nil
}

// seal encrypts a text for one row: moved to another, it no longer opens.
func (k *Keys) seal(row string, text []byte) []byte { return k.aead.Seal(nil, nil, text, []byte(row)) }

func (k *Keys) open(row string, sealed []byte) ([]byte, error) {
	text, err := k.aead.Open(nil, nil, sealed, []byte(row))
	if err != nil {
		return nil, errors.New("what is kept encrypted does not open: was secret-key changed?")
	}
	return text, nil
}

// lookup is a keyed hash: equal things have equal ones, and nobody without the key can
// tell whose it is.
func (k *Keys) lookup(kind, text string) string {
	return base64.RawURLEncoding.EncodeToString(mac(k.lookups, kind+"\x00"+text))
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// newID makes an id that nobody guesses.
func newID() string { return rand.Text() }
