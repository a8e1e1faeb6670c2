package channel

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/backdoorwatch/backdoorwatch/crawler/fetch"
)

// The classes of failures that more than one place knows.
const (
	Gone      = "gone"      // the server wants no more, for good
	Redirect  = "redirect"  // it sent us elsewhere, where we do not go
	Refused   = "status"    // its status says no
	Rejected  = "rejected"  // the service took the request, and said no in its own way
	Forbidden = "forbidden" // the dial guard refuses the address
	Settings  = "settings"  // the target or secret is of no use
	Broken    = "process"   // ours that sends to chats did not work
)

// Result is what came of one attempt. It holds no word of the server, since servers like
// to quote what they were sent.
type Result struct {
	Status     int           `json:"status"` // of HTTP; 0 where there was no answer
	Class      string        `json:"class"`  // what went wrong, in one word; empty where nothing did
	RetryAfter time.Duration `json:"retry_after,omitempty"`
	Took       time.Duration `json:"took"`
	Requests   int           `json:"requests"` // how many were made
}

func (r Result) String() string {
	text := r.Class
	if text == "" {
		text = "taken"
	}
	if r.Status != 0 {
		text += ", status " + strconv.Itoa(r.Status)
	}
	return text + fmt.Sprintf(", after %d ms", r.Took.Milliseconds())
}

const readAtMost = 64 << 10 // bytes of an answer, of which we need none

// send sends a message once.
func (s *Service) send(ctx context.Context, c Channel, id string, body []byte) Result {
	begun := time.Now()
	var result Result
	switch {
	case strings.HasPrefix(c.Target, mastodon+"://"):
		result = s.toot(ctx, c.Target, id, body)
	case c.Kind == Chat:
		result = s.Shouter.Shout(ctx, Order{Target: c.Target, Text: string(body), AllowHosts: s.AllowHosts, Timeout: s.Timeout})
	default:
		result = s.post(ctx, c, id, body)
	}
	result.Took = time.Since(begun)
	return result
}

// post sends a signed webhook. The id is that of the message, the time that of the attempt.
func (s *Service) post(ctx context.Context, c Channel, id string, body []byte) Result {
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Target, bytes.NewReader(body))
	if err != nil {
		return Result{Class: Settings}
	}
	at := s.now()
	signature, err := sign(c.Secrets, id, at, body)
	if err != nil {
		return Result{Class: Settings}
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", s.Agent)
	request.Header.Set(standardwebhooks.HeaderWebhookID, id)
	request.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	request.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	return s.exchange(request)
}

// exchange makes one request, whose answer's status says all.
func (s *Service) exchange(request *http.Request) Result {
	response, err := s.network.RoundTrip(request) // which follows no redirect
	if err != nil {
		return Result{Class: class(err), Requests: 1}
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, readAtMost))
	_ = response.Body.Close()
	return answered(response)
}

// sign signs by each secret, so that a receiver may know the old or the new one.
func sign(secrets []string, id string, at time.Time, body []byte) (string, error) {
	var all []string
	for _, secret := range secrets {
		hook, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			return "", errors.New("a secret is not in base64")
		}
		signature, err := hook.Sign(id, at, body)
		if err != nil {
			return "", errors.New("a message cannot be signed")
		}
		all = append(all, signature)
	}
	return strings.Join(all, " "), nil
}

// answered judges an answer by its status.
func answered(response *http.Response) Result {
	result := Result{Status: response.StatusCode, RetryAfter: retryAfter(response.Header.Get("Retry-After"), time.Now()), Requests: 1}
	switch {
	case response.StatusCode >= 200 && response.StatusCode < 300:
	case response.StatusCode >= 300 && response.StatusCode < 400:
		result.Class = Redirect
	case response.StatusCode == http.StatusGone:
		result.Class = Gone
	default:
		result.Class = Refused
	}
	return result
}

// retryAfter reads the header of that name: seconds, or a date.
func retryAfter(text string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if date, err := http.ParseTime(text); err == nil {
		return max(date.Sub(now), 0)
	}
	return 0
}

// class says in one word why there was no answer.
func class(err error) string {
	var dns *net.DNSError
	var record tls.RecordHeaderError
	var certificate *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var timeout net.Error
	switch {
	case errors.Is(err, fetch.ErrForbiddenAddress):
		return Forbidden
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "timeout"
	case errors.As(err, &dns):
		return "dns"
	case errors.As(err, &record), errors.As(err, &certificate), errors.As(err, &authority):
		return "tls"
	}
	return "connection"
}
