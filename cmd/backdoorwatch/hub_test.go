package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/backdoorwatch/backdoorwatch/internal/config"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// TestAFeedReachesItsSubscriber goes the whole way: a form to our address, the question
// to the callback, a document, and the feed as it is served, signed.
func TestAFeedReachesItsSubscriber(t *testing.T) {
	for _, tc := range []struct {
		name    string
		allowed []string
		want    bool
	}{
		{"a callback that may be reached", []string{"127.0.0.1"}, true},
		{"a callback on this machine", nil, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var mu sync.Mutex
			var got, signature, contentType string
			reader := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				defer mu.Unlock()
				_, _ = io.WriteString(w, r.URL.Query().Get("hub.challenge"))
				body, _ := io.ReadAll(r.Body)
				got, signature, contentType = got+string(body), r.Header.Get("X-Hub-Signature"), r.Header.Get("Content-Type")
			}))
			defer reader.Close()
			a := assemble(config.Config{
				Data: t.TempDir(), PublicURL: "https://watch.example.org", Listen: "127.0.0.1:8080", AllowHosts: tc.allowed,
				SecretKey: "a secret of the tests, long enough to be one", LogLevel: "error", LogFormat: "text",
			})
			a.config.Database = filepath.Join(a.config.Data, "backdoorwatch.db")
			defer func() { _ = a.close() }()
			engine, s := served(t, a)
			base, err := a.knowledge()
			if err != nil {
				t.Fatal(err)
			}
			hub, err := a.hub(s, base)
			if err != nil {
				t.Fatal(err)
			}
			const topic = "https://watch.example.org/feeds/items.atom?jurisdiction=EU"
			form := url.Values{"hub.mode": {"subscribe"}, "hub.topic": {topic}, "hub.callback": {reader.URL + "/x"}, "hub.secret": {"word"}}
			r := httptest.NewRequest("POST", "/websub", strings.NewReader(form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			w := httptest.NewRecorder()
			if engine.ServeHTTP(w, r); w.Code != http.StatusAccepted {
				t.Fatalf("got %d: %s", w.Code, w.Body)
			}
			run := func() {
				if err := hub.Run(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			run()
			saveNews(t, s)
			// Another process goes on a minute later: nothing that matters was in memory.
			if hub, err = a.hub(s, base); err != nil {
				t.Fatal(err)
			}
			hub.Now = func() time.Time { return time.Now().Add(time.Minute) }
			run()
			mu.Lock()
			defer mu.Unlock()
			if !tc.want {
				if got != "" {
					t.Error("a server inside was reached")
				}
				return
			}
			mac := hmac.New(sha256.New, []byte("word"))
			_, _ = io.WriteString(mac, got)
			if !strings.Contains(got, "A law on encryption") || signature != "sha256="+hex.EncodeToString(mac.Sum(nil)) || !strings.HasPrefix(contentType, "application/atom+xml") {
				t.Errorf("got %s %s: %s", contentType, signature, got)
			}
		})
	}
}

func served(t *testing.T, a *assembly) (*gin.Engine, *store.Store) {
	t.Helper()
	s, err := a.store(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	base, err := a.knowledge()
	if err != nil {
		t.Fatal(err)
	}
	engine, err := a.engine(s, base)
	if err != nil {
		t.Fatal(err)
	}
	return engine, s
}

// saveNews keeps a document as the flow does.
func saveNews(t *testing.T, s *store.Store) {
	t.Helper()
	e := store.Entry{
		Document: policy.Document{Source: "test", EntryID: "1", Title: "A law on encryption", URL: "https://press.example/1", CanonicalURL: "https://press.example/1",
			Text: "A law on encryption is planned.", Published: policy.Day(2026, 5, 12), Kind: policy.KindNews},
		Tags:   policy.Tags{Version: "1", Language: "en", Relevant: policy.Tag{Value: "yes", Confidence: .9}, Jurisdictions: []policy.Tag{{Value: "EU", Confidence: .9}}},
		Digest: "1",
	}
	err := s.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Save(ctx, e)
		return errors.Join(err, tx.FeedsChanged(ctx))
	})
	if err != nil {
		t.Fatal(err)
	}
}
