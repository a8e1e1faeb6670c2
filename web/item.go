package web

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// How much of a text is shown, in runes. An official text belongs to the public;
// of anybody else's we show what a fair quotation is, and lead to the rest.
const (
	officialExcerpt = 4000
	fairExcerpt     = 700
	maxParagraphs   = 10 // of a table read as text each cell is one
)

// itemPage shows one document: what was said, what we think it means and why,
// and where the evidence is.
type itemPage struct {
	frame
	Entry     entry
	Byline    string
	Grade     string
	GradeLong string
	Host      string
	Excerpt   []string // paragraphs
	Cut       bool
	Paywalled bool
	Language  string
	Why       []whyGroup
	Version   string
	Positions []claim
	Others    []sighting
	Steps     []step
	Files     []link
	Facts     []fact // where the evidence is
	Problems  []string
	Said      []correction
	Seconds   []second // opinions of language models, where one is configured
	Relevant  bool
}

func (itemPage) template() string { return "item" }

// fact is a name and a value of a list of facts.
type fact struct {
	Name  string
	Value string
	Href  string
	When  when
	Code  bool
}

// sighting is another source's copy.
type sighting struct {
	Source link
	Title  string
	Read   string
	Ours   string // our page of that copy, where it is kept apart
	Seen   when
}

// step is a step of a procedure in its source's own words.
type step struct {
	When  when
	Stage string
	Text  string
	Body  string
}

// correction is what a person said about a tag.
type correction struct {
	What string
	By   string
	Note string
	At   when
}

func (s *Site) item(c *gin.Context) (page, error) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil || id < 1 {
		return nil, fmt.Errorf("item %q: %w", c.Param("id"), policy.ErrNotFound)
	}
	item, err := s.options.Reader.Item(c.Request.Context(), policy.ItemID(id))
	if err != nil {
		return nil, err
	}
	l, d := s.labeller(c.Request.Context()), item.Document
	p := &itemPage{
		frame: frame{Section: "/timeline", Feeds: []link{
			{Label: "JSON", Href: "/api/v1" + itemPath(item.ID), Type: "application/json"}}},
		Entry:     l.entryOf(item),
		Byline:    d.Byline,
		Grade:     policy.Grades.Label(d.Grade),
		GradeLong: policy.Grades.Meaning(d.Grade),
		Host:      hostOf(d.URL),
		Paywalled: d.Paywalled,
		Why:       l.whyOf(item),
		Version:   item.Tags.Version,
		Positions: l.claimsOf(item),
		Others:    l.sightingsOf(item),
		Steps:     stepsOf(d.Steps),
		Files:     filesOf(d.Attachments),
		Facts:     factsOf(item),
		Problems:  d.Problems,
		Said:      l.correctionsOf(item.Corrections),
		Seconds:   l.secondsOf(item),
		Relevant:  item.Tags.IsRelevant(),
	}
	p.Title = p.Entry.Title
	p.Description = p.Entry.Source.Label + ", " + p.Entry.When.Words
	p.Language = p.Entry.Tongue.Name
	p.Excerpt, p.Cut = excerptOf(d)
	return p, nil
}

// excerptOf returns as many paragraphs of a document as may fairly be shown.
func excerptOf(d policy.Document) (paragraphs []string, cut bool) {
	text, limit := either(d.Text, d.Summary), fairExcerpt
	if d.Grade == policy.GradeOfficial {
		limit = officialExcerpt
	}
	short, cut := shorten(text, limit)
	for paragraph := range strings.SplitSeq(short, "\n\n") {
		if len(paragraphs) == maxParagraphs {
			return paragraphs, true
		}
		if paragraph = strings.TrimSpace(paragraph); paragraph != "" {
			paragraphs = append(paragraphs, paragraph)
		}
	}
	return paragraphs, cut
}

func (l labeller) sightingsOf(item policy.Item) []sighting {
	var all []sighting
	for _, seen := range item.Sightings {
		if seen.Source == item.Document.Source && (seen.Item == item.ID || seen.Item == 0) {
			continue
		}
		other := sighting{
			Source: l.sourceLink(seen.Source, seen.URL),
			Title:  seen.Title, Read: outward(seen.URL), Seen: momentOf(seen.SeenAt),
		}
		if seen.Item != item.ID && seen.Item != 0 {
			other.Ours = itemPath(seen.Item)
		}
		all = append(all, other)
	}
	return all
}

func stepsOf(steps []policy.Step) []step {
	var all []step
	for _, st := range steps {
		one := step{When: dateOf(st.Date), Text: st.Text, Body: st.Body}
		if st.Stage != "" {
			one.Stage = st.Stage.Label()
		}
		all = append(all, one)
	}
	return all
}

func filesOf(attachments []policy.Attachment) []link {
	var all []link
	for _, a := range attachments {
		label := either(a.Title, hostOf(a.URL))
		if _, short, ok := strings.Cut(a.MediaType, "/"); ok {
			label += " (" + strings.ToUpper(short) + ")"
		}
		all = append(all, link{Label: label, Href: outward(a.URL), Type: a.MediaType})
	}
	return all
}

// factsOf says where a document came from, so that anybody can check it.
func factsOf(item policy.Item) []fact {
	d, capture := item.Document, item.Document.Capture
	facts := []fact{
		{Name: "Published", When: dateOf(d.Published), Value: unknownDate(d.Published)},
		{Name: "Changed by the source", When: dateOf(d.Updated)},
		{Name: "First seen by us", When: momentOf(item.FirstSeenAt)},
		{Name: "Its meaning last changed", When: momentOf(item.ContentChangedAt)},
		{Name: "Judgement checked by a person", When: momentOf(item.VerifiedAt)},
		{Name: "Fetched", When: momentOf(capture.FetchedAt)},
		{Name: "Answered from", Value: capture.URL, Href: outward(capture.URL)},
		{Name: "Answer", Value: answerOf(capture)},
		{Name: "Digest of the bytes", Value: capture.Digest, Code: true},
		{Name: "Archived as", Value: capture.Archive, Code: true},
		{Name: "Official ids", Value: strings.Join(d.OfficialIDs, ", ")},
		{Name: "The source’s id", Value: d.EntryID, Code: true},
	}
	var known []fact
	for _, f := range facts {
		if f.Value != "" || f.When.Words != "" {
			known = append(known, f)
		}
	}
	return known
}

func unknownDate(d policy.Date) string {
	if d.IsZero() {
		return "the source gives no date"
	}
	return ""
}

func answerOf(c policy.Capture) string {
	if c.Status == 0 {
		return ""
	}
	return strings.TrimSuffix("HTTP "+strconv.Itoa(c.Status)+", "+c.MediaType, ", ")
}
