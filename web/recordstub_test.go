package web_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/record"
)

// base is the record that is shipped, with a made-up dossier beside it.
var base = sync.OnceValue(func() *knowledge.Base {
	b, err := knowledge.Load(os.DirFS("testdata/record"))
	if err != nil {
		panic(err)
	}
	return b
})

var _ record.Store = (*memory)(nil)

// The rest of what the record asks of a store.

func (m *memory) CursorBehind(f policy.Filter, at time.Time, id policy.ItemID) string {
	all := m.matching(f)
	if f.Order == policy.OrderOldest {
		slices.Reverse(all)
	}
	for i, item := range all {
		shown := time.Unix(item.ShownAt().Unix(), 0)
		behind := shown.Before(at)
		if f.Order == policy.OrderOldest {
			behind = shown.After(at)
		}
		if shown.Equal(at) {
			before := slices.IndexFunc(all, func(other policy.Item) bool { return other.ID == id })
			behind = id == 0 || before >= 0 && i > before
		}
		if behind {
			return strconv.Itoa(i)
		}
	}
	return strconv.Itoa(len(all))
}

func (m *memory) NoticedEvents(_ context.Context, q policy.EventQuery) ([]policy.DossierEvent, error) {
	if m.err != nil {
		return nil, m.err
	}
	var all []policy.DossierEvent
	for _, e := range m.events {
		if (e.Origin == policy.OriginSuggested) == q.Suggested && (q.Dossiers == nil || slices.Contains(q.Dossiers, e.Dossier)) &&
			(q.IDs == nil || slices.Contains(q.IDs, e.ID)) && (q.From.IsZero() || e.Date.End().After(q.From.Start())) &&
			(q.To.IsZero() || e.Date.Start().Before(q.To.End())) && behind(q, e) {
			all = append(all, e)
		}
	}
	slices.SortFunc(all, func(a, b policy.DossierEvent) int {
		if q.Newest {
			return b.Date.Compare(a.Date)
		}
		return a.Date.Compare(b.Date)
	})
	return all, nil
}

func behind(q policy.EventQuery, e policy.DossierEvent) bool {
	if q.After.IsZero() {
		return true
	}
	c := e.Date.Start().Compare(q.After)
	if q.Newest {
		c = -c
	}
	return c > 0 || c == 0 && e.ID > q.AfterID
}

func (m *memory) NoticedEvent(_ context.Context, id string) (policy.DossierEvent, error) {
	for _, e := range m.events {
		if e.ID == id {
			return e, m.err
		}
	}
	return policy.DossierEvent{}, fmt.Errorf("event %s: %w", id, policy.ErrNotFound)
}

// SearchRecord finds dossiers by their names alone.
func (m *memory) SearchRecord(_ context.Context, text string, _ ...policy.RecordKind) ([]policy.RecordHit, error) {
	var hits []policy.RecordHit
	for _, d := range base().Dossiers {
		if strings.Contains(strings.ToLower(d.Title+" "+d.ShortTitle), strings.ToLower(text)) {
			hits = append(hits, policy.RecordHit{Kind: policy.RecordDossier, ID: d.ID, Rank: 1})
		}
	}
	return hits, m.err
}

func (m *memory) Candidates(_ context.Context, f policy.Filter) (policy.CandidatePage, error) {
	var page policy.CandidatePage
	for _, c := range m.candidates {
		if c.Dossier == "" && anyOf(f.Jurisdictions, []string{c.Jurisdiction}) {
			page.Candidates = append(page.Candidates, c)
		}
	}
	return page, m.err
}

func (m *memory) Candidate(_ context.Context, id policy.CandidateID) (policy.Candidate, error) {
	for _, c := range m.candidates {
		if c.ID == id {
			return c, m.err
		}
	}
	return policy.Candidate{}, fmt.Errorf("candidate %d: %w", id, policy.ErrNotFound)
}

func (m *memory) RecordState(_ context.Context, kind policy.RecordKind, id string) (policy.RecordState, error) {
	state := policy.RecordState{Kind: kind, ID: id, ContentChangedAt: now().Add(-26 * time.Hour)}
	switch id {
	case "removed-dossier":
		state.RemovedAt = now().Add(-time.Hour)
	case "signal", "eu-csa-regulation", "gl-example-messenger-bill", "GL", "GB":
	default:
		return policy.RecordState{}, fmt.Errorf("%s %s: %w", kind, id, policy.ErrNotFound)
	}
	return state, m.err
}

// storyEvents are events that machines noticed. They are made up.
func storyEvents() []policy.DossierEvent {
	event := func(dossier, date string, stage policy.Stage, origin policy.Origin, title string) policy.DossierEvent {
		at, err := policy.ParseDate(date)
		if err != nil {
			panic(err)
		}
		return policy.DossierEvent{
			ID: fmt.Sprintf("%s.%s.%s.%s", dossier, date, stage, origin), Dossier: dossier, Date: at, Stage: stage, Title: title,
			Source: "https://assembly.example.org/records/7", Grade: policy.GradeOfficial, Origin: origin, Item: 59, Items: 1,
		}
	}
	hostile := event("gl-example-messenger-bill", "2026-11-20", policy.StagePassed, policy.OriginSuggested, `<script>alert("event")</script> & "quotes"`)
	hostile.Source, hostile.Grade = "javascript:alert(6)", policy.GradePress
	body := event("gl-example-messenger-bill", "2026-11-18", policy.StageFloor, policy.OriginCrawled, "First reading")
	body.Body = "Committee on Examples"
	ahead := event("gl-example-messenger-bill", "2026-12-15", policy.StagePassedChamber, policy.OriginCrawled, "Vote on the example")
	ahead.Body = "Chamber of Examples"
	twice := event("eu-csa-regulation", "2026-11-21", policy.StageAmended, policy.OriginSuggested, "A report says that the text was changed")
	twice.Items = 3
	return []policy.DossierEvent{
		event("gl-example-messenger-bill", "2025-06-04", policy.StageIntroduced, policy.OriginCrawled, "Bill tabled"),
		body, ahead, hostile, twice,
	}
}

// storyCandidates are bills that machines found. They are made up.
func storyCandidates() []policy.Candidate {
	return []policy.Candidate{
		{ID: 3, Jurisdiction: "US-FL", OfficialIDs: []string{"EX 868"}, Title: "An act relating to examples of keys", FirstStage: policy.StageIntroduced,
			Stage: policy.StageCommittee, StageDate: policy.Day(2026, 11, 19), StageText: "Now in Example Committee", Measures: []policy.Measure{"key-disclosure"},
			FirstSeenAt: now().Add(-50 * time.Hour), ChangedAt: now(), Items: []policy.ItemID{59, 58}},
		{ID: 2, Jurisdiction: "SE", OfficialIDs: []string{"EX 2026:9", "Ds 1"}, Title: `<b>Lag</b> om "exempel"`, FirstSeenAt: now().Add(-70 * time.Hour), Items: []policy.ItemID{53}},
		{ID: 1, Jurisdiction: "GL", OfficialIDs: []string{"EX 2025/7"}, Title: "Became a dossier", FirstSeenAt: now().Add(-90 * time.Hour), Dossier: "gl-example-messenger-bill"},
	}
}
