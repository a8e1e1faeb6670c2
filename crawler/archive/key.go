package archive

import (
	"net/url"
	"regexp"
	"strings"
)

// requestKey is equal for requests that ask the same. An address in an archive
// may be written in another way than the one asked for.
func requestKey(method, address string, body []byte) string {
	key := method + " " + plainAddress(address)
	if len(body) > 0 {
		key += " " + digest(body)
	}
	return key
}

// plainAddress writes addresses that mean the same in the same way.
func plainAddress(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	scheme, host, path := strings.ToLower(u.Scheme), strings.ToLower(u.Host), u.EscapedPath()
	switch scheme {
	case "http":
		host = strings.TrimSuffix(host, ":80")
	case "https":
		host = strings.TrimSuffix(host, ":443")
	}
	if path == "" {
		path = "/"
	}
	return scheme + "://" + host + plainEscapes(path) + "?" + plainEscapes(strings.ReplaceAll(u.RawQuery, "+", "%20"))
}

// escapable finds escapes, and what one writer escapes and another does not.
var escapable = regexp.MustCompile("%[0-9A-Fa-f]{2}|[^!-~]|[]['\"<>{}|\\\\^`]")

// plainEscapes escapes what must be escaped, with capital digits, and nothing that
// need not be (RFC 3986 §6.2.2).
func plainEscapes(text string) string {
	return escapable.ReplaceAllStringFunc(text, func(part string) string {
		if part[0] != '%' {
			return url.PathEscape(part)
		}
		plain, err := url.PathUnescape(part)
		if err == nil && isUnreserved(plain[0]) {
			return plain
		}
		return strings.ToUpper(part)
	})
}

func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}
