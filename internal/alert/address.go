package alert

import (
	"net/mail"
	"net/netip"
	"strings"

	"golang.org/x/net/idna"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// longestAddress is what SMTP takes.
const longestAddress = 254

// Address reads a mail address as a person types it: one address, without a name. Its
// domain comes out in the form of the wire. Mistakes are FieldErrors.
func Address(text string) (string, error) {
	text = strings.TrimSpace(text)
	bad := policy.FieldErrors{{Field: "address", Problem: "it is not a mail address", Hint: "write it like name@example.org"}}
	parsed, err := mail.ParseAddress(text)
	if err != nil || parsed.Name != "" || parsed.Address != text {
		return "", bad
	}
	at := strings.LastIndexByte(text, '@')
	local := text[:at]
	domain, err := idna.Lookup.ToASCII(strings.TrimSuffix(text[at+1:], "."))
	if err != nil || !strings.Contains(domain, ".") || strings.ContainsFunc(local, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`"<>\`, r) }) {
		return "", bad
	}
	if address := local + "@" + strings.ToLower(domain); len(address) <= longestAddress {
		return address, nil
	}
	return "", bad
}

// Domain is the domain of an address.
func Domain(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

// network is who asks, as far as an address tells: of IPv6 a whole household has a /64.
func network(client netip.Addr) string {
	client = client.Unmap()
	if !client.Is6() {
		return client.String()
	}
	prefix, err := client.WithZone("").Prefix(64)
	if err != nil {
		return client.String()
	}
	return prefix.String()
}
