package api_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// memory is a small reader for tests of what the API itself does.
type memory struct {
	mu      sync.Mutex
	items   []policy.Item
	sources []policy.SourceStatus
	err     error // every question fails with it
	asked   int   // how often Items was asked
}

func (m *memory) fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.err = err
}

func (m *memory) questions() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.asked
}

func (m *memory) Items(_ context.Context, f policy.Filter) (policy.ItemPage, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked++
	start := 0
	if f.Cursor != "" {
		n, err := strconv.Atoi(f.Cursor)
		if err != nil || n < 0 {
			return policy.ItemPage{}, policy.FieldErrors{{Field: "cursor", Value: f.Cursor, Problem: "it is not one of ours", Hint: "start again without it"}}
		}
		start = n
	}
	var found []policy.Item
	for _, i := range m.items {
		if matches(i, f) {
			found = append(found, i)
		}
	}
	start = min(start, len(found))
	page := policy.ItemPage{Items: found[start:]}
	if len(page.Items) > f.PageSize() {
		page.Items = page.Items[:f.PageSize()]
		page.Next = strconv.Itoa(start + f.PageSize())
	}
	return page, m.err
}

func matches(i policy.Item, f policy.Filter) bool {
	if f.Relevance != policy.AnyRelevance && i.Tags.IsRelevant() != (f.Relevance != policy.Irrelevant) {
		return false
	}
	if len(f.Stances) > 0 && !slices.Contains(f.Stances, policy.Stance(i.Tags.Stance.Value)) {
		return false
	}
	return len(f.Jurisdictions) == 0 || slices.ContainsFunc(i.Tags.Jurisdictions, func(t policy.Tag) bool {
		return slices.Contains(f.Jurisdictions, t.Value)
	})
}

func (m *memory) Item(_ context.Context, id policy.ItemID) (policy.Item, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if id == 410 {
		return policy.Item{}, fmt.Errorf("item %d: %w", id, policy.ErrGone)
	}
	for _, i := range m.items {
		if i.ID == id {
			return i, m.err
		}
	}
	return policy.Item{}, fmt.Errorf("item %d: %w", id, policy.ErrNotFound)
}

func (m *memory) Facets(_ context.Context, f policy.Filter) (policy.Facets, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	counts := map[string]int{}
	for _, i := range m.items {
		for _, t := range i.Tags.Jurisdictions {
			counts[t.Value]++
		}
	}
	facets := policy.Facets{Total: len(m.items)}
	for _, code := range []string{"EU", "FR"} {
		facets.Jurisdictions = append(facets.Jurisdictions, policy.Count{Value: code, Count: counts[code]})
	}
	return facets, m.err
}

func (m *memory) Stats(context.Context) (policy.Stats, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return policy.Stats{
		Items: len(m.items), Sources: len(m.sources), NewestAt: day(12), ByMonth: []policy.Count{{Value: "2026-05", Count: 2}},
	}, m.err
}

func (m *memory) Sources(context.Context) ([]policy.SourceStatus, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sources, m.err
}

func (m *memory) Source(_ context.Context, id string) (policy.SourceStatus, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range m.sources {
		if s.ID == id {
			return s, m.err
		}
	}
	return policy.SourceStatus{}, fmt.Errorf("source %s: %w", id, policy.ErrNotFound)
}

func (m *memory) Ping(context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.err
}

func day(d int) time.Time { return time.Date(2026, 5, d, 8, 30, 0, 0, time.UTC) }

// sample has what is awkward: marks of HTML in a title, an unknown date, another
// script, a tag with evidence, an item that is not relevant.
func sample() *memory {
	return &memory{
		sources: []policy.SourceStatus{
			{Source: policy.Source{ID: "fr-parliament", Name: "Parliament", Home: "https://parliament.example/", Jurisdiction: "FR",
				Language: "fr", Kind: policy.KindLegislation, Grade: policy.GradeOfficial, Interval: time.Hour},
				Health: policy.HealthOK, TriedAt: day(12), SucceededAt: day(12), NextAt: day(13), Items: 2, Relevant: 1},
			{Source: policy.Source{ID: "press", Name: "A paper", Home: "https://paper.example/", Grade: policy.GradePress},
				Health: policy.HealthTimeout, Failures: 3, Detail: "no answer within 30 s"},
			{Source: policy.Source{ID: "later", Name: "Later"}, Health: policy.HealthNew},
			{Source: policy.Source{ID: "off", Name: "Off", Disabled: "it asks not to be read"}, Health: policy.HealthDisabled},
			{Source: policy.Source{ID: "quiet", Name: "Quiet"}, Health: policy.HealthStale},
		},
		items: []policy.Item{bill(), opinion(), recipe()},
	}
}

func bill() policy.Item {
	return policy.Item{
		ID: 3, Story: 3, FirstSeenAt: day(12), ContentChangedAt: day(14),
		Document: policy.Document{
			Source: "fr-parliament", EntryID: "bill-7", URL: "https://parliament.example/bills/7?a=1&b=2", Title: `Messages <chiffrés> & "portes dérobées"`,
			Summary: "Le texte impose un accès.\n\nIl est contesté.", Text: "Le texte impose un accès aux messages <chiffrés>.",
			Language: "fr", Published: policy.Day(2026, 5, 12), Kind: policy.KindLegislation, Grade: policy.GradeOfficial, OfficialIDs: []string{"PL 7"},
			Steps:   []policy.Step{{Date: policy.Month(2026, 4), Stage: policy.StageCommittee, Text: "Commission", Body: "Lois"}},
			Capture: policy.Capture{URL: "https://parliament.example/bills/7", FetchedAt: day(12), Status: 200, MediaType: "text/html", Digest: "sha256:00ff", Archive: "a.warc.gz:12"},
		},
		Sightings: []policy.Sighting{
			{Source: "fr-parliament", URL: "https://parliament.example/bills/7", Title: "Messages", SeenAt: day(12), Item: 3},
			{Source: "press", URL: "https://paper.example/7", Title: "Messages", SeenAt: day(13), Item: 3},
		},
		Corrections: []policy.Correction{{Item: 3, Facet: policy.FacetKind, Value: "legislation", Verdict: policy.VerdictSet, Note: "it is a bill", At: day(14)}},
		VerifiedAt:  day(14),
		Opinions: []policy.Opinion{
			{Item: 3, Model: "small:7b", At: day(13), About: day(14), Facet: policy.FacetRelevant, Value: "yes", Confidence: 0.9, Reason: "The text demands access to <encrypted> messages."},
			{Item: 3, Model: "small:7b", At: day(13), About: day(14), Facet: policy.FacetStance, Value: "weakens"},
		},
		Tags: policy.Tags{
			Version: "1", Language: "fr", Relevant: policy.Tag{Value: "yes", Confidence: 0.98765},
			Kind:   policy.Tag{Value: "legislation", Confidence: 1, Reasons: []string{"set by a person"}},
			Stance: policy.Tag{Value: "neutral", Confidence: 0.8},
			Jurisdictions: []policy.Tag{{Value: "FR", Confidence: 0.9, Evidence: []policy.Span{
				{Field: "text", Start: 0, End: 8, Text: "Le texte"}}}},
			Measures:  []policy.Tag{{Value: "backdoor-mandate", Confidence: 0.7}},
			Dossiers:  []policy.Tag{{Value: "fr-bill-7", Confidence: 0.7}},
			Positions: []policy.Claim{{Actor: "someone", Side: policy.SideOpposes, Dossier: "fr-bill-7", Confidence: 0.6}},
		},
	}
}

func opinion() policy.Item {
	return policy.Item{
		ID: 2, Story: 2, FirstSeenAt: day(10), ContentChangedAt: day(10),
		Document: policy.Document{
			Source: "press", URL: "https://paper.example/opinion", Title: "Why scanning \u0001fails", Byline: "A. Writer", Language: "en",
			Text: "Scanning fails.", Grade: policy.GradePress, Published: policy.Month(2026, 5), Paywalled: true,
		},
		Tags: policy.Tags{
			Version: "1", Language: "en", Relevant: policy.Tag{Value: "yes", Confidence: 1}, Kind: policy.Tag{Value: "opinion", Confidence: 1},
			Stance: policy.Tag{Value: "protects", Confidence: 0.9}, Jurisdictions: []policy.Tag{{Value: "EU", Confidence: 0.8}},
		},
	}
}

func recipe() policy.Item {
	return policy.Item{
		ID: 1, FirstSeenAt: day(9), ContentChangedAt: day(9),
		Document: policy.Document{URL: "javascript:alert(1)", Title: "Soup", Language: `en" onload="x`},
		Tags:     policy.Tags{Relevant: policy.Tag{Value: "no", Confidence: 1}},
	}
}
