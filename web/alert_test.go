package web_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"net/mail"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ProtonMail/gopenpgp/v3/crypto"
	"github.com/PuerkitoBio/goquery"

	"github.com/backdoorwatch/backdoorwatch/internal/alert"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/record"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
	"github.com/backdoorwatch/backdoorwatch/web"
)

// outbox is a mail server that keeps what it gets.
type outbox struct{ mails []string }

func (o *outbox) Send(_ context.Context, _, _ string, bytes []byte) error {
	text, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(string(bytes))))
	o.mails = append(o.mails, string(text))
	return err
}

func (o *outbox) Close() error { return nil }

// path finds the path behind a link of the last mail.
func (o *outbox) path(t *testing.T, purpose string) string {
	t.Helper()
	if len(o.mails) > 0 {
		if found := regexp.MustCompile(`/alerts/` + purpose + `/[A-Za-z0-9._-]+`).FindString(o.mails[len(o.mails)-1]); found != "" {
			return found
		}
	}
	t.Fatalf("no link to %s in %d mails", purpose, len(o.mails))
	return ""
}

// alertSite is the pages over a real store and real alerts.
type alertSite struct {
	url     string
	store   *store.Store
	service *alert.Service
	outbox  *outbox
	later   atomic.Int64 // how far the clock was moved
}

func (s *alertSite) now() time.Time { return now().Add(time.Duration(s.later.Load())) }

func serveAlerts(t *testing.T) *alertSite {
	t.Helper()
	site := &alertSite{outbox: &outbox{}}
	s, err := store.Open(t.Context(), store.Options{Database: filepath.Join(t.TempDir(), "test.db"), Now: site.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	site.store = s
	keys, err := alert.NewKeys("a secret of the tests, long enough to be one")
	if err != nil {
		t.Fatal(err)
	}
	site.service, err = alert.New(alert.Options{
		Store: s, Record: record.New(base(), s, site.now), Keys: keys, From: mail.Address{Address: "alerts@example.org"},
		PublicURL: "https://watch.example.org", Transport: site.outbox, Now: site.now,
	})
	if err != nil {
		t.Fatal(err)
	}
	site.url = serve(t, s, func(o *web.Options) { o.Alerts = site.service }).URL
	return site
}

func (s *alertSite) run(t *testing.T) {
	t.Helper()
	if err := s.service.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (s *alertSite) post(t *testing.T, path, form string, header ...string) (*http.Response, string) {
	t.Helper()
	header = append(header, "Content-Type", "application/x-www-form-urlencoded")
	response, body := do(t, http.MethodPost, s.url+path, strings.NewReader(form), header...)
	return response, string(body)
}

func (s *alertSite) state(t *testing.T) string {
	t.Helper()
	kept, err := s.service.Export(t.Context(), "ann@mail.example")
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%+v", kept)
}

func TestWithoutMailThePageSaysSo(t *testing.T) {
	site := serve(t, serveAlerts(t).store)
	doc := open(t, site.URL+"/subscribe", http.StatusOK)
	if !strings.Contains(doc.Find("main").Text(), "This site cannot send mail") || doc.Find("main form").Length() != 0 {
		t.Errorf("got %s", doc.Find("main").Text())
	}
	if doc.Find(`main a[href^="/feeds/items.atom"]`).Length() == 0 || doc.Find(`footer a[href^="/subscribe"]`).Length() != 0 {
		t.Error("it offers no feed, or what does not work")
	}
	for _, path := range []string{"/subscribe", "/alerts/confirm/x", "/alerts/unsubscribe/x"} {
		if response, _ := do(t, http.MethodPost, site.URL+path, nil); response.StatusCode < 400 {
			t.Errorf("%s: got %d", path, response.StatusCode)
		}
	}
}

func TestTheWholeWayOfASubscriber(t *testing.T) {
	site := serveAlerts(t)
	doc := open(t, site.url+"/subscribe?jurisdiction=EU&stance=weakens&q=chat", http.StatusOK)
	if doc.Find("#preview").Length() != 1 || doc.Find(`#jurisdiction option[selected][value="EU"]`).Length() != 1 {
		t.Fatal("the preview does not show what was chosen")
	}
	form := url.Values{}
	doc.Find(`form[method="post"][action="/subscribe"] input[type="hidden"]`).Each(func(_ int, input *goquery.Selection) {
		form.Add(input.AttrOr("name", ""), input.AttrOr("value", ""))
	})
	form.Set("cadence", "instant")
	form.Set("address", "ann@mail.example")
	if response, body := site.post(t, "/subscribe", form.Encode()); response.StatusCode != http.StatusOK || !strings.Contains(body, "Look into your mailbox") {
		t.Fatalf("got %d: %s", response.StatusCode, body)
	}
	site.run(t)
	confirm := site.outbox.path(t, "confirm")
	if text := open(t, site.url+confirm, http.StatusOK).Find("main").Text(); !strings.Contains(text, "steps and texts – place: European Union") || !strings.Contains(text, "stance: For access; words: “chat”") {
		t.Errorf("the page does not say what it is about: %s", text)
	}
	response, body := site.post(t, confirm, "")
	manage := regexp.MustCompile(`/alerts/manage/[A-Za-z0-9._-]+`).FindString(body)
	if response.StatusCode != http.StatusOK || manage == "" {
		t.Fatalf("got %d: %s", response.StatusCode, body)
	}
	for _, tc := range []struct{ form, says, state string }{
		{"do=pause", "Your alert rests", "State:paused"},
		{"do=resume", "Your alert goes on", "State:active"},
		{"do=change&cadence=instant&zone=Europe%2FBerlin&quiet_from=22&quiet_to=7", `<option value="22" selected>`, "but not from 22:00 to 07:00 (Europe/Berlin)"},
		{"do=change&cadence=instant&zone=Europe%2FBerlin&quiet_from=&quiet_to=7", `<option value="" selected>no quiet hours`, "Rhythm:within minutes of the news State"},
		{"do=change&cadence=weekly&hour=9&weekday=5&zone=Europe%2FBerlin", "Your alert was changed", "on Friday at 09:00 (Europe/Berlin)"},
	} {
		if response, body := site.post(t, manage, tc.form); response.StatusCode != http.StatusOK || !strings.Contains(body, tc.says) || !strings.Contains(site.state(t), tc.state) {
			t.Errorf("%s: got %d, %s", tc.form, response.StatusCode, site.state(t))
		}
	}
	if response, body := site.post(t, manage, "do=change&zone=Moon%2FBase"); response.StatusCode != http.StatusBadRequest || !strings.Contains(body, "we do not know this time zone") {
		t.Errorf("got %d", response.StatusCode)
	}
}

// subscribed makes a confirmed subscription that was sent a mail, and returns the links.
func (s *alertSite) subscribed(t *testing.T) (confirm, manage, unsubscribe string) {
	t.Helper()
	s.post(t, "/subscribe", "topic=texts&cadence=instant&address=ann%40mail.example")
	s.run(t)
	confirm = s.outbox.path(t, "confirm")
	_, body := s.post(t, confirm, "")
	manage = regexp.MustCompile(`/alerts/manage/[A-Za-z0-9._-]+`).FindString(body)
	err := s.store.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		saved, err := tx.Save(ctx, store.Entry{
			Document: policy.Document{Source: "test", EntryID: "1", Title: "A title", URL: "https://press.example/1", Published: policy.Moment(s.now())},
			Tags:     policy.Tags{Relevant: policy.Tag{Value: "yes"}},
		})
		if err == nil {
			_, err = tx.NoteNews(ctx, saved, store.Noticed{})
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	s.later.Add(int64(10 * time.Minute))
	s.run(t)
	return confirm, manage, s.outbox.path(t, "unsubscribe")
}

func TestNothingHappensOnGET(t *testing.T) {
	site := serveAlerts(t)
	confirm, manage, unsubscribe := site.subscribed(t)
	site.post(t, "/subscribe", "topic=bills&cadence=daily&address=ann%40mail.example")
	site.run(t)
	pending := site.outbox.path(t, "confirm")
	before := site.state(t)
	for _, path := range []string{confirm, pending, manage, unsubscribe, manage + "?do=pause", "/subscribe", "/subscribe?topic=texts&address=eve%40mail.example"} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			response, _ := do(t, method, site.url+path, nil)
			if response.StatusCode != http.StatusOK || response.Header.Get("Cache-Control") != "no-store" || response.Header.Get("Set-Cookie") != "" {
				t.Errorf("%s %s: got %d %v", method, path, response.StatusCode, response.Header)
			}
		}
	}
	sent := len(site.outbox.mails)
	site.run(t)
	if after := site.state(t); after != before || len(site.outbox.mails) != sent {
		t.Errorf("something changed:\n%s\n%s", before, after)
	}
}

// TestOneClick asks as a mail program does by RFC 8058: from anywhere, without cookie.
func TestOneClick(t *testing.T) {
	site := serveAlerts(t)
	_, _, unsubscribe := site.subscribed(t)
	for i := range 3 {
		response, body := site.post(t, unsubscribe, "List-Unsubscribe=One-Click", "Sec-Fetch-Site", "cross-site", "Origin", "https://webmail.example")
		if response.StatusCode != http.StatusOK || response.Header.Get("Location") != "" || response.Header.Get("Set-Cookie") != "" || !strings.Contains(body, "You are unsubscribed") {
			t.Errorf("time %d: got %d %v", i, response.StatusCode, response.Header)
		}
		if strings.Contains(site.state(t), "Topic") {
			t.Errorf("time %d: the subscription is still there", i)
		}
	}
	if text := open(t, site.url+unsubscribe, http.StatusOK).Find("h1").Text(); text != "You are unsubscribed" {
		t.Errorf("the page afterwards: %q", text)
	}
	if response, _ := site.post(t, unsubscribe[:len(unsubscribe)-3], "List-Unsubscribe=One-Click"); response.StatusCode != http.StatusNotFound {
		t.Errorf("a wrong token: got %d", response.StatusCode)
	}
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	site := serveAlerts(t)
	_, manage, _ := site.subscribed(t)
	sent := len(site.outbox.mails)
	for path, form := range map[string]string{"/subscribe": "topic=texts&address=bob%40mail.example", manage: "do=pause"} {
		if response, _ := site.post(t, path, form, "Sec-Fetch-Site", "cross-site"); response.StatusCode != http.StatusForbidden {
			t.Errorf("%s: got %d", path, response.StatusCode)
		}
	}
	site.run(t)
	if len(site.outbox.mails) != sent || !strings.Contains(site.state(t), "State:active") {
		t.Error("something happened")
	}
}

// TestAKeyIsPastedOrUploaded looks at the form; what becomes of a key is the matter of
// internal/alert.
func TestAKeyIsPastedOrUploaded(t *testing.T) {
	site := serveAlerts(t)
	_, manage, _ := site.subscribed(t)
	made, err := crypto.PGP().KeyGeneration().AddUserId("Ann", "ann@mail.example").GenerationTime(now().Add(-time.Hour).Unix()).New().GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	public, err := made.GetArmoredPublicKey()
	if err != nil {
		t.Fatal(err)
	}
	upload := func(text string) (*http.Response, string) {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		_ = form.WriteField("do", "key")
		_ = form.WriteField("key", "")
		file, err := form.CreateFormFile("keyfile", "key.asc")
		if err == nil {
			_, err = file.Write([]byte(text))
		}
		if err := errors.Join(err, form.Close()); err != nil {
			t.Fatal(err)
		}
		response, answer := do(t, http.MethodPost, site.url+manage, &body, "Content-Type", form.FormDataContentType())
		return response, string(answer)
	}
	paste := func(text string) (*http.Response, string) {
		return site.post(t, manage, url.Values{"do": {"key"}, "key": {text}}.Encode())
	}
	for name, give := range map[string]func(string) (*http.Response, string){"pasted": paste, "uploaded": upload} {
		if response, body := give(public); response.StatusCode != http.StatusOK || !strings.Contains(body, "Your mail will be encrypted") || !strings.Contains(body, "Fingerprint") {
			t.Errorf("%s: got %d", name, response.StatusCode)
		}
		if response, body := give("garbage"); response.StatusCode != http.StatusBadRequest || !strings.Contains(body, "not an OpenPGP public key") {
			t.Errorf("%s garbage: got %d", name, response.StatusCode)
		}
		if response, _ := give(strings.Repeat("x", 200<<10)); response.StatusCode != http.StatusBadRequest {
			t.Errorf("%s, too long: got %d", name, response.StatusCode)
		}
		if response, body := site.post(t, manage, "do=plain"); response.StatusCode != http.StatusOK || strings.Contains(body, "Fingerprint") {
			t.Errorf("plain again: got %d", response.StatusCode)
		}
	}
	if response, body := paste(""); response.StatusCode != http.StatusBadRequest || !strings.Contains(body, "there is none") {
		t.Errorf("nothing: got %d", response.StatusCode)
	}
}

func TestTheLogHoldsNoLink(t *testing.T) {
	site := serveAlerts(t)
	_, manage, _ := site.subscribed(t)
	var log bytes.Buffer
	broken := serve(t, site.store, func(o *web.Options) {
		o.Alerts, o.Logger = site.service, slog.New(slog.NewTextHandler(&log, nil))
	})
	if err := site.store.Close(); err != nil {
		t.Fatal(err)
	}
	if response, _ := do(t, http.MethodGet, broken.URL+manage, nil); response.StatusCode < 500 {
		t.Errorf("got %d from a closed store", response.StatusCode)
	}
	if !strings.Contains(log.String(), "/alerts/manage/:token") || strings.Contains(log.String(), manage) {
		t.Errorf("the log: %s", log.String())
	}
}

func TestMistakesOfASubscriberAreExplained(t *testing.T) {
	site := serveAlerts(t)
	for form, says := range map[string]string{
		"topic=texts&address=nobody":                                    "it is not a mail address",
		"topic=gossip&address=ann%40mail.example":                       "there is no such topic",
		"topic=texts&hour=25&address=ann%40b.example":                   "it is not an hour of the day",
		"topic=texts&quiet_from=22&quiet_to=24&address=ann%40b.example": "these are not hours of the day",
		"topic=texts&hour=soon&address=ann%40b.example":                 "it is not an hour of the day",
		"jurisdiction=XX&address=ann%40b.example":                       "we do not have this one",
		"colour=red&address=ann%40b.example":                            "there is no such parameter",
	} {
		if response, body := site.post(t, "/subscribe", form); response.StatusCode != http.StatusBadRequest || !strings.Contains(body, says) {
			t.Errorf("%s: got %d without %q", form, response.StatusCode, says)
		}
	}
}

func TestThePageOfAListLeadsToItsAlert(t *testing.T) {
	site := serveAlerts(t)
	for path, want := range map[string]string{
		"/": "/subscribe", "/timeline?jurisdiction=EU&stance=weakens": "/subscribe?jurisdiction=EU&stance=weakens",
		"/candidates": "/subscribe?topic=bills", "/places/EU": "/subscribe?jurisdiction=EU",
	} {
		doc := open(t, site.url+path, http.StatusOK)
		if got := doc.Find(`footer a[href^="/subscribe"]`).AttrOr("href", ""); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
		open(t, site.url+want, http.StatusOK)
	}
}
