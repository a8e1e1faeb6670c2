// Package limit keeps one client from taking the room of all others.
package limit

import (
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// generation is how many clients are remembered before the older half is
// forgotten, so that memory stays bounded whoever comes.
const generation = 10_000

// Limiter counts the requests of each client. The zero rate lets all through.
type Limiter struct {
	perMinute int
	now       func() time.Time

	mu     sync.Mutex
	recent map[netip.Prefix]*rate.Limiter
	older  map[netip.Prefix]*rate.Limiter
}

// New returns a limiter of that many requests a minute for each client; all of
// them may come at once. 0 is no limit.
func New(perMinute int, now func() time.Time) *Limiter {
	return &Limiter{perMinute: perMinute, now: now, recent: map[netip.Prefix]*rate.Limiter{}}
}

// Verdict is what a client may do now.
type Verdict struct {
	Allowed   bool
	Remaining int           // requests that are left now
	Wait      time.Duration // until the next one is allowed; until the quota is whole where it is
	policy    int
}

// Off reports whether nothing is limited.
func (l *Limiter) Off() bool { return l.perMinute <= 0 }

// Ask counts one request of the client at an address.
func (l *Limiter) Ask(address string) Verdict {
	now := l.now()
	client := l.client(Client(address))
	allowed := client.AllowN(now, 1)
	tokens := client.TokensAt(now)
	missing := float64(l.perMinute) - tokens
	if !allowed {
		missing = 1 - tokens
	}
	seconds := math.Max(0, missing) * 60 / float64(l.perMinute)
	return Verdict{
		Allowed: allowed, Remaining: int(math.Max(0, tokens)),
		Wait: time.Duration(seconds * float64(time.Second)), policy: l.perMinute,
	}
}

func (l *Limiter) client(key netip.Prefix) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c, ok := l.recent[key]; ok {
		return c
	}
	c, ok := l.older[key]
	if !ok {
		c = rate.NewLimiter(rate.Limit(float64(l.perMinute)/60), l.perMinute)
	}
	if len(l.recent) >= generation {
		l.older, l.recent = l.recent, map[netip.Prefix]*rate.Limiter{}
	}
	l.recent[key] = c
	return c
}

// Seconds is the wait in whole seconds, as Retry-After wants it; at least 1.
func (v Verdict) Seconds() string {
	return strconv.Itoa(max(1, int(math.Ceil(v.Wait.Seconds()))))
}

// Headers returns the fields of the IETF's draft on rate limits
// (draft-ietf-httpapi-ratelimit-headers), which may still change.
func (v Verdict) Headers() (policy, state string) {
	return fmt.Sprintf(`"client";q=%d;w=60`, v.policy), fmt.Sprintf(`"client";r=%d;t=%s`, v.Remaining, v.Seconds())
}

// Client returns the network that counts as one client: an IPv4 address, or the
// /64 of an IPv6 one, since a single home has that many. What is no address is
// one client too.
func Client(address string) netip.Prefix {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return netip.Prefix{}
	}
	ip = ip.Unmap().WithZone("")
	bits := 32
	if ip.Is6() {
		bits = 64
	}
	prefix, err := ip.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return prefix
}
