package websub_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/crawler/fetch"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/secret"
	"github.com/backdoorwatch/backdoorwatch/internal/websub"
)

func TestAFeedIsSentWhenItChanges(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		s := newSubscriber(t)
		w.subscribe(s)
		q := s.questions()[0]
		if q.Get("hub.mode") != "subscribe" || q.Get("hub.topic") != topic || q.Get("who") != "me too" || q.Get("hub.lease_seconds") != "864000" || len(q.Get("hub.challenge")) < 20 {
			t.Errorf("the question: %v", q)
		}
		w.run()
		if got := s.bodies(); got != "" {
			t.Errorf("got %q before anything changed", got)
		}
		w.change("second")
		w.run()
		w.run()
		if got := s.bodies(); got != "second" {
			t.Fatalf("got %q", got)
		}
		d := s.deliveries()[0]
		links := d.header.Values("Link")
		if !d.signed(password) || d.signed("another") || d.header.Get("Content-Type") != "application/atom+xml; charset=utf-8" ||
			!slices.Equal(links, []string{"<" + ourHub + `>; rel="hub"`, "<" + topic + `>; rel="self"`}) {
			t.Errorf("the delivery: %v", d.header)
		}
	})
}

func TestWhatIsTheSameIsNotSent(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		s := newSubscriber(t)
		w.subscribe(s, "hub.secret", "")
		w.change("first") // a document came that the feed does not show
		w.run()
		w.change("second")
		w.clock.Add(-20 * time.Second)
		w.run() // within the time in which others may come
		w.change("third")
		w.run()
		if got := s.bodies(); got != "third" {
			t.Errorf("got %q", got)
		}
		if d := s.deliveries()[0]; d.header.Get("X-Hub-Signature") != "" {
			t.Error("it is signed by nothing")
		}
	})
}

func TestFeedsThatChangeByThemselvesAreSentToo(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		s := newSubscriber(t)
		w.subscribe(s)
		w.feeds.set(topic, "later")
		w.run()
		if got := s.bodies(); got != "" {
			t.Errorf("got %q at once", got)
		}
		w.clock.Add(16 * time.Minute)
		w.run()
		if got := s.bodies(); got != "later" {
			t.Errorf("got %q", got)
		}
	})
}

func TestOnlyTheOwnerOfACallbackSubscribes(t *testing.T) {
	for _, tc := range []struct {
		name    string
		consent func(w http.ResponseWriter, challenge string)
		asked   int // in an hour
	}{
		{"another challenge", func(w http.ResponseWriter, _ string) { _, _ = io.WriteString(w, "guessed") }, 1},
		{"more than the challenge", func(w http.ResponseWriter, challenge string) { _, _ = io.WriteString(w, challenge+"\n") }, 1},
		{"nothing there", func(w http.ResponseWriter, _ string) { http.Error(w, "no", http.StatusNotFound) }, 1},
		{"the right words with a wrong status", func(w http.ResponseWriter, challenge string) { http.Error(w, challenge, http.StatusForbidden) }, 1},
		{"a way on", func(w http.ResponseWriter, _ string) {
			w.Header().Set("Location", "http://127.0.0.1:1/")
			w.WriteHeader(http.StatusFound)
		}, 1},
		{"out of order", func(w http.ResponseWriter, _ string) { w.WriteHeader(http.StatusBadGateway) }, 4},
		{"slow", func(http.ResponseWriter, string) { time.Sleep(700 * time.Millisecond) }, 4},
		{"endless", func(w http.ResponseWriter, challenge string) {
			_, _ = io.WriteString(w, challenge+strings.Repeat("x", 1<<20))
		}, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				s := newSubscriber(t)
				s.consent = tc.consent
				w.subscribe(s)
				for range 6 {
					w.clock.Add(10 * time.Minute)
					w.run()
				}
				if len(s.questions()) != tc.asked || w.subscribers() != 0 {
					t.Errorf("asked %d times, %d subscribers", len(s.questions()), w.subscribers())
				}
			})
		})
	}
}

func TestOnlyTheOwnerOfACallbackUnsubscribes(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		s := newSubscriber(t)
		w.subscribe(s)
		s.consent = func(w http.ResponseWriter, _ string) { w.WriteHeader(http.StatusNotFound) }
		if err := w.ask("unsubscribe", s.callback); err != nil {
			t.Fatal(err)
		}
		w.run()
		if w.subscribers() != 1 {
			t.Error("a stranger ended it")
		}
		s.consent = nil
		if err := w.ask("unsubscribe", s.callback); err != nil {
			t.Fatal(err)
		}
		w.run()
		q := s.questions()
		if last := q[len(q)-1]; w.subscribers() != 0 || last.Get("hub.mode") != "unsubscribe" || last.Has("hub.lease_seconds") {
			t.Errorf("%d subscribers, asked %v", w.subscribers(), last)
		}
		// Whoever is not subscribed is not asked.
		if err := w.ask("unsubscribe", s.callback); err != nil {
			t.Fatal(err)
		}
		w.run()
		if len(s.questions()) != len(q) {
			t.Error("somebody who is not subscribed was asked")
		}
	})
}

func TestDeliveriesAreTriedAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		s := newSubscriber(t)
		w.subscribe(s)
		s.take = func(w http.ResponseWriter, n int) {
			switch n {
			case 1:
				w.WriteHeader(http.StatusServiceUnavailable)
			case 2:
				time.Sleep(700 * time.Millisecond)
			case 3:
				panic(http.ErrAbortHandler)
			default:
				w.WriteHeader(http.StatusOK)
			}
		}
		w.change("second")
		w.run()
		w.run()
		if n := len(s.deliveries()); n != 1 {
			t.Errorf("tried %d times at once", n)
		}
		for range 3 {
			w.change("third") // what is sent again is the feed as it is now
			w.clock.Add(10 * time.Minute)
			w.run()
		}
		w.clock.Add(24 * time.Hour)
		w.run()
		if got := s.bodies(); got != "second third third third" || !s.deliveries()[3].signed(password) {
			t.Errorf("got %q", got)
		}
	})
}

func TestSubscribersWhoAreGoneAreForgotten(t *testing.T) {
	for _, tc := range []struct {
		name   string
		status int
		after  time.Duration
		left   int
	}{
		{"gone", http.StatusGone, 0, 0},
		{"out of order for a day", http.StatusInternalServerError, 24 * time.Hour, 1},
		{"out of order for days", http.StatusInternalServerError, 80 * time.Hour, 0},
		{"moved", http.StatusMovedPermanently, 80 * time.Hour, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				s := newSubscriber(t)
				w.subscribe(s)
				s.take = func(w http.ResponseWriter, _ int) { w.WriteHeader(tc.status) }
				w.change("second")
				w.run()
				w.clock.Add(tc.after)
				w.run()
				if got := w.subscribers(); got != tc.left {
					t.Errorf("%d subscribers, want %d", got, tc.left)
				}
			})
		})
	}
}

func TestLeasesEndAndAreRenewed(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		s := newSubscriber(t)
		w.subscribe(s, "hub.lease_seconds", "1")
		if got := s.questions()[0].Get("hub.lease_seconds"); got != "3600" {
			t.Errorf("a lease of %s", got)
		}
		w.clock.Add(50 * time.Minute)
		w.subscribe(s, "hub.lease_seconds", "7200", "hub.secret", "new one")
		w.clock.Add(50 * time.Minute)
		w.change("second")
		w.run()
		if d := s.deliveries(); len(d) != 1 || !d[0].signed("new one") {
			t.Errorf("%d deliveries after the lease was renewed", len(d))
		}
		w.clock.Add(2 * time.Hour)
		w.change("third")
		w.run()
		if d := s.deliveries(); len(d) != 1 || w.subscribers() != 0 {
			t.Errorf("%d deliveries, %d subscribers after the lease", len(d), w.subscribers())
		}
	})
}

func TestTheEndOfAFeedIsTold(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		s := newSubscriber(t)
		w.subscribe(s)
		delete(w.feeds.texts, topic)
		w.clock.Add(time.Hour)
		w.run()
		q := s.questions()
		if last := q[len(q)-1]; last.Get("hub.mode") != "denied" || last.Get("hub.topic") != topic || w.subscribers() != 0 {
			t.Errorf("told %v, %d subscribers", last, w.subscribers())
		}
	})
}

// TestAWorkerThatDiesLosesNothing takes a delivery as a worker does that is killed before
// it sends, and before it notes that it has sent.
func TestAWorkerThatDiesLosesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		s := newSubscriber(t)
		w.subscribe(s)
		w.change("second")
		if err := w.store.HubLooked(t.Context(), topic, `"second"`); err != nil {
			t.Fatal(err)
		}
		taken, err := w.store.TakeHubDelivery(t.Context(), 2*time.Minute, nil)
		if err != nil || taken == nil {
			t.Fatalf("nothing is due: %v", err)
		}
		w.run()
		if got := s.bodies(); got != "" {
			t.Errorf("got %q while another worker has it", got)
		}
		w.clock.Add(3 * time.Minute)
		w.run()
		if got := s.bodies(); got != "second" {
			t.Errorf("got %q after the lease", got)
		}
	})
}

// TestAFeedThatChangesWhileItIsSentIsSentAgain holds that no change falls between
// sending and noting what was sent.
func TestAFeedThatChangesWhileItIsSentIsSentAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		s := newSubscriber(t)
		w.subscribe(s)
		s.take = func(rw http.ResponseWriter, n int) {
			if n == 1 { // another process looks at the feed in this moment
				w.feeds.set(topic, "third")
				if err := w.store.HubLooked(context.Background(), topic, `"third"`); err != nil {
					t.Error(err)
				}
			}
			rw.WriteHeader(http.StatusOK)
		}
		w.change("second")
		w.run()
		if got := s.bodies(); got != "second third" {
			t.Errorf("got %q", got)
		}
	})
}

func TestWithAnotherKeyWhatWasKeptIsForgotten(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		s := newSubscriber(t)
		w.subscribe(s)
		keys, err := secret.New("another secret of the tests, long enough to be one", "hub")
		if err != nil {
			t.Fatal(err)
		}
		w.hub.Keys = keys
		w.change("second")
		if err := w.hub.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "secret-key") {
			t.Errorf("got %v", err)
		}
		w.run()
		if w.subscribers() != 0 || s.bodies() != "" {
			t.Errorf("%d subscribers, got %q", w.subscribers(), s.bodies())
		}
	})
}

func TestPrivateAddressesAreRefused(t *testing.T) {
	network := fetch.GuardedNetwork(nil)
	onBoth(t, func(t *testing.T, w *world) {
		s := newSubscriber(t)
		if err := w.ask("subscribe", s.callback); err != nil {
			t.Fatal(err)
		}
		w.run()
		w.clock.Add(time.Hour)
		w.run()
		if len(s.questions()) > 0 || w.subscribers() > 0 {
			t.Error("a server inside was reached")
		}
	}, func(o *websub.Options) {
		o.Network, o.Refused = network, func(err error) bool { return errors.Is(err, fetch.ErrForbiddenAddress) }
	})
}

func TestASlowSubscriberKeepsNobodyElse(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		slow, quick := newSubscriber(t), newSubscriber(t)
		quick.callback = strings.Replace(quick.callback, "127.0.0.1", "localhost", 1)
		w.subscribe(slow)
		w.subscribe(quick)
		waiting := make(chan struct{})
		slow.take = func(http.ResponseWriter, int) { <-waiting }
		quick.take = func(w http.ResponseWriter, _ int) { close(waiting) } // else the slow one is never freed
		w.change("second")
		start := time.Now()
		w.run()
		if slow.bodies() != "second" || quick.bodies() != "second" || time.Since(start) > 10*time.Second {
			t.Errorf("got %q and %q in %s", slow.bodies(), quick.bodies(), time.Since(start))
		}
	}, func(o *websub.Options) { o.Timeout = 20 * time.Second })
}

func TestAskingHasLimits(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		var refused error
		taken := 0
		for n := range 140 {
			if err := w.ask("subscribe", fmt.Sprintf("https://reader%d.example/", n)); err == nil {
				taken++
			} else {
				refused = err
			}
		}
		if taken != 120 || !errors.Is(refused, policy.ErrTooMany) {
			t.Errorf("took %d of one network, then %v", taken, refused)
		}
		form := url.Values{"hub.mode": {"subscribe"}, "hub.topic": {topic}, "hub.callback": {"https://other.example/"}}
		if err := w.hub.Ask(t.Context(), form, netip.MustParseAddr("2001:db8::1")); err != nil {
			t.Errorf("another network: %v", err)
		}
		w.clock.Add(2 * time.Hour)
		if err := w.ask("subscribe", "https://other.example/"); err != nil {
			t.Errorf("later: %v", err)
		}
	})
}

func TestOneDomainCannotFillTheHub(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		var refused error
		taken := 0
		for n := range 320 {
			form := url.Values{"hub.mode": {"subscribe"}, "hub.topic": {topic}, "hub.callback": {fmt.Sprintf("https://n%d.reader.example/", n)}}
			err := w.hub.Ask(t.Context(), form, netip.AddrFrom4([4]byte{192, 0, 2, byte(n)}))
			if err == nil {
				taken++
			} else {
				refused = err
			}
		}
		if taken != 300 || !errors.Is(refused, policy.ErrTooMany) {
			t.Errorf("took %d of one domain, then %v", taken, refused)
		}
	})
}

func TestNothingIsKeptInTheClear(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		s := newSubscriber(t)
		w.subscribe(s)
		all, err := w.store.HubSubscriptions(t.Context(), topic)
		if err != nil || len(all) != 1 {
			t.Fatal(err)
		}
		kept := fmt.Sprintf("%s %s %s %s %s", all[0].ID, all[0].Caller, all[0].Host, all[0].Callback, all[0].Secret)
		for _, word := range []string{password, "callback", "127.0.0.1"} {
			if strings.Contains(kept, word) {
				t.Errorf("%s can be read", word)
			}
		}
	})
}

func TestAnOutsideHubIsTold(t *testing.T) {
	var mu sync.Mutex
	told := map[string][]string{}
	fail := true
	hub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		database := r.URL.Query().Get("test")
		told[database] = append(told[database], r.PostFormValue("hub.mode")+" "+r.PostFormValue("hub.url"))
		if fail {
			w.WriteHeader(http.StatusBadGateway)
		}
	}))
	t.Cleanup(hub.Close)
	for _, name := range []string{"sqlite", "postgres"} {
		t.Run(name, func(t *testing.T) {
			database := t.TempDir() + "/test.db"
			if name == "postgres" {
				database = postgres(t)
			}
			w := newWorld(t, database, func(o *websub.Options) { o.Keys, o.Outside = nil, hub.URL+"?test="+name })
			mu.Lock()
			fail = true
			mu.Unlock()
			w.run() // the first look is no news
			w.change("second")
			w.run()
			mu.Lock()
			if want := []string{"publish " + topic, "publish " + topic + "&as=rss"}; !slices.Equal(told[name], want) {
				t.Errorf("told %q", told[name])
			}
			told[name], fail = nil, false
			mu.Unlock()
			w.run()
			w.clock.Add(2 * time.Minute)
			w.run()
			w.clock.Add(time.Hour)
			w.run()
			mu.Lock()
			defer mu.Unlock()
			if len(told[name]) != 2 {
				t.Errorf("after a failure told %q", told[name])
			}
		})
	}
}
