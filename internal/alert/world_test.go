package alert_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/mail"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"go.uber.org/goleak"

	"github.com/backdoorwatch/backdoorwatch/internal/alert"
	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/prerequisite"
	"github.com/backdoorwatch/backdoorwatch/internal/record"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

const secret = "a secret of the tests, long enough to be one"

func TestMain(m *testing.M) {
	if database := os.Getenv("BACKDOORWATCH_TEST_SENDER"); database != "" {
		sendUntilKilled(database, os.Getenv("BACKDOORWATCH_TEST_SMTP"))
		return
	}
	goleak.VerifyTestMain(m)
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

// world is a store, the alerts over it, and the mail server that they use.
type world struct {
	t        testing.TB
	clock    *clock
	store    *store.Store
	base     *knowledge.Base
	service  *alert.Service
	server   *postOffice
	database string
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

func newWorld(t testing.TB, database string, change ...func(*alert.Options)) *world {
	t.Helper()
	w := &world{t: t, clock: &clock{now: time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)}, database: database}
	var err error
	if w.store, err = store.Open(t.Context(), store.Options{Database: database, Now: w.clock.Now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.store.Close() })
	if w.base, err = knowledgeBase(); err != nil {
		t.Fatal(err)
	}
	w.server = openPostOffice(t)
	w.service = w.open(change...)
	return w
}

// open makes another service over the same store, as a second process would.
func (w *world) open(change ...func(*alert.Options)) *alert.Service {
	w.t.Helper()
	keys, err := alert.NewKeys(secret)
	if err != nil {
		w.t.Fatal(err)
	}
	options := alert.Options{
		Store: w.store, Record: record.New(w.base, w.store, w.clock.Now), Keys: keys, PublicURL: "https://watch.example.org",
		From: mail.Address{Name: "Backdoor Watch", Address: "alerts@example.org"}, Transport: w.server.client(), Now: w.clock.Now,
	}
	for _, f := range change {
		f(&options)
	}
	service, err := alert.New(options)
	if err != nil {
		w.t.Fatal(err)
	}
	return service
}

func (w *world) run() {
	w.t.Helper()
	if err := w.service.Run(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

var client = netip.MustParseAddr("192.0.2.7")

func wish(topic policy.AlertTopic, change ...func(*policy.Alert)) policy.Alert {
	a := policy.Alert{Topic: topic, Cadence: policy.CadenceInstant, Hour: 7, Weekday: time.Monday, Zone: "UTC"}
	for _, f := range change {
		f(&a)
	}
	return a
}

func place(codes ...string) func(*policy.Alert) {
	return func(a *policy.Alert) { a.Filter.Jurisdictions = codes }
}

func daily(a *policy.Alert) { a.Cadence = policy.CadenceDaily }

// subscribe goes the whole way of a subscriber and returns the token to manage it.
func (w *world) subscribe(address string, a policy.Alert) (manage string) {
	w.t.Helper()
	if err := w.service.Subscribe(w.t.Context(), address, a, client); err != nil {
		w.t.Fatal(err)
	}
	w.run()
	m := w.server.last(w.t, address)
	status, manage, err := w.service.Confirm(w.t.Context(), m.token("confirm"))
	if err != nil || status.State != policy.AlertActive {
		w.t.Fatalf("confirming: %+v, %v", status, err)
	}
	w.server.clear()
	return manage
}

// save keeps a document with its news in one transaction, as the flow does.
func (w *world) save(id string, change ...func(*store.Entry)) store.Saved {
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
	var saved store.Saved
	err := w.store.InTx(w.t.Context(), func(ctx context.Context, tx *store.Tx) error {
		var err error
		if saved, err = tx.Save(ctx, e); err != nil {
			return err
		}
		var noticed store.Noticed
		if saved.Tells(e.Document, e.Tags) {
			if noticed, err = tx.Notice(ctx, saved.ID, e.Document, w.base); err != nil {
				return err
			}
		}
		_, err = tx.NoteNews(ctx, saved, noticed)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return saved
}

func published(d policy.Date) func(*store.Entry) {
	return func(e *store.Entry) { e.Document.Published = d }
}

func about(code string) func(*store.Entry) {
	return func(e *store.Entry) { e.Tags.Jurisdictions = []policy.Tag{{Value: code, Confidence: .9}} }
}

// received is a mail that the server took.
type received struct {
	to    string
	bytes string
	from  string // of the envelope
}

func (m received) message() *mail.Message {
	parsed, err := mail.ReadMessage(strings.NewReader(m.bytes))
	if err != nil {
		panic(err)
	}
	return parsed
}

func (m received) header(name string) string {
	text, err := new(wordDecoder).DecodeHeader(m.message().Header.Get(name))
	if err != nil {
		panic(err)
	}
	return text
}

// token finds the token of a link in the text of the mail.
func (m received) token(purpose string) string {
	found := regexp.MustCompile(`/alerts/` + purpose + `/([A-Za-z0-9._-]+)`).FindStringSubmatch(m.text())
	if found == nil {
		panic("no link to " + purpose + " in\n" + m.text())
	}
	return found[1]
}

// postOffice is a real SMTP server whose faults a test sets.
type postOffice struct {
	address string
	mu      sync.Mutex
	mails   []received
	opened  int
	rcpt    func(to string) error
	data    func(to string, count int) error // after the mail was read
	taken   func(count int)                  // after a mail was taken, before the server says so
	drop    func(count int) bool             // take the mail, and drop the connection without a word
	auth    string
}

func openPostOffice(t testing.TB, change ...func(*smtp.Server)) *postOffice {
	t.Helper()
	o := &postOffice{}
	server := smtp.NewServer(o)
	server.Domain, server.AllowInsecureAuth = "mail.example", true
	server.ErrorLog = quiet{}
	for _, f := range change {
		f(server)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o.address = listener.Addr().String()
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(listener) }()
	// A server that is closed before it began to serve would serve for ever: so both.
	t.Cleanup(func() { _ = server.Close(); _ = listener.Close(); <-done })
	return o
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

func (o *postOffice) client() *alert.SMTP {
	s, err := alert.ParseSMTP("smtp+plain://" + o.address)
	if err != nil {
		panic(err)
	}
	s.Timeout, s.Name = 2*time.Second, "example.org"
	return s
}

func (o *postOffice) set(change func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	change()
}

func (o *postOffice) all() []received {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]received{}, o.mails...)
}

func (o *postOffice) clear() { o.set(func() { o.mails = nil }) }

func (o *postOffice) last(t testing.TB, to string) received {
	t.Helper()
	all := o.all()
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].to == to {
			return all[i]
		}
	}
	t.Fatalf("no mail to %s among %d", to, len(all))
	return received{}
}

func (o *postOffice) NewSession(c *smtp.Conn) (smtp.Session, error) {
	o.set(func() { o.opened++ })
	return &session{office: o, conn: c}, nil
}

type session struct {
	office *postOffice
	conn   *smtp.Conn
	from   string
	to     string
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user+":"+password != s.office.auth {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	s.office.mu.Lock()
	defer s.office.mu.Unlock()
	if s.office.rcpt != nil {
		return s.office.rcpt(to)
	}
	return nil
}

func (s *session) Data(r io.Reader) error {
	bytes, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	o := s.office
	o.mu.Lock()
	defer o.mu.Unlock()
	count := len(o.mails) + 1
	if o.data != nil {
		if err := o.data(s.to, count); err != nil {
			return err
		}
	}
	o.mails = append(o.mails, received{s.to, string(bytes), s.from})
	if o.taken != nil {
		o.taken(count)
	}
	if o.drop != nil && o.drop(count) {
		_ = s.conn.Conn().Close()
	}
	return nil
}
