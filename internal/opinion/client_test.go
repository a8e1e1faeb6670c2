package opinion_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/opinion"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func TestTheRequestIsOfTheProtocol(t *testing.T) {
	m := newModel(t, says(weakens))
	if _, err := m.client(t, opinion.Options{}).Ask(t.Context(), question()); err != nil {
		t.Fatal(err)
	}
	a := m.got()[0]
	if a.Path != "POST /v1/chat/completions" || a.Key != "Bearer "+secret || a.Type != "application/json" || a.Model != "small:7b" ||
		a.ResponseFormat.Type != "json_object" || a.MaxTokens == 0 || a.Stream || len(a.Messages) != 2 {
		t.Errorf("got %+v", a)
	}
	if a.Messages[0].Role != "system" || a.Messages[1].Role != "user" {
		t.Errorf("got the roles %q and %q", a.Messages[0].Role, a.Messages[1].Role)
	}
}

func TestFailures(t *testing.T) {
	huge := `{"choices":[{"message":{"content":"` + strings.Repeat("x", 4096) + `"}}]}`
	for _, tc := range []struct {
		name   string
		answer http.HandlerFunc
		says   string
		status int
		rest   time.Duration
		final  bool
	}{
		{name: "HTML", answer: raw(200, "<!doctype html><title>Sign in</title>", "Content-Type", "text/html"), says: "not JSON"},
		{name: "empty", answer: raw(200, ""), says: "not JSON"},
		{name: "truncated JSON", answer: raw(200, `{"choices":[{"message":{"content":"{\"relevant\"`), says: "not JSON"},
		{name: "a number", answer: raw(200, `17`), says: "not JSON"},
		{name: "an error with status 200", answer: raw(200, `{"error":{"message":"overloaded"}}`), says: "empty"},
		{name: "no choice", answer: raw(200, `{"choices":[]}`), says: "empty"},
		{name: "no words", answer: raw(200, `{"choices":[{"message":{"role":"assistant","content":null}}]}`), says: "empty"},
		{name: "words that are none", answer: raw(200, `{"choices":[{"message":{"content":{"relevant":"yes"}}}]}`), says: "not JSON"},
		{name: "cut off", answer: raw(200, `{"choices":[{"message":{"content":"{}"},"finish_reason":"length"}]}`), says: "cut off"},
		{name: "a huge answer", answer: raw(200, huge), says: "longer than 2048 bytes"},
		{name: "nested for ever", answer: raw(200, strings.Repeat(`{"choices":[`, 150)), says: "not JSON"},
		{name: "a broken promise of length", answer: raw(200, "{", "Content-Length", "1000"), says: "unexpected EOF"},
		{name: "429 with seconds", answer: raw(429, "", "Retry-After", "120"), says: "429", status: 429, rest: 2 * time.Minute},
		{name: "429 with a date gone by", answer: raw(429, "", "Retry-After", "Mon, 02 Jan 2006 15:04:05 GMT"), says: "429", status: 429},
		{name: "429 with a year", answer: raw(429, "", "Retry-After", "31536000"), says: "429", status: 429, rest: 24 * time.Hour},
		{name: "429 with a joke", answer: raw(429, "", "Retry-After", "-5 soon"), says: "429", status: 429},
		{name: "503 with seconds", answer: raw(503, "", "Retry-After", "7"), says: "503", status: 503, rest: 7 * time.Second},
		{name: "500", answer: raw(500, "panic: "+secret), says: "500 Internal Server Error", status: 500},
		{name: "a refused key", answer: raw(401, `{"error":"Incorrect API key `+secret+`"}`), says: "opinion-key", status: 401, final: true},
		{name: "no such model", answer: raw(404, ""), says: "opinion-model", status: 404, final: true},
		{name: "parameters that it does not take", answer: raw(400, ""), says: "max_tokens", status: 400, final: true},
		{name: "too slow", answer: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, says: "no answer in time"},
		{name: "slow in the middle", answer: func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, `{"choices":`)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}, says: "no answer in time"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m := newModel(t, tc.answer)
			_, err := m.client(t, opinion.Options{Timeout: 300 * time.Millisecond, MaxBody: 2048}).Ask(t.Context(), question())
			var f *opinion.Failure
			if !errors.As(err, &f) || !strings.Contains(err.Error(), tc.says) {
				t.Fatalf("got %v, want a failure that says %q", err, tc.says)
			}
			if f.Status != tc.status || f.RetryAfter != tc.rest || f.Final != tc.final {
				t.Errorf("got %+v", f)
			}
			if strings.Contains(err.Error(), secret) {
				t.Errorf("the error tells the key: %v", err)
			}
			if n := len(m.got()); n != 1 {
				t.Errorf("it was asked %d times; to ask again is the queue's work", n)
			}
		})
	}
}

func TestNobodyThere(t *testing.T) {
	m := newModel(t, says(weakens))
	c := m.client(t, opinion.Options{})
	m.Close()
	_, err := c.Ask(t.Context(), question())
	var f *opinion.Failure
	if !errors.As(err, &f) || f.Final || strings.Contains(err.Error(), secret) {
		t.Errorf("got %v", err)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	elsewhere := newModel(t, says(weakens))
	m := newModel(t, raw(307, "", "Location", elsewhere.URL+"/v1/chat/completions"))
	_, err := m.client(t, opinion.Options{}).Ask(t.Context(), question())
	var f *opinion.Failure
	if !errors.As(err, &f) || !f.Final || !strings.Contains(err.Error(), "redirects are not followed") {
		t.Errorf("got %v", err)
	}
	if n := len(elsewhere.got()); n != 0 {
		t.Errorf("the document went elsewhere %d times", n)
	}
}

func TestAskEndsWithItsContext(t *testing.T) {
	m := newModel(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := m.client(t, opinion.Options{}).Ask(ctx, question())
	var f *opinion.Failure
	if !errors.Is(err, context.DeadlineExceeded) || errors.As(err, &f) {
		t.Errorf("got %v, want the context's error", err)
	}
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	for name, o := range map[string]opinion.Options{
		"no address":             {Model: "m"},
		"no scheme":              {URL: "127.0.0.1:11434/v1", Model: "m"},
		"another protocol":       {URL: "ftp://models.example/v1", Model: "m"},
		"a password in it":       {URL: "http://a:" + secret + "@models.example/v1", Model: "m"},
		"a query":                {URL: "http://models.example/v1?key=" + secret, Model: "m"},
		"no model":               {URL: "http://models.example/v1", Model: " "},
		"a key of several lines": {URL: "http://models.example/v1", Model: "m", Key: secret + "\nHost: evil"},
	} {
		_, err := opinion.New(o)
		if !errors.Is(err, policy.ErrConfig) || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
