package api

import (
	"context"
	"strconv"

	"github.com/backdoorwatch/backdoorwatch/api/reply"
	"github.com/backdoorwatch/backdoorwatch/api/wire"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/danielgtaylor/huma/v2"
)

type candidatesOutput struct {
	Link string `header:"Link" doc:"rel=next: the address of the next page (RFC 8288); absent on the last page"`
	Body wire.Candidates
}

type candidateInput struct {
	asking
	ID string `path:"id" doc:"Our own number of the candidate" example:"7"`
}

func (s *server) mountCandidates() {
	answer(s, huma.Operation{
		OperationID: "list-candidates", Path: "/api/v1/candidates", Tags: []string{"Record"}, Parameters: filterParameters(),
		Summary: "List new bills that machines found",
		Description: "Bills and acts that official sources state and that the record does not have yet, newest first. Nobody has looked at " +
			"them. The dates are those at which we first saw them.",
	}, s.listCandidates)
	answer(s, huma.Operation{
		OperationID: "get-candidate", Path: "/api/v1/candidates/{id}", Tags: []string{"Record"},
		Summary:     "Read one candidate",
		Description: "One bill or act with the items that state it. The address of one that has become a dossier leads there.",
		Responses:   moved("It has become a dossier, which is there"),
	}, s.readCandidate)
}

func (s *server) listCandidates(ctx context.Context, in *filterInput) (*candidatesOutput, error) {
	filter, err := s.filter(&in.url)
	if err != nil {
		return nil, err
	}
	page, err := s.Chronicle.Candidates(ctx, filter)
	if err != nil {
		return nil, err
	}
	out := &candidatesOutput{Body: s.make.Candidates(page)}
	if page.Next != "" {
		out.Link = reply.Link(s.address("/api/v1/candidates", filter.Page(page.Next)), "next")
	}
	return out, nil
}

func (s *server) readCandidate(ctx context.Context, in *candidateInput) (*movable[wire.Candidate], error) {
	id, err := strconv.ParseInt(in.ID, 10, 64)
	if err != nil || id < 1 {
		return nil, s.missing("candidate", in.ID, "Candidates have whole numbers, such as 7.")
	}
	found, err := s.Chronicle.Candidate(ctx, policy.CandidateID(id))
	if err != nil {
		return nil, s.unlessThere(err, "candidate", in.ID, "/api/v1/candidates lists all of them.")
	}
	out := &movable[wire.Candidate]{Status: 200, Body: s.make.Candidate(found)}
	if found.Dossier != "" {
		out.Status, out.Location = movedStatus, s.BaseURL+"/api/v1/dossiers/"+found.Dossier
	}
	return out, nil
}
