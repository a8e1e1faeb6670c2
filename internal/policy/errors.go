package policy

import (
	"errors"
	"strings"
)

// The closed set of meanings that an error can have for the outside. Anything
// that wraps none of these is internal: logged, and told to nobody. The edge
// (API, pages, command line) maps each meaning once, to a status or exit code.
var (
	// ErrNotFound means that the thing asked for does not exist.
	ErrNotFound = errors.New("not found")
	// ErrGone means that the thing existed and was removed on purpose.
	ErrGone = errors.New("gone")
	// ErrInvalid means that the question or the input is wrong and that asking
	// again in the same words cannot help.
	ErrInvalid = errors.New("invalid")
	// ErrConflict means that the state changed since the caller last saw it.
	ErrConflict = errors.New("conflict")
	// ErrUnavailable means that something we depend on does not answer now;
	// the same question may succeed later.
	ErrUnavailable = errors.New("unavailable")
	// ErrTooMany means that somebody asked too often, or for too much at once; the
	// same question may succeed later.
	ErrTooMany = errors.New("too many requests")
	// ErrConfig means that an operator's setting or file is wrong.
	ErrConfig = errors.New("configuration")
)

// FieldError is one mistake in one named field of an input.
type FieldError struct {
	Field   string // the parameter or key, as the caller wrote it
	Value   string // the value that was refused
	Problem string // what is wrong with it, as a sentence without a full stop
	Hint    string // what would be right, or empty
}

func (e FieldError) Error() string {
	text := e.Field + ": " + e.Problem
	if e.Hint != "" {
		text += " (" + e.Hint + ")"
	}
	return text
}

// FieldErrors are all mistakes found in one input: callers see every one at
// once. It wraps ErrInvalid.
type FieldErrors []FieldError

func (es FieldErrors) Error() string {
	texts := make([]string, len(es))
	for i, e := range es {
		texts[i] = e.Error()
	}
	return strings.Join(texts, "; ")
}

// Unwrap makes errors.Is(err, ErrInvalid) true.
func (es FieldErrors) Unwrap() error { return ErrInvalid }

// OrNil returns the collection as an error, or nil where it is empty.
func (es FieldErrors) OrNil() error {
	if len(es) == 0 {
		return nil
	}
	return es
}
