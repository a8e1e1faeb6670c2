package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/config"
	"github.com/backdoorwatch/backdoorwatch/internal/ingest"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

const modelKey = "sk-never-tell"

// modelServer answers every question in the same words, as the protocol has it.
func modelServer(t *testing.T, words string) (address string, asked *atomic.Int64) {
	t.Helper()
	asked = &atomic.Int64{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.URL.Path != "/v1/chat/completions" || r.Header.Get("Authorization") != "Bearer "+modelKey {
			t.Errorf("got %s with the key %q", r.URL, r.Header.Get("Authorization"))
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"choices": []any{map[string]any{"message": map[string]any{"content": words}}}})
	}))
	t.Cleanup(server.Close)
	return server.URL + "/v1", asked
}

const modelWords = `{"relevant": {"value": "yes", "confidence": 0.9}, "stance": {"value": "weakens", "reason": "It wants access."}, "kind": "gossip"}`

// withItem makes a database that holds one item.
func withItem(t *testing.T, data string) (*store.Store, policy.ItemID) {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Database: filepath.Join(data, "backdoorwatch.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	var id policy.ItemID
	err = s.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		saved, err := tx.Save(ctx, store.Entry{
			Document: policy.Document{Source: "a", EntryID: "1", Title: "Ministers want access", Text: "Ministers want access to messages."},
			Tags:     policy.Tags{Relevant: policy.Tag{Value: "yes", Confidence: 0.5}, Stance: policy.Tag{Value: "neutral", Confidence: 0.5}},
		})
		id = saved.ID
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, id
}

func opinionsOf(t *testing.T, s *store.Store, id policy.ItemID) []policy.Opinion {
	t.Helper()
	item, err := s.Item(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return item.Opinions
}

func TestOpinionAsksNowAndPrints(t *testing.T) {
	data := t.TempDir()
	s, id := withItem(t, data)
	address, asked := modelServer(t, modelWords)
	t.Setenv("BACKDOORWATCH_OPINION_KEY", modelKey)
	ask := func(args ...string) (string, error) {
		var out bytes.Buffer
		root := rootCommand()
		root.SetOut(&out)
		root.SetErr(io.Discard)
		root.SetArgs(append([]string{"opinion", "--data", data, "--opinion-url", address, "--opinion-model", "small:7b", "--opinion-daily", "1"}, args...))
		err := root.ExecuteContext(t.Context())
		return out.String(), err
	}
	number := strconv.FormatInt(int64(id), 10)
	out, err := ask(number, "--dry-run")
	if err != nil || len(opinionsOf(t, s, id)) != 0 {
		t.Fatalf("a dry run: %v, %d opinions kept", err, len(opinionsOf(t, s, id)))
	}
	for _, part := range []string{"relevant      yes", "weakens", "our tags do not say so", "because It wants access.", `dropped       kind: there is no such word as "gossip"`} {
		if !strings.Contains(out, part) {
			t.Errorf("the output lacks %q:\n%s", part, out)
		}
	}
	if out, err = ask(number, "--json"); err != nil || !strings.Contains(out, `"Value":"weakens"`) || len(opinionsOf(t, s, id)) != 2 {
		t.Errorf("got %v and %d opinions kept:\n%s", err, len(opinionsOf(t, s, id)), out)
	}
	for name, tc := range map[string]struct {
		item string
		want error
	}{
		"the day's limit": {number, policy.ErrUnavailable},
		"no such item":    {"4711", policy.ErrNotFound},
		"no number":       {"first", errUsage},
	} {
		if _, err := ask(tc.item); !errors.Is(err, tc.want) || strings.Contains(err.Error(), modelKey) {
			t.Errorf("%s: got %v, want %v", name, err, tc.want)
		}
	}
	if asked.Load() != 2 {
		t.Errorf("it was asked %d times, want 2", asked.Load())
	}
}

// configured is a program whose model is at an address; none for an empty one.
func configured(t *testing.T, data, address string, log io.Writer) *assembly {
	t.Helper()
	c := config.Config{Data: data, Database: filepath.Join(data, "backdoorwatch.db"), Concurrency: 1, LogLevel: "error", OpinionBand: [2]float64{0.35, 0.65}, OpinionDaily: 5}
	if address != "" {
		c.OpinionURL, c.OpinionModel, c.OpinionKey = address, "small:7b", modelKey
	}
	a := assemble(c)
	a.log = slog.New(slog.NewTextHandler(log, nil))
	t.Cleanup(func() { _ = a.close() })
	return a
}

func TestACrawlLeavesDoubtsToAWorker(t *testing.T) {
	data := t.TempDir()
	s, id := withItem(t, data)
	address, asked := modelServer(t, modelWords)
	var log bytes.Buffer // read when all who write have ended
	a := configured(t, data, address, &log)
	base, err := a.knowledge()
	if err != nil {
		t.Fatal(err)
	}
	doubts, err := a.doubtsForLater(t.Context(), s, base)
	if err != nil || doubts == nil || !doubts.Uncertain(policy.Tags{Relevant: policy.Tag{Value: "yes", Confidence: 0.5}}) {
		t.Fatalf("got %+v, %v", doubts, err)
	}
	err = s.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		_, err := doubts.Ask(ctx, tx, id)
		return err
	})
	if err != nil || asked.Load() != 0 {
		t.Fatalf("got %v and %d questions before any worker", err, asked.Load())
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	p := &ingest.Pipeline{Store: s, Base: base, Log: a.log, Now: time.Now}
	go func() { ended <- a.crawlBySchedule(ctx, s, p) }()
	for end := time.Now().Add(10 * time.Second); len(opinionsOf(t, s, id)) == 0 && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if got := opinionsOf(t, s, id); len(got) != 2 || asked.Load() != 1 {
		t.Errorf("got %+v after %d questions", got, asked.Load())
	}
	if strings.Contains(log.String(), modelKey) || !strings.Contains(log.String(), "second opinion") {
		t.Errorf("the log: %s", log.String())
	}
}

func TestWithoutAServerNothingIsAsked(t *testing.T) {
	data := t.TempDir()
	s, _ := withItem(t, data)
	for name, a := range map[string]*assembly{
		"no address": configured(t, data, "", io.Discard),
		"not once a day": func() *assembly {
			a := configured(t, data, "http://127.0.0.1:1/v1", io.Discard)
			a.config.OpinionDaily = 0
			return a
		}(),
	} {
		doubts, err := a.doubtsForLater(t.Context(), s, nil)
		work, err2 := a.opinions(s, nil)
		if doubts != nil || work != nil || errors.Join(err, err2) != nil {
			t.Errorf("%s: got %v, %v", name, doubts, errors.Join(err, err2))
		}
	}
	_, _, err := configured(t, data, "", io.Discard).askNow(t.Context(), s, nil, 1, true)
	if !errors.Is(err, policy.ErrConfig) || !strings.Contains(err.Error(), "opinion-url") {
		t.Errorf("got %v", err)
	}
}
