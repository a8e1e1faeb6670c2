package alert_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/alert"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func TestNothingIsSentBeforeItIsConfirmed(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		if err := w.service.Subscribe(t.Context(), "Ann@Mail.Example", wish(policy.AlertTexts), client); err != nil {
			t.Fatal(err)
		}
		w.save("early")
		w.clock.Add(time.Hour)
		w.run()
		mails := w.server.all()
		if len(mails) != 1 || mails[0].to != "Ann@mail.example" {
			t.Fatalf("got %d mails, want the one that asks", len(mails))
		}
		token := mails[0].token("confirm")
		for range 2 { // the second time changes nothing
			status, _, err := w.service.Confirm(t.Context(), token)
			if err != nil || status.State != policy.AlertActive || !status.Since.Equal(w.clock.Now()) {
				t.Fatalf("got %+v, %v", status, err)
			}
		}
		w.run()
		if n := len(w.server.all()); n != 1 {
			t.Errorf("got %d mails: what was there before is no news", n)
		}
	})
}

func TestAConfirmationExpires(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		_ = w.service.Subscribe(t.Context(), "ann@mail.example", wish(policy.AlertTexts), client)
		w.run()
		token := w.server.last(t, "ann@mail.example").token("confirm")
		w.clock.Add(48*time.Hour + time.Second)
		if _, _, err := w.service.Confirm(t.Context(), token); !errors.Is(err, policy.ErrGone) {
			t.Errorf("got %v, want that it is gone", err)
		}
		w.run()
		if kept, err := w.service.Export(t.Context(), "ann@mail.example"); err != nil || len(kept.Subscriptions) != 0 {
			t.Errorf("the address is still kept: %+v, %v", kept, err)
		}
	})
}

// TestAStrangersWordsAreNotMailed: whoever types an address may want to write to it.
func TestAStrangersWordsAreNotMailed(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		a := wish(policy.AlertTexts, place("EU"), func(a *policy.Alert) {
			a.Filter.Query, a.Filter.Sources, a.Filter.Languages = "BUY-PILLS now", []string{"buy-pills", "x"}, []string{"pills"}
		})
		if err := w.service.Subscribe(t.Context(), "ann@mail.example", a, client); err != nil {
			t.Fatal(err)
		}
		w.run()
		m := w.server.last(t, "ann@mail.example")
		text, rich := m.parts()
		if all := strings.ToLower(m.bytes + text + rich); strings.Contains(all, "pills") {
			t.Errorf("it holds a stranger's words:\n%s", text)
		}
		for _, want := range []string{"place: European Union", "words that you chose", "2 sources", "one language", "within 48 hours"} {
			if !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
				t.Errorf("it does not say %q:\n%s", want, text)
			}
		}
		if m.header("List-Unsubscribe") != "" {
			t.Error("what was not subscribed cannot be unsubscribed")
		}
		for field, change := range map[string]func(*policy.Filter){
			"jurisdiction": func(f *policy.Filter) { f.Jurisdictions = []string{"BUY PILLS"} },
			"dossier":      func(f *policy.Filter) { f.Dossiers = []string{"buy-pills"} },
			"actor":        func(f *policy.Filter) { f.Actors = []string{"buy-pills"} },
		} {
			a := wish(policy.AlertTexts)
			change(&a.Filter)
			if err := w.service.Subscribe(t.Context(), "bob@mail.example", a, client); !errors.Is(err, policy.ErrInvalid) {
				t.Errorf("%s: got %v", field, err)
			}
		}
	})
}

func TestNobodyCanBeBombed(t *testing.T) {
	for _, tc := range []struct {
		name    string
		address func(i int) string
		client  func(i int) string
		most    int
		after   time.Duration
	}{
		{"one address from everywhere", func(int) string { return "ann@mail.example" }, func(i int) string { return fmt.Sprintf("198.51.%d.7", i) }, 3, 25 * time.Hour},
		{"one address in other letters", func(i int) string { return []string{"ann", "Ann", "ANN"}[i%3] + "@mail.example" }, func(i int) string { return fmt.Sprintf("198.51.%d.7", i) }, 3, 25 * time.Hour},
		{"many addresses from one place", func(i int) string { return fmt.Sprintf("a%d@mail%d.example", i, i) }, func(int) string { return "192.0.2.9" }, 10, time.Hour},
		{"many addresses from one IPv6 network", func(i int) string { return fmt.Sprintf("a%d@mail%d.example", i, i) }, func(i int) string { return fmt.Sprintf("2001:db8:1:2:%x::1", i) }, 10, time.Hour},
		{"one domain from everywhere", func(i int) string { return fmt.Sprintf("a%d@mail.example", i) }, func(i int) string { return fmt.Sprintf("198.%d.%d.7", i/200, i%200) }, 200, time.Hour},
	} {
		t.Run(tc.name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				ask := func(from, to int) {
					for i := from; i < to; i++ {
						if err := w.service.Subscribe(t.Context(), tc.address(i), wish(policy.AlertTexts), netip.MustParseAddr(tc.client(i))); err != nil {
							t.Fatalf("the answer differs: %v", err)
						}
					}
					w.run()
				}
				ask(0, tc.most+6)
				if got := len(w.server.all()); got != tc.most {
					t.Errorf("got %d mails, want %d", got, tc.most)
				}
				w.clock.Add(tc.after)
				ask(tc.most+6, tc.most+7)
				if got := len(w.server.all()); got != tc.most+1 {
					t.Errorf("later: got %d mails, want one more", got-tc.most)
				}
			})
		})
	}
}

func TestTheAnswerDoesNotTellWhoSubscribes(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.subscribe("known@mail.example", wish(policy.AlertTexts))
		w.server.set(func() { w.server.rcpt = refuse("gone@mail.example") })
		_ = w.service.Subscribe(t.Context(), "gone@mail.example", wish(policy.AlertTexts), client)
		w.run()
		for _, address := range []string{"known@mail.example", "unknown@mail.example", "gone@mail.example"} {
			if err := w.service.Subscribe(t.Context(), address, wish(policy.AlertTexts), client); err != nil {
				t.Errorf("%s: %v", address, err)
			}
		}
		w.run()
		if n := len(w.server.all()); n != 2 {
			t.Errorf("got %d mails, want one each to those that are not refused", n)
		}
	})
}

func TestTheSameQuestionAgainReplacesTheFirst(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.subscribe("ann@mail.example", wish(policy.AlertTexts))
		w.clock.Add(time.Second)
		w.subscribe("ann@mail.example", wish(policy.AlertTexts, daily))
		w.clock.Add(time.Second)
		w.subscribe("ann@mail.example", wish(policy.AlertTexts, place("GB")))
		kept, err := w.service.Export(t.Context(), "ann@mail.example")
		if err != nil || len(kept.Subscriptions) != 2 || !strings.Contains(kept.Subscriptions[0].Rhythm, "once a day") {
			t.Errorf("got %+v, %v", kept, err)
		}
	})
}

func TestATokenDoesOneThing(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		_ = w.service.Subscribe(t.Context(), "ann@mail.example", wish(policy.AlertTexts), client)
		w.run()
		confirm := w.server.last(t, "ann@mail.example").token("confirm")
		_, manage, err := w.service.Confirm(t.Context(), confirm)
		if err != nil {
			t.Fatal(err)
		}
		w.save("one")
		w.clock.Add(alertGroup)
		w.run()
		m := w.server.last(t, "ann@mail.example")
		tokens := map[string]string{"confirm": confirm, "manage": manage, "unsubscribe": m.token("unsubscribe")}
		uses := map[string]func(token string) error{
			"confirm": func(token string) error { _, _, err := w.service.Confirm(t.Context(), token); return err },
			"manage":  func(token string) error { _, err := w.service.Pause(t.Context(), token); return err },
			"unsubscribe": func(token string) error {
				_, err := w.service.Status(t.Context(), alert.Unsubscribe, token)
				return err
			},
		}
		for use, try := range uses {
			for purpose, token := range tokens {
				if err := try(token); (err == nil) != (use == purpose) {
					t.Errorf("a token to %s used to %s: %v", purpose, use, err)
				}
			}
			for name, token := range map[string]string{"empty": "", "another's": strings.Replace(tokens[use], tokens[use][:4], "AAAA", 1),
				"cut": tokens[use][:len(tokens[use])-2], "longer": tokens[use] + "AA", "later": strings.Replace(tokens[use], ".", ".zzzzzz", 1)} {
				if err := try(token); err == nil {
					t.Errorf("%s: a token that is %s was taken", use, name)
				}
			}
		}
		if err := w.service.Unsubscribe(t.Context(), manage); err == nil {
			t.Error("a token to manage unsubscribes")
		}
		w.clock.Add(10 * 365 * 24 * time.Hour)
		if _, err := w.service.Status(t.Context(), alert.Manage, manage); !errors.Is(err, policy.ErrGone) {
			t.Errorf("managing after ten years: %v", err)
		}
		for range 2 {
			if err := w.service.Unsubscribe(t.Context(), tokens["unsubscribe"]); err != nil {
				t.Errorf("unsubscribing after ten years: %v", err)
			}
		}
	})
}

func TestPauseResumeChange(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		manage := w.subscribe("ann@mail.example", wish(policy.AlertTexts))
		step := func(what string, do func() (policy.AlertStatus, error), id string, want int) {
			t.Helper()
			if _, err := do(); err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			w.save(id)
			w.clock.Add(alertGroup)
			w.run()
			if got := len(w.server.all()); got != want {
				t.Errorf("%s: got %d mails, want %d", what, got, want)
			}
			w.server.clear()
		}
		step("paused", func() (policy.AlertStatus, error) { return w.service.Pause(t.Context(), manage) }, "one", 0)
		step("resumed", func() (policy.AlertStatus, error) { return w.service.Resume(t.Context(), manage) }, "two", 1)
		step("daily", func() (policy.AlertStatus, error) { return w.service.Change(t.Context(), manage, wish("", daily)) }, "three", 0)
		step("at once again", func() (policy.AlertStatus, error) { return w.service.Change(t.Context(), manage, wish("")) }, "four", 1)
		if _, err := w.service.Change(t.Context(), manage, policy.Alert{Cadence: "hourly", Hour: 24, Zone: "Moon"}); !errors.Is(err, policy.ErrInvalid) {
			t.Errorf("got %v", err)
		}
	})
}

func TestAddress(t *testing.T) {
	for text, want := range map[string]string{
		"ann@example.org": "ann@example.org", " ann@Example.ORG ": "ann@example.org", "ann+x@bücher.example": "ann+x@xn--bcher-kva.example",
		"": "", "ann": "", "ann@localhost": "", "Ann <ann@example.org>": "", "a@b.example, c@d.example": "", "ann@example.org\r\nBcc: x@y.example": "",
		`"a b"@example.org`: "", "ännchen@example.org": "", "ann@exa mple.org": "", strings.Repeat("a", 260) + "@example.org": "", "<ann@example.org>": "",
	} {
		got, err := alert.Address(text)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: got %q, %v", text, got, err)
		}
	}
}

func FuzzAddress(f *testing.F) {
	f.Add("ann@example.org")
	f.Add("\"<>\"@x.y")
	f.Fuzz(func(t *testing.T, text string) {
		address, err := alert.Address(text)
		if err != nil {
			return
		}
		if strings.ContainsAny(address, " \r\n<>\"\\,;\x00") || strings.Count(address, "@") != 1 {
			t.Errorf("%q became %q", text, address)
		}
		if again, err := alert.Address(address); err != nil || again != address {
			t.Errorf("%q is read again as %q, %v", address, again, err)
		}
	})
}

// TestAddressesAreNeverInTheClear looks through the whole database and the log.
func TestAddressesAreNeverInTheClear(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		var log bytes.Buffer
		w.service = w.open(func(o *alert.Options) {
			o.Logger = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		})
		w.subscribe("ann.reader@mail.example", wish(policy.AlertTexts))
		w.save("one")
		w.clock.Add(alertGroup)
		w.server.set(func() {
			w.server.data = func(to string, _ int) error { return fail(451, 4, 3, 0, "try later, "+to) }
		})
		w.run()
		w.server.set(func() { w.server.rcpt = refuse("ann.reader@mail.example") })
		w.clock.Add(time.Hour)
		dump := w.dump()
		w.run()
		dump += w.dump()
		if strings.Contains(strings.ToLower(dump), "reader@mail") || strings.Contains(dump, "mail.example") {
			t.Error("the address is in the database")
		}
		if strings.Contains(log.String(), "mail.example") || log.Len() == 0 {
			t.Errorf("the log: %s", log.String())
		}
		if !strings.Contains(dump, "451 4.3.0") || !strings.Contains(dump, "550 5.1.1") {
			t.Errorf("the codes are not in the database:\n%.2000s", dump)
		}
	})
}

func TestExportAndForget(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.subscribe("ann@mail.example", wish(policy.AlertTexts, place("EU")))
		w.subscribe("bob@mail.example", wish(policy.AlertTexts))
		w.save("one")
		w.clock.Add(alertGroup)
		w.run()
		kept, err := w.service.Export(t.Context(), "ANN@mail.example")
		if err != nil || len(kept.Subscriptions) != 1 {
			t.Fatalf("got %+v, %v", kept, err)
		}
		one := kept.Subscriptions[0]
		if one.Filter != "jurisdiction=EU" || one.Mails.Sent != 2 || len(one.Told) != 1 || one.State != "active" {
			t.Errorf("got %+v", one)
		}
		if n, err := w.service.Forget(t.Context(), "ann@mail.example"); n != 1 || err != nil {
			t.Errorf("got %d, %v", n, err)
		}
		if kept, err := w.service.Export(t.Context(), "ann@mail.example"); err != nil || len(kept.Subscriptions) != 0 {
			t.Errorf("got %+v, %v", kept, err)
		}
		if n, err := w.service.Forget(t.Context(), "ann@mail.example"); n != 0 || err != nil {
			t.Errorf("again: got %d, %v", n, err)
		}
		if kept, _ := w.service.Export(t.Context(), "bob@mail.example"); len(kept.Subscriptions) != 1 {
			t.Error("the other one is gone too")
		}
	})
}
