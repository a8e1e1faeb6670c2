package api_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/record"
)

// chronicle is a small record for tests of what the API itself does.
type chronicle struct {
	dossiers   []policy.Dossier
	events     []policy.DossierEvent // newest first
	upcoming   []policy.DossierEvent
	items      []policy.Item
	candidates []policy.Candidate
	err        error // every question fails with it
}

// theBill is the one dossier of the tests.
func theBill() policy.Dossier {
	return policy.Dossier{
		ID: "fr-bill-7", Jurisdiction: "FR", Title: "A bill on messages", ShortTitle: "Bill 7", Kind: "bill", Status: policy.StageCommittee,
		Effect: policy.EffectWeakens, Measures: []policy.Measure{"backdoor-mandate"}, Summary: "It would have providers build a way in.\n\nIt is contested.",
		OfficialIDs: []string{"PL 7"},
		Links:       map[string]string{"text": "https://parliament.example/7.pdf", "official": "https://parliament.example/7"},
		Events: []policy.Event{
			{Date: policy.Month(2026, 4), Stage: policy.StageCommittee, Title: "Before the committee", Source: "https://parliament.example/7"},
			{Date: policy.Day(2026, 6, 3), Stage: policy.StageUpcoming, Title: "Vote in the chamber", Source: "https://parliament.example/7"},
		},
		Positions: []policy.Position{
			{Actor: "someone", Side: policy.SideNeutral, On: policy.Day(2026, 3, 1), Claim: "Waits for the text.", Source: "https://someone.example/1", Grade: policy.GradeFirstHand},
			{Actor: "someone", Side: policy.SideOpposes, On: policy.Day(2026, 4, 2), Claim: "Says that it fails.", Source: "https://someone.example/2"},
		},
		Confidence: "high",
	}
}

func ruleOf() policy.Dossier {
	return policy.Dossier{ID: "eu-rule", Jurisdiction: "EU", Title: "A rule", Kind: "regulation", Status: policy.StageInForce, Effect: policy.EffectProtects, Confidence: "low",
		Events: []policy.Event{
			{Date: policy.Year(2024), Stage: policy.StageIntroduced, Title: "Tabled"},
			{Date: policy.Month(2026, 10), Stage: policy.StageUpcoming, Title: "A report is due"},
		}}
}

func events() []policy.DossierEvent {
	return []policy.DossierEvent{
		{ID: "fr-bill-7.2026-05-11.amended.crawled", Dossier: "fr-bill-7", Jurisdiction: "FR", Date: policy.Day(2026, 5, 11), Stage: policy.StageAmended,
			Title: "Amendement <12>", Body: "Lois", Source: "https://parliament.example/bills/7", Grade: policy.GradeOfficial, Origin: policy.OriginCrawled, Item: 3, Items: 1, SeenAt: day(12)},
		{ID: "fr-bill-7.2026-04.committee", Dossier: "fr-bill-7", Jurisdiction: "FR", Date: policy.Month(2026, 4), Stage: policy.StageCommittee,
			Title: "Before the committee", Source: "https://parliament.example/7", Origin: policy.OriginCurated, Vague: true,
			Also: []policy.DossierEvent{{ID: "fr-bill-7.2026-04-08.committee.crawled", Date: policy.Day(2026, 4, 8), Stage: policy.StageCommittee,
				Title: "Commission", Source: "https://parliament.example/bills/7", Grade: policy.GradeOfficial, Origin: policy.OriginCrawled, Item: 3, Items: 1, SeenAt: day(12)}}},
	}
}

func expected() []policy.DossierEvent {
	return []policy.DossierEvent{
		{ID: "fr-bill-7.2026-06-03.upcoming", Dossier: "fr-bill-7", Jurisdiction: "FR", Date: policy.Day(2026, 6, 3), Stage: policy.StageUpcoming,
			Title: "Vote in the chamber; perhaps, or not", Source: "https://parliament.example/7", Origin: policy.OriginCurated, Ahead: true},
		{ID: "eu-rule.2026-09-01.in-force", Dossier: "eu-rule", Jurisdiction: "EU", Date: policy.Moment(time.Date(2026, 9, 1, 10, 30, 0, 0, time.UTC)), Stage: policy.StageInForce,
			Title: "Règle en vigueur", Source: "https://eu.example/rule", Grade: policy.GradeOfficial, Origin: policy.OriginCurated, Ahead: true},
		{ID: "eu-rule.2026-10.upcoming", Dossier: "eu-rule", Jurisdiction: "EU", Date: policy.Month(2026, 10), Stage: policy.StageUpcoming,
			Title: "A report is due", Origin: policy.OriginCurated, Ahead: true, Vague: true},
	}
}

func candidates() []policy.Candidate {
	return []policy.Candidate{
		{ID: 8, Jurisdiction: "FR", OfficialIDs: []string{"PL 8"}, Title: "Proposition de loi no 8", FirstStage: policy.StageIntroduced, Stage: policy.StageIntroduced,
			StageDate: policy.Day(2026, 5, 10), StageText: "Dépôt", Measures: []policy.Measure{"traceability"}, FirstSeenAt: day(11), ChangedAt: day(13), Items: []policy.ItemID{3}},
	}
}

func past() *chronicle {
	return &chronicle{
		dossiers: []policy.Dossier{theBill(), ruleOf()}, events: events(), upcoming: expected(), items: sample().items[:2], candidates: candidates(),
	}
}

func (c *chronicle) Dossiers(_ context.Context, f policy.Filter) ([]policy.Dossier, error) {
	var found []policy.Dossier
	for _, d := range c.dossiers {
		if len(f.Jurisdictions) == 0 || slices.Contains(f.Jurisdictions, d.Jurisdiction) {
			found = append(found, d)
		}
	}
	return found, c.err
}

func (c *chronicle) known(id string) (policy.Dossier, error) {
	if id == "was-here" {
		return policy.Dossier{}, fmt.Errorf("dossier %s: %w", id, policy.ErrGone)
	}
	for _, d := range c.dossiers {
		if d.ID == id {
			return d, c.err
		}
	}
	return policy.Dossier{}, fmt.Errorf("dossier %s: %w", id, policy.ErrNotFound)
}

func (c *chronicle) Dossier(_ context.Context, id string, on policy.Date, _ policy.Filter) (record.Dossier, error) {
	d, err := c.known(id)
	if err != nil {
		return record.Dossier{}, err
	}
	history := append(slices.Clone(c.events), c.upcoming[0])
	return record.Dossier{
		Dossier: d, Since: policy.Month(2026, 4), History: history, Later: history[:1], Next: knowledge.NextSteps(d, day(20)),
		On: on, Standings: knowledge.PositionsOn(d, on), Items: policy.ItemPage{Items: c.items[:1]}, ChangedAt: day(9),
	}, nil
}

func (c *chronicle) Positions(_ context.Context, id string, on policy.Date) ([]knowledge.Standing, error) {
	d, err := c.known(id)
	return knowledge.PositionsOn(d, on), err
}

func (c *chronicle) EventPage(_ context.Context, f policy.Filter) (policy.EventPage, error) {
	page := policy.EventPage{Events: ofPlaces(c.events, f)}
	start, err := startOf(f)
	if err != nil {
		return page, err
	}
	page.Events = page.Events[min(start, len(page.Events)):]
	if len(page.Events) > f.PageSize() {
		page.Events, page.Next = page.Events[:f.PageSize()], strconv.Itoa(start+f.PageSize())
	}
	if f.Cursor == "" {
		page.Upcoming = ofPlaces(c.upcoming, f)
	}
	return page, c.err
}

func startOf(f policy.Filter) (int, error) {
	if f.Cursor == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(f.Cursor)
	if err != nil || n < 0 {
		return 0, policy.FieldErrors{{Field: "cursor", Value: f.Cursor, Problem: "it is not one of ours", Hint: "start again without it"}}
	}
	return n, nil
}

func ofPlaces(all []policy.DossierEvent, f policy.Filter) []policy.DossierEvent {
	var found []policy.DossierEvent
	for _, e := range all {
		if (len(f.Jurisdictions) == 0 || slices.Contains(f.Jurisdictions, e.Jurisdiction)) && (len(f.Dossiers) == 0 || slices.Contains(f.Dossiers, e.Dossier)) {
			found = append(found, e)
		}
	}
	return found
}

func (c *chronicle) Event(_ context.Context, id string) (policy.DossierEvent, error) {
	for _, e := range append(slices.Clone(c.events), c.upcoming...) {
		if e.ID == id || slices.ContainsFunc(e.Also, func(a policy.DossierEvent) bool { return a.ID == id }) {
			return e, c.err
		}
	}
	return policy.DossierEvent{}, fmt.Errorf("event %s: %w", id, policy.ErrNotFound)
}

func (c *chronicle) Timeline(ctx context.Context, f policy.Filter) (policy.TimelinePage, error) {
	events, err := c.EventPage(ctx, f)
	page := policy.TimelinePage{Upcoming: events.Upcoming}
	for _, i := range c.items {
		page.Entries = append(page.Entries, policy.TimelineEntry{ID: fmt.Sprint("item.", i.ID), At: i.ShownAt(), Date: i.OccurredAt(), Item: &i})
	}
	for _, e := range events.Events {
		page.Entries = append(page.Entries, policy.TimelineEntry{ID: e.ID, At: e.Date.Start(), Date: e.Date, Event: &e})
	}
	return page, err
}

func (c *chronicle) Actor(_ context.Context, id string, _ policy.Filter) (record.Actor, error) {
	if id != "someone" {
		return record.Actor{}, fmt.Errorf("actor %s: %w", id, policy.ErrNotFound)
	}
	positions := theBill().Positions
	history := []knowledge.Step{
		{Placed: knowledge.Placed{Dossier: "fr-bill-7", Position: positions[0]}},
		{Placed: knowledge.Placed{Dossier: "fr-bill-7", Position: positions[1]}, From: policy.SideNeutral},
	}
	return record.Actor{Actor: policy.Actor{ID: "someone", Name: "Somebody", Kind: "expert"}, History: history, Changes: history[1:],
		Items: policy.ItemPage{Items: c.items[:1]}, ChangedAt: day(8)}, c.err
}

func (c *chronicle) Jurisdiction(ctx context.Context, code string, f policy.Filter) (record.Jurisdiction, error) {
	if code != "FR" {
		return record.Jurisdiction{}, fmt.Errorf("jurisdiction %s: %w", code, policy.ErrNotFound)
	}
	france := policy.Jurisdiction{Code: "FR", Name: "France", Level: policy.LevelCountry}
	return record.Jurisdiction{
		Jurisdiction: france, Upcoming: c.upcoming[:1], ByStatus: []record.StatusGroup{{Status: policy.StageCommittee, Dossiers: []policy.Dossier{theBill()}}},
		Counts: record.Place{Jurisdiction: france, Total: 1, Effects: map[policy.Effect]int{policy.EffectWeakens: 1}, Statuses: map[policy.Stage]int{policy.StageCommittee: 1}},
		Parts:  []record.Place{{Jurisdiction: policy.Jurisdiction{Code: "FR-IDF", Name: "Île-de-France", Parent: "FR"}}}, ChangedAt: day(7),
		Candidates: policy.CandidatePage{Candidates: c.candidates},
	}, c.err
}

func (c *chronicle) Candidates(_ context.Context, f policy.Filter) (policy.CandidatePage, error) {
	_, err := startOf(f)
	if err == nil {
		err = c.err
	}
	return policy.CandidatePage{Candidates: c.candidates}, err
}

func (c *chronicle) Candidate(_ context.Context, id policy.CandidateID) (record.Candidate, error) {
	switch id {
	case 8:
		return record.Candidate{Candidate: c.candidates[0], Items: c.items[:1], Steps: c.items[0].Document.Steps}, c.err
	case 7:
		resolved := candidates()[0]
		resolved.ID, resolved.Dossier, resolved.ResolvedAt = 7, "fr-bill-7", day(14)
		return record.Candidate{Candidate: resolved}, c.err
	}
	return record.Candidate{}, fmt.Errorf("candidate %d: %w", id, policy.ErrNotFound)
}

// ItemChanges looks at every item.
func (m *memory) ItemChanges(_ context.Context, f policy.Filter, since time.Time) (policy.ItemChanges, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var page policy.ItemChanges
	for _, i := range m.items {
		switch {
		case i.ContentChangedAt.Before(since):
		case matches(i, f):
			page.Items = append(page.Items, i)
		default:
			page.Removed = append(page.Removed, policy.Removal{ID: i.ID, At: i.ContentChangedAt})
		}
	}
	if len(page.Items) > f.PageSize() {
		page.Items, page.Next = page.Items[:f.PageSize()], "1"
	}
	return page, m.err
}

// RecordStates are the clocks of the small record.
func (m *memory) RecordStates(context.Context) ([]policy.RecordState, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := []policy.RecordState{
		{Kind: policy.RecordDossier, ID: "fr-bill-7", ContentChangedAt: day(9)},
		{Kind: policy.RecordDossier, ID: "eu-rule", ContentChangedAt: day(5)},
		{Kind: policy.RecordDossier, ID: "was-here", ContentChangedAt: day(10), RemovedAt: day(10)},
	}
	for _, e := range append(events(), expected()...) {
		all = append(all, policy.RecordState{Kind: policy.RecordEvent, ID: e.ID, ContentChangedAt: day(6)})
	}
	return append(all, policy.RecordState{Kind: policy.RecordEvent, ID: "fr-bill-7.2026-07-14.upcoming", ContentChangedAt: day(11), RemovedAt: day(11)}), m.err
}
