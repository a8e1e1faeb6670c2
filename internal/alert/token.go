package alert

import (
	"crypto/hmac"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Purpose is the one thing that a token allows.
type Purpose = policy.AlertPurpose

// The purposes.
const (
	Confirm     = policy.AlertToConfirm
	Manage      = policy.AlertToManage
	Unsubscribe = policy.AlertToUnsubscribe
)

const (
	confirmFor = 48 * time.Hour
	manageFor  = 90 * 24 * time.Hour
)

// token allows one thing with one subscription, until a time or, where that is zero,
// for good.
func (k *Keys) token(purpose Purpose, subscription string, until time.Time) (string, error) {
	expires := "0"
	if !until.IsZero() {
		expires = strconv.FormatInt(until.Unix(), 36)
	}
	body := subscription + "." + expires
	signed, err := k.sign(purpose, body)
	return body + "." + signed, err
}

func (k *Keys) sign(purpose Purpose, body string) (string, error) {
	key, err := k.derive("token to " + string(purpose))
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(mac(key, body)), nil
}

// subscription returns whose token it is. A token that is not ours, or for another
// purpose, wraps policy.ErrNotFound, one that came too late policy.ErrGone.
func (k *Keys) subscription(purpose Purpose, token string, now time.Time) (string, error) {
	cut := strings.LastIndexByte(token, '.')
	if cut < 0 {
		return "", fmt.Errorf("this link: %w", policy.ErrNotFound)
	}
	body := token[:cut]
	want, err := k.sign(purpose, body)
	if err != nil {
		return "", err
	}
	id, expires, two := strings.Cut(body, ".")
	seconds, err := strconv.ParseInt(expires, 36, 64)
	if !hmac.Equal([]byte(want), []byte(token[cut+1:])) || !two || err != nil {
		return "", fmt.Errorf("this link: %w", policy.ErrNotFound)
	}
	if seconds > 0 && now.Unix() > seconds {
		return "", fmt.Errorf("this link has expired: %w", policy.ErrGone)
	}
	return id, nil
}
