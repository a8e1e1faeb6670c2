package websub_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/prerequisite"
	"github.com/backdoorwatch/backdoorwatch/internal/secret"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
	"github.com/backdoorwatch/backdoorwatch/internal/websub"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	topic    = "https://watch.example/feeds/items.atom?jurisdiction=EU"
	ourHub   = "https://watch.example/websub"
	password = "a secret of the subscriber"
)

// clock is a time that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// feeds are feeds by address, of which the text is the content.
type feeds struct {
	mu    sync.Mutex
	texts map[string]string
}

func (f *feeds) set(address, text string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.texts[address] = text
}

func (f *feeds) Feed(_ context.Context, address string) (websub.Content, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	text, ok := f.texts[address]
	if !ok {
		return websub.Content{}, fmt.Errorf("the feed: %w", policy.ErrGone)
	}
	return websub.Content{Body: []byte(text), MediaType: "application/atom+xml; charset=utf-8", Tag: `"` + text + `"`}, nil
}

func (f *feeds) Announced() [][]string { return [][]string{{topic, topic + "&as=rss"}} }

// world is a store and a hub over it.
type world struct {
	t     testing.TB
	clock *clock
	store *store.Store
	feeds *feeds
	hub   *websub.Hub
}

func onBoth(t *testing.T, test func(t *testing.T, w *world), change ...func(*websub.Options)) {
	t.Helper()
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, newWorld(t, filepath.Join(t.TempDir(), "test.db"), change...))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, newWorld(t, prerequisite.Postgres(t), change...))
	})
}

func newWorld(t testing.TB, database string, change ...func(*websub.Options)) *world {
	t.Helper()
	w := &world{t: t, clock: &clock{now: time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)}, feeds: &feeds{texts: map[string]string{topic: "first"}}}
	var err error
	if w.store, err = store.Open(t.Context(), store.Options{Database: database, Now: w.clock.Now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.store.Close() })
	keys, err := secret.New("a secret of the tests, long enough to be one", "hub")
	if err != nil {
		t.Fatal(err)
	}
	network := &http.Transport{}
	t.Cleanup(network.CloseIdleConnections)
	o := websub.Options{
		Store: w.store, Keys: keys, Hub: ourHub, Feeds: w.feeds, Network: network, Agent: "test", Now: w.clock.Now, Timeout: 500 * time.Millisecond,
	}
	for _, f := range change {
		f(&o)
	}
	if w.hub, err = websub.New(o); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) run() {
	w.t.Helper()
	if err := w.hub.Run(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// change lets the feed have another text, and the hub know that something changed.
func (w *world) change(text string) {
	w.t.Helper()
	err := w.store.InTx(w.t.Context(), func(ctx context.Context, tx *store.Tx) error { return tx.FeedsChanged(ctx) })
	if err != nil {
		w.t.Fatal(err)
	}
	w.feeds.set(topic, text)
	w.clock.Add(40 * time.Second)
}

var client = netip.MustParseAddr("192.0.2.7")

func (w *world) ask(mode, callback string, more ...string) error {
	w.t.Helper()
	form := url.Values{"hub.mode": {mode}, "hub.topic": {topic}, "hub.callback": {callback}, "hub.secret": {password}}
	for i := 0; i < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return w.hub.Ask(w.t.Context(), form, client)
}

// subscribe goes the whole way.
func (w *world) subscribe(s *subscriber, more ...string) {
	w.t.Helper()
	if err := w.ask("subscribe", s.callback, more...); err != nil {
		w.t.Fatal(err)
	}
	w.run()
	if len(s.questions()) == 0 {
		w.t.Fatal("the callback was not asked")
	}
}

func (w *world) subscribers() int {
	w.t.Helper()
	all, err := w.store.HubSubscriptions(w.t.Context(), topic)
	if err != nil {
		w.t.Fatal(err)
	}
	return len(all)
}

// subscriber is a server with a callback, as somebody's feed reader has it.
type subscriber struct {
	callback string
	mu       sync.Mutex
	asked    []url.Values
	got      []delivery
	consent  func(w http.ResponseWriter, challenge string) // nil: yes
	take     func(w http.ResponseWriter, n int)            // nil: 204; n counts from 1
}

type delivery struct {
	body   string
	header http.Header
}

func newSubscriber(t testing.TB) *subscriber {
	t.Helper()
	s := &subscriber{}
	server := httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(server.Close)
	s.callback = server.URL + "/callback?who=me%20too"
	return s
}

func (s *subscriber) serve(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		s.mu.Lock()
		s.asked = append(s.asked, r.URL.Query())
		s.mu.Unlock()
		challenge := r.URL.Query().Get("hub.challenge")
		if s.consent != nil {
			s.consent(w, challenge)
			return
		}
		_, _ = io.WriteString(w, challenge)
		return
	}
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	s.got = append(s.got, delivery{string(body), r.Header})
	n := len(s.got)
	s.mu.Unlock()
	if s.take != nil {
		s.take(w, n)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *subscriber) questions() []url.Values {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]url.Values(nil), s.asked...)
}

func (s *subscriber) deliveries() []delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]delivery(nil), s.got...)
}

func (s *subscriber) bodies() string {
	var all []string
	for _, d := range s.deliveries() {
		all = append(all, d.body)
	}
	return strings.Join(all, " ")
}

// signed reports whether a delivery has the signature that only we and the subscriber
// can make.
func (d delivery) signed(by string) bool {
	mac := hmac.New(sha256.New, []byte(by))
	_, _ = io.WriteString(mac, d.body)
	return d.header.Get("X-Hub-Signature") == "sha256="+hex.EncodeToString(mac.Sum(nil))
}
