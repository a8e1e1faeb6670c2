package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Noticed is what a document told us about the record.
type Noticed struct {
	Candidate policy.CandidateID // the candidate that it belongs to; 0 where to none
	Opened    int                // candidates that are new
	Crawled   int                // events that were added to a dossier
	Suggested int                // events that were suggested for the first time
}

// Notice takes in what the document of a saved item tells about dossiers: an
// official one that belongs to no dossier opens a candidate or joins it; the steps of
// one that belongs to a dossier for certain become events of it; and a step that
// somebody else reports is suggested. The same document again adds nothing. It must
// follow Save in the same transaction.
func (tx *Tx) Notice(ctx context.Context, id policy.ItemID, doc policy.Document, base *knowledge.Base) (Noticed, error) {
	if err := tx.lockItems(ctx); err != nil {
		return Noticed{}, err
	}
	row, err := tx.load(ctx, id)
	if err != nil {
		return Noticed{}, err
	}
	noticed, err := tx.notice(ctx, row, cleaned(doc), base)
	if err != nil {
		return Noticed{}, fmt.Errorf("noticing what item %d tells: %w", id, err)
	}
	return noticed, nil
}

// Tells reports whether a document, or what we think of it, may tell anything about
// dossiers, so that Notice need not be asked for the many that do not. A new item that
// is not relevant tells nothing; of a known one a person may have said that it is.
func (s Saved) Tells(doc policy.Document, tags policy.Tags) bool {
	fresh := s.Outcome == New || s.Outcome == Story
	return s.Outcome != Unchanged && (!fresh || tags.IsRelevant()) && tells(doc, tags)
}

func tells(doc policy.Document, tags policy.Tags) bool {
	return doc.Grade == policy.GradeOfficial && len(doc.OfficialIDs)+len(doc.Steps) > 0 || !tags.Event.IsZero()
}

func (tx *Tx) notice(ctx context.Context, row itemRow, doc policy.Document, base *knowledge.Base) (Noticed, error) {
	var noticed Noticed
	if doc.Grade == policy.GradeOfficial && len(doc.OfficialIDs) > 0 {
		linked, err := tx.noticeCandidate(ctx, row, doc, &noticed)
		if err != nil {
			return noticed, err
		}
		if linked {
			if row, err = tx.load(ctx, row.ID); err != nil {
				return noticed, err
			}
		}
	}
	if err := tx.unsuggest(ctx, row.ID); err != nil {
		return noticed, err
	}
	if !row.Tags.IsRelevant() {
		return noticed, nil
	}
	for _, event := range statedEvents(row, doc, base) {
		added, err := tx.addEvent(ctx, event, base)
		if err != nil {
			return noticed, err
		}
		if added && event.Origin == policy.OriginCrawled {
			noticed.Crawled++
		} else if added {
			noticed.Suggested++
		}
	}
	return noticed, nil
}

// statedEvents returns the events that a document states or makes us suggest.
func statedEvents(row itemRow, doc policy.Document, base *knowledge.Base) []policy.DossierEvent {
	if doc.Grade == policy.GradeOfficial && len(doc.Steps) > 0 {
		if dossier, ok := certainDossier(row, doc, base); ok {
			return crawledEvents(dossier, row.ID, doc)
		}
		return nil
	}
	if event, ok := suggestedEvent(row, doc); ok {
		return []policy.DossierEvent{event}
	}
	return nil
}

// certainDossier returns the one dossier that an official document is about: whose
// official id it states, or that a person said. One that states the ids of several
// does not say whose its steps are.
func certainDossier(row itemRow, doc policy.Document, base *knowledge.Base) (policy.Dossier, bool) {
	var certain []string
	for _, tag := range row.Tags.Dossiers {
		stated := slices.ContainsFunc(doc.OfficialIDs, func(id string) bool {
			d, ok := base.Stated(id, doc.Jurisdiction)
			return ok && d.ID == tag.Value
		})
		said := slices.ContainsFunc(row.Corrections, func(c policy.Correction) bool {
			return c.Facet == policy.FacetDossier && c.Value == tag.Value && c.Verdict != policy.VerdictRemove
		})
		if stated || said || joinedBy(tag) {
			certain = append(certain, tag.Value)
		}
	}
	if len(certain) != 1 {
		return policy.Dossier{}, false
	}
	return base.Dossier(certain[0])
}

// longestTitle bounds the words of a source's step, in bytes.
const longestTitle = 600

func crawledEvents(dossier policy.Dossier, item policy.ItemID, doc policy.Document) []policy.DossierEvent {
	var events []policy.DossierEvent
	for _, step := range doc.Steps {
		if _, known := step.Stage.Words(); !known || step.Date.IsZero() {
			continue // it stays on the item, in the source's words
		}
		events = append(events, policy.DossierEvent{
			ID:      eventID(dossier.ID, step.Date, step.Stage, policy.OriginCrawled),
			Dossier: dossier.ID, Date: step.Date, Stage: step.Stage, Title: short(step.Text), Body: short(step.Body),
			Source: doc.URL, Grade: doc.Grade, Origin: policy.OriginCrawled, Item: item,
		})
	}
	return events
}

// suggestedEvent makes an event of the news that the classifier read in a text. It
// counts for the dossier that the text is most surely about.
func suggestedEvent(row itemRow, doc policy.Document) (policy.DossierEvent, bool) {
	stage := policy.Stage(row.Tags.Event.Value)
	if _, known := stage.Words(); !known || len(row.Tags.Dossiers) == 0 {
		return policy.DossierEvent{}, false
	}
	date := row.Tags.EventDate
	if date.IsZero() {
		date = dayOf(doc.Published)
	}
	if date.IsZero() {
		return policy.DossierEvent{}, false
	}
	best := slices.MaxFunc(row.Tags.Dossiers, func(a, b policy.Tag) int {
		switch {
		case a.Confidence < b.Confidence:
			return -1
		case a.Confidence > b.Confidence:
			return 1
		}
		return 0
	})
	return policy.DossierEvent{
		ID:      eventID(best.Value, date, stage, policy.OriginSuggested),
		Dossier: best.Value, Date: date, Stage: stage, Title: short(doc.Title), Source: doc.URL, Grade: doc.Grade,
		Origin: policy.OriginSuggested, Item: row.ID,
	}, true
}

// dayOf is the day of a moment: an event is no matter of seconds.
func dayOf(d policy.Date) policy.Date {
	if d.Precision() != policy.PrecisionMoment {
		return d
	}
	return policy.Day(d.Start().Date())
}

// eventID is lasting and fit for an address, like those of the curated events, which
// end with their stage.
func eventID(dossier string, date policy.Date, stage policy.Stage, origin policy.Origin) string {
	return fmt.Sprintf("%s.%s.%s.%s", dossier, dayOf(date), stage, origin)
}

func short(text string) string {
	text = clean(text)
	if len(text) <= longestTitle {
		return text
	}
	return clean(text[:longestTitle]) + "…"
}
