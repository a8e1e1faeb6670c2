package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"time"
)

// ErrForbiddenAddress means that a name leads to an address that is not on the
// public internet.
var ErrForbiddenAddress = errors.New("the address is not on the public internet")

// forbidden are the ranges of the IANA special-purpose registries that are not
// on the public internet, or that can hide an address which is not.
var forbidden = prefixes(
	"0.0.0.0/8",         // this network
	"10.0.0.0/8",        // private
	"100.64.0.0/10",     // carrier-grade NAT
	"127.0.0.0/8",       // loopback
	"169.254.0.0/16",    // link-local, also the metadata of cloud machines
	"172.16.0.0/12",     // private
	"192.0.0.0/24",      // protocol assignments
	"192.0.2.0/24",      // documentation
	"192.31.196.0/24",   // AS112
	"192.52.193.0/24",   // AMT
	"192.88.99.0/24",    // 6to4 relay
	"192.168.0.0/16",    // private
	"192.175.48.0/24",   // AS112
	"198.18.0.0/15",     // benchmarking
	"198.51.100.0/24",   // documentation
	"203.0.113.0/24",    // documentation
	"224.0.0.0/4",       // multicast
	"240.0.0.0/4",       // reserved and broadcast
	"::/96",             // unspecified, loopback, IPv4-compatible
	"::ffff:0:0/96",     // IPv4-mapped
	"::ffff:0:0:0/96",   // IPv4-translated
	"64:ff9b::/96",      // NAT64
	"64:ff9b:1::/48",    // local NAT64
	"100::/64",          // discard
	"100:0:0:1::/64",    // dummy
	"2001::/23",         // protocol assignments, with Teredo and ORCHID
	"2001:db8::/32",     // documentation
	"2002::/16",         // 6to4
	"2620:4f:8000::/48", // AS112
	"3fff::/20",         // documentation
	"5f00::/16",         // segment routing
	"fc00::/7",          // unique local
	"fe80::/10",         // link-local
	"fec0::/10",         // site-local
	"ff00::/8",          // multicast
)

func prefixes(texts ...string) []netip.Prefix {
	all := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		all[i] = netip.MustParsePrefix(text)
	}
	return all
}

// public reports whether an address is on the public internet. An IPv4 address
// written as an IPv6 one is judged by its IPv4 form and refused either way, as
// the kernel is never given such a one for a public host.
func public(addr netip.Addr) bool {
	if !addr.IsValid() || addr.Zone() != "" || addr.Is4In6() {
		return false
	}
	for _, prefix := range forbidden {
		if prefix.Contains(addr) {
			return false
		}
	}
	return true
}

// guard lets connections only to public addresses. It looks at the address that
// is about to be connected to, not at the name: so it holds for every spelling
// of an address, behind redirects, and for names whose answer changes.
type guard struct {
	allowed map[string]bool // host names, and host names with port, that are exempt
	guarded net.Dialer
	open    net.Dialer
}

func newGuard(allowHosts []string) *guard {
	g := &guard{allowed: map[string]bool{}}
	for _, host := range allowHosts {
		if inner, ok := strings.CutPrefix(host, "["); ok && strings.HasSuffix(inner, "]") {
			host = strings.TrimSuffix(inner, "]")
		}
		g.allowed[hostKey(host)] = true
	}
	g.open = net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second}
	g.guarded = g.open
	g.guarded.ControlContext = refuseForbidden
	return g
}

func refuseForbidden(_ context.Context, network, address string, _ syscall.RawConn) error {
	if network != "tcp4" && network != "tcp6" {
		return fmt.Errorf("%w: %s", ErrForbiddenAddress, network)
	}
	peer, err := netip.ParseAddrPort(address)
	if err != nil || !public(peer.Addr()) {
		return fmt.Errorf("%w: %s", ErrForbiddenAddress, address)
	}
	return nil
}

// dial connects to host:port, where host is as in the request's address. The
// exemption is by that name, so no other name can borrow it.
func (g *guard) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if g.allowed[hostKey(host)] || g.allowed[hostKey(address)] {
		return g.open.DialContext(ctx, network, address)
	}
	return g.guarded.DialContext(ctx, network, address)
}

// hostKey returns the form in which host names are compared.
func hostKey(host string) string { return strings.ToLower(strings.TrimSuffix(host, ".")) }

// GuardedNetwork returns a network for requests that are no crawling, such as those to
// addresses that a stranger named: it connects only to public addresses and to
// allowHosts, as a Fetcher does, and fails with ErrForbiddenAddress. It follows no
// redirects and has no cap; that is its user's part.
func GuardedNetwork(allowHosts []string) *http.Transport { return network(newGuard(allowHosts)) }

// network returns the guarded network. No proxy is taken from the environment:
// it would be connected to in place of the host, past the guard.
func network(g *guard) *http.Transport {
	return &http.Transport{
		Proxy:                  nil,
		DialContext:            g.dial,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // decoded by ourselves, under a cap
		MaxIdleConnsPerHost:    1,    // one request at a time per host
		MaxIdleConns:           100,
		IdleConnTimeout:        30 * time.Second,
		TLSHandshakeTimeout:    15 * time.Second,
		ExpectContinueTimeout:  time.Second,
		MaxResponseHeaderBytes: 256 << 10,
	}
}
