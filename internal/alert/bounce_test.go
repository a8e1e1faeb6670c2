package alert_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/alert"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// returnsTo lets mail come back to an address of its own.
func returnsTo(o *alert.Options) { o.Return = "bounces@example.org" }

// failure is the report of a server that a mail could not be delivered.
func failure(to, status, original string) []byte {
	return []byte(strings.ReplaceAll(fmt.Sprintf(`From: MAILER-DAEMON@relay.example
To: <%s>
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Sorry.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example

Final-Recipient: rfc822; ann@mail.example
Action: failed
Status: %s

--b
Content-Type: text/rfc822-headers

%s
--b--
`, to, status, original), "\n", "\r\n"))
}

func complaint(original string) []byte {
	text := string(failure("complaints@example.org", "", original))
	text = strings.ReplaceAll(text, "delivery-status", "feedback-report")
	return []byte(strings.Replace(text, "Reporting-MTA: dns; relay.example", "Feedback-Type: abuse", 1))
}

// told lets a subscriber be told of something, and returns the mail.
func (w *world) told(t *testing.T, address, id string) received {
	t.Helper()
	w.save(id)
	w.clock.Add(alertGroup)
	w.run()
	return w.server.last(t, address)
}

func (w *world) mails(t *testing.T, id string) int {
	t.Helper()
	w.server.clear()
	w.save(id)
	w.clock.Add(alertGroup)
	w.run()
	return len(w.server.all())
}

func TestWhatComesBackEndsMail(t *testing.T) {
	const ann = "ann@mail.example"
	id := func(m received) string { return "Message-ID: " + m.header("Message-Id") }
	forged := strings.Repeat("a", 26) + strings.Repeat("b", 16)
	for _, tc := range []struct {
		name  string
		text  func(m received) []byte
		ours  bool
		after int // mails that come afterwards
		gone  bool
	}{
		{"nobody there, by the return path", func(m received) []byte { return failure(m.from, "5.1.1", "") }, true, 0, false},
		{"in other case", func(m received) []byte { return failure(strings.ToUpper(m.from), "5.1.1", "") }, true, 0, false},
		{"by Message-ID", func(m received) []byte { return failure("bounces@example.org", "5.1.1", id(m)) }, true, 0, false},
		{"policy", func(m received) []byte { return failure(m.from, "5.7.1", "") }, true, 1, false},
		{"full", func(m received) []byte { return failure(m.from, "4.2.2", "") }, true, 1, false},
		{"complaint", func(m received) []byte { return complaint(id(m)) }, true, 0, true},
		{"complaint by the return path", func(m received) []byte { return complaint("Return-Path: <" + m.from + ">") }, true, 0, true},
		{"forged token", func(m received) []byte { return failure("bounces+"+forged+"@example.org", "5.1.1", "") }, false, 1, false},
		{"another's token", func(m received) []byte {
			return failure("bounces+"+strings.Repeat("a", 26)+m.from[len("bounces+")+26:], "5.1.1", "")
		}, false, 1, false},
		{"changed token", func(m received) []byte { return failure(strings.Replace(m.from, "@", "a@", 1), "5.1.1", "") }, false, 1, false},
		{"unknown Message-ID", func(m received) []byte {
			return failure("bounces@example.org", "5.1.1", "Message-ID: <"+strings.Repeat("A", 26)+"@example.org>")
		}, false, 1, false},
		{"forged complaint", func(m received) []byte {
			return complaint("Message-ID: <" + strings.Repeat("A", 26) + "@example.org>\r\nTo: " + ann)
		}, false, 1, false},
		{"no report", func(m received) []byte {
			return []byte("To: " + m.from + "\r\n\r\nFinal-Recipient: " + ann + "\r\nStatus: 5.1.1\r\n")
		}, false, 1, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				var log bytes.Buffer
				w.service = w.open(returnsTo, func(o *alert.Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
				w.subscribe(ann, wish(policy.AlertTexts))
				m := w.told(t, ann, "one")
				if len(m.from) > 64+1+len("example.org") || strings.Contains(m.from, "mail.example") || !strings.HasPrefix(m.from, "bounces+") {
					t.Errorf("the envelope is from %s", m.from)
				}
				for range 6 { // the same report again is not another one
					if ours, err := w.service.TakeReport(t.Context(), tc.text(m)); err != nil || ours != (tc.ours && (!tc.gone || ours)) {
						t.Errorf("got %v, %v", ours, err)
					}
				}
				if got := w.mails(t, "two"); got != tc.after {
					t.Errorf("afterwards %d mails came, want %d", got, tc.after)
				}
				kept, err := w.service.Export(t.Context(), ann)
				if err != nil || (len(kept.Subscriptions) == 0) != tc.gone {
					t.Errorf("kept: %+v, %v", kept, err)
				}
				if tc.gone && kept.Refused != "complaint" {
					t.Errorf("got %q", kept.Refused)
				}
				if strings.Contains(log.String(), "mail.example") {
					t.Errorf("the log tells: %s", log.String())
				}
			})
		})
	}
}

func TestSoftBouncesEndMailWhenTheyAreMany(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.service = w.open(returnsTo)
		w.subscribe("ann@mail.example", wish(policy.AlertTexts))
		for i, gap := range []time.Duration{0, 31, 1, 1, 1, 1} { // days; the first is forgotten
			w.clock.Add(gap * 24 * time.Hour)
			m := w.told(t, "ann@mail.example", fmt.Sprint("n", i))
			for range 2 {
				if ours, err := w.service.TakeReport(t.Context(), failure(m.from, "4.4.7", "")); !ours || err != nil {
					t.Fatalf("got %v, %v", ours, err)
				}
			}
			if want := min(1, 5-i); w.mails(t, fmt.Sprint("again", i)) != want {
				t.Errorf("after %d: want %d mails", i+1, want)
			}
		}
	})
}

// shelf is a mailbox that counts its visits.
type shelf struct{ visits int }

func (s *shelf) Visit(context.Context, func(context.Context, []byte) (bool, error)) error {
	s.visits++
	return policy.ErrUnavailable
}

func TestTheMailboxIsReadNowAndThen(t *testing.T) {
	box := &shelf{}
	w := newWorld(t, t.TempDir()+"/test.db", func(o *alert.Options) { o.Mailbox = box })
	for range 60 { // half an hour
		_ = w.service.Run(t.Context()) // the mailbox fails, and the rest goes on
		w.clock.Add(30 * time.Second)
	}
	if box.visits != 6 {
		t.Errorf("it was read %d times in half an hour", box.visits)
	}
}

func TestReturnAddress(t *testing.T) {
	for text, fine := range map[string]bool{
		"bounces@example.org": true, "b@Example.org": true, "twenty-one-characters@example.org": true, "twenty-two-characters-@example.org": false,
		"bounces+x@example.org": false, "": false, "bounces": false, "Bounces <bounces@example.org>": false,
	} {
		if got, err := alert.ReturnAddress(text); (err == nil) != fine {
			t.Errorf("%q: got %q, %v", text, got, err)
		}
	}
}
