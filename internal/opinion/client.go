package opinion

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Options say whom to ask and how long to wait.
type Options struct {
	URL     string        // the base address, such as http://127.0.0.1:11434/v1
	Model   string        // the model's name there
	Key     string        // sent as a bearer token; empty for none
	Timeout time.Duration // of one answer; 0 means 2 minutes: a small machine thinks slowly
	MaxBody int64         // bytes of an answer; 0 means 256 KiB
}

// Client asks one model. It may be used by many goroutines at once.
type Client struct {
	address string
	model   string
	key     string
	maxBody int64
	http    *http.Client
}

// maxTokens bounds what a model may write, and so what it may cost.
const maxTokens = 1200

// New makes a client. It asks the operator's address and no other: private
// addresses are fine, because that is where Ollama runs, and redirects are not
// followed, because they would carry the document and the key elsewhere. A wrong
// option wraps policy.ErrConfig.
func New(o Options) (*Client, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("%w: the address of the model's server is not one such as http://127.0.0.1:11434/v1", policy.ErrConfig)
	}
	if strings.TrimSpace(o.Model) == "" {
		return nil, fmt.Errorf("%w: the model for second opinions has no name", policy.ErrConfig)
	}
	if strings.ContainsFunc(o.Key, func(r rune) bool { return r < ' ' || r > '~' }) {
		return nil, fmt.Errorf("%w: the key for second opinions holds characters that cannot be sent", policy.ErrConfig)
	}
	if o.Timeout <= 0 {
		o.Timeout = 2 * time.Minute
	}
	if o.MaxBody <= 0 {
		o.MaxBody = 256 << 10
	}
	return &Client{
		address: u.JoinPath("chat", "completions").String(), model: o.Model, key: o.Key, maxBody: o.MaxBody,
		http: &http.Client{Transport: transport(), Timeout: o.Timeout, CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		}},
	}, nil
}

func transport() *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		TLSHandshakeTimeout:    15 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		MaxIdleConns:           2,
		IdleConnTimeout:        time.Minute,
		DisableCompression:     true, // an answer is small, and a packed one has no bound on the wire
		ForceAttemptHTTP2:      true,
	}
}

// Model is the model's name.
func (c *Client) Model() string { return c.model }

// Close closes the connections that wait for the next question.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// message, request and completion are what of the protocol we speak.
type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

type request struct {
	Model          string         `json:"model"`
	Messages       []message      `json:"messages"`
	ResponseFormat responseFormat `json:"response_format"`
	Temperature    float64        `json:"temperature"`
	MaxTokens      int            `json:"max_tokens"`
	Stream         bool           `json:"stream"`
}

type responseFormat struct {
	Type string `json:"type"`
}

type completion struct {
	Choices []struct {
		Message      message `json:"message"`
		FinishReason string  `json:"finish_reason"`
	} `json:"choices"`
}

// Ask puts a question to the model. Every error but that of an ended context is a
// *Failure, and none tells the key.
func (c *Client) Ask(ctx context.Context, q Question) (Answer, error) {
	body, err := c.write(q)
	if err != nil {
		return Answer{}, err
	}
	content, err := c.send(ctx, body)
	if err != nil {
		return Answer{}, err
	}
	answer, err := readAnswer(content, q.Dossiers)
	if err != nil {
		return answer, &Failure{Err: err}
	}
	return answer, nil
}

func (c *Client) write(q Question) ([]byte, error) {
	text, err := material(q)
	if err != nil {
		return nil, err
	}
	return json.Marshal(request{
		Model:          c.model,
		Messages:       []message{{"system", instructions(q)}, {"user", text}},
		ResponseFormat: responseFormat{"json_object"},
		MaxTokens:      maxTokens,
	})
}

// send returns the words of the model.
func (c *Client) send(ctx context.Context, body []byte) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.address, bytes.NewReader(body))
	if err != nil {
		return "", fmt.Errorf("writing the question: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	if c.key != "" {
		r.Header.Set("Authorization", "Bearer "+c.key)
	}
	response, err := c.http.Do(r)
	if err != nil {
		return "", unanswered(ctx, err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return "", refusal(response, time.Now())
	}
	answer, err := io.ReadAll(io.LimitReader(response.Body, c.maxBody+1))
	switch {
	case err != nil:
		return "", unanswered(ctx, err)
	case int64(len(answer)) > c.maxBody:
		return "", &Failure{Err: fmt.Errorf("the answer is longer than %d bytes", c.maxBody)}
	}
	return spoken(answer)
}

// unanswered makes a failure of an error of the network, unless we gave up
// ourselves.
func unanswered(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("asking the model: %w", context.Cause(ctx))
	}
	var timeout interface{ Timeout() bool }
	if errors.As(err, &timeout) && timeout.Timeout() {
		return &Failure{Err: fmt.Errorf("no answer in time: %w", err)}
	}
	return &Failure{Err: err}
}

// spoken takes the model's words out of the protocol.
func spoken(answer []byte) (string, error) {
	var c completion
	if err := json.Unmarshal(answer, &c); err != nil {
		return "", &Failure{Err: errors.New("the answer is not JSON of the protocol")}
	}
	if len(c.Choices) == 0 || strings.TrimSpace(c.Choices[0].Message.Content) == "" {
		return "", &Failure{Err: errors.New("the answer is empty")}
	}
	if c.Choices[0].FinishReason == "length" {
		return "", &Failure{Err: errors.New("the answer was cut off; the model writes too much")}
	}
	return c.Choices[0].Message.Content, nil
}
