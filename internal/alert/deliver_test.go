package alert_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"errors"
	"fmt"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/backdoorwatch/backdoorwatch/internal/alert"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

func fail(code, a, b, c int, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{a, b, c}, Message: text}
}

func refuse(address string) func(string) error {
	return func(to string) error {
		if to == address {
			return fail(550, 5, 1, 1, "no such user "+to)
		}
		return nil
	}
}

// dump is all of the database that alerts fill, as text.
func (w *world) dump() string {
	w.t.Helper()
	var out strings.Builder
	driver, name := "pgx", w.database
	if !store.IsPostgres(w.database) {
		driver = "sqlite3"
	}
	db, err := sql.Open(driver, name)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, table := range []string{"alert_subscriptions", "alert_news", "alert_mails", "alert_notices", "alert_suppressed", "alert_limits", "alert_bounces", "alert_keys"} {
		rows, err := db.Query("SELECT * FROM " + table + " ORDER BY 1, 2")
		if err != nil {
			w.t.Fatal(err)
		}
		columns, _ := rows.Columns()
		for rows.Next() {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(sql.NullString)
			}
			if err := rows.Scan(values...); err != nil {
				w.t.Fatal(err)
			}
			out.WriteString(table)
			for _, v := range values {
				out.WriteString("|" + v.(*sql.NullString).String)
			}
			out.WriteString("\n")
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			w.t.Fatal(err)
		}
	}
	return out.String()
}

func TestMailAtOnceIsGrouped(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.subscribe("ann@mail.example", wish(policy.AlertTexts))
		w.save("one")
		w.run()
		w.clock.Add(2 * time.Minute)
		w.save("two")
		w.run()
		if n := len(w.server.all()); n != 0 {
			t.Fatalf("got %d mails before five minutes", n)
		}
		w.clock.Add(3 * time.Minute)
		w.run()
		mails := w.server.all()
		if len(mails) != 1 || !strings.Contains(mails[0].text(), "Title of one") || !strings.Contains(mails[0].text(), "Title of two") {
			t.Fatalf("got %d mails", len(mails))
		}
		w.clock.Add(time.Hour)
		w.save("one") // the same again
		w.run()
		w.save("three")
		w.clock.Add(alertGroup)
		w.run()
		w.run()
		if mails = w.server.all(); len(mails) != 2 || strings.Contains(mails[1].text(), "Title of one") {
			t.Errorf("got %d mails; nothing may come twice", len(mails))
		}
	})
}

// TestMailWaitsForTheEndOfQuietHours: the clock shows 12:00 UTC, 21:00 in Tokyo.
func TestMailWaitsForTheEndOfQuietHours(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		quiet := func(a *policy.Alert) { a.Zone, a.Quiet = "Asia/Tokyo", policy.Quiet{From: 22, To: 7} }
		manage := w.subscribe("ann@mail.example", wish(policy.AlertTexts, quiet))
		w.clock.Add(57 * time.Minute)
		w.save("ready when they have begun")
		w.clock.Add(10 * time.Minute)
		w.save("in the night")
		for range 9 * 6 { // until 07:07 in Tokyo
			if n := len(w.server.all()); n != 0 {
				t.Fatalf("got %d mails at %s", n, w.clock.Now())
			}
			w.run()
			w.clock.Add(10 * time.Minute)
		}
		w.run()
		mails := w.server.all()
		if len(mails) != 1 || !strings.Contains(mails[0].text(), "ready when") || !strings.Contains(mails[0].text(), "in the night") {
			t.Fatalf("got %d mails, want one that tells both", len(mails))
		}
		if text := strings.Join(strings.Fields(mails[0].text()), " "); !strings.Contains(text, "but not from 22:00 to 07:00 (Asia/Tokyo)") {
			t.Errorf("it does not say when mail comes: %s", text)
		}
		w.clock.Add(14*time.Hour + 45*time.Minute) // 21:52
		w.save("due before, and nobody was there to make the mail")
		w.run()
		w.clock.Add(time.Hour)
		w.run()
		if n := len(w.server.all()); n != 1 {
			t.Fatalf("got %d mails, want none in quiet hours", n-1)
		}
		w.clock.Add(8*time.Hour + 8*time.Minute) // 07:00
		w.server.set(func() { w.server.data = func(string, int) error { return fail(451, 4, 3, 0, "later") } })
		w.run()
		for range 16 { // it fails all day
			w.clock.Add(time.Hour)
			w.run()
		}
		w.server.set(func() { w.server.data = nil })
		for range 7 { // 23:00 to 05:00
			w.run()
			w.clock.Add(time.Hour)
		}
		if n := len(w.server.all()); n != 1 {
			t.Fatal("a mail was tried again in quiet hours")
		}
		w.clock.Add(time.Hour)
		w.run()
		if n := len(w.server.all()); n != 2 {
			t.Fatalf("got %d mails, want the one that failed", n)
		}
		if status, err := w.service.Change(t.Context(), manage, wish("")); err != nil || !status.Alert.Quiet.IsZero() {
			t.Errorf("without quiet hours: %+v, %v", status, err)
		}
	})
}

func TestOnlyNewsIsNews(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.save("before")
		w.clock.Add(time.Minute)
		w.subscribe("ann@mail.example", wish(policy.AlertTexts, place("EU")))
		w.clock.Add(24 * time.Hour)
		today := policy.Day(w.clock.Now().Date())
		w.save("elsewhere", about("GB"))
		w.save("set aside", func(e *store.Entry) { e.Tags.Relevant.Value = "no" })
		w.save("from the day before it was subscribed", published(policy.Day(2026, 5, 19)))
		w.save("years old", published(policy.Day(2019, 1, 1)))
		w.save("retagged", about("GB"))
		w.save("corrected")
		w.save("today", published(today))
		w.save("undated", published(policy.Date{}))
		w.run()
		if _, err := w.store.Retag(t.Context(), func(policy.Document) policy.Tags {
			return policy.Tags{Version: "2", Relevant: policy.Tag{Value: "yes", Confidence: .9}, Jurisdictions: []policy.Tag{{Value: "EU", Confidence: .9}}}
		}, func(int, int) {}); err != nil {
			t.Fatal(err)
		}
		w.clock.Add(time.Hour)
		w.run()
		w.clock.Add(time.Hour)
		w.save("corrected", func(e *store.Entry) {
			e.Document.Text = "An altogether other text about a ban on encryption, by order of a minister."
		})
		w.clock.Add(time.Hour)
		w.run()
		mails := w.server.all()
		if len(mails) != 1 {
			t.Fatalf("got %d mails, want 1", len(mails))
		}
		for id, want := range map[string]bool{"today": true, "undated": true, "corrected": true, "before": false, "elsewhere": false, "set aside": false,
			"years old": false, "retagged": false, "from the day": false} {
			if got := strings.Contains(mails[0].text(), "Title of "+id); got != want {
				t.Errorf("%s: told %v, want %v", id, got, want)
			}
		}
	})
}

func TestABackFillIsOneMail(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.subscribe("ann@mail.example", wish(policy.AlertTexts, place("EU")))
		for i := range 57 {
			w.save(fmt.Sprint("n", i))
		}
		for i := range 57 {
			w.save(fmt.Sprint("old", i), published(policy.Day(2020, 1, 1+i%28)))
		}
		w.clock.Add(alertGroup)
		w.run()
		w.clock.Add(time.Hour)
		w.run()
		mails := w.server.all()
		if len(mails) != 1 {
			t.Fatalf("got %d mails, want 1", len(mails))
		}
		text, rich := mails[0].parts()
		if strings.Count(text, "/items/") != 20 || !strings.Contains(text, "and 37 more: https://watch.example.org/timeline?jurisdiction=EU") || !strings.Contains(rich, "and 37 more") {
			t.Errorf("got\n%s", text)
		}
		if subject := mails[0].header("Subject"); !strings.HasSuffix(subject, "and 56 more") {
			t.Errorf("got subject %q", subject)
		}
	})
}

func TestDailyMailComesAtItsHour(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.subscribe("ann@mail.example", wish(policy.AlertTexts, daily, func(a *policy.Alert) { a.Zone = "Asia/Tokyo" }))
		w.save("one")
		for range 9 { // 12:00 to 21:00 UTC; 07:00 in Tokyo is 22:00
			w.clock.Add(time.Hour)
			w.run()
		}
		if n := len(w.server.all()); n != 0 {
			t.Fatalf("got %d mails too early", n)
		}
		for range 50 {
			w.clock.Add(time.Hour)
			w.run()
		}
		if n := len(w.server.all()); n != 1 {
			t.Errorf("got %d mails, want one and none on days without news", n)
		}
	})
}

func TestNewBillsStepsAndDates(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		dossier := w.base.Dossiers[0]
		for _, d := range w.base.Dossiers { // one that states an id by which a document can be linked
			if len(d.OfficialIDs) > 0 {
				if found, ok := w.base.Stated(d.OfficialIDs[0], d.Jurisdiction); ok && found.ID == d.ID {
					dossier = d
					break
				}
			}
		}
		w.subscribe("bills@mail.example", wish(policy.AlertBills, place("EU")))
		w.subscribe("dossier@mail.example", wish(policy.AlertEverything, func(a *policy.Alert) { a.Filter.Dossiers = []string{dossier.ID} }))
		w.subscribe("dates@mail.example", wish(policy.AlertDates, func(a *policy.Alert) { a.Filter.Dossiers = []string{dossier.ID} }))
		official := func(place string, ids []string, steps ...policy.Step) func(*store.Entry) {
			return func(e *store.Entry) {
				e.Document.Grade, e.Document.Jurisdiction, e.Document.OfficialIDs, e.Document.Steps = policy.GradeOfficial, place, ids, steps
			}
		}
		w.clock.Add(time.Minute)
		w.save("bill", official("EU", []string{"2099/0155(COD)"}))
		w.save("step", official(dossier.Jurisdiction, dossier.OfficialIDs[:1],
			policy.Step{Date: policy.Day(2026, 5, 20), Stage: policy.StageCommittee, Text: "The committee met"},
			policy.Step{Date: policy.Day(2019, 5, 20), Stage: policy.StageIntroduced, Text: "Long ago"},
			policy.Step{Date: policy.Day(2026, 6, 2), Stage: policy.StageFloor, Text: "The chamber will vote"}),
			func(e *store.Entry) { e.Tags.Dossiers = []policy.Tag{{Value: dossier.ID, Confidence: 1}} })
		for range 3 {
			w.clock.Add(2 * time.Hour)
			w.run()
		}
		told := map[string]string{}
		for _, m := range w.server.all() {
			told[m.to] += m.header("Subject") + "\n" + m.text() + "\n"
		}
		for _, tc := range []struct{ who, want, not string }{
			{"bills@mail.example", "New bill: Title of bill", "step"},
			{"dossier@mail.example", "The committee met", "Long ago"},
			{"dossier@mail.example", "Title of step", "Title of bill"},
			{"dossier@mail.example", " – next: The chamber will vote 2 Jun", "next: The committee met"},
			{"dossier@mail.example", "Next: The chamber will vote, 2 Jun\n", "Next: The committee"},
			{"bills@mail.example", "New bill", "next:"},
			{"dates@mail.example", "The chamber will vote", "next:"},
			{"dates@mail.example", "The chamber will vote", "The committee met"},
		} {
			if !strings.Contains(told[tc.who], tc.want) || strings.Contains(told[tc.who], tc.not) {
				t.Errorf("%s: want %q and not %q, got\n%s", tc.who, tc.want, tc.not, told[tc.who])
			}
		}
		if n := len(w.server.all()); n != 3 {
			t.Errorf("got %d mails, want one to each", n)
		}
	})
}

// TestFaults lets the server fail in all ways: in the end each mail came, once, or was
// given up.
func TestFaults(t *testing.T) {
	for _, tc := range []struct {
		name   string
		fault  func(o *postOffice)
		copies int // that came in the end
		errs   bool
	}{
		{"busy", func(o *postOffice) {
			o.data = func(_ string, _ int) error { return fail(451, 4, 3, 0, "later") }
		}, 1, false},
		{"mailbox full", func(o *postOffice) { o.rcpt = func(string) error { return fail(452, 4, 2, 2, "full") } }, 1, false},
		{"closing", func(o *postOffice) { o.rcpt = func(string) error { return fail(421, 4, 3, 2, "bye") } }, 1, true},
		{"dropped after the mail was taken", func(o *postOffice) { o.drop = func(int) bool { return true } }, 2, false},
		{"silent", func(o *postOffice) { o.taken = func(int) { time.Sleep(2500 * time.Millisecond) } }, 2, false},
		{"junk", func(o *postOffice) {
			o.data = func(string, int) error { return fail(554, 5, 7, 1, "junk") }
		}, 0, false},
		{"nobody there", func(o *postOffice) { o.rcpt = refuse("ann@mail.example") }, 0, false},
		{"against us", func(o *postOffice) { o.rcpt = func(string) error { return fail(550, 5, 7, 26, "policy") } }, 0, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				w.subscribe("ann@mail.example", wish(policy.AlertTexts))
				w.save("one")
				w.clock.Add(alertGroup)
				w.server.set(func() { tc.fault(w.server) })
				if err := w.service.Run(t.Context()); (err != nil) != tc.errs {
					t.Errorf("got %v", err)
				}
				w.server.set(func() { w.server.rcpt, w.server.data, w.server.drop, w.server.taken = nil, nil, nil, nil })
				w.clock.Add(30 * time.Second)
				before := len(w.server.all())
				w.run()
				if got := len(w.server.all()); got != before {
					t.Error("it was tried again at once")
				}
				w.clock.Add(time.Hour)
				w.run()
				w.run()
				mails := w.server.all()
				if len(mails) != tc.copies {
					t.Fatalf("got %d mails, want %d", len(mails), tc.copies)
				}
				for _, m := range mails {
					if m.bytes != mails[0].bytes {
						t.Error("a second, different mail was sent")
					}
				}
				w.save("two")
				w.clock.Add(alertGroup)
				w.run()
				want := tc.copies + 1
				if tc.name == "nobody there" { // the address is suppressed
					want = 0
				}
				if got := len(w.server.all()); got != want {
					t.Errorf("afterwards: got %d mails, want %d", got, want)
				}
			})
		})
	}
}

func TestAMailIsGivenUpInTheEnd(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.subscribe("ann@mail.example", wish(policy.AlertTexts))
		tries := 0
		w.server.set(func() { w.server.rcpt = func(string) error { tries++; return fail(450, 4, 2, 0, "later") } })
		w.save("one")
		for range 100 {
			w.clock.Add(time.Hour)
			w.run()
		}
		if tries < 15 || tries > 40 {
			t.Errorf("it was tried %d times in four days", tries)
		}
		if !strings.Contains(w.dump(), "450 4.2.0") {
			t.Error("why is not kept")
		}
	})
}

func TestOneConnectionForAllMail(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		for i := range 8 {
			w.subscribe(fmt.Sprintf("a%d@mail.example", i), wish(policy.AlertTexts))
		}
		w.save("one")
		w.server.set(func() { w.server.opened = 0 })
		w.clock.Add(alertGroup)
		w.run()
		if n := len(w.server.all()); n != 8 || w.server.opened != 1 {
			t.Errorf("got %d mails over %d connections", n, w.server.opened)
		}
	})
}

// certificate makes one for 127.0.0.1, and the authority that its clients must know.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

func TestTLSAndPassword(t *testing.T) {
	t.Parallel()
	cert, pool := certificate(t)
	secure := openPostOffice(t, func(s *smtp.Server) {
		s.TLSConfig, s.AllowInsecureAuth = &tls.Config{Certificates: []tls.Certificate{cert}}, false
	})
	secure.auth = "watch:word"
	bare := openPostOffice(t)
	for _, tc := range []struct {
		name, password, says string
		office               *postOffice
		roots                *x509.CertPool
	}{
		{"right", "word", "", secure, pool},
		{"wrong password", "other", "AUTH", secure, pool},
		{"unknown authority", "word", "TLS", secure, x509.NewCertPool()},
		{"no TLS", "word", "STARTTLS", bare, pool},
	} {
		t.Run(tc.name, func(t *testing.T) {
			transport, err := alert.ParseSMTP("smtp://" + tc.office.address)
			if err != nil {
				t.Fatal(err)
			}
			transport.User, transport.Password, transport.TLS, transport.Timeout = "watch", tc.password, &tls.Config{RootCAs: tc.roots}, 2*time.Second
			transport.Name = "example.org"
			err = transport.Send(t.Context(), "alerts@example.org", "ann@mail.example", []byte("Subject: x\r\n\r\nx\r\n"))
			defer func() { _ = transport.Close() }()
			var failure alert.Failure
			if tc.says == "" && err != nil || tc.says != "" && (!errors.As(err, &failure) || failure.Outcome != alert.Down || failure.Step != tc.says) {
				t.Errorf("got %v", err)
			}
			if err != nil && strings.Contains(err.Error(), tc.password) {
				t.Errorf("the error tells the password: %v", err)
			}
		})
	}
	if len(secure.all()) != 1 || len(bare.all()) != 0 {
		t.Errorf("got %d and %d mails", len(secure.all()), len(bare.all()))
	}
}

func TestImplicitTLS(t *testing.T) {
	t.Parallel()
	cert, pool := certificate(t)
	o := &postOffice{}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}})
	if err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(o)
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(listener) }()
	defer func() { _ = server.Close(); <-done }()
	transport, err := alert.ParseSMTP("smtps://" + listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	transport.TLS, transport.Name = &tls.Config{RootCAs: pool}, "example.org"
	defer func() { _ = transport.Close() }()
	if err := transport.Send(t.Context(), "alerts@example.org", "ann@mail.example", []byte("Subject: x\r\n\r\nx\r\n")); err != nil || len(o.all()) != 1 {
		t.Errorf("got %v and %d mails", err, len(o.all()))
	}
}

func TestParseSMTP(t *testing.T) {
	for address, want := range map[string]string{
		"smtps://mail.example": "mail.example:465", "smtp://mail.example": "mail.example:587", "smtp://mail.example:2525": "mail.example:2525",
		"smtp+plain://127.0.0.1": "127.0.0.1:25", "smtp+plain://localhost:1025": "localhost:1025", "smtp+plain://[::1]:25": "::1:25",
		"smtp+plain://mail.example": "", "smtp+plain://10.0.0.1": "", "https://mail.example": "", "mail.example:25": "", "smtp://user:word@mail.example": "", "smtp://mail.example/x": "",
	} {
		s, err := alert.ParseSMTP(address)
		if (err == nil) != (want != "") || err == nil && s.Host+":"+s.Port != want {
			t.Errorf("%s: got %+v, %v", address, s, err)
		}
		if err != nil && !errors.Is(err, policy.ErrConfig) {
			t.Errorf("%s: %v is not about the configuration", address, err)
		}
	}
}

func TestPreviewCountsWhatWouldHaveCome(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		for i := range 8 {
			w.save(fmt.Sprint("n", i), published(policy.Day(2026, 5, 1+i/2)))
		}
		w.save("old", published(policy.Day(2026, 3, 1)))
		w.save("elsewhere", about("GB"))
		p, err := w.service.Preview(t.Context(), wish(policy.AlertTexts, place("EU"), daily))
		if err != nil || p.Mails != 4 || p.Things != 8 || len(p.Examples) != 5 || p.Days != 30 {
			t.Errorf("got %+v, %v", p, err)
		}
		before := w.dump()
		for _, topic := range policy.AlertTopics.Values() {
			if _, err := w.service.Preview(t.Context(), wish(topic)); err != nil {
				t.Errorf("%s: %v", topic, err)
			}
		}
		if w.dump() != before {
			t.Error("a preview changes something")
		}
		bytes, err := w.service.Sample(t.Context(), "ann@mail.example", wish(policy.AlertTexts, place("EU")))
		if err != nil || !strings.Contains(received{bytes: string(bytes)}.text(), "Title of n7") {
			t.Errorf("the sample: %v", err)
		}
	})
}

// TestTwoProcessesAtOnce lets two senders work on the same mails.
func TestTwoProcessesAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		for i := range 20 {
			w.subscribe(fmt.Sprintf("a%d@mail%d.example", i, i), wish(policy.AlertTexts))
			w.clock.Add(10 * time.Minute)
		}
		w.save("one")
		w.clock.Add(alertGroup)
		done := make(chan error, 2)
		for _, service := range []*alert.Service{w.open(), w.open()} {
			go func() { done <- service.Run(t.Context()) }()
		}
		if err := errors.Join(<-done, <-done); err != nil {
			t.Fatal(err)
		}
		w.run()
		seen := map[string]int{}
		for _, m := range w.server.all() {
			seen[m.to]++
		}
		if len(seen) != 20 || len(w.server.all()) != 20 {
			t.Errorf("got %d mails to %d subscribers", len(w.server.all()), len(seen))
		}
	})
}
