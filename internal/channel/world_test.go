package channel_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/backdoorwatch/backdoorwatch/crawler/fetch"
	"github.com/backdoorwatch/backdoorwatch/internal/alert"
	"github.com/backdoorwatch/backdoorwatch/internal/channel"
	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/prerequisite"
	"github.com/backdoorwatch/backdoorwatch/internal/record"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

func TestMain(m *testing.M) {
	switch {
	case os.Getenv("BACKDOORWATCH_TEST_SHOUT") != "":
		if err := channel.ServeShout(os.Stdin, os.Stdout, rewriting); err != nil {
			os.Exit(1)
		}
		return
	case os.Getenv("BACKDOORWATCH_TEST_SENDER") != "":
		sendUntilKilled(os.Getenv("BACKDOORWATCH_TEST_SENDER"), os.Getenv("BACKDOORWATCH_TEST_RECEIVER"))
		return
	}
	goleak.VerifyTestMain(m)
}

// elsewhere is the guarded network; requests to one fixed host of a service go to a
// server of the test.
type elsewhere struct {
	next     http.RoundTripper
	from, to string
}

func rewriting(hosts []string) http.RoundTripper {
	from, to, _ := strings.Cut(os.Getenv("BACKDOORWATCH_TEST_REWRITE"), "=")
	return elsewhere{fetch.GuardedNetwork(hosts), from, to}
}

func (e elsewhere) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host == e.from {
		r = r.Clone(r.Context())
		r.URL.Scheme, r.URL.Host = "http", e.to
	}
	return e.next.RoundTrip(r)
}

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

// lockedBuffer is a log that several write to.
type lockedBuffer struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.out.Write(p)
}

// world is a store, the channels over it, and the server that they lead to.
type world struct {
	t        testing.TB
	clock    *clock
	store    *store.Store
	base     *knowledge.Base
	service  *channel.Service
	server   *receiver
	database string
	log      *lockedBuffer
}

var knowledgeBase = sync.OnceValues(func() (*knowledge.Base, error) { return knowledge.Load() })

func onBoth(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, newWorld(t, filepath.Join(t.TempDir(), "test.db")))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, newWorld(t, prerequisite.Postgres(t)))
	})
}

func newWorld(t testing.TB, database string) *world {
	t.Helper()
	w := &world{t: t, clock: &clock{now: time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)}, database: database, log: &lockedBuffer{}}
	var err error
	if w.store, err = store.Open(t.Context(), store.Options{Database: database, Now: w.clock.Now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.store.Close() })
	if w.base, err = knowledgeBase(); err != nil {
		t.Fatal(err)
	}
	w.server = openReceiver(t)
	return w
}

// use makes the channels, as a start of the program with this file would.
func (w *world) use(channels ...channel.Channel) {
	w.t.Helper()
	w.options(func(o *channel.Options) { o.Channels = channels })
}

func (w *world) options(change func(*channel.Options)) {
	w.t.Helper()
	if w.service != nil {
		w.service.Close()
	}
	o := channel.Options{
		Store: w.store, Now: w.clock.Now, AllowHosts: []string{"127.0.0.1"}, Timeout: 2 * time.Second, Agent: "Backdoor Watch/test",
		Desk:   alert.NewDesk(alert.DeskOptions{Store: w.store, Record: record.New(w.base, w.store, w.clock.Now), PublicURL: "https://watch.example.org", Now: w.clock.Now}),
		Logger: slog.New(slog.NewTextHandler(w.log, nil)), Shouter: shouter(""),
	}
	change(&o)
	w.service = channel.New(o)
	w.t.Cleanup(w.service.Close)
	if err := w.service.Sync(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// shouter starts this test program for each text.
func shouter(rewrite string) channel.Process {
	return channel.Process{Program: os.Args[0], Args: []string{"-test.run=^$"}, Env: []string{"BACKDOORWATCH_TEST_SHOUT=yes", "BACKDOORWATCH_TEST_REWRITE=" + rewrite}}
}

func (w *world) run() {
	w.t.Helper()
	if err := w.service.Run(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// news lets the time of grouping pass and sends.
func (w *world) news() {
	w.t.Helper()
	w.run()
	w.clock.Add(6 * time.Minute)
	w.run()
}

const (
	newSecret = "whsec_bmV3IG5ldyBuZXcgbmV3IG5ldyBuZXcgbmV3IG5ldw=="
	oldSecret = "whsec_b2xkIG9sZCBvbGQgb2xkIG9sZCBvbGQgb2xkIG9sZA=="
)

// hook is a channel that leads to the server of the test.
func (w *world) hook(change ...func(*channel.Channel)) channel.Channel {
	c := channel.Channel{
		Name: "newsroom", Kind: channel.Webhook, Target: w.server.URL + "/in?token=hush-hush", Secrets: []string{newSecret, oldSecret},
		Alert: policy.Alert{Topic: policy.AlertTexts, Cadence: policy.CadenceInstant, Hour: 7, Zone: "UTC"},
	}
	for _, f := range change {
		f(&c)
	}
	return c
}

// chat is a channel to a chat.
func (w *world) chat(target string) channel.Channel {
	return w.hook(func(c *channel.Channel) { c.Kind, c.Target, c.Secrets = channel.Chat, target, nil })
}

func (w *world) status(name string) channel.Status {
	w.t.Helper()
	all, err := w.service.Status(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, c := range all {
		if c.Name == name {
			return c
		}
	}
	w.t.Fatalf("no channel %s", name)
	return channel.Status{}
}

// classes are how the attempts ended, the oldest first.
func (w *world) classes(name string) string {
	w.t.Helper()
	all, err := w.service.Log(w.t.Context(), name, 100)
	if err != nil {
		w.t.Fatal(err)
	}
	var classes []string
	for i := len(all) - 1; i >= 0; i-- {
		classes = append(classes, fmt.Sprintf("%s %d", all[i].Class, all[i].Status))
	}
	return strings.Join(classes, ", ")
}

// save keeps a document with its news in one transaction, as the flow does.
func (w *world) save(id string, change ...func(*store.Entry)) {
	w.t.Helper()
	e := store.Entry{
		Document: policy.Document{
			Source: "test-source", EntryID: id, Title: "Title of " + id, Language: "en", URL: "https://press.example/" + id, CanonicalURL: "https://press.example/" + id,
			Text:      "The text of " + id + " is about a law on encryption, which the ministry of " + id + " wants and the experts do not.",
			Published: policy.Moment(w.clock.Now()), Kind: policy.KindNews, Grade: policy.GradePress,
		},
		Tags: policy.Tags{
			Version: "1", Language: "en", Relevant: policy.Tag{Value: "yes", Confidence: .9}, Kind: policy.Tag{Value: "news", Confidence: .8},
			Stance: policy.Tag{Value: "weakens", Confidence: .7}, Jurisdictions: []policy.Tag{{Value: "EU", Confidence: .9}},
		},
	}
	for _, f := range change {
		f(&e)
	}
	e.Digest = fmt.Sprintf("%v", e.Document)
	err := w.store.InTx(w.t.Context(), func(ctx context.Context, tx *store.Tx) error {
		saved, err := tx.Save(ctx, e)
		if err != nil {
			return err
		}
		_, err = tx.NoteNews(ctx, saved, store.Noticed{})
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func titled(text string) func(*store.Entry) {
	return func(e *store.Entry) { e.Document.Title = text }
}

// received is one request that the server got.
type received struct {
	method, path string
	header       http.Header
	body         string
}

// receiver is a real server whose answers a test sets.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	got    []received
	answer http.HandlerFunc // nil answers 204
}

func openReceiver(t testing.TB) *receiver {
	t.Helper()
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, in *http.Request) {
		body, err := io.ReadAll(in.Body)
		if err != nil {
			return
		}
		r.mu.Lock()
		r.got = append(r.got, received{in.Method, in.URL.RequestURI(), in.Header.Clone(), string(body)})
		answer := r.answer
		r.mu.Unlock()
		if answer == nil {
			out.WriteHeader(http.StatusNoContent)
			return
		}
		answer(out, in)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) host() string {
	u, err := url.Parse(r.URL)
	if err != nil {
		panic(err)
	}
	return u.Host
}

func (r *receiver) set(answer http.HandlerFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = answer
}

func (r *receiver) all() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]received{}, r.got...)
}

// says answers with a status and a body.
func says(status int, body string) http.HandlerFunc {
	return func(out http.ResponseWriter, _ *http.Request) {
		out.WriteHeader(status)
		_, _ = io.WriteString(out, body)
	}
}
