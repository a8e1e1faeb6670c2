// Package wire holds the shapes in which the API answers. They are apart from
// the domain's types, so that those may change while the promise to callers
// stays. A list is never null, and every object has its three clocks.
package wire

import (
	"strconv"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Heading is what lists say of an item, and the item itself too.
type Heading struct {
	ID    int64  `json:"id" doc:"Our own lasting number"`
	URL   string `json:"url" format:"uri" doc:"The address of the whole object"`
	Page  string `json:"page" format:"uri" doc:"The address of its page for people"`
	Link  string `json:"link" doc:"The address of the document at its source; empty where that is none of the web"`
	Title string `json:"title" doc:"Plain text"`
	Clocks
	OccurredPrecision string `json:"occurred_precision" enum:"none,year,month,day,moment" doc:"How much of occurred_at is known"`

	Byline    string     `json:"byline,omitempty" doc:"The author, as the source writes it"`
	Summary   string     `json:"summary,omitempty" doc:"The source's teaser or abstract, plain text"`
	Language  string     `json:"language,omitempty" doc:"BCP 47, as detected in the text or else as declared"`
	Source    SourceRef  `json:"source" doc:"Where it was first seen"`
	Paywalled bool       `json:"paywalled" doc:"Only a teaser is free"`
	Story     int64      `json:"story" doc:"The first item of the same story; its own number where it stands alone"`
	Sightings []Sighting `json:"sightings" doc:"Every source that carried it, the first one first"`
}

// ItemRow is an item in a list.
type ItemRow struct {
	Heading
	Tags TagsRow `json:"tags"`
}

// Item is a document that we keep, and what we think it means.
type Item struct {
	Heading
	Text        string       `json:"text,omitempty" doc:"The main text, plain"`
	Tags        Tags         `json:"tags"`
	Problems    []string     `json:"problems" doc:"What was lost or guessed in reading it; empty when all went well"`
	OfficialIDs []string     `json:"official_ids" doc:"Ids of procedures, bills and acts that the source itself states"`
	Steps       []Step       `json:"steps" doc:"Steps of a procedure that an official source states"`
	Attachments []Attachment `json:"attachments" doc:"Other forms of the document"`
	Corrections []Correction `json:"corrections" doc:"What people said about its tags"`
	Opinions    []Opinion    `json:"opinions" doc:"What a language model said of this version of it: a second opinion where the classifier was not sure. It stands beside the tags and changes none of them"`
	Evidence    Evidence     `json:"evidence"`
}

// Clocks are the times of an object, which are never mixed.
type Clocks struct {
	OccurredAt       *string    `json:"occurred_at" doc:"When it happened or appeared in the world: 2026, 2026-05, 2026-05-12 or a moment of RFC 3339; null where unknown"`
	FirstSeenAt      time.Time  `json:"first_seen_at" doc:"When we first saw it"`
	ContentChangedAt time.Time  `json:"content_changed_at" doc:"When its meaning last changed"`
	VerifiedAt       *time.Time `json:"verified_at" doc:"When a person checked the judgement; null where nobody did"`
}

// SourceRef names a source.
type SourceRef struct {
	ID    string `json:"id" doc:"See /api/v1/sources/{id}; empty for a text from elsewhere"`
	Grade string `json:"grade" doc:"How good it is as evidence, see grades in /api/v1/vocabulary"`
}

// Step is one step of a procedure as an official source states it.
type Step struct {
	Date  *string `json:"date" doc:"As occurred_at"`
	Stage string  `json:"stage,omitempty" doc:"See stages in /api/v1/vocabulary; empty where the source's word could not be mapped"`
	Text  string  `json:"text,omitempty" doc:"The source's own words"`
	Body  string  `json:"body,omitempty" doc:"The chamber, committee or authority, in the source's words"`
}

// Attachment is another form of a document.
type Attachment struct {
	URL       string `json:"url"`
	MediaType string `json:"media_type,omitempty"`
	Title     string `json:"title,omitempty"`
}

// Sighting is one source's copy of an item.
type Sighting struct {
	Source string    `json:"source"`
	Link   string    `json:"link"`
	Title  string    `json:"title"`
	SeenAt time.Time `json:"seen_at"`
	Item   int64     `json:"item" doc:"The item of that copy"`
}

// Correction is what a person said about a tag.
type Correction struct {
	Facet   string    `json:"facet"`
	Value   string    `json:"value"`
	Verdict string    `json:"verdict" enum:"set,add,remove"`
	By      string    `json:"by,omitempty" doc:"Who, as they want to be named"`
	Note    string    `json:"note,omitempty"`
	At      time.Time `json:"at"`
}

// Evidence says from which response the item was read.
type Evidence struct {
	URL       string     `json:"url,omitempty" doc:"The address that answered, after redirects"`
	FetchedAt *time.Time `json:"fetched_at" doc:"When it answered; null where it did not come from the network"`
	Status    int        `json:"status,omitempty" doc:"The HTTP status of the answer"`
	MediaType string     `json:"media_type,omitempty"`
	Digest    string     `json:"digest,omitempty" doc:"sha256: and hex, of the bytes as they were served"`
	Archived  bool       `json:"archived" doc:"The response is kept in our archive"`
}

// Maker makes wire objects; it knows the public address, the record's names and
// what time it is.
type Maker struct {
	Base  string // the public address, without a slash at the end
	Names Names
	Now   func() time.Time
}

// Item returns the wire form of an item with all that we have of it.
func (m Maker) Item(i policy.Item) Item {
	d := i.Document
	return Item{
		Heading: m.heading(i), Text: d.Text, Tags: m.Tags(i.Tags), Problems: list(d.Problems),
		OfficialIDs: list(d.OfficialIDs), Steps: each(d.Steps, step), Attachments: each(d.Attachments, attachment),
		Corrections: each(i.Corrections, correction), Opinions: m.opinions(i), Evidence: evidence(d.Capture),
	}
}

// ItemRow returns the wire form of an item in a list. A list does not read what
// it does not say.
func (m Maker) ItemRow(i policy.Item) ItemRow {
	return ItemRow{Heading: m.heading(i), Tags: m.TagsRow(i.Tags)}
}

func (m Maker) heading(i policy.Item) Heading {
	d, id := i.Document, strconv.FormatInt(int64(i.ID), 10)
	return Heading{
		ID: int64(i.ID), URL: m.Base + "/api/v1/items/" + id, Page: m.Base + "/items/" + id,
		Link: web(d.URL), Title: d.Title, Clocks: clocks(i), OccurredPrecision: precision(i.OccurredAt()),
		Byline: d.Byline, Summary: d.Summary, Language: Language(i), Source: SourceRef{ID: d.Source, Grade: string(d.Grade)},
		Paywalled: d.Paywalled, Story: int64(story(i)), Sightings: each(i.Sightings, sighting),
	}
}

// Language returns the language that an item is most likely in.
func Language(i policy.Item) string {
	if i.Tags.Language != "" {
		return i.Tags.Language
	}
	return i.Document.Language
}

func story(i policy.Item) policy.ItemID {
	if i.Story == 0 {
		return i.ID
	}
	return i.Story
}

func clocks(i policy.Item) Clocks {
	return Clocks{
		OccurredAt: date(i.OccurredAt()), FirstSeenAt: i.FirstSeenAt.UTC(),
		ContentChangedAt: i.ContentChangedAt.UTC(), VerifiedAt: moment(i.VerifiedAt),
	}
}

func step(s policy.Step) Step {
	return Step{Date: date(s.Date), Stage: string(s.Stage), Text: s.Text, Body: s.Body}
}

func attachment(a policy.Attachment) Attachment {
	return Attachment{URL: a.URL, MediaType: a.MediaType, Title: a.Title}
}

func sighting(s policy.Sighting) Sighting {
	return Sighting{Source: s.Source, Link: s.URL, Title: s.Title, SeenAt: s.SeenAt.UTC(), Item: int64(s.Item)}
}

func correction(c policy.Correction) Correction {
	return Correction{
		Facet: string(c.Facet), Value: c.Value, Verdict: string(c.Verdict), By: c.By, Note: c.Note, At: c.At.UTC(),
	}
}

func evidence(c policy.Capture) Evidence {
	return Evidence{
		URL: c.URL, FetchedAt: moment(c.FetchedAt), Status: c.Status, MediaType: c.MediaType,
		Digest: c.Digest, Archived: c.Archive != "",
	}
}
