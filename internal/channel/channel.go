package channel

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Kind is the way in which a channel is told.
type Kind string

// The kinds.
const (
	Webhook Kind = "webhook" // signed JSON by Standard Webhooks
	Chat    Kind = "chat"    // short text to a chat or push service
)

// Channel is one of the operator's channels, as the file describes it.
type Channel struct {
	Name    string
	Kind    Kind
	Target  string   // a secret: where it leads
	Secrets []string // of a webhook, the newest first; while keys are changed, two
	Alert   policy.Alert
}

// fingerprint tells one target from another without telling either.
func (c Channel) fingerprint() string {
	sum := sha256.Sum256([]byte(string(c.Kind) + "\x00" + c.Target))
	return hex.EncodeToString(sum[:8])
}

// Masked says where a channel leads as far as that is no secret: the host of a webhook,
// and of a chat only the service, as the host may be the token.
func (c Channel) Masked() string {
	u, err := url.Parse(c.Target)
	if err != nil {
		return "…"
	}
	if c.Kind == Webhook {
		return u.Scheme + "://" + u.Host + "/…"
	}
	return u.Scheme + "://…"
}
