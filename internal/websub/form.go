package websub

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// The modes of a request.
const (
	Subscribe   = "subscribe"
	Unsubscribe = "unsubscribe"
)

// How long a subscription lasts: what was asked for within these bounds.
const (
	shortest = time.Hour
	usual    = 10 * 24 * time.Hour
	longest  = 30 * 24 * time.Hour
)

const (
	longestAddress = 2000 // bytes of a topic or callback
	longestSecret  = 199  // bytes; the standard says less than 200
	leastPort      = 1024 // below are mail, remote shells and the like, which are no business of ours
)

// Form is a request to the hub, as WebSub §5.1 writes it.
type Form struct {
	Mode     string
	Topic    string
	Callback string
	Lease    time.Duration
	Secret   string
}

// ParseForm reads a request. All mistakes come at once, as FieldErrors. It does not know
// whether the topic is one of ours.
func ParseForm(values url.Values) (Form, error) {
	var errs policy.FieldErrors
	one := func(name string) string {
		if len(values[name]) > 1 {
			errs = append(errs, policy.FieldError{Field: name, Problem: "it is there twice", Hint: "send each feed's request by itself"})
		}
		return values.Get(name)
	}
	f := Form{Mode: one("hub.mode"), Topic: one("hub.topic"), Callback: one("hub.callback"), Secret: one("hub.secret")}
	if f.Mode != Subscribe && f.Mode != Unsubscribe {
		errs = append(errs, policy.FieldError{Field: "hub.mode", Value: short(f.Mode), Problem: "there is no such mode", Hint: "use subscribe or unsubscribe"})
	}
	if f.Topic == "" || len(f.Topic) > longestAddress {
		errs = append(errs, policy.FieldError{Field: "hub.topic", Value: short(f.Topic), Problem: "it is not the address of a feed", Hint: "send the address that the feed calls rel=self"})
	}
	if problem := wrongCallback(f.Callback); problem != "" {
		errs = append(errs, policy.FieldError{Field: "hub.callback", Value: short(f.Callback), Problem: problem, Hint: "send an http or https address of your own"})
	}
	if len(f.Secret) > longestSecret {
		errs = append(errs, policy.FieldError{Field: "hub.secret", Problem: "it has 200 bytes or more", Hint: "send a shorter one"})
	}
	var ok bool
	if f.Lease, ok = lease(one("hub.lease_seconds")); !ok {
		errs = append(errs, policy.FieldError{Field: "hub.lease_seconds", Value: short(values.Get("hub.lease_seconds")), Problem: "it is not a number of seconds", Hint: "leave it out for 10 days"})
	}
	return f, errs.OrNil()
}

// short keeps what is repeated in an answer from being long.
func short(text string) string { return strings.ToValidUTF8(text[:min(len(text), 200)], "") }

func lease(text string) (time.Duration, bool) {
	if text == "" {
		return usual, true
	}
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil {
		return 0, false
	}
	// Bounded before it is multiplied, so that it cannot overflow.
	return max(shortest, time.Duration(min(n, uint64(longest/time.Second)))*time.Second), true
}

// wrongCallback says what is wrong with a callback; empty where nothing is. Whether it is
// on the public internet is for the network to say, when it connects.
func wrongCallback(text string) string {
	u, err := url.Parse(text)
	switch {
	case text == "":
		return "it is missing"
	case len(text) > longestAddress:
		return "it is too long"
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.Opaque != "":
		return "it is not an address of the web"
	case u.User != nil || u.Fragment != "":
		return "it must not have a name, password or fragment"
	}
	if port := u.Port(); port != "" && port != "80" && port != "443" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n < leastPort {
			return "its port is not one for the web"
		}
	}
	return ""
}

// domain is whose server a callback is on: all names below one that somebody registered
// are the same. Of IPv6 a whole household has a /64.
func domain(callback string) string {
	u, err := url.Parse(callback)
	if err != nil {
		return ""
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if addr, err := netip.ParseAddr(host); err == nil {
		return network(addr)
	}
	if ascii, err := idna.Lookup.ToASCII(host); err == nil {
		host = ascii
	}
	if registered, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return registered
	}
	return host
}

// network is who asks, as far as an address tells.
func network(addr netip.Addr) string {
	addr = addr.Unmap().WithZone("")
	if !addr.Is6() {
		return addr.String()
	}
	prefix, err := addr.Prefix(64)
	if err != nil {
		return addr.String()
	}
	return prefix.String()
}
