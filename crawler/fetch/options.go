package fetch

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// The defaults of Options.
const (
	DefaultUserAgent    = "Backdoor Watch"
	DefaultMaxBody      = 20 << 20
	DefaultMaxDecoded   = 64 << 20
	DefaultTimeout      = 30 * time.Second
	DefaultMaxRedirects = 10
	DefaultDelay        = time.Second
	DefaultRetries      = 2
	DefaultBackoff      = time.Second
)

// Options say how a Fetcher behaves. The zero value is a polite and careful one.
type Options struct {
	UserAgent    string        // product and version, "Backdoor Watch/1.2"; DefaultUserAgent where empty
	Contact      string        // an address of the operator, for those who look into their logs; sent with UserAgent
	AllowHosts   []string      // host names ("intranet.example", "127.0.0.1", "localhost:8080") exempt from the dial guard
	MaxBody      int64         // bytes of a body on the wire; DefaultMaxBody where 0
	MaxDecoded   int64         // bytes of a body after decompression; DefaultMaxDecoded where 0
	Timeout      time.Duration // of one exchange, from the moment the gate is open to the last byte; DefaultTimeout where 0
	MaxRedirects int           // DefaultMaxRedirects where 0, none where negative
	Delay        time.Duration // how long a host rests after each request; DefaultDelay where 0 (none with a Transport), none where negative
	Retries      int           // how often what may pass is tried again; DefaultRetries where 0, never where negative
	Backoff      time.Duration // the wait before the first retry, doubled each time, with jitter; DefaultBackoff where 0
	IgnoreRobots bool          // do not ask robots.txt; for hosts that are one's own
	Gate         Gate          // shared politeness; NewGate() where nil

	// Transport replaces the network, for a replay; nil is the guarded network.
	// Nobody needs to be spared then: there is no delay and no Crawl-delay.
	Transport http.RoundTripper
	// Wrap is put right above the network, for recording; nil is nothing.
	Wrap func(http.RoundTripper) http.RoundTripper
}

func (o Options) withDefaults() (Options, error) {
	o.UserAgent = orDefault(o.UserAgent, DefaultUserAgent)
	o.MaxBody = orDefault(o.MaxBody, DefaultMaxBody)
	o.MaxDecoded = orDefault(o.MaxDecoded, DefaultMaxDecoded)
	o.Timeout = orDefault(o.Timeout, DefaultTimeout)
	o.MaxRedirects = max(orDefault(o.MaxRedirects, DefaultMaxRedirects), 0)
	o.Retries = max(orDefault(o.Retries, DefaultRetries), 0)
	o.Backoff = orDefault(o.Backoff, DefaultBackoff)
	if o.Transport == nil {
		o.Delay = orDefault(o.Delay, DefaultDelay)
	}
	o.Delay = max(o.Delay, 0)
	if o.Gate == nil {
		o.Gate = NewGate()
	}
	if strings.ContainsFunc(o.UserAgent+o.Contact, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return o, fmt.Errorf("%w: the user agent and its contact must not hold control characters", policy.ErrConfig)
	}
	if o.MaxBody < 0 || o.MaxDecoded < 0 || o.Timeout < 0 || o.Backoff < 0 {
		return o, fmt.Errorf("%w: the caps, the time-out and the back-off of fetching must not be negative", policy.ErrConfig)
	}
	return o, nil
}

func orDefault[T comparable](value, usual T) T {
	var zero T
	if value == zero {
		return usual
	}
	return value
}

// agent returns the User-Agent header.
func (o Options) agent() string {
	if o.Contact == "" {
		return o.UserAgent
	}
	return o.UserAgent + " (+" + o.Contact + ")"
}
