// Package secret makes keys of the operator's one secret: for each room its own, and
// within a room one for each use. None of them tells anything of another.
package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// least is the length of a secret that nobody guesses.
const least = 32

// Keys are those of one room. They are safe for concurrent use.
type Keys struct {
	room    string
	secret  []byte
	lookups []byte
	aead    cipher.AEAD
}

// New makes the keys of a room. With another secret, or the name of another room, what
// was sealed no longer opens. A secret that is too short wraps policy.ErrConfig.
func New(secret, room string) (*Keys, error) {
	if len(secret) < least {
		return nil, fmt.Errorf("%w: secret-key must have at least %d characters; openssl rand -base64 48 makes one", policy.ErrConfig, least)
	}
	k := &Keys{room: room, secret: []byte(secret)}
	var err error
	if k.lookups, err = k.Derive("address look-up"); err != nil {
		return nil, err
	}
	key, err := k.Derive("encryption at rest")
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

// Derive returns the room's key of 32 bytes for a use.
func (k *Keys) Derive(use string) ([]byte, error) {
	key, err := hkdf.Key(sha256.New, k.secret, nil, "backdoorwatch "+k.room+": "+use, 32)
	if err != nil {
		return nil, fmt.Errorf("deriving a key: %w", err)
	}
	return key, nil
}

// Seal encrypts a text for one row: moved to another, it no longer opens.
func (k *Keys) Seal(row string, text []byte) []byte { return k.aead.Seal(nil, nil, text, []byte(row)) }

// Open returns the text that was sealed for the row.
func (k *Keys) Open(row string, sealed []byte) ([]byte, error) {
	text, err := k.aead.Open(nil, nil, sealed, []byte(row))
	if err != nil {
		return nil, errors.New("what is kept encrypted does not open: was secret-key changed?")
	}
	return text, nil
}

// Lookup is a keyed hash: equal things have equal ones, and nobody without the key can
// tell whose it is.
func (k *Keys) Lookup(kind, text string) string {
	return base64.RawURLEncoding.EncodeToString(MAC(k.lookups, kind+"\x00"+text))
}

// MAC is the HMAC-SHA-256 of a text.
func MAC(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
