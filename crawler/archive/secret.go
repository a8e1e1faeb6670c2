package archive

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Mask stands where a secret value was.
const Mask = "***"

// Secrets are the names, in any case, of query parameters and request headers
// whose values must never be written down. The usual names of headers that carry
// credentials are secret whether listed or not.
type Secrets []string

// credentialHeaders carry credentials whoever the server is.
var credentialHeaders = []string{"Authorization", "Proxy-Authorization", "Cookie", "X-Api-Key", "Api-Key", "X-Auth-Token"}

type secretsKey struct{}

// WithSecrets tells recording and replay which names are secret in the requests
// made with the context.
func WithSecrets(ctx context.Context, secrets Secrets) context.Context {
	return context.WithValue(ctx, secretsKey{}, secrets)
}

func secretsOf(ctx context.Context) Secrets {
	secrets, _ := ctx.Value(secretsKey{}).(Secrets)
	return secrets
}

// URL returns the address with the values of secret parameters masked and
// without user name, password and fragment.
func (s Secrets) URL(u *url.URL) string {
	shown := *u
	shown.User, shown.Fragment, shown.RawFragment = nil, "", ""
	shown.RawQuery = s.Query(u.RawQuery)
	return shown.String()
}

// Query returns a raw query, or a body in the form of one, with secret values
// masked and everything else as it was.
func (s Secrets) Query(raw string) string {
	if len(s) == 0 || raw == "" {
		return raw
	}
	pairs := strings.Split(raw, "&")
	for i, pair := range pairs {
		name, _, given := strings.Cut(pair, "=")
		decoded, err := url.QueryUnescape(name)
		if given && err == nil && s.has(decoded) {
			pairs[i] = name + "=" + Mask
		}
	}
	return strings.Join(pairs, "&")
}

// Header returns a copy of request headers with secret values masked.
func (s Secrets) Header(header http.Header) http.Header {
	masked := header.Clone()
	for name, values := range masked {
		if !s.HeaderIsSecret(name) {
			continue
		}
		for i := range values {
			values[i] = Mask
		}
	}
	return masked
}

// HeaderIsSecret reports whether a request header of the name holds a secret.
func (s Secrets) HeaderIsSecret(name string) bool {
	return s.has(name) || slices.ContainsFunc(credentialHeaders, func(h string) bool { return strings.EqualFold(h, name) })
}

func (s Secrets) has(name string) bool {
	return slices.ContainsFunc(s, func(secret string) bool { return strings.EqualFold(secret, name) })
}
