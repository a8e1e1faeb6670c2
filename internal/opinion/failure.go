package opinion

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Failure says why there is no opinion, and whether asking again can help.
type Failure struct {
	Status     int           // of HTTP; 0 where there was no answer or it could not be read
	RetryAfter time.Duration // what the server asked for; 0 where it asked for nothing
	Final      bool          // the same question will fail again: the operator has to change something
	Err        error
}

func (f *Failure) Error() string { return "asking the model: " + f.Err.Error() }

// Unwrap returns the cause.
func (f *Failure) Unwrap() error { return f.Err }

// longestRest bounds what a server may ask for.
const longestRest = 24 * time.Hour

// refusal makes a failure of an answer that is none. Its body stays unread: some
// services repeat parts of the key in it.
func refusal(r *http.Response, now time.Time) *Failure {
	f := &Failure{Status: r.StatusCode, Err: fmt.Errorf("the server answered %d %s%s", r.StatusCode, http.StatusText(r.StatusCode), hint(r.StatusCode))}
	switch code := r.StatusCode; {
	case code == http.StatusTooManyRequests, code == http.StatusServiceUnavailable:
		f.RetryAfter = retryAfter(r.Header.Get("Retry-After"), now)
	case code == http.StatusRequestTimeout, code == http.StatusTooEarly, code >= 500:
	default:
		f.Final = true
	}
	return f
}

// hint says what an operator may look at.
func hint(status int) string {
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return "; look at opinion-key"
	case status == http.StatusNotFound:
		return "; look at opinion-url and opinion-model"
	case status == http.StatusBadRequest, status == http.StatusUnprocessableEntity:
		return "; the model may not take response_format, temperature or max_tokens"
	case status >= 300 && status < 400:
		return "; redirects are not followed, set opinion-url to the final address"
	}
	return ""
}

// retryAfter reads seconds or a date.
func retryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return min(time.Duration(seconds)*time.Second, longestRest)
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(at.Sub(now), 0), longestRest)
	}
	return 0
}
