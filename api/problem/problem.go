// Package problem holds the errors that the API tells: what they mean, how they
// are written (RFC 9457) and what a caller can do about them. Anything that has
// none of these meanings is internal: it is logged, and told to nobody.
package problem

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// MediaType is that of a Problem.
const MediaType = "application/problem+json"

// Problem is an error as the API tells it.
type Problem struct {
	Type     string  `json:"type" format:"uri" doc:"The address of a page that explains this kind of problem"`
	Title    string  `json:"title" doc:"The kind of problem in a few words, always the same for one type"`
	Status   int     `json:"status" doc:"The HTTP status"`
	Detail   string  `json:"detail" doc:"What went wrong this time"`
	Instance string  `json:"instance,omitempty" format:"uri-reference" doc:"The address that was asked for"`
	Hint     string  `json:"hint,omitempty" doc:"What to try instead"`
	Errors   []Field `json:"errors,omitempty" nullable:"false" doc:"Every mistake that was found, where there are some in single fields"`

	header http.Header
}

// Field is one mistake in one field of the request.
type Field struct {
	Pointer   string `json:"pointer" doc:"A JSON Pointer to the field, in the request seen as an object: #/query/kind"`
	Parameter string `json:"parameter" doc:"The name of the URL parameter"`
	Value     string `json:"value" doc:"The value that was refused"`
	Detail    string `json:"detail" doc:"What is wrong with it"`
	Hint      string `json:"hint,omitempty" doc:"What would be right"`
}

// Error returns the title and the detail.
func (p *Problem) Error() string { return p.Title + ": " + p.Detail }

// GetStatus, GetHeaders and ContentType are how huma asks for them.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders returns the headers that go with the problem, such as Allow.
func (p *Problem) GetHeaders() http.Header { return p.header }

// ContentType returns the media type of a problem, whatever was agreed on.
func (p *Problem) ContentType(string) string { return MediaType }

// At returns the problem with the address that was asked for.
func (p *Problem) At(uri string) *Problem {
	p.Instance = uri
	return p
}

// With returns the problem with one more header.
func (p *Problem) With(name, value string) *Problem {
	if p.header == nil {
		p.header = http.Header{}
	}
	p.header.Set(name, value)
	return p
}

// Hinting returns the problem with advice on what to try instead.
func (p *Problem) Hinting(hint string) *Problem {
	p.Hint = hint
	return p
}

// Write sends the problem.
func (p *Problem) Write(w http.ResponseWriter) {
	for name, values := range p.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", MediaType)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	// The status is sent: a caller who has hung up cannot be told anything more.
	_ = encoder.Encode(p)
}

// Desk makes problems. Its zero value has no base address and no log.
type Desk struct {
	Base   string // the public address, without a slash at the end
	Logger *slog.Logger
}

// New returns a problem of a kind.
func (d Desk) New(k Kind, detail string) *Problem {
	return &Problem{Type: d.Base + "/problems/" + k.Name, Title: k.Title, Status: k.Status, Detail: detail, Hint: k.Remedy}
}

// From returns the problem that an error is for the outside. The text of an
// error without such a meaning is logged and replaced.
func (d Desk) From(ctx context.Context, err error) *Problem {
	var known *Problem
	if errors.As(err, &known) {
		return known
	}
	kind := kindOf(err)
	switch kind {
	case Internal:
		d.log(ctx, slog.LevelError, "answering failed", err)
		return d.New(kind, "Something went wrong on our side. It has been logged.")
	case Unavailable:
		if errors.Is(err, context.Canceled) {
			return d.New(kind, "The request was given up.") // by the caller, so there is nothing to log
		}
		d.log(ctx, slog.LevelWarn, "something we depend on does not answer", err)
		return d.New(kind, "Something that we depend on does not answer now.").With("Retry-After", "30")
	}
	p := d.New(kind, sentence(err))
	if kind == TooMany {
		p.With("Retry-After", "3600") // such limits are by the hour
	}
	var fields policy.FieldErrors
	if errors.As(err, &fields) {
		p.addFields(fields)
	}
	return p
}

func (d Desk) log(ctx context.Context, level slog.Level, message string, err error) {
	if d.Logger != nil {
		d.Logger.Log(ctx, level, message, "error", err.Error())
	}
}

func (p *Problem) addFields(fields policy.FieldErrors) {
	p.Detail = "The request has mistakes, see errors."
	if len(fields) == 1 {
		p.Detail = "The parameter " + fields[0].Field + " is wrong: " + fields[0].Problem + "."
	}
	for _, f := range fields {
		p.Errors = append(p.Errors, Field{
			Pointer: "#/query/" + escape(f.Field), Parameter: f.Field, Value: f.Value, Detail: f.Problem, Hint: f.Hint,
		})
	}
}

// escape writes a name as one part of a JSON Pointer (RFC 6901).
func escape(name string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

func sentence(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

func kindOf(err error) Kind {
	switch {
	case errors.Is(err, policy.ErrNotFound):
		return NotFound
	case errors.Is(err, policy.ErrGone):
		return Gone
	case errors.Is(err, policy.ErrInvalid):
		return Invalid
	case errors.Is(err, policy.ErrConflict):
		return Conflict
	case errors.Is(err, policy.ErrTooMany):
		return TooMany
	case errors.Is(err, policy.ErrUnavailable), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return Unavailable
	}
	return Internal
}
