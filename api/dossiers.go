package api

import (
	"context"
	"encoding/base64"
	"errors"
	"hash/fnv"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/api/reply"
	"github.com/backdoorwatch/backdoorwatch/api/wire"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/danielgtaylor/huma/v2"
)

// shownItems is how many linked items an object of the record names; the list of
// items has all.
const shownItems = 10

type dossiersOutput struct {
	Link string `header:"Link" doc:"rel=next: the address of the next page (RFC 8288); absent on the last page"`
	Body wire.Dossiers
}

type dossierInput struct {
	asking
	ID string `path:"id" doc:"The record's id of the dossier"`
}

type dossierOutput struct {
	Body wire.Dossier
}

type positionsOutput struct {
	Body wire.Positions
}

func (s *server) mountDossiers() {
	answer(s, huma.Operation{
		OperationID: "list-dossiers", Path: "/api/v1/dossiers", Tags: []string{"Record"}, Parameters: append(filterParameters(), changedSince()),
		Summary: "List dossiers",
		Description: "The laws, plans, cases and treaties that the record follows: those of the last events first, or the best first where " +
			"you search. The dates are those of events, of which one must lie within; what only items have (a stance, kind, source or language) finds nothing.",
	}, s.listDossiers)
	answer(s, huma.Operation{
		OperationID: "get-dossier", Path: "/api/v1/dossiers/{id}", Tags: []string{"Record"},
		Summary:     "Read one dossier",
		Description: "One law, plan, case or treaty: its status and effect in words, its events and who stood where, each with a source, and what may come.",
	}, s.readDossier)
	answer(s, huma.Operation{
		OperationID: "list-positions", Path: "/api/v1/dossiers/{id}/positions", Tags: []string{"Record"},
		Summary:     "Say who stood where on a dossier on a day",
		Description: "Each actor's position as of a day, and what it replaced.",
		Parameters: []*huma.Param{one("on", "The day, month or year; a month or year means its end. The latest of all where it is left out",
			&huma.Schema{Type: "string"}, "2025-09-30")},
	}, s.listPositions)
}

// changedSince describes the parameter of lists that can tell what changed.
func changedSince() *huma.Param {
	return one("changed_since", "Only what changed at or after this day or moment of RFC 3339; what no longer answers is listed in removed",
		&huma.Schema{Type: "string"}, "2026-05-12T00:00:00Z")
}

func (s *server) listDossiers(ctx context.Context, in *filterInput) (*dossiersOutput, error) {
	filter, since, err := s.changedFilter(&in.url)
	if err != nil {
		return nil, err
	}
	states, err := s.states(ctx)
	if err != nil {
		return nil, err
	}
	changed := states.changed
	found, err := s.Chronicle.Dossiers(ctx, filter)
	if err != nil {
		return nil, err
	}
	if !since.IsZero() {
		found = slices.DeleteFunc(found, func(d policy.Dossier) bool { return changed(policy.RecordDossier, d.ID).Before(since) })
	}
	page, next, err := pageOfDossiers(found, filter)
	if err != nil {
		return nil, err
	}
	out := &dossiersOutput{Body: wire.Dossiers{Total: len(found), Dossiers: s.make.DossierRows(page, changed), Next: next, Removed: []wire.Tombstone{}}}
	if !since.IsZero() && filter.Cursor == "" {
		out.Body.Removed = wire.Tombstones(states.removed(policy.RecordDossier, since))
	}
	if next != "" {
		out.Link = reply.Link(withSince(s.address("/api/v1/dossiers", filter.Page(next)), in.url.Query().Get("changed_since")), "next")
	}
	return out, nil
}

// changedFilter reads a question that may also ask for what changed since.
func (s *server) changedFilter(u *url.URL) (policy.Filter, time.Time, error) {
	query := u.Query()
	since, sinceErr := policy.ParseDate(query.Get("changed_since"))
	query.Del("changed_since")
	plain := *u
	plain.RawQuery = query.Encode()
	filter, err := s.filter(&plain)
	if sinceErr != nil {
		var errs policy.FieldErrors
		errors.As(err, &errs)
		err = append(errs, policy.FieldError{
			Field: "changed_since", Value: u.Query().Get("changed_since"), Problem: "it is not a day or moment", Hint: "write 2026-05-12 or 2026-05-12T08:00:00Z",
		})
	}
	return filter, since.Start(), err
}

func withSince(address, since string) string {
	if since == "" {
		return address
	}
	joint := "?"
	if strings.Contains(address, "?") {
		joint = "&"
	}
	return address + joint + url.Values{"changed_since": {since}}.Encode()
}

// pageOfDossiers returns the page behind the Filter's cursor. The record is fixed
// while the program runs, so that a dossier is a place in its lists.
func pageOfDossiers(all []policy.Dossier, f policy.Filter) (page []policy.Dossier, next string, err error) {
	if f.Cursor != "" {
		last := slices.IndexFunc(all, func(d policy.Dossier) bool { return dossierCursor(f, d.ID) == f.Cursor })
		if last < 0 {
			return nil, "", policy.FieldErrors{{
				Field: "cursor", Value: f.Cursor, Problem: "it is not a cursor of this list",
				Hint: "take it from the page before, with the same filter, or leave it out to start again",
			}}
		}
		all = all[last+1:]
	}
	if size := f.PageSize(); len(all) > size {
		return all[:size], dossierCursor(f, all[size-1].ID), nil
	}
	return all, "", nil
}

// dossierCursor names a place in the list that answers a question.
func dossierCursor(f policy.Filter, id string) string {
	f.Cursor, f.Limit = "", 0
	hash := fnv.New64a()
	_, _ = hash.Write([]byte("dossiers?" + f.Values().Encode() + "\x00" + id))
	return base64.RawURLEncoding.EncodeToString(hash.Sum(nil))
}

func (s *server) readDossier(ctx context.Context, in *dossierInput) (*dossierOutput, error) {
	d, err := s.Chronicle.Dossier(ctx, in.ID, policy.Date{}, policy.Filter{Limit: shownItems})
	if err != nil {
		return nil, s.unlessThere(err, "dossier", in.ID, "/api/v1/dossiers lists all of them.")
	}
	changed, err := s.changed(ctx)
	if err != nil {
		return nil, err
	}
	return &dossierOutput{Body: s.make.Dossier(d, changed)}, nil
}

func (s *server) listPositions(ctx context.Context, in *dossierInput) (*positionsOutput, error) {
	text := in.url.Query().Get("on")
	on, err := policy.ParseDate(text)
	if err != nil {
		return nil, policy.FieldErrors{{Field: "on", Value: text, Problem: "it is not a date", Hint: "write 2026, 2026-05 or 2026-05-12"}}
	}
	standings, err := s.Chronicle.Positions(ctx, in.ID, on)
	if err != nil {
		return nil, s.unlessThere(err, "dossier", in.ID, "/api/v1/dossiers lists all of them.")
	}
	return &positionsOutput{Body: s.make.Positions(in.ID, on, standings)}, nil
}

// unlessThere says that a thing does not exist, where that is what an error means.
func (s *server) unlessThere(err error, what, id, hint string) error {
	if errors.Is(err, policy.ErrNotFound) {
		return s.missing(what, id, hint)
	}
	return err
}

// moved describes the answer of an address whose thing is elsewhere now.
func moved(description string) map[string]*huma.Response {
	return map[string]*huma.Response{"301": {Description: description, Headers: map[string]*huma.Param{
		"Location": {Description: "Where it is", Schema: &huma.Schema{Type: "string", Format: "uri"}},
	}}}
}

const movedStatus = http.StatusMovedPermanently
