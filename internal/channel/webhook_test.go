package channel_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/channel"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// signed reckons a signature from the text of the standard, without the library.
func signed(t *testing.T, secret string, r received) string {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.%s", r.header.Get("webhook-id"), r.header.Get("webhook-timestamp"), r.body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func TestWebhookTellsNewsSignedByBothSecrets(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.use(w.hook())
		w.clock.Add(time.Minute)
		w.save("one")
		w.save("two")
		w.run()
		if len(w.server.all()) > 0 {
			t.Fatal("it was told before five minutes of grouping were over")
		}
		w.news()
		w.news()
		all := w.server.all()
		if len(all) != 1 {
			t.Fatalf("%d messages came, want 1", len(all))
		}
		r := all[0]
		if want := signed(t, newSecret, r) + " " + signed(t, oldSecret, r); r.header.Get("webhook-signature") != want {
			t.Errorf("the signature is %q, want %q", r.header.Get("webhook-signature"), want)
		}
		if r.method != http.MethodPost || r.header.Get("Content-Type") != "application/json" || !strings.HasPrefix(r.header.Get("User-Agent"), "Backdoor Watch/") {
			t.Errorf("got %s with %v", r.method, r.header)
		}
		var m channel.Message
		if err := json.Unmarshal([]byte(r.body), &m); err != nil {
			t.Fatal(err)
		}
		if m.Type != "news" || m.Data.Channel != "newsroom" || len(m.Data.Things) != 2 || m.Data.More != 0 {
			t.Errorf("got %+v", m)
		}
		thing := m.Data.Things[0]
		if thing.Title != "Title of one" || thing.Place != "EU" || thing.Location != "https://watch.example.org/items/1" || thing.Ref != "item:1" || thing.SeenAt.IsZero() {
			t.Errorf("got %+v", thing)
		}
	})
}

func TestRetryIsTheSameMessage(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.use(w.hook())
		w.clock.Add(time.Minute)
		w.server.set(says(http.StatusServiceUnavailable, "no"))
		w.save("one")
		w.news()
		w.save("two") // it must not change what waits
		w.run()
		if n := len(w.server.all()); n != 1 {
			t.Errorf("it was asked %d times at once", n)
		}
		w.clock.Add(2 * time.Minute)
		w.run()
		w.server.set(nil)
		w.clock.Add(5 * time.Minute)
		w.run()
		w.clock.Add(6 * time.Minute)
		w.run()
		all := w.server.all()
		if len(all) != 4 {
			t.Fatalf("%d messages came, want one three times and one more", len(all))
		}
		for _, r := range all[1:3] {
			if r.header.Get("webhook-id") != all[0].header.Get("webhook-id") || r.body != all[0].body {
				t.Errorf("it came with another id or body: %v, %s", r.header, r.body)
			}
			if r.header.Get("webhook-timestamp") == all[0].header.Get("webhook-timestamp") || !strings.Contains(r.header.Get("webhook-signature"), signed(t, newSecret, r)) {
				t.Errorf("its time is not that of the attempt: %v", r.header)
			}
		}
		if all[3].header.Get("webhook-id") == all[0].header.Get("webhook-id") || strings.Contains(all[3].body, "Title of one") || !strings.Contains(all[3].body, "Title of two") {
			t.Errorf("the next message is %s", all[3].body)
		}
		if got := w.classes("newsroom"); got != "status 503, status 503,  204,  204" {
			t.Errorf("the log says %s", got)
		}
		if s := w.status("newsroom"); s.State != "active" || s.Messages.Sent != 2 || s.Messages.Waiting != 0 {
			t.Errorf("got %+v", s)
		}
	})
}

func TestRetryAfterIsKept(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.use(w.hook())
		w.clock.Add(time.Minute)
		w.server.set(func(out http.ResponseWriter, _ *http.Request) {
			out.Header().Set("Retry-After", "7200")
			out.WriteHeader(http.StatusTooManyRequests)
		})
		w.save("one")
		w.news()
		if s := w.status("newsroom"); s.State != "failing" {
			t.Errorf("its state is %s", s.State)
		}
		for range 11 {
			w.clock.Add(10 * time.Minute)
			w.run()
		}
		if n := len(w.server.all()); n != 1 {
			t.Errorf("it was asked %d times within two hours", n)
		}
		w.clock.Add(11 * time.Minute)
		w.run()
		if n := len(w.server.all()); n != 2 {
			t.Errorf("it was asked %d times after two hours", n)
		}
	})
}

func TestGoneSwitchesOff(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.use(w.hook())
		w.clock.Add(time.Minute)
		w.server.set(says(http.StatusGone, ""))
		w.save("one")
		w.news()
		w.server.set(nil)
		w.save("two")
		w.news()
		w.use(w.hook()) // a new start with the same file
		w.clock.Add(4 * time.Hour)
		w.news()
		s := w.status("newsroom")
		if len(w.server.all()) != 1 || s.State != "off" || !strings.Contains(s.Reason, "410") || s.Messages.GivenUp != 1 {
			t.Errorf("%d messages came; %+v", len(w.server.all()), s)
		}
		if err := w.service.Resume(t.Context(), "newsroom"); err != nil {
			t.Fatal(err)
		}
		w.clock.Add(time.Minute)
		w.save("three")
		w.news()
		all := w.server.all()
		if len(all) != 2 || !strings.Contains(all[1].body, "three") || strings.Contains(all[1].body, "two") {
			t.Errorf("after it was resumed %d messages came: %+v", len(all), all)
		}
	})
}

func TestLongFailureSwitchesOff(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.use(w.hook())
		w.clock.Add(time.Minute)
		w.server.set(says(http.StatusInternalServerError, ""))
		w.save("one")
		w.news()
		for range 30 {
			w.clock.Add(4 * time.Hour)
			w.run()
		}
		s := w.status("newsroom")
		if n := len(w.server.all()); s.State != "off" || !strings.Contains(s.Reason, "3 days") || !strings.Contains(s.Reason, "500") || n < 10 || n > 30 {
			t.Errorf("%d attempts; %+v", n, s)
		}
		w.use(w.hook(func(c *channel.Channel) { c.Target += "-changed" }))
		if s := w.status("newsroom"); s.State != "active" || s.Reason != "" {
			t.Errorf("another target did not switch it on again: %+v", s)
		}
	})
}

func TestHostileServers(t *testing.T) {
	t.Parallel()
	var visited int
	inner := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visited++ }))
	defer inner.Close()
	for _, tc := range []struct {
		name   string
		answer http.HandlerFunc
		want   string
	}{
		{"slow", func(_ http.ResponseWriter, in *http.Request) {
			select {
			case <-in.Context().Done():
			case <-time.After(5 * time.Second):
			}
		}, "timeout 0"},
		{"endless body", func(out http.ResponseWriter, in *http.Request) {
			junk := make([]byte, 1<<20)
			for in.Context().Err() == nil {
				if _, err := out.Write(junk); err != nil {
					return
				}
			}
		}, " 200"},
		{"redirect to this machine", func(out http.ResponseWriter, in *http.Request) {
			http.Redirect(out, in, inner.URL, http.StatusTemporaryRedirect)
		}, "redirect 307"},
		{"closed without an answer", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "connection 0"},
		{"secret in the answer", says(http.StatusBadRequest, newSecret+" hush-hush"), "status 400"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t, t.TempDir()+"/test.db")
			w.options(func(o *channel.Options) {
				o.Channels, o.Timeout = []channel.Channel{w.hook()}, 500*time.Millisecond
			})
			w.clock.Add(time.Minute)
			w.server.set(tc.answer)
			w.save("one")
			begun := time.Now()
			w.news()
			if got := w.classes("newsroom"); got != tc.want || time.Since(begun) > 3*time.Second {
				t.Errorf("the log says %q after %s, want %q", got, time.Since(begun), tc.want)
			}
			w.tellsNoSecret(t)
		})
	}
	if visited > 0 {
		t.Error("it followed a redirect")
	}
}

func TestDialGuardRefusesPrivateAddresses(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"", "http://localhost:%s/", "http://[::1]:%s/", "http://2130706433:%s/", "http://169.254.169.254/", "http://10.0.0.1/"} {
		w := newWorld(t, t.TempDir()+"/test.db")
		_, port, _ := strings.Cut(w.server.host(), ":")
		w.options(func(o *channel.Options) {
			o.AllowHosts = nil
			o.Channels = []channel.Channel{w.hook(func(c *channel.Channel) {
				if target != "" {
					c.Target = strings.ReplaceAll(target, "%s", port)
				}
			})}
		})
		w.clock.Add(time.Minute)
		w.save("one")
		w.news()
		if got := w.classes("newsroom"); got != "forbidden 0" && got != "dns 0" || len(w.server.all()) > 0 {
			t.Errorf("%q: the log says %q, and the server was asked %d times", target, got, len(w.server.all()))
		}
	}
}

// tellsNoSecret looks for secrets in all that is kept or printed.
func (w *world) tellsNoSecret(t *testing.T) {
	t.Helper()
	kept := w.log.out.String()
	for _, path := range []string{w.database, w.database + "-wal"} {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		kept += string(content)
	}
	status, err := json.Marshal(w.status("newsroom"))
	if err != nil {
		t.Fatal(err)
	}
	kept += string(status)
	for _, secret := range []string{"hush", newSecret, newSecret[6:20]} {
		if strings.Contains(kept, secret) {
			t.Errorf("%q is in the database, the log or the status", secret)
		}
	}
}

func TestOnlyNewsIsNews(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.save("before")
		w.clock.Add(time.Minute)
		w.use(w.hook())
		w.clock.Add(time.Minute)
		w.save("archive", func(e *store.Entry) { e.Document.Published = policy.Day(2019, 1, 2) })
		w.news()
		for i := range 137 {
			w.save(fmt.Sprintf("n%d", i), func(e *store.Entry) { e.Document.Text += strings.Repeat(fmt.Sprintf(" w%d", i), 40) })
		}
		w.news()
		w.save("n5", func(e *store.Entry) { e.Tags.Stance.Value = "protects" }) // only tagged otherwise
		w.news()
		all := w.server.all()
		if len(all) != 1 {
			t.Fatalf("%d messages came, want 1", len(all))
		}
		var m channel.Message
		if err := json.Unmarshal([]byte(all[0].body), &m); err != nil || len(m.Data.Things) != 100 || m.Data.More != 37 {
			t.Errorf("%d things and %d more, %v", len(m.Data.Things), m.Data.More, err)
		}
	})
}

func TestChangesOfTheFile(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		other := w.hook(func(c *channel.Channel) { c.Name = "other" })
		w.use(w.hook(), other)
		w.clock.Add(time.Minute)
		w.save("one")
		w.run()                                                                           // it waits
		w.use(w.hook(func(c *channel.Channel) { c.Alert.Cadence = policy.CadenceDaily })) // another rhythm keeps it, and the other is gone
		w.clock.Add(time.Hour)
		w.run()
		if n := len(w.server.all()); n != 0 {
			t.Errorf("%d messages came before the hour of the day", n)
		}
		w.clock.Add(24 * time.Hour)
		w.run()
		if n := len(w.server.all()); n != 1 {
			t.Errorf("%d messages came after a day, want 1", n)
		}
		w.use(w.hook(func(c *channel.Channel) { c.Alert.Filter.Jurisdictions = []string{"DE"} }))
		w.clock.Add(time.Minute)
		w.save("two") // of the EU
		w.save("three", func(e *store.Entry) { e.Tags.Jurisdictions[0].Value = "DE" })
		w.news()
		all := w.server.all()
		if len(all) != 2 || strings.Contains(all[1].body, "two") || !strings.Contains(all[1].body, "three") {
			t.Errorf("another filter brought %+v", all[1:])
		}
	})
}

func TestTestSendsOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, t.TempDir()+"/test.db")
	w.use(w.hook())
	w.server.set(says(http.StatusTeapot, ""))
	result, err := w.service.Test(t.Context(), "newsroom")
	if err != nil || result.Status != http.StatusTeapot || result.Class != channel.Refused {
		t.Errorf("got %v, %v", result, err)
	}
	w.clock.Add(time.Hour)
	w.run()
	if all := w.server.all(); len(all) != 1 || !strings.Contains(all[0].body, `"type":"test"`) {
		t.Errorf("got %+v", all)
	}
	if _, err := w.service.Test(t.Context(), "nobody"); err == nil {
		t.Error("a channel that is not there was tested")
	}
}
