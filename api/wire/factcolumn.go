package wire

import (
	"strconv"
	"strings"
	"time"
)

// PositionColumns are those of what actors said on dossiers.
func PositionColumns() []Column[HistoryStep] {
	return []Column[HistoryStep]{
		{"actor", func(p HistoryStep) string { return p.Actor }},
		{"actor_name", func(p HistoryStep) string { return p.ActorName }},
		{"dossier", func(p HistoryStep) string { return p.Dossier }},
		{"dossier_name", func(p HistoryStep) string { return p.DossierName }},
		{"on", func(p HistoryStep) string { return textOf(p.On) }},
		{"side", func(p HistoryStep) string { return p.Side }},
		{"claim", func(p HistoryStep) string { return p.Claim }},
		{"source", func(p HistoryStep) string { return p.Source }},
		{"grade", func(p HistoryStep) string { return p.Grade }},
		{"changed_side", func(p HistoryStep) string { return strconv.FormatBool(p.ChangedSide) }},
		{"from", func(p HistoryStep) string { return p.From }},
	}
}

// ActorFactColumns are those of actors.
func ActorFactColumns() []Column[ActorFacts] {
	return []Column[ActorFacts]{
		{"id", func(a ActorFacts) string { return a.ID }},
		{"name", func(a ActorFacts) string { return a.Name }},
		{"kind", func(a ActorFacts) string { return a.Kind }},
		{"jurisdiction", func(a ActorFacts) string { return a.Jurisdiction }},
		{"stance", func(a ActorFacts) string { return a.Stance }},
		{"aliases", func(a ActorFacts) string { return strings.Join(a.Aliases, "; ") }},
		{"changes_of_side", func(a ActorFacts) string { return strconv.Itoa(a.ChangesOfSide) }},
		{"page", func(a ActorFacts) string { return a.Page }},
		{"content_changed_at", func(a ActorFacts) string { return timeOf(a.ContentChangedAt) }},
	}
}

// JurisdictionColumns are those of jurisdictions.
func JurisdictionColumns() []Column[Jurisdiction] {
	return []Column[Jurisdiction]{
		{"code", func(j Jurisdiction) string { return j.Code }},
		{"name", func(j Jurisdiction) string { return j.Name }},
		{"level", func(j Jurisdiction) string { return j.Level }},
		{"parent", func(j Jurisdiction) string { return j.Parent }},
		{"items", func(j Jurisdiction) string { return strconv.Itoa(j.Items) }},
		{"page", func(j Jurisdiction) string { return j.Page }},
	}
}

// SourceFactColumns are those of sources.
func SourceFactColumns() []Column[SourceFacts] {
	return []Column[SourceFacts]{
		{"id", func(s SourceFacts) string { return s.ID }},
		{"name", func(s SourceFacts) string { return s.Name }},
		{"home", func(s SourceFacts) string { return s.Home }},
		{"jurisdiction", func(s SourceFacts) string { return s.Jurisdiction }},
		{"language", func(s SourceFacts) string { return s.Language }},
		{"kind", func(s SourceFacts) string { return s.Kind }},
		{"grade", func(s SourceFacts) string { return s.Grade }},
		{"licence", func(s SourceFacts) string { return s.Licence }},
		{"attribution", func(s SourceFacts) string { return s.Attribution }},
		{"disabled", func(s SourceFacts) string { return s.Disabled }},
		{"interval_seconds", func(s SourceFacts) string { return strconv.FormatInt(s.IntervalS, 10) }},
		{"items", func(s SourceFacts) string { return strconv.Itoa(s.Items) }},
		{"relevant", func(s SourceFacts) string { return strconv.Itoa(s.Relevant) }},
	}
}

// GoneColumns are those of rows that tables have lost.
func GoneColumns() []Column[Gone] {
	return []Column[Gone]{
		{"table", func(g Gone) string { return g.Table }},
		{"id", func(g Gone) string { return g.ID }},
		{"at", func(g Gone) string { return g.At.Format(time.RFC3339) }},
		{"now", func(g Gone) string { return g.Now }},
	}
}
