package web

import (
	"cmp"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// How much the front page shows.
const (
	homeEntries = 20
	homeNext    = 5
	homePlaces  = 18
	homeVisits  = 8
)

// homePage says what comes next and what changed.
type homePage struct {
	frame
	Upcoming []happening
	Later    int // expected steps that are not shown
	Days     []day
	Stats    []stat
	Places   []placeCount
	More     int // places that are not shown
	Health   health
	Empty    *emptyHome // what to expect, where no text was read yet
}

func (homePage) template() string { return "home" }

// stat is a number and what it counts.
type stat struct {
	Number string
	Words  string
	Href   string
}

// placeCount is a jurisdiction with its relevant items.
type placeCount struct {
	Label string
	Code  string
	Count int
	Href  string
}

// emptyHome is for the time before the first visit.
type emptyHome struct {
	SetAside int // items that are kept and are not about encryption policy
	Visits   []visit
	Sources  int
}

// visit is a visit that is due.
type visit struct {
	Source link
	Place  string
	At     when
}

func (s *Site) home(c *gin.Context) (page, error) {
	ctx, reader := c.Request.Context(), s.options.Reader
	everything := policy.Filter{Relevance: policy.RelevantOnly, Order: policy.OrderNewest}
	newest := everything
	newest.Limit = homeEntries
	stream, err := s.options.Record.Timeline(ctx, newest)
	if err != nil {
		return nil, err
	}
	facets, err := reader.Facets(ctx, everything)
	if err != nil {
		return nil, err
	}
	stats, err := reader.Stats(ctx)
	if err != nil {
		return nil, err
	}
	sources, err := reader.Sources(ctx)
	if err != nil {
		return nil, err
	}
	l := s.labeller(ctx)
	p := &homePage{
		frame: frame{
			Title: "What is next and what changed in encryption policy", Section: "/", Feeds: streamForms("timeline", policy.Filter{}),
			Description: "Bills, rulings, statements and reporting on encryption and access to encrypted data, from official sources and the press.",
		},
		Upcoming: l.expectedOf(stream.Upcoming),
		Days:     l.streamOf(stream.Entries),
		Stats:    l.statsOf(stats),
		Health:   healthOf(sources, stats.NewestAt),
	}
	if later := len(p.Upcoming) - homeNext; later > 0 {
		p.Upcoming, p.Later = p.Upcoming[:homeNext], later
	}
	p.Places, p.More = l.placesOf(facets.Jurisdictions)
	if facets.Total == 0 {
		p.Empty = l.emptyOf(stats, sources)
	}
	return p, nil
}

func (l labeller) statsOf(stats policy.Stats) []stat {
	all := []stat{
		{number(len(l.base.Dossiers)), plural(len(l.base.Dossiers), "dossier", "dossiers"), "/dossiers"},
		{number(len(l.base.Actors)), plural(len(l.base.Actors), "actor", "actors"), "/actors"},
		{number(stats.Sources), plural(stats.Sources, "source", "sources"), "/sources"},
	}
	if stats.Relevant > 0 {
		texts := withQuery("/timeline", url.Values{"show": {showItems}})
		all = append(all, stat{number(stats.Relevant), plural(stats.Relevant, "text on encryption", "texts on encryption"), texts})
	}
	if stats.Items > stats.Relevant {
		read := withQuery("/timeline", url.Values{"show": {showItems}, "relevant": {string(policy.AnyRelevance)}})
		all = append(all, stat{number(stats.Items), plural(stats.Items, "read in all", "read in all"), read})
	}
	return all
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// placesOf returns the jurisdictions with most items, and how many more there are.
func (l labeller) placesOf(counts []policy.Count) (places []placeCount, more int) {
	for _, c := range byCount(counts) {
		if c.Count == 0 {
			continue
		}
		if len(places) == homePlaces {
			more++
			continue
		}
		places = append(places, placeCount{
			Label: l.place(c.Value), Code: c.Value, Count: c.Count,
			Href: l.placeHref(c.Value),
		})
	}
	return places, more
}

func (l labeller) emptyOf(stats policy.Stats, sources []policy.SourceStatus) *emptyHome {
	e := &emptyHome{SetAside: stats.Items}
	due := slices.DeleteFunc(slices.Clone(sources), func(s policy.SourceStatus) bool {
		return s.NextAt.IsZero() || s.Health == policy.HealthDisabled || s.Disabled != ""
	})
	slices.SortFunc(due, func(a, b policy.SourceStatus) int {
		return cmp.Or(a.NextAt.Compare(b.NextAt), cmp.Compare(a.Name, b.Name))
	})
	e.Sources = len(due)
	for _, source := range due[:min(len(due), homeVisits)] {
		e.Visits = append(e.Visits, visit{
			Source: link{Label: source.Name, Href: sourcePath(source.ID)},
			Place:  l.place(source.Jurisdiction), At: momentOf(source.NextAt),
		})
	}
	return e
}
