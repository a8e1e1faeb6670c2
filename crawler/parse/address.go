package parse

import (
	"fmt"
	"net"
	"net/url"
	"path"
	"strings"

	"golang.org/x/net/idna"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

const maxAddress = 8 << 10 // bytes of an address

// CanonicalURL returns the address that stands for all variants of raw: without
// tracking parameters, fragment, user name and default port, off AMP and out of
// redirectors that carry their target in the address; host and escapes in one
// spelling. An address that is not absolute http or https wraps
// policy.ErrInvalid.
func CanonicalURL(raw string) (string, error) {
	u, err := parseAddress(raw)
	if err != nil {
		return "", err
	}
	for range 3 { // a redirector may point to another
		target, ok := redirectTarget(u)
		if !ok {
			break
		}
		u = target
	}
	leaveAMP(u)
	u.RawQuery = withoutTracking(u.RawQuery)
	u.ForceQuery = false
	if !strings.HasPrefix(u.Fragment, "!") { // "#!" addresses another page
		u.Fragment, u.RawFragment = "", ""
	}
	normalPath(u)
	return u.String(), nil
}

// parseAddress reads an absolute web address and brings scheme and host to one
// spelling.
func parseAddress(raw string) (*url.URL, error) {
	text := strings.Map(dropControls, strings.TrimSpace(raw))
	if len(text) > maxAddress {
		return nil, fmt.Errorf("%w address: longer than %d bytes", policy.ErrInvalid, maxAddress)
	}
	if strings.HasPrefix(text, "//") {
		text = "https:" + text
	}
	u, err := url.Parse(strings.ReplaceAll(text, " ", "%20"))
	if err != nil {
		return nil, fmt.Errorf("%w address: %w", policy.ErrInvalid, err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Opaque != "" {
		return nil, fmt.Errorf("%w address %q: not http or https", policy.ErrInvalid, short(text))
	}
	if u.Host, err = normalHost(u); err != nil {
		return nil, fmt.Errorf("%w address %q: %w", policy.ErrInvalid, short(text), err)
	}
	u.User = nil
	return u, nil
}

func dropControls(r rune) rune {
	if r < ' ' || r == 0x7F || r == 0xAD || r >= 0x200B && r <= 0x200F || r == 0xFEFF {
		return -1
	}
	return r
}

func short(text string) string {
	if len(text) > 120 {
		return strings.ToValidUTF8(text[:120], "") + "…"
	}
	return text
}

func normalHost(u *url.URL) (string, error) {
	host := strings.Trim(strings.ToLower(u.Hostname()), ".")
	if host == "" {
		return "", fmt.Errorf("no host")
	}
	if net.ParseIP(host) == nil && !plainASCII(host) {
		ascii, err := idna.Lookup.ToASCII(host)
		if err != nil {
			return "", fmt.Errorf("host: %w", err)
		}
		host = ascii
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	port := u.Port()
	if port == "" || u.Scheme == "http" && port == "80" || u.Scheme == "https" && port == "443" {
		return host, nil
	}
	return host + ":" + port, nil
}

// normalPath resolves dots and brings escapes to one spelling.
func normalPath(u *url.URL) {
	escaped := normalEscapes(u.EscapedPath())
	if strings.Contains(escaped, "/.") {
		slash := strings.HasSuffix(escaped, "/") || strings.HasSuffix(escaped, "/.") || strings.HasSuffix(escaped, "/..")
		escaped = path.Clean("/" + escaped)
		if slash && escaped != "/" {
			escaped += "/"
		}
	}
	if escaped == "" {
		escaped = "/"
	}
	if plain, err := url.PathUnescape(escaped); err == nil {
		u.Path, u.RawPath = plain, escaped
	}
}

// normalEscapes writes percent escapes with capitals and resolves those that
// were not needed.
func normalEscapes(text string) string {
	if !strings.Contains(text, "%") {
		return text
	}
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '%' || i+2 >= len(text) || !isHex(text[i+1]) || !isHex(text[i+2]) {
			out.WriteByte(text[i])
			continue
		}
		c := unhex(text[i+1])<<4 | unhex(text[i+2])
		if isUnreserved(c) {
			out.WriteByte(c)
		} else {
			out.WriteString(strings.ToUpper(text[i : i+3]))
		}
		i += 2
	}
	return out.String()
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	}
	return c - 'a' + 10
}

func isUnreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
}

// withoutTracking drops tracking parameters and keeps the others as they are,
// in their order.
func withoutTracking(query string) string {
	if query == "" {
		return ""
	}
	var kept []string
	for part := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(part, "=")
		if n, err := url.QueryUnescape(name); err == nil {
			name = n
		}
		if part != "" && !isTracking(strings.ToLower(name), strings.ToLower(value)) {
			kept = append(kept, normalEscapes(part))
		}
	}
	return strings.Join(kept, "&")
}

func isTracking(name, value string) bool {
	name = strings.TrimPrefix(name, "amp;") // left over from a double escape
	if trackingNames[name] {
		return true
	}
	for _, prefix := range trackingPrefixes {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	for _, prefix := range trackingValues[name] {
		if strings.HasPrefix(value, prefix) {
			return true
		}
	}
	return false
}

// redirectTarget returns where a known redirector leads.
func redirectTarget(u *url.URL) (*url.URL, bool) {
	host := strings.TrimPrefix(u.Host, "www.")
	if target, ok := fromAMPCache(host, u); ok {
		return target, true
	}
	for _, r := range redirectors {
		if !r.matches(host, u.Path) {
			continue
		}
		query := u.Query()
		for _, name := range r.parameters {
			if target, err := parseAddress(query.Get(name)); err == nil {
				return target, true
			}
		}
	}
	return nil, false
}

// fromAMPCache reads the address inside that of an AMP cache or viewer:
// /c/s/example.org/page, where "s" says https.
func fromAMPCache(host string, u *url.URL) (*url.URL, bool) {
	rest := ""
	switch {
	case strings.HasSuffix(host, ".cdn.ampproject.org"):
		for _, prefix := range []string{"/c/", "/v/", "/wp/"} {
			if r, ok := strings.CutPrefix(u.EscapedPath(), prefix); ok {
				rest = r
			}
		}
	case strings.HasPrefix(host, "google.") && strings.HasPrefix(u.Path, "/amp/"):
		rest = strings.TrimPrefix(u.EscapedPath(), "/amp/")
	}
	if rest == "" {
		return nil, false
	}
	scheme := "http://"
	if r, ok := strings.CutPrefix(rest, "s/"); ok {
		scheme, rest = "https://", r
	}
	if u.RawQuery != "" {
		rest += "?" + u.RawQuery
	}
	target, err := parseAddress(scheme + rest)
	return target, err == nil && strings.Contains(target.Host, ".")
}

// leaveAMP turns the address of an AMP page into that of the page, where the
// address alone tells how.
func leaveAMP(u *url.URL) {
	if host, ok := ampHosts[u.Host]; ok {
		u.Host = host
	}
	escaped := u.EscapedPath()
	for _, s := range ampSuffixes {
		if cut, ok := strings.CutSuffix(escaped, s.amp); ok && len(cut) > 1 {
			escaped = cut + s.page
			break
		}
	}
	if plain, err := url.PathUnescape(escaped); err == nil {
		u.Path, u.RawPath = plain, escaped
	}
}
