package fetch

import (
	"errors"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func TestPublicAddresses(t *testing.T) {
	tests := map[string]bool{
		"93.184.215.14": true, "1.1.1.1": true, "172.15.255.255": true, "172.32.0.0": true, "100.63.255.255": true, "100.128.0.0": true,
		"2606:4700::1111": true, "2a00:1450:4001::1": true, "223.255.255.255": true,
		"0.0.0.0": false, "0.1.2.3": false, "10.0.0.1": false, "100.64.0.1": false, "100.127.255.255": false, "127.0.0.1": false, "127.255.255.254": false,
		"169.254.169.254": false, "172.16.0.1": false, "172.31.255.255": false, "192.0.0.1": false, "192.0.2.1": false, "192.88.99.1": false,
		"192.168.1.1": false, "198.18.0.1": false, "198.51.100.7": false, "203.0.113.9": false, "224.0.0.1": false, "239.255.255.255": false,
		"240.0.0.1": false, "255.255.255.255": false,
		"::": false, "::1": false, "::127.0.0.1": false, "::ffff:127.0.0.1": false, "::ffff:8.8.8.8": false, "::ffff:0:127.0.0.1": false,
		"64:ff9b::7f00:1": false, "64:ff9b:1::1": false, "100::1": false, "2001::1": false, "2001:db8::1": false, "2002:7f00:1::": false,
		"3fff::1": false, "5f00::1": false, "fc00::1": false, "fd12:3456::1": false, "fe80::1": false, "fe80::1%eth0": false, "fec0::1": false, "ff02::1": false,
	}
	for text, want := range tests {
		if got := public(netip.MustParseAddr(text)); got != want {
			t.Errorf("public(%s) = %v", text, got)
		}
	}
}

// TestForbiddenForms tries the spellings by which a local service is reached.
func TestForbiddenForms(t *testing.T) {
	url := serve(t, "127.0.0.1", func(http.ResponseWriter, *http.Request) { t.Error("the local service was reached") })
	port := url[strings.LastIndex(url, ":"):]
	for _, host := range []string{
		"127.0.0.1", "localhost", "LOCALHOST", "localhost.", "127.1", "127.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "0x7f.1", "017700000001",
		"0.0.0.0", "0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
		"①②⑦.⓪.⓪.①", "127。0。0。1", "169.254.169.254", "[fe80::1%25lo]", "[::127.0.0.1]", "10.0.0.1", "192.168.0.1", "100.64.0.1",
	} {
		t.Run(host, func(t *testing.T) {
			f := newFetcher(t, Options{AllowHosts: []string{"elsewhere.example"}, Retries: -1})
			e := failed(t, f, Request{URL: "http://" + host + port + "/"})
			if e.Health != policy.HealthUnreachable && !errors.Is(e, policy.ErrInvalid) {
				t.Errorf("health %q: %v", e.Health, e)
			}
		})
	}
}

func TestRedirectToForbiddenAddress(t *testing.T) {
	inner := serve(t, "127.0.0.1", func(http.ResponseWriter, *http.Request) { t.Error("the local service was reached") })
	outer := serve(t, "127.0.0.1", site(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, inner+"/metadata", http.StatusFound) }))
	f := newFetcher(t, Options{AllowHosts: []string{strings.TrimPrefix(outer, "http://")}})
	e := failed(t, f, Request{URL: outer})
	if !errors.Is(e, ErrForbiddenAddress) || e.URL != inner+"/metadata" {
		t.Errorf("got %v", e)
	}
}

func TestRobotsRedirectToForbiddenAddress(t *testing.T) {
	inner := serve(t, "127.0.0.1", func(http.ResponseWriter, *http.Request) { t.Error("the local service was reached") })
	outer := serve(t, "127.0.0.1", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, inner+"/robots.txt", http.StatusFound)
	})
	f := newFetcher(t, Options{AllowHosts: []string{strings.TrimPrefix(outer, "http://")}})
	if e := failed(t, f, Request{URL: outer + "/page"}); !errors.Is(e, ErrForbiddenAddress) {
		t.Errorf("got %v", e)
	}
}

func TestExemptionIsByTheNameAsked(t *testing.T) {
	url := serve(t, "127.0.0.1", site(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "inside") }))
	byName := strings.Replace(url, "127.0.0.1", "localhost", 1)
	f := newFetcher(t, Options{AllowHosts: []string{"LocalHost"}})
	if r := get(t, f, Request{URL: byName}); string(r.Body) != "inside" {
		t.Errorf("got %q", r.Body)
	}
	if e := failed(t, f, Request{URL: url}); !errors.Is(e, ErrForbiddenAddress) {
		t.Errorf("the same machine by another name: %v", e)
	}
}

func TestProxyOfTheEnvironmentIsIgnored(t *testing.T) {
	proxy := serve(t, "127.0.0.1", func(http.ResponseWriter, *http.Request) { t.Error("the proxy was asked") })
	t.Setenv("HTTP_PROXY", proxy)
	t.Setenv("http_proxy", proxy)
	failed(t, newFetcher(t, Options{Retries: -1, Timeout: time.Second}), Request{URL: "http://nobody.invalid/"})
}
