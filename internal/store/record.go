package store

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// The records are the stored forms of domain values that no question looks into.
// They have names of their own, so that renaming a Go field loses no data.

type tagsRecord struct {
	Version       string        `json:"version,omitempty"`
	Language      string        `json:"lang,omitempty"`
	Relevant      *tagRecord    `json:"relevant,omitempty"`
	Kind          *tagRecord    `json:"kind,omitempty"`
	Stance        *tagRecord    `json:"stance,omitempty"`
	Jurisdictions []tagRecord   `json:"jurisdictions,omitempty"`
	Measures      []tagRecord   `json:"measures,omitempty"`
	Dossiers      []tagRecord   `json:"dossiers,omitempty"`
	Actors        []tagRecord   `json:"actors,omitempty"`
	Positions     []claimRecord `json:"positions,omitempty"`
	Event         *tagRecord    `json:"event,omitempty"`
	EventDate     string        `json:"event_date,omitempty"`
}

type tagRecord struct {
	Value      string       `json:"v"`
	Confidence float64      `json:"c,omitempty"`
	Evidence   []spanRecord `json:"e,omitempty"`
	Reasons    []string     `json:"r,omitempty"`
}

type spanRecord struct {
	Field string `json:"f"`
	Start int    `json:"s"`
	End   int    `json:"e"`
	Text  string `json:"t"`
}

type claimRecord struct {
	Actor      string       `json:"actor"`
	Side       string       `json:"side"`
	Dossier    string       `json:"dossier,omitempty"`
	Confidence float64      `json:"c,omitempty"`
	Evidence   []spanRecord `json:"e,omitempty"`
}

// encodeTags returns the stored form with all evidence; see briefTags for lists.
func encodeTags(t policy.Tags) (string, error) {
	r := tagsRecord{
		Version: t.Version, Language: t.Language, EventDate: t.EventDate.String(),
		Relevant: single(t.Relevant), Kind: single(t.Kind),
		Stance: single(t.Stance), Event: single(t.Event),
		Jurisdictions: several(t.Jurisdictions), Measures: several(t.Measures),
		Dossiers: several(t.Dossiers), Actors: several(t.Actors),
	}
	for _, c := range t.Positions {
		r.Positions = append(r.Positions, claimRecord{
			Actor: c.Actor, Side: string(c.Side), Dossier: c.Dossier, Confidence: c.Confidence, Evidence: spanRecords(c.Evidence),
		})
	}
	return encode(r)
}

func single(t policy.Tag) *tagRecord {
	if t.IsZero() {
		return nil
	}
	return &several([]policy.Tag{t})[0]
}

func several(tags []policy.Tag) []tagRecord {
	var all []tagRecord
	for _, t := range tags {
		all = append(all, tagRecord{Value: t.Value, Confidence: t.Confidence, Evidence: spanRecords(t.Evidence), Reasons: t.Reasons})
	}
	return all
}

func spanRecords(spans []policy.Span) []spanRecord {
	var all []spanRecord
	for _, s := range spans {
		all = append(all, spanRecord(s))
	}
	return all
}

func decodeTags(text string) (policy.Tags, error) {
	var r tagsRecord
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return policy.Tags{}, fmt.Errorf("reading stored tags: %w", err)
	}
	date, err := policy.ParseDate(r.EventDate)
	if err != nil {
		return policy.Tags{}, fmt.Errorf("reading stored tags: %w", err)
	}
	t := policy.Tags{
		Version: r.Version, Language: r.Language, EventDate: date,
		Relevant: r.Relevant.tag(), Kind: r.Kind.tag(), Stance: r.Stance.tag(), Event: r.Event.tag(),
		Jurisdictions: tags(r.Jurisdictions), Measures: tags(r.Measures), Dossiers: tags(r.Dossiers), Actors: tags(r.Actors),
	}
	for _, c := range r.Positions {
		t.Positions = append(t.Positions, policy.Claim{
			Actor: c.Actor, Side: policy.Side(c.Side), Dossier: c.Dossier, Confidence: c.Confidence, Evidence: spans(c.Evidence),
		})
	}
	return t, nil
}

func (r *tagRecord) tag() policy.Tag {
	if r == nil {
		return policy.Tag{}
	}
	return policy.Tag{Value: r.Value, Confidence: r.Confidence, Evidence: spans(r.Evidence), Reasons: r.Reasons}
}

func tags(records []tagRecord) []policy.Tag {
	var all []policy.Tag
	for _, r := range records {
		all = append(all, r.tag())
	}
	return all
}

func spans(records []spanRecord) []policy.Span {
	var all []policy.Span
	for _, r := range records {
		all = append(all, policy.Span(r))
	}
	return all
}

// documentRecord holds the parts of a Document that only its own page shows.
type documentRecord struct {
	OfficialIDs []string           `json:"official_ids,omitempty"`
	Steps       []stepRecord       `json:"steps,omitempty"`
	Attachments []attachmentRecord `json:"attachments,omitempty"`
	Capture     captureRecord      `json:"capture"`
	Problems    []string           `json:"problems,omitempty"`
}

type stepRecord struct {
	Date  string `json:"date,omitempty"`
	Stage string `json:"stage,omitempty"`
	Text  string `json:"text,omitempty"`
	Body  string `json:"body,omitempty"`
}

type attachmentRecord struct {
	URL       string `json:"url"`
	MediaType string `json:"type,omitempty"`
	Title     string `json:"title,omitempty"`
}

type captureRecord struct {
	URL       string    `json:"url,omitempty"`
	FetchedAt time.Time `json:"at,omitzero"`
	Status    int       `json:"status,omitempty"`
	MediaType string    `json:"type,omitempty"`
	Digest    string    `json:"digest,omitempty"`
	Archive   string    `json:"archive,omitempty"`
}

func encodeDocument(d policy.Document) (string, error) {
	r := documentRecord{OfficialIDs: d.OfficialIDs, Problems: d.Problems, Capture: captureRecord(d.Capture)}
	for _, s := range d.Steps {
		r.Steps = append(r.Steps, stepRecord{Date: s.Date.String(), Stage: string(s.Stage), Text: s.Text, Body: s.Body})
	}
	for _, a := range d.Attachments {
		r.Attachments = append(r.Attachments, attachmentRecord(a))
	}
	return encode(r)
}

// decodeDocument fills in the parts that encodeDocument kept.
func decodeDocument(text string, d *policy.Document) error {
	var r documentRecord
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return fmt.Errorf("reading a stored document: %w", err)
	}
	d.OfficialIDs, d.Problems, d.Capture = r.OfficialIDs, r.Problems, policy.Capture(r.Capture)
	for _, s := range r.Steps {
		date, err := policy.ParseDate(s.Date)
		if err != nil {
			return fmt.Errorf("reading a stored document: %w", err)
		}
		d.Steps = append(d.Steps, policy.Step{Date: date, Stage: policy.Stage(s.Stage), Text: s.Text, Body: s.Body})
	}
	for _, a := range r.Attachments {
		d.Attachments = append(d.Attachments, policy.Attachment(a))
	}
	return nil
}

// encode fails only on what JSON cannot say, as a confidence that is no number.
func encode(record any) (string, error) {
	text, err := json.Marshal(record)
	if err != nil {
		return "", fmt.Errorf("writing a record: %w", err)
	}
	return string(text), nil
}
