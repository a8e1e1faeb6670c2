package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/backdoorwatch/backdoorwatch/crawler/archive"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Further meanings that Error.Err can wrap; see also ErrTooBig, ErrRobots and
// ErrForbiddenAddress.
var (
	ErrTooManyRedirects = errors.New("it redirects too often")
	ErrClosed           = errors.New("the fetcher is closed")
)

// Error is every failure of Get. Its text holds no secret.
type Error struct {
	// Health is what the failure says of the source. It is empty where it says
	// nothing: the caller gave up, the Fetcher was closed or the request was wrong.
	Health     policy.Health
	Status     int           // of HTTP; 0 where there was no answer
	RetryAfter time.Duration // how long the host asked us to stay away; 0 where it did not
	URL        string        // the address that failed, after redirects, with secrets masked
	Err        error

	again bool // trying again soon may help
}

func (e *Error) Error() string { return "getting " + e.URL + ": " + e.Err.Error() }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is makes errors.Is(err, policy.ErrUnavailable) true for what may pass by itself.
func (e *Error) Is(target error) bool {
	if target != policy.ErrUnavailable || errors.Is(e.Err, ErrForbiddenAddress) || errors.Is(e.Err, archive.ErrNotArchived) {
		return false
	}
	switch e.Health {
	case policy.HealthThrottled, policy.HealthTimeout, policy.HealthUnreachable, policy.HealthServerError:
		return true
	}
	return false
}

// statusError is an answer that is no success.
type statusError struct {
	status int
	after  time.Duration // Retry-After; 0 where absent
}

func newStatusError(a *answer) *statusError {
	return &statusError{a.status, retryAfter(a.header, time.Now())}
}

func (e *statusError) Error() string {
	return strings.TrimSpace(fmt.Sprintf("it answered %d %s", e.status, http.StatusText(e.status)))
}

func (e *statusError) health() policy.Health {
	switch e.status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusUnavailableForLegalReasons:
		return policy.HealthBlocked
	case http.StatusNotFound, http.StatusGone:
		return policy.HealthGone
	case http.StatusTooManyRequests:
		return policy.HealthThrottled
	case http.StatusRequestTimeout:
		return policy.HealthTimeout
	case http.StatusServiceUnavailable:
		if e.after > 0 {
			return policy.HealthThrottled
		}
	}
	if e.status >= 500 {
		return policy.HealthServerError
	}
	return policy.HealthUnreadable
}

func (e *statusError) again() bool {
	switch e.status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return e.after <= Patience
	}
	return false
}

// maxRetryAfter caps what a host can ask for.
const maxRetryAfter = 7 * 24 * time.Hour

// retryAfter reads the header of that name: seconds or a date.
func retryAfter(header http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, err := strconv.ParseInt(value, 10, 64); err == nil {
		return time.Duration(min(max(seconds, 0), int64(maxRetryAfter/time.Second))) * time.Second
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	return min(max(at.Sub(now), 0), maxRetryAfter)
}

// decodeError is a body that cannot be decompressed.
type decodeError struct{ err error }

func (e *decodeError) Error() string { return e.err.Error() }
func (e *decodeError) Unwrap() error { return e.err }

// timeoutError says that an exchange took too long.
type timeoutError struct{ limit time.Duration }

func (e *timeoutError) Error() string { return fmt.Sprintf("it took longer than %s", e.limit) }
func (e *timeoutError) Timeout() bool { return true }

// failure turns whatever went wrong into an Error.
func failure(ctx context.Context, address string, err error, hide func(string) string) *Error {
	var outer *url.Error // its text holds the whole address, and colly and net/http add one
	for errors.As(err, &outer) {
		err = outer.Err
	}
	e := &Error{URL: hide(address), Err: err}
	e.judge(ctx)
	if text := err.Error(); hide(text) != text {
		e.Err = &hiddenError{hide(text), err}
	}
	return e
}

// hiddenError is an error in whose text a secret was masked.
type hiddenError struct {
	text string
	err  error
}

func (e *hiddenError) Error() string { return e.text }
func (e *hiddenError) Unwrap() error { return e.err }

// judge fills in what the cause means.
func (e *Error) judge(ctx context.Context) {
	var status *statusError
	var unread *robotsUnreadError
	var resting interface{ RetryAfter() time.Duration }
	var broken *decodeError
	switch {
	case errors.Is(e.Err, ErrClosed), errors.Is(e.Err, policy.ErrInvalid), errors.Is(ctx.Err(), context.Canceled):
	case ctx.Err() != nil:
		e.Health = policy.HealthTimeout
	case errors.As(e.Err, &status):
		e.Health, e.RetryAfter = status.health(), status.after
		e.again = status.again()
		if !errors.As(e.Err, &unread) {
			e.Status = status.status
		}
	case errors.As(e.Err, &resting):
		e.Health, e.RetryAfter = policy.HealthThrottled, resting.RetryAfter()
	case errors.Is(e.Err, ErrRobots):
		e.Health = policy.HealthRobots
	case errors.Is(e.Err, ErrTooBig), errors.Is(e.Err, ErrTooManyRedirects), errors.As(e.Err, &broken):
		e.Health = policy.HealthUnreadable
	default:
		e.Health, e.again = judgeNetwork(e.Err)
	}
	if errors.As(e.Err, &unread) {
		e.again = false // that is remembered for a while anyway
	}
}

func judgeNetwork(err error) (health policy.Health, again bool) {
	var slow interface{ Timeout() bool }
	switch {
	case errors.Is(err, ErrForbiddenAddress), errors.Is(err, archive.ErrNotArchived):
		return policy.HealthUnreachable, false
	case isTLS(err):
		return policy.HealthTLS, false
	case errors.As(err, &slow) && slow.Timeout():
		return policy.HealthTimeout, true
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return policy.HealthUnreachable, true
	}
	var name *net.DNSError
	return policy.HealthUnreachable, errors.As(err, &name) && name.IsTemporary
}

func isTLS(err error) bool {
	var (
		certificate *tls.CertificateVerificationError
		record      tls.RecordHeaderError
		alert       tls.AlertError
		unknown     x509.UnknownAuthorityError
		host        x509.HostnameError
		invalid     x509.CertificateInvalidError
	)
	return errors.As(err, &certificate) || errors.As(err, &record) || errors.As(err, &alert) || errors.As(err, &unknown) ||
		errors.As(err, &host) || errors.As(err, &invalid) || strings.Contains(err.Error(), "tls: ")
}
