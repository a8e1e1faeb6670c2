package wire

import (
	"maps"
	"slices"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/record"
)

// Dossiers is one page of the dossiers of the record.
type Dossiers struct {
	Total    int          `json:"total" doc:"How many dossiers the whole question has"`
	Dossiers []DossierRow `json:"dossiers"`
	Next     string       `json:"next,omitempty" doc:"The cursor of the next page, to be sent as the parameter cursor; absent on the last page. The header Link has the whole address"`
	Removed  []Tombstone  `json:"removed" doc:"With changed_since: what the record has lost since; on the first page only"`
}

// Tombstone says that something is no longer there.
type Tombstone struct {
	ID        string    `json:"id"`
	RemovedAt time.Time `json:"removed_at"`
}

// Tombstones returns the wire form of entries that the record has lost.
func Tombstones(all []policy.RecordState) []Tombstone {
	return each(all, func(s policy.RecordState) Tombstone { return Tombstone{s.ID, s.RemovedAt.UTC()} })
}

// DossierRow is a dossier in a list.
type DossierRow struct {
	ID               string     `json:"id" doc:"As in the parameter dossier"`
	URL              string     `json:"url" format:"uri" doc:"The address of the whole object"`
	Page             string     `json:"page" format:"uri" doc:"The address of its page for people"`
	Name             string     `json:"name" doc:"English, short where there is a short title"`
	Title            string     `json:"title" doc:"English, official or translated"`
	Jurisdiction     string     `json:"jurisdiction"`
	Kind             string     `json:"kind" doc:"See dossier_kinds in /api/v1/vocabulary"`
	Status           string     `json:"status" doc:"The last decisive stage, see stages in /api/v1/vocabulary"`
	StatusLabel      string     `json:"status_label"`
	Effect           string     `json:"effect" doc:"What it does to strong encryption if it works as written, see effects in /api/v1/vocabulary"`
	EffectLabel      string     `json:"effect_label"`
	Measures         []string   `json:"measures"`
	Sureness         string     `json:"sureness" doc:"See surenesses in /api/v1/vocabulary"`
	LastEvent        *string    `json:"last_event" doc:"The date of the last curated event that has come to pass, as occurred_at; null where there is none"`
	NextEvent        *string    `json:"next_event" doc:"The date of the first curated event that is still expected, as occurred_at; null where there is none"`
	Feed             string     `json:"feed" format:"uri" doc:"The address of its Atom feed"`
	ContentChangedAt *time.Time `json:"content_changed_at" doc:"When what the record says of it last changed; null where that is not known"`
}

// DossierFacts is a dossier without what other lists have too.
type DossierFacts struct {
	DossierRow
	OriginalTitle string   `json:"original_title,omitempty"`
	Summary       string   `json:"summary"`
	OfficialIDs   []string `json:"official_ids" doc:"Ids that appear in documents"`
	Links         []Link   `json:"links"`
	StatusMeaning string   `json:"status_meaning" doc:"The status explained"`
	StatusDate    *string  `json:"status_date" doc:"When it came to its status, as occurred_at; null where the record does not say"`
	EffectMeaning string   `json:"effect_meaning" doc:"The effect explained"`
}

// Dossier follows one law, plan, case or treaty through its life.
type Dossier struct {
	DossierFacts
	Events    []Event    `json:"events" doc:"Curated ones and those that official sources state, oldest first; those that are ahead too"`
	Later     []string   `json:"later" doc:"Ids of official events after the last curated one: the status may be behind them"`
	Suggested []Event    `json:"suggested" doc:"What reports suggest and nobody checked, newest first"`
	Next      Next       `json:"next_steps" doc:"What may come"`
	Positions []Position `json:"positions" doc:"All that was said, in the order of the record"`
	Standings []Standing `json:"standings" doc:"Where each actor stands now, by actor"`
	Items     Items      `json:"items" doc:"The newest items linked to it; /api/v1/items?dossier=… has all"`
}

// Next is what may come for a dossier.
type Next struct {
	Final    bool    `json:"final" doc:"Nothing more is expected of the same text; possible is then how a new one would begin"`
	Possible []Stage `json:"possible" doc:"What can come after its status, likeliest first"`
	Expected []Event `json:"expected" doc:"Steps that are expected, and those that should have come by now"`
}

// Link is an address and what it leads to.
type Link struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

// DossierRows returns the wire form of dossiers in a list.
func (m Maker) DossierRows(all []policy.Dossier, changed Changed) []DossierRow {
	return each(all, func(d policy.Dossier) DossierRow {
		return m.dossierRow(d, changed(policy.RecordDossier, d.ID))
	})
}

func (m Maker) dossierRow(d policy.Dossier, changedAt time.Time) DossierRow {
	last, next := m.around(d)
	return DossierRow{
		ID: d.ID, URL: m.Base + "/api/v1/dossiers/" + d.ID, Page: m.Base + "/dossiers/" + d.ID, Name: d.Name(), Title: d.Title,
		Jurisdiction: d.Jurisdiction, Kind: string(d.Kind), Status: string(d.Status), StatusLabel: d.Status.Label(),
		Effect: string(d.Effect), EffectLabel: policy.Effects.Label(d.Effect),
		Measures: each(d.Measures, func(m policy.Measure) string { return string(m) }), Sureness: string(d.Confidence),
		LastEvent: date(last), NextEvent: date(next), Feed: m.Base + "/feeds/dossiers/" + d.ID + ".atom", ContentChangedAt: moment(changedAt),
	}
}

// around returns the dates of the last event that has come to pass and of the first
// that is expected.
func (m Maker) around(d policy.Dossier) (last, next policy.Date) {
	now := m.Now()
	for _, e := range d.Events {
		if e.Stage != policy.StageUpcoming && !e.Date.Start().After(now) && e.Date.Compare(last) > 0 {
			last = e.Date
		}
	}
	for _, e := range knowledge.NextSteps(d, now).Expected {
		if !e.Overdue && (next.IsZero() || e.Date.Compare(next) < 0) {
			next = e.Date
		}
	}
	return last, next
}

// Dossier returns the wire form of a dossier with all that we know.
func (m Maker) Dossier(d record.Dossier, changed Changed) Dossier {
	made := Dossier{
		DossierFacts: m.DossierFacts(d),
		Events:       m.EventList(d.History, changed), Later: each(d.Later, func(e policy.DossierEvent) string { return e.ID }),
		Suggested: m.EventList(d.Suggested, changed), Next: Next{Final: d.Next.Final, Possible: each(d.Next.Possible, stage), Expected: []Event{}},
		Positions: each(d.Positions, m.position), Standings: each(d.Standings, m.standing), Items: m.Items(d.Items),
	}
	for _, e := range made.Events {
		if e.Ahead || e.Overdue {
			made.Next.Expected = append(made.Next.Expected, e)
		}
	}
	return made
}

// DossierFacts returns the wire form of a dossier alone.
func (m Maker) DossierFacts(d record.Dossier) DossierFacts {
	words, _ := d.Status.Words()
	return DossierFacts{
		DossierRow: m.dossierRow(d.Dossier, d.ChangedAt), OriginalTitle: d.OriginalTitle, Summary: d.Summary, OfficialIDs: list(d.OfficialIDs),
		Links:         each(slices.Sorted(maps.Keys(d.Links)), func(name string) Link { return Link{name, web(d.Links[name])} }),
		StatusMeaning: words.Meaning, StatusDate: date(d.Since), EffectMeaning: policy.Effects.Meaning(d.Effect),
	}
}
