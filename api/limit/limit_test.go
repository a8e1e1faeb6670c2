package limit_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/api/limit"
)

func TestClient(t *testing.T) {
	for _, tc := range []struct{ name, one, other string }{
		{"IPv6 by /64", "2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff"},
		{"with a zone", "fe80::1%eth0", "fe80::2%wlan0"},
		{"IPv4 in IPv6", "::ffff:192.0.2.1", "192.0.2.1"},
		{"no address", "nonsense", ""},
	} {
		if a, b := limit.Client(tc.one), limit.Client(tc.other); a != b {
			t.Errorf("%s: %s and %s", tc.name, a, b)
		}
	}
	for _, tc := range []struct{ name, one, other string }{
		{"two IPv4", "192.0.2.1", "192.0.2.2"},
		{"two /64", "2001:db8::1", "2001:db8:0:1::1"},
		{"mapped ones", "::ffff:192.0.2.1", "::ffff:192.0.2.2"},
	} {
		if a, b := limit.Client(tc.one), limit.Client(tc.other); a == b {
			t.Errorf("%s: both are %s", tc.name, a)
		}
	}
}

func TestQuotaIsSpentAndComesBack(t *testing.T) {
	now := time.Date(2026, 5, 12, 8, 0, 0, 0, time.UTC)
	l := limit.New(2, func() time.Time { return now })
	for i, want := range []bool{true, true, false, false} {
		if v := l.Ask("192.0.2.1"); v.Allowed != want {
			t.Errorf("request %d: %+v", i, v)
		}
	}
	if v := l.Ask("192.0.2.1"); v.Seconds() != "30" || v.Remaining != 0 {
		t.Errorf("got %+v", v)
	}
	now = now.Add(29 * time.Second)
	if l.Ask("192.0.2.1").Allowed {
		t.Error("let through too early")
	}
	now = now.Add(time.Second)
	if !l.Ask("192.0.2.1").Allowed {
		t.Error("refused after the time that it named")
	}
}

func TestManyClientsDoNotFreeOne(t *testing.T) {
	now := time.Date(2026, 5, 12, 8, 0, 0, 0, time.UTC)
	l := limit.New(1, func() time.Time { return now })
	l.Ask("192.0.2.1")
	for n := range 15_000 {
		l.Ask(fmt.Sprintf("10.0.%d.%d", n/256, n%256))
	}
	if l.Ask("192.0.2.1").Allowed {
		t.Error("15,000 others made the limiter forget a client")
	}
}

func TestZeroIsOff(t *testing.T) {
	if !limit.New(0, time.Now).Off() || limit.New(1, time.Now).Off() {
		t.Error("0 is not off, or 1 is")
	}
}
