package web

import (
	"cmp"
	"slices"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// happening is an event of a dossier as pages show it.
type happening struct {
	ID        string
	Anchor    string // for links to its place in a list
	Href      string // its own page
	When      when
	Stage     string
	StageLong string
	Title     string
	Body      string // the chamber, committee or authority
	Dossier   link
	Place     badge
	Effect    badge
	Proof     proof
	Origin    string      // how we know of it where no person wrote it down
	Class     string      // "ahead", "overdue", "suggested", "crawled" or empty
	Certainty string      // what is not certain about its date
	Also      []happening // the same event as machines noticed it
	Item      string      // our page of the item that states it
	Items     string      // how many items state it
}

// Origins in words: what a machine read is never shown as if a person had.
var originWords = map[policy.Origin]string{
	policy.OriginCrawled:   "official, noticed by machine",
	policy.OriginSuggested: "suggested by a report, checked by nobody",
}

// happeningOf makes an event ready to be shown.
func (l labeller) happeningOf(e policy.DossierEvent) happening {
	words, _ := e.Stage.Words()
	d, _ := l.base.Dossier(e.Dossier)
	h := happening{
		ID: e.ID, Anchor: "e-" + e.ID, Href: eventPath(e.ID),
		When: dateOf(dayOf(e.Date)), Stage: words.Label, StageLong: words.Meaning,
		Title: either(e.Title, words.Label), Body: e.Body,
		Dossier: link{Label: l.dossier(e.Dossier), Href: l.dossierHref(e.Dossier)},
		Place:   badge{Label: l.place(either(e.Jurisdiction, d.Jurisdiction)), Href: l.placeHref(either(e.Jurisdiction, d.Jurisdiction))},
		Effect:  effectBadge(d.Effect),
		Proof:   l.proofOf(e.Source, e.Grade),
		Origin:  originWords[e.Origin],
	}
	h.Class, h.Certainty = certainty(e)
	if e.Item != 0 {
		h.Item = itemPath(e.Item)
	}
	if e.Items > 1 {
		h.Items = counted(e.Items, "text states it", "texts state it")
	}
	for _, other := range e.Also {
		h.Also = append(h.Also, l.happeningOf(other))
	}
	return h
}

// expectedOf makes events that are ahead ready to be shown: the one that must come
// first is the first, and of two such the one whose day is known.
func (l labeller) expectedOf(events []policy.DossierEvent) []happening {
	sorted := slices.SortedStableFunc(slices.Values(events), func(a, b policy.DossierEvent) int {
		return cmp.Or(a.Date.End().Compare(b.Date.End()), b.Date.Start().Compare(a.Date.Start()))
	})
	return l.happeningsOf(sorted)
}

func (l labeller) happeningsOf(events []policy.DossierEvent) []happening {
	var all []happening
	for _, e := range events {
		all = append(all, l.happeningOf(e))
	}
	return all
}

// dayOf is the day of a moment: an event is no matter of seconds.
func dayOf(d policy.Date) policy.Date {
	if d.Precision() != policy.PrecisionMoment {
		return d
	}
	return policy.Day(d.Start().Date())
}

// certainty says what is not certain about an event, and how it is to look.
func certainty(e policy.DossierEvent) (class, words string) {
	switch {
	case e.Overdue:
		return "overdue", "was expected then; we do not know what came of it"
	case e.Ahead && e.Vague:
		return "ahead vague", "expected, no day is known"
	case e.Ahead:
		return "ahead", "expected"
	case e.Origin == policy.OriginSuggested:
		return "suggested", ""
	case e.Origin == policy.OriginCrawled:
		return "crawled", ""
	}
	return "", ""
}

// effectBadge shows what a dossier does to encryption.
func effectBadge(effect policy.Effect) badge {
	return badge{
		Label: policy.Effects.Label(effect), Long: policy.Effects.Meaning(effect), Class: string(effect),
		Href: "/dossiers?effect=" + string(effect),
	}
}

// listed is one entry of a mixed list: exactly one of the two is set.
type listed struct {
	Entry *entry
	Event *happening
}

// streamOf groups the entries of the timeline, which are in its order, by what is
// known of their dates.
func (l labeller) streamOf(entries []policy.TimelineEntry) []day {
	var days dayList
	for _, e := range entries {
		if e.Event != nil {
			h := l.happeningOf(*e.Event)
			days.add(dayOf(e.Event.Date), l.now, listed{Event: &h})
			continue
		}
		shown := l.entryOf(*e.Item)
		days.add(spanOf(*e.Item), l.now, listed{Entry: &shown})
	}
	return days
}

// dayList is days in the making.
type dayList []day

// add puts an entry under its day. Of one moment a day, a month and a year may
// begin, and their entries may come mixed: each has its heading once.
func (d *dayList) add(date policy.Date, now time.Time, one listed) {
	for i := len(*d) - 1; i >= 0; i-- {
		if (*d)[i].Machine == date.String() {
			(*d)[i].Entries = append((*d)[i].Entries, one)
			return
		}
	}
	*d = append(*d, day{
		ID: "d-" + date.String(), Heading: headingOf(date, now), Machine: date.String(), Entries: []listed{one},
	})
}
