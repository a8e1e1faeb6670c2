package opinion_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/backdoorwatch/backdoorwatch/internal/opinion"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// secret is the key that nobody but the model's server may ever see.
const secret = "sk-never-tell"

// asked is a request as the server got it.
type asked struct {
	Path, Key, Type string
	Model           string
	Messages        []struct{ Role, Content string }
	ResponseFormat  struct{ Type string } `json:"response_format"`
	MaxTokens       int                   `json:"max_tokens"`
	Stream          bool
}

// model is a real server on this machine that speaks the protocol.
type model struct {
	*httptest.Server
	mu       sync.Mutex
	requests []asked
}

// newModel answers each request by the next of the answers, and by the last one
// when those are used up.
func newModel(t testing.TB, answers ...http.HandlerFunc) *model {
	t.Helper()
	m := &model{}
	m.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		a := asked{Path: r.Method + " " + r.URL.Path, Key: r.Header.Get("Authorization"), Type: r.Header.Get("Content-Type")}
		if err != nil || json.Unmarshal(body, &a) != nil {
			t.Errorf("the request is not of the protocol: %v, %s", err, body)
		}
		m.mu.Lock()
		answer := answers[min(len(m.requests), len(answers)-1)]
		m.requests = append(m.requests, a)
		m.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(m.Close)
	return m
}

func (m *model) got() []asked {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]asked(nil), m.requests...)
}

func (m *model) client(t testing.TB, o opinion.Options) *opinion.Client {
	t.Helper()
	o.URL, o.Model, o.Key = m.URL+"/v1", "small:7b", secret
	c, err := opinion.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// says answers as the protocol has it, with these words of the model.
func says(words string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{
			"id": "chatcmpl-1", "object": "chat.completion", "model": "small:7b",
			"choices": []any{map[string]any{
				"index": 0, "message": map[string]any{"role": "assistant", "content": words}, "finish_reason": "stop",
			}},
			"usage": map[string]any{"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18},
		})
	}
}

// raw answers with a status and a body, whatever they are.
func raw(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// weakens is a good answer.
const weakens = `{"relevant": {"value": "yes", "confidence": 0.9, "reason": "A bill."}, "stance": {"value": "weakens", "confidence": 0.7}}`

func question() opinion.Question {
	return opinion.Question{Title: "A bill on access", Excerpt: "The bill demands access to messages.", Dossiers: []policy.Dossier{
		{ID: "xx-access-bill", Title: "Access Bill"}, {ID: "xx-old-law", Title: "Old Law"},
	}}
}
