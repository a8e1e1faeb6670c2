package alert

import (
	"crypto/rand"

	"github.com/backdoorwatch/backdoorwatch/internal/secret"
)

// Keys are what the operator's secret gives to alerts.
type Keys struct{ shared *secret.Keys }

// NewKeys makes the keys. A secret that is too short wraps policy.ErrConfig.
func NewKeys(text string) (*Keys, error) {
	shared, err := secret.New(text, "alerts")
	if err != nil {
		return nil, err
	}
	return &Keys{shared}, nil
}

func (k *Keys) derive(use string) ([]byte, error) { return k.shared.Derive(use) }

func (k *Keys) seal(row string, text []byte) []byte { return k.shared.Seal(row, text) }

func (k *Keys) open(row string, sealed []byte) ([]byte, error) { return k.shared.Open(row, sealed) }

func (k *Keys) lookup(kind, text string) string { return k.shared.Lookup(kind, text) }

func mac(key []byte, text string) []byte { return secret.MAC(key, text) }

// newID makes an id that nobody guesses.
func newID() string { return rand.Text() }
