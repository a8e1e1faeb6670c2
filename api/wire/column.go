package wire

import (
	"strconv"
	"strings"
	"time"
)

// The columns of tables, in order. New ones come at the end.

// ItemColumns are those of items.
func ItemColumns() []Column[ItemRow] {
	return []Column[ItemRow]{
		{"id", func(i ItemRow) string { return strconv.FormatInt(i.ID, 10) }},
		{"occurred_at", func(i ItemRow) string { return textOf(i.OccurredAt) }},
		{"first_seen_at", func(i ItemRow) string { return i.FirstSeenAt.Format(time.RFC3339) }},
		{"content_changed_at", func(i ItemRow) string { return i.ContentChangedAt.Format(time.RFC3339) }},
		{"verified_at", func(i ItemRow) string { return timeOf(i.VerifiedAt) }},
		{"title", func(i ItemRow) string { return i.Title }},
		{"link", func(i ItemRow) string { return i.Link }},
		{"page", func(i ItemRow) string { return i.Page }},
		{"source", func(i ItemRow) string { return i.Source.ID }},
		{"grade", func(i ItemRow) string { return i.Source.Grade }},
		{"language", func(i ItemRow) string { return i.Language }},
		{"relevant", func(i ItemRow) string { return valueOf(i.Tags.Relevant) }},
		{"kind", func(i ItemRow) string { return valueOf(i.Tags.Kind) }},
		{"stance", func(i ItemRow) string { return valueOf(i.Tags.Stance) }},
		{"jurisdictions", func(i ItemRow) string { return valuesOf(i.Tags.Jurisdictions) }},
		{"measures", func(i ItemRow) string { return valuesOf(i.Tags.Measures) }},
		{"dossiers", func(i ItemRow) string { return valuesOf(i.Tags.Dossiers) }},
		{"actors", func(i ItemRow) string { return valuesOf(i.Tags.Actors) }},
	}
}

// WholeItemColumns are those of whole items: those of lists, and what only the item
// itself says that fits into a cell.
func WholeItemColumns() []Column[Item] {
	var all []Column[Item]
	for _, c := range ItemColumns() {
		all = append(all, Column[Item]{c.Name, func(i Item) string { return c.Value(ItemRow{Heading: i.Heading, Tags: i.Tags.row()}) }})
	}
	return append(all,
		Column[Item]{"occurred_precision", func(i Item) string { return i.OccurredPrecision }},
		Column[Item]{"byline", func(i Item) string { return i.Byline }},
		Column[Item]{"summary", func(i Item) string { return i.Summary }},
		Column[Item]{"paywalled", func(i Item) string { return strconv.FormatBool(i.Paywalled) }},
		Column[Item]{"story", func(i Item) string { return strconv.FormatInt(i.Story, 10) }},
		Column[Item]{"official_ids", func(i Item) string { return strings.Join(i.OfficialIDs, "; ") }},
		Column[Item]{"digest", func(i Item) string { return i.Evidence.Digest }},
		Column[Item]{"text", func(i Item) string { return i.Text }},
	)
}

// EventColumns are those of the events of dossiers.
func EventColumns() []Column[Event] {
	return []Column[Event]{
		{"id", func(e Event) string { return e.ID }},
		{"date", func(e Event) string { return textOf(e.Date) }},
		{"date_precision", func(e Event) string { return e.DatePrecision }},
		{"stage", func(e Event) string { return e.Stage }},
		{"title", func(e Event) string { return e.Title }},
		{"dossier", func(e Event) string { return e.Dossier }},
		{"dossier_name", func(e Event) string { return e.DossierName }},
		{"jurisdiction", func(e Event) string { return e.Jurisdiction }},
		{"body", func(e Event) string { return e.Body }},
		{"source", func(e Event) string { return e.Source }},
		{"grade", func(e Event) string { return e.Grade }},
		{"origin", func(e Event) string { return e.Origin }},
		{"ahead", func(e Event) string { return strconv.FormatBool(e.Ahead) }},
		{"overdue", func(e Event) string { return strconv.FormatBool(e.Overdue) }},
		{"page", func(e Event) string { return e.Page }},
		{"first_seen_at", func(e Event) string { return timeOf(e.FirstSeenAt) }},
		{"content_changed_at", func(e Event) string { return timeOf(e.ContentChangedAt) }},
	}
}

// DossierColumns are those of dossiers.
func DossierColumns() []Column[DossierRow] {
	return []Column[DossierRow]{
		{"id", func(d DossierRow) string { return d.ID }},
		{"name", func(d DossierRow) string { return d.Name }},
		{"title", func(d DossierRow) string { return d.Title }},
		{"jurisdiction", func(d DossierRow) string { return d.Jurisdiction }},
		{"kind", func(d DossierRow) string { return d.Kind }},
		{"status", func(d DossierRow) string { return d.Status }},
		{"effect", func(d DossierRow) string { return d.Effect }},
		{"measures", func(d DossierRow) string { return strings.Join(d.Measures, " ") }},
		{"sureness", func(d DossierRow) string { return d.Sureness }},
		{"last_event", func(d DossierRow) string { return textOf(d.LastEvent) }},
		{"next_event", func(d DossierRow) string { return textOf(d.NextEvent) }},
		{"page", func(d DossierRow) string { return d.Page }},
		{"content_changed_at", func(d DossierRow) string { return timeOf(d.ContentChangedAt) }},
	}
}

// DossierFactColumns are those of dossiers, and what only the dossier itself says
// that fits into a cell.
func DossierFactColumns() []Column[DossierFacts] {
	var all []Column[DossierFacts]
	for _, c := range DossierColumns() {
		all = append(all, Column[DossierFacts]{c.Name, func(d DossierFacts) string { return c.Value(d.DossierRow) }})
	}
	return append(all,
		Column[DossierFacts]{"original_title", func(d DossierFacts) string { return d.OriginalTitle }},
		Column[DossierFacts]{"official_ids", func(d DossierFacts) string { return strings.Join(d.OfficialIDs, "; ") }},
		Column[DossierFacts]{"status_date", func(d DossierFacts) string { return textOf(d.StatusDate) }},
		Column[DossierFacts]{"summary", func(d DossierFacts) string { return d.Summary }},
	)
}

// CandidateColumns are those of candidates.
func CandidateColumns() []Column[CandidateRow] {
	return []Column[CandidateRow]{
		{"id", func(c CandidateRow) string { return strconv.FormatInt(c.ID, 10) }},
		{"title", func(c CandidateRow) string { return c.Title }},
		{"jurisdiction", func(c CandidateRow) string { return c.Jurisdiction }},
		{"official_ids", func(c CandidateRow) string { return strings.Join(c.OfficialIDs, "; ") }},
		{"first_stage", func(c CandidateRow) string { return c.FirstStage }},
		{"stage", func(c CandidateRow) string { return c.Stage }},
		{"stage_date", func(c CandidateRow) string { return textOf(c.StageDate) }},
		{"stage_text", func(c CandidateRow) string { return c.StageText }},
		{"measures", func(c CandidateRow) string { return strings.Join(c.Measures, " ") }},
		{"page", func(c CandidateRow) string { return c.Page }},
		{"first_seen_at", func(c CandidateRow) string { return c.FirstSeenAt.Format(time.RFC3339) }},
		{"content_changed_at", func(c CandidateRow) string { return c.ContentChangedAt.Format(time.RFC3339) }},
	}
}

// EntryColumns are those of the stream of all that happened.
func EntryColumns() []Column[Entry] {
	pick := func(event func(Event) string, item func(ItemRow) string) func(Entry) string {
		return func(e Entry) string {
			if e.Event != nil {
				return event(*e.Event)
			}
			return item(*e.Item)
		}
	}
	return []Column[Entry]{
		{"id", func(e Entry) string { return e.ID }},
		{"what", pick(func(Event) string { return "event" }, func(ItemRow) string { return "item" })},
		{"date", pick(func(e Event) string { return textOf(e.Date) }, func(i ItemRow) string { return textOf(i.OccurredAt) })},
		{"title", pick(func(e Event) string { return e.Title }, func(i ItemRow) string { return i.Title })},
		{"dossiers", pick(func(e Event) string { return e.Dossier }, func(i ItemRow) string { return valuesOf(i.Tags.Dossiers) })},
		{"jurisdictions", pick(func(e Event) string { return e.Jurisdiction }, func(i ItemRow) string { return valuesOf(i.Tags.Jurisdictions) })},
		{"stage", pick(func(e Event) string { return e.Stage }, func(i ItemRow) string { return valueOf(i.Tags.Event) })},
		{"kind", pick(func(Event) string { return "" }, func(i ItemRow) string { return valueOf(i.Tags.Kind) })},
		{"stance", pick(func(Event) string { return "" }, func(i ItemRow) string { return valueOf(i.Tags.Stance) })},
		{"link", pick(func(e Event) string { return e.Source }, func(i ItemRow) string { return i.Link })},
		{"grade", pick(func(e Event) string { return e.Grade }, func(i ItemRow) string { return i.Source.Grade })},
		{"ahead", pick(func(e Event) string { return strconv.FormatBool(e.Ahead) }, func(ItemRow) string { return "false" })},
		{"page", pick(func(e Event) string { return e.Page }, func(i ItemRow) string { return i.Page })},
		{"content_changed_at", pick(func(e Event) string { return timeOf(e.ContentChangedAt) },
			func(i ItemRow) string { return i.ContentChangedAt.Format(time.RFC3339) })},
	}
}

// ActorEntryColumns are those of what can be followed of an actor.
func ActorEntryColumns() []Column[ActorEntry] {
	pick := func(position func(HistoryStep) string, item func(ItemRow) string) func(ActorEntry) string {
		return func(e ActorEntry) string {
			if e.Position != nil {
				return position(*e.Position)
			}
			return item(*e.Item)
		}
	}
	return []Column[ActorEntry]{
		{"what", pick(func(HistoryStep) string { return "position" }, func(ItemRow) string { return "item" })},
		{"date", pick(func(p HistoryStep) string { return textOf(p.On) }, func(i ItemRow) string { return textOf(i.OccurredAt) })},
		{"title", pick(func(p HistoryStep) string { return p.Claim }, func(i ItemRow) string { return i.Title })},
		{"dossiers", pick(func(p HistoryStep) string { return p.Dossier }, func(i ItemRow) string { return valuesOf(i.Tags.Dossiers) })},
		{"side", pick(func(p HistoryStep) string { return p.Side }, func(ItemRow) string { return "" })},
		{"from", pick(func(p HistoryStep) string { return p.From }, func(ItemRow) string { return "" })},
		{"link", pick(func(p HistoryStep) string { return p.Source }, func(i ItemRow) string { return i.Link })},
		{"grade", pick(func(p HistoryStep) string { return p.Grade }, func(i ItemRow) string { return i.Source.Grade })},
	}
}
