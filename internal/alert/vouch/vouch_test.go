package vouch_test

import (
	"context"
	"net"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/backdoorwatch/backdoorwatch/internal/alert/vouch"
)

// nameServer is a real DNS server that knows some TXT records. A record of "SERVFAIL"
// is a server that cannot answer.
func nameServer(t *testing.T, zone map[string][]string) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buffer := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buffer)
			if err != nil {
				return
			}
			if answer := answer(buffer[:n], zone); answer != nil {
				_, _ = conn.WriteTo(answer, from)
			}
		}
	}()
	t.Cleanup(func() { _ = conn.Close(); <-done })
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

func answer(question []byte, zone map[string][]string) []byte {
	var m dnsmessage.Message
	if m.Unpack(question) != nil || len(m.Questions) != 1 {
		return nil
	}
	name := m.Questions[0].Name
	m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
	texts, known := zone[strings.ToLower(strings.TrimSuffix(name.String(), "."))]
	if !known {
		m.RCode = dnsmessage.RCodeNameError
	}
	for _, text := range texts {
		if text == "SERVFAIL" {
			m.RCode = dnsmessage.RCodeServerFailure
			continue
		}
		var parts []string
		for len(text) > 255 {
			parts, text = append(parts, text[:255]), text[255:]
		}
		m.Answers = append(m.Answers, dnsmessage.Resource{
			Header: dnsmessage.ResourceHeader{Name: name, Type: dnsmessage.TypeTXT, Class: dnsmessage.ClassINET, TTL: 60},
			Body:   &dnsmessage.TXTResource{TXT: append(parts, text)},
		})
	}
	packed, err := m.Pack()
	if err != nil {
		return nil
	}
	return packed
}

const key = "v=DKIM1; k=ed25519; p=QUJD"

func fineZone() map[string][]string {
	return map[string][]string{
		"example.org":                  {"some other text", "v=spf1 mx include:mail.example.net ip4:192.0.2.1 -all"},
		"mail.example.net":             {"v=spf1 ip4:192.0.2.0/24 a:one.example.net ~all"},
		"watch._domainkey.example.org": {key + strings.Repeat(" ", 300)},
		"_dmarc.example.org":           {"v=DMARC1; p=reject; rua=mailto:postmaster@example.org"},
	}
}

func TestExamine(t *testing.T) {
	const spf, dmarc, dkim = "example.org", "_dmarc.example.org", "watch._domainkey.example.org"
	for _, tc := range []struct {
		name   string
		change func(zone map[string][]string, s *vouch.Sender)
		what   string
		level  vouch.Level
		says   string
	}{
		{"SPF is fine", nil, "SPF", vouch.Fine, "-all, 3 of 10"},
		{"DKIM is fine", nil, "DKIM", vouch.Fine, "holds our key"},
		{"DMARC is fine", nil, "DMARC", vouch.Fine, "p=reject"},
		{"no SPF", func(z map[string][]string, _ *vouch.Sender) { z[spf] = []string{"hello"} }, "SPF", vouch.Wrong, "v=spf1 a:mail.example.org -all"},
		{"no such domain", func(z map[string][]string, _ *vouch.Sender) { delete(z, spf) }, "SPF", vouch.Wrong, "missing"},
		{"another version", func(z map[string][]string, _ *vouch.Sender) { z[spf] = []string{"v=spf10 -all"} }, "SPF", vouch.Wrong, "missing"},
		{"two records", func(z map[string][]string, _ *vouch.Sender) { z[spf] = []string{"v=spf1 -all", "v=spf1 mx -all"} }, "SPF", vouch.Wrong, "2 records"},
		{"everybody", func(z map[string][]string, _ *vouch.Sender) { z[spf] = []string{"v=spf1 mx +all"} }, "SPF", vouch.Wrong, "everybody"},
		{"everybody, in short", func(z map[string][]string, _ *vouch.Sender) { z[spf] = []string{"v=spf1 all"} }, "SPF", vouch.Wrong, "everybody"},
		{"no end", func(z map[string][]string, _ *vouch.Sender) { z[spf] = []string{"v=spf1 mx"} }, "SPF", vouch.Note, "-all"},
		{"neutral end", func(z map[string][]string, _ *vouch.Sender) { z[spf] = []string{"v=spf1 mx ?all"} }, "SPF", vouch.Note, "-all"},
		{"soft end", func(z map[string][]string, _ *vouch.Sender) { z[spf] = []string{"v=spf1 mx ~all"} }, "SPF", vouch.Fine, "~all"},
		{"redirected", func(z map[string][]string, _ *vouch.Sender) {
			z[spf] = []string{"v=spf1 redirect=mail.example.net"}
		}, "SPF", vouch.Fine, "by the record of another, 2 of 10"},
		{"eleven questions", func(z map[string][]string, _ *vouch.Sender) {
			z[spf] = []string{"v=spf1" + strings.Repeat(" a:x.example.net", 11) + " -all"}
		}, "SPF", vouch.Wrong, "at least 11"},
		{"eleven with those of others", func(z map[string][]string, _ *vouch.Sender) {
			z["mail.example.net"] = []string{"v=spf1" + strings.Repeat(" a/24", 9) + " -all"}
		}, "SPF", vouch.Wrong, "at least 11"},
		{"ten questions", func(z map[string][]string, _ *vouch.Sender) {
			z["mail.example.net"] = []string{"v=spf1" + strings.Repeat(" exists:%{i}.example.net", 8) + " -all"}
		}, "SPF", vouch.Fine, "10 of 10"},
		{"another has none", func(z map[string][]string, _ *vouch.Sender) { delete(z, "mail.example.net") }, "SPF", vouch.Wrong, "mail.example.net"},
		{"no answer about SPF", func(z map[string][]string, _ *vouch.Sender) { z[spf] = []string{"SERVFAIL"} }, "SPF", vouch.Note, "does not answer"},
		{"no answer about another", func(z map[string][]string, _ *vouch.Sender) { z["mail.example.net"] = []string{"SERVFAIL"} }, "SPF", vouch.Note, "does not answer"},
		{"no DKIM", func(z map[string][]string, _ *vouch.Sender) { delete(z, dkim) }, "DKIM", vouch.Wrong, "should be: " + key},
		{"another key", func(z map[string][]string, _ *vouch.Sender) { z[dkim] = []string{"v=DKIM1; p=QUJE"} }, "DKIM", vouch.Wrong, "another key"},
		{"a key taken back", func(z map[string][]string, _ *vouch.Sender) { z[dkim] = []string{"v=DKIM1; p="} }, "DKIM", vouch.Wrong, "another key"},
		{"two keys", func(z map[string][]string, _ *vouch.Sender) { z[dkim] = []string{key, "v=DKIM1; p=QUJE"} }, "DKIM", vouch.Wrong, "2 records"},
		{"a test", func(z map[string][]string, _ *vouch.Sender) { z[dkim] = []string{key + "; t=y:s"} }, "DKIM", vouch.Note, "t=y"},
		{"no answer about DKIM", func(z map[string][]string, _ *vouch.Sender) { z[dkim] = []string{"SERVFAIL"} }, "DKIM", vouch.Note, "does not answer"},
		{"no DMARC", func(z map[string][]string, _ *vouch.Sender) { delete(z, dmarc) }, "DMARC", vouch.Wrong, "v=DMARC1; p=none; rua="},
		{"two policies", func(z map[string][]string, _ *vouch.Sender) { z[dmarc] = append(z[dmarc], "v=DMARC1; p=none") }, "DMARC", vouch.Wrong, "2 records"},
		{"no policy", func(z map[string][]string, _ *vouch.Sender) {
			z[dmarc] = []string{"v=DMARC1; rua=mailto:a@example.org"}
		}, "DMARC", vouch.Wrong, "no policy"},
		{"p=none", func(z map[string][]string, _ *vouch.Sender) { z[dmarc] = []string{"v=DMARC1; p=none"} }, "DMARC", vouch.Note, "p=none"},
		{"p=none for parts", func(z map[string][]string, s *vouch.Sender) {
			s.From, z[dmarc] = "mail.example.org", []string{"v=DMARC1;p=reject;sp=none"}
		}, "DMARC", vouch.Note, "p=none"},
		{"by the organisation", func(_ map[string][]string, s *vouch.Sender) { s.From = "mail.example.org" }, "DMARC", vouch.Fine, "_dmarc.example.org has p=reject"},
		{"returned to a part", func(_ map[string][]string, s *vouch.Sender) { s.Envelope, s.Key = "bounces.example.org", "" }, "DMARC", vouch.Fine, "the sender fits"},
		{"strict", func(z map[string][]string, s *vouch.Sender) {
			s.Envelope, s.Key, z[dmarc] = "bounces.example.org", "", []string{"v=DMARC1; p=reject; aspf=s"}
		}, "DMARC", vouch.Wrong, "no mail passes"},
		{"returned elsewhere", func(_ map[string][]string, s *vouch.Sender) { s.Envelope, s.Key = "mailer.example", "" }, "DMARC", vouch.Wrong, "no mail passes"},
		{"returned elsewhere, signed", func(_ map[string][]string, s *vouch.Sender) { s.Envelope = "mailer.example" }, "DMARC", vouch.Note, "by DKIM alone"},
		{"no answer about DMARC", func(z map[string][]string, _ *vouch.Sender) { z[dmarc] = []string{"SERVFAIL"} }, "DMARC", vouch.Note, "does not answer"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := vouch.Sender{From: "example.org", Envelope: "example.org", Key: dkim, Record: key, Holds: func(text string) bool {
				return strings.Contains(text, "p=QUJD")
			}}
			zone := fineZone()
			if tc.change != nil {
				tc.change(zone, &s)
			}
			for _, f := range vouch.Examine(t.Context(), nameServer(t, zone), s) {
				if f.What == tc.what {
					if f.Level != tc.level || !strings.Contains(f.Says, tc.says) {
						t.Errorf("got %+v", f)
					}
					return
				}
			}
			t.Errorf("nothing was found about %s", tc.what)
		})
	}
}
