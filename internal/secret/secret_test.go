package secret_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/secret"
)

const word = "a secret of the tests, long enough to be one"

func keys(t *testing.T, text, room string) *secret.Keys {
	t.Helper()
	k, err := secret.New(text, room)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestSealedTextsOpenOnlyWhereTheyBelong(t *testing.T) {
	k := keys(t, word, "alerts")
	sealed := k.Seal("row 1", []byte("text"))
	if bytes.Contains(sealed, []byte("text")) || bytes.Equal(sealed, k.Seal("row 1", []byte("text"))) {
		t.Error("it can be read, or two of the same are equal")
	}
	for _, tc := range []struct {
		name string
		by   *secret.Keys
		row  string
		ok   bool
	}{
		{"as it was sealed", keys(t, word, "alerts"), "row 1", true},
		{"another row", k, "row 2", false},
		{"another room", keys(t, word, "hub"), "row 1", false},
		{"another secret", keys(t, word+"!", "alerts"), "row 1", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if text, err := tc.by.Open(tc.row, sealed); (err == nil) != tc.ok || tc.ok && string(text) != "text" {
				t.Errorf("got %q, %v", text, err)
			}
		})
	}
	if _, err := k.Open("row 1", sealed[:3]); err == nil {
		t.Error("half a text opens")
	}
}

func TestLookupsAreOfOneRoomAndKind(t *testing.T) {
	k := keys(t, word, "alerts")
	if k.Lookup("a", "b") != keys(t, word, "alerts").Lookup("a", "b") {
		t.Error("the same thing has two look-ups")
	}
	if k.Lookup("a", "b") == keys(t, word, "hub").Lookup("a", "b") || k.Lookup("a", "b") == k.Lookup("ab", "") {
		t.Error("two things have one look-up")
	}
}

// TestKeysStayTheSame holds that an update reads what was stored before it.
func TestKeysStayTheSame(t *testing.T) {
	key, err := keys(t, word, "alerts").Derive("encryption at rest")
	if got := hex.EncodeToString(key); err != nil || got != "bded81671133323bd2ab402a660f9d15457594df3fc805165754b8c92ba58904" {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestShortSecretsAreRefused(t *testing.T) {
	if _, err := secret.New("short", "alerts"); !errors.Is(err, policy.ErrConfig) {
		t.Errorf("got %v", err)
	}
}
