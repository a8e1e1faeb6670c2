// Package openpgp encrypts mail for readers who gave us their public key.
package openpgp

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/packet"
	"github.com/ProtonMail/gopenpgp/v3/crypto"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Longest is the most that a key may have, in bytes; with its signatures of many
// others a key can be larger, and none of them is needed.
const Longest = 64 << 10

// Key is a public key.
type Key struct{ key *crypto.Key }

// Read reads one public key as a reader pastes or uploads it, armored or not, to which
// something can be encrypted at a time. What is wrong is told as FieldErrors.
func Read(text []byte, now time.Time) (Key, error) {
	k, err := Kept(text)
	switch {
	case len(text) > Longest:
		return Key{}, wrong("it is too large", "export it with gpg --armor --export-options export-minimal --export, which leaves out what others signed")
	case err != nil && strings.Contains(err.Error(), "too many entities"):
		return Key{}, wrong("it holds several keys", "export the one key of this address")
	case err != nil:
		return Key{}, wrong("it is not an OpenPGP public key that we can read", "it begins with -----BEGIN PGP PUBLIC KEY BLOCK-----; gpg --armor --export writes it")
	case k.key.IsPrivate():
		return Key{}, wrong("it is a private key, which nobody should ever give away; we do not keep it", "export the public one: gpg --armor --export")
	case k.key.IsRevoked(now.Unix()):
		return Key{}, wrong("it was revoked", "use the key that replaced it")
	case k.key.IsExpired(now.Unix()):
		return Key{}, wrong("it has expired", "extend it, and export it again")
	case !k.Usable(now):
		return Key{}, wrong("nothing can be encrypted to it: it has no subkey for encryption that is valid now", "add one, or extend it, and export the key again")
	}
	return k, nil
}

func wrong(problem, hint string) error {
	return policy.FieldErrors{{Field: "key", Problem: problem, Hint: hint}}
}

// Kept reads a key that was taken before, whether or not it has expired since.
func Kept(text []byte) (Key, error) {
	text = text[:min(len(text), Longest)]
	var key *crypto.Key
	var err error
	if trimmed := bytes.TrimSpace(text); bytes.HasPrefix(trimmed, []byte("-----BEGIN")) {
		key, err = crypto.NewKeyFromArmored(string(trimmed))
	} else {
		key, err = crypto.NewKey(text)
	}
	if err != nil {
		return Key{}, fmt.Errorf("reading an OpenPGP key: %w", err)
	}
	return Key{key}, nil
}

// Usable reports whether something can be encrypted to the key at a time.
func (k Key) Usable(now time.Time) bool {
	return !k.key.IsExpired(now.Unix()) && !k.key.IsRevoked(now.Unix()) && k.key.CanEncrypt(now.Unix())
}

// Fingerprint is by what people compare keys: hexadecimal, in groups of four.
func (k Key) Fingerprint() string {
	text := strings.ToUpper(k.key.GetFingerprint())
	var groups []string
	for len(text) > 4 {
		groups, text = append(groups, text[:4]), text[4:]
	}
	return strings.Join(append(groups, text), " ")
}

// Expires is when nothing can be encrypted to the key any more; zero where that is never.
func (k Key) Expires(now time.Time) time.Time {
	entity := k.key.GetEntity()
	var first time.Time
	sooner := func(created time.Time, signature *packet.Signature) {
		if signature == nil || signature.KeyLifetimeSecs == nil || *signature.KeyLifetimeSecs == 0 {
			return
		}
		if end := created.Add(time.Duration(*signature.KeyLifetimeSecs) * time.Second); first.IsZero() || end.Before(first) {
			first = end
		}
	}
	if signature, err := entity.PrimarySelfSignature(now, nil); err == nil {
		sooner(entity.PrimaryKey.CreationTime, signature)
	}
	if sub, ok := entity.EncryptionKey(now, nil); ok {
		sooner(sub.PublicKey.CreationTime, sub.SelfSignature)
	}
	return first.UTC()
}

// Bytes is what is kept of the key.
func (k Key) Bytes() ([]byte, error) {
	text, err := k.key.GetPublicKey()
	if err != nil {
		return nil, fmt.Errorf("writing an OpenPGP key: %w", err)
	}
	return text, nil
}

// Encrypt encrypts a text to the key, armored.
func (k Key) Encrypt(text []byte, now time.Time) ([]byte, error) {
	encryption, err := crypto.PGP().Encryption().Recipient(k.key).EncryptionTime(now.Unix()).New()
	if err != nil {
		return nil, fmt.Errorf("encrypting: %w", err)
	}
	defer encryption.ClearPrivateParams()
	message, err := encryption.Encrypt(text)
	if err != nil {
		return nil, fmt.Errorf("encrypting: %w", err)
	}
	armored, err := message.ArmorBytes()
	if err != nil {
		return nil, fmt.Errorf("encrypting: %w", err)
	}
	return armored, nil
}
