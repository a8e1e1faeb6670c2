package openpgp_test

import (
	"testing"
	"time"

	"github.com/ProtonMail/gopenpgp/v3/crypto"

	"github.com/backdoorwatch/backdoorwatch/internal/alert/openpgp"
)

// FuzzRead: whatever is taken can be encrypted to, and reads again as the same key.
func FuzzRead(f *testing.F) {
	now := time.Now()
	key, err := crypto.PGP().KeyGeneration().AddUserId("Ann", "ann@mail.example").New().GenerateKey()
	if err != nil {
		f.Fatal(err)
	}
	public, err := key.ToPublic()
	if err != nil {
		f.Fatal(err)
	}
	armored, err := public.Armor()
	if err != nil {
		f.Fatal(err)
	}
	binary, err := public.Serialize()
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(armored))
	f.Add(binary)
	f.Fuzz(func(t *testing.T, text []byte) {
		key, err := openpgp.Read(text, now)
		if err != nil {
			return
		}
		kept, err := key.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		again, err := openpgp.Kept(kept)
		if err != nil || again.Fingerprint() != key.Fingerprint() || !again.Usable(now) {
			t.Errorf("it is read again as %v, %v", again, err)
		}
		if _, err := again.Encrypt([]byte("text"), now); err != nil {
			t.Errorf("nothing can be encrypted to it: %v", err)
		}
	})
}
