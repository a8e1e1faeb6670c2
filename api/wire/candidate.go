package wire

import (
	"strconv"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/record"
)

// Candidates is one page of candidates.
type Candidates struct {
	Candidates []CandidateRow `json:"candidates"`
	Next       string         `json:"next,omitempty" doc:"The cursor of the next page, to be sent as the parameter cursor; absent on the last page. The header Link has the whole address"`
}

// CandidateRow is a bill or act that an official source states and that the record
// does not have yet: found by machine, looked at by nobody.
type CandidateRow struct {
	ID               int64      `json:"id" doc:"Our own lasting number"`
	URL              string     `json:"url" format:"uri" doc:"The address of the whole object"`
	Page             string     `json:"page" format:"uri" doc:"The address of its page for people"`
	Jurisdiction     string     `json:"jurisdiction" doc:"The home of the source that stated it"`
	OfficialIDs      []string   `json:"official_ids" doc:"Its identity, as the sources write them"`
	Title            string     `json:"title" doc:"As the source gives it"`
	FirstStage       string     `json:"first_stage,omitempty" doc:"The earliest step that its source stated, see stages in /api/v1/vocabulary; absent where that is none of ours"`
	Stage            string     `json:"stage,omitempty" doc:"The latest step that any source stated"`
	StageLabel       string     `json:"stage_label,omitempty"`
	StageDate        *string    `json:"stage_date" doc:"As occurred_at"`
	StageText        string     `json:"stage_text,omitempty" doc:"That step in the source's own words"`
	Measures         []string   `json:"measures"`
	Items            []int64    `json:"items" doc:"What states it, the first one first"`
	Dossier          string     `json:"dossier,omitempty" doc:"The dossier that it became; absent while it is a candidate"`
	FirstSeenAt      time.Time  `json:"first_seen_at" doc:"When we first saw it"`
	ContentChangedAt time.Time  `json:"content_changed_at" doc:"When a step, an id, a measure or an item was added"`
	ResolvedAt       *time.Time `json:"resolved_at" doc:"When it became a dossier; null while it is a candidate"`
}

// Candidate is a candidate with what states it.
type Candidate struct {
	CandidateRow
	Steps   []Step    `json:"steps" doc:"What its items state of its course, oldest first, each once"`
	Stating []ItemRow `json:"stating" doc:"The items themselves, the first one first, at most 50"`
}

// Candidates returns the wire form of a page of candidates.
func (m Maker) Candidates(page policy.CandidatePage) Candidates {
	return Candidates{each(page.Candidates, m.CandidateRow), page.Next}
}

// CandidateRow returns the wire form of a candidate in a list.
func (m Maker) CandidateRow(c policy.Candidate) CandidateRow {
	id := strconv.FormatInt(int64(c.ID), 10)
	row := CandidateRow{
		ID: int64(c.ID), URL: m.Base + "/api/v1/candidates/" + id, Page: m.Base + "/candidates/" + id, Jurisdiction: c.Jurisdiction,
		OfficialIDs: list(c.OfficialIDs), Title: c.Title, FirstStage: string(c.FirstStage), Stage: string(c.Stage),
		StageDate: date(c.StageDate), StageText: c.StageText, Measures: each(c.Measures, func(m policy.Measure) string { return string(m) }),
		Items: each(c.Items, func(id policy.ItemID) int64 { return int64(id) }), Dossier: c.Dossier,
		FirstSeenAt: c.FirstSeenAt.UTC(), ContentChangedAt: c.ChangedAt.UTC(), ResolvedAt: moment(c.ResolvedAt),
	}
	if c.Stage != "" {
		row.StageLabel = c.Stage.Label()
	}
	return row
}

// Candidate returns the wire form of a candidate with what states it.
func (m Maker) Candidate(c record.Candidate) Candidate {
	return Candidate{CandidateRow: m.CandidateRow(c.Candidate), Steps: each(c.Steps, step), Stating: each(c.Items, m.ItemRow)}
}
