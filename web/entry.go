package web

import (
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// teaserLength is how much of a text an entry of a list shows, in runes.
const teaserLength = 220

// badge is a tag in words, with a link to everything else that has it.
type badge struct {
	Label string
	Long  string // what it means, for those who ask
	Class string // the colour and shape that stand beside the words
	Href  string
}

// entry is an item as a list shows it.
type entry struct {
	ID      policy.ItemID
	Href    string
	Title   string
	Teaser  string
	Tongue  tongue
	Stance  *badge
	Kind    string
	Step    string // a new formal step, in words
	Places  []badge
	Topics  []badge // dossiers, then measures
	Source  link
	When    when
	Clock   when   // the time of day, where it is known: lists have the day above
	Note    string // what is special about the date
	Read    string // where the document itself is; empty where that is no address to link to
	Also    string // other sources of the story, in words
	Partial bool
}

// entryOf makes an entry of an item.
func (l labeller) entryOf(item policy.Item) entry {
	d, tags := item.Document, item.Tags
	e := entry{
		ID:      item.ID,
		Href:    itemPath(item.ID),
		Title:   either(d.Title, "Untitled document"),
		Tongue:  tongueOf(either(tags.Language, d.Language)),
		Stance:  stanceBadge(tags.Stance),
		Places:  l.placeBadges(tags.Jurisdictions),
		Topics:  l.topicBadges(tags),
		Source:  l.sourceLink(d.Source, d.URL),
		When:    dateOf(d.Published),
		Read:    outward(d.URL),
		Partial: d.Partial(),
	}
	e.Teaser, _ = shorten(either(d.Summary, d.Text), teaserLength)
	if !tags.Kind.IsZero() {
		e.Kind = l.kind(tags.Kind.Value)
	}
	if !tags.Event.IsZero() {
		e.Step = policy.Stage(tags.Event.Value).Label()
	}
	if d.Published.Precision() == policy.PrecisionMoment {
		e.Clock = when{e.When.Machine, d.Published.Start().Format("15:04") + " UTC"}
	}
	if d.Published.IsZero() {
		e.When, e.Note = momentOf(item.FirstSeenAt), "first seen by us; the source gives no date"
	}
	if others := otherSources(item); others > 0 {
		e.Also = "also in " + counted(others, "other source", "other sources")
	}
	return e
}

// sourceLink names where a text comes from: a source of ours, or else the host
// of its address, of which we have no page.
func (l labeller) sourceLink(id, address string) link {
	if id == "" {
		return link{Label: either(hostOf(address), "Source unknown")}
	}
	return link{Label: l.source(id), Href: sourcePath(id)}
}

func stanceBadge(tag policy.Tag) *badge {
	if tag.IsZero() {
		return nil
	}
	stance := policy.Stance(tag.Value)
	return &badge{
		Label: policy.Stances.Label(stance),
		Long:  "The text's own voice " + either(policy.Stances.Meaning(stance), string(stance)),
		Class: string(stance),
		Href:  timelinePath(policy.Filter{Stances: []policy.Stance{stance}}),
	}
}

func (l labeller) placeBadges(tags []policy.Tag) []badge {
	var all []badge
	for _, tag := range tags {
		all = append(all, badge{
			Label: l.place(tag.Value),
			Href:  l.placeHref(tag.Value),
		})
	}
	return all
}

func (l labeller) topicBadges(tags policy.Tags) []badge {
	var all []badge
	for _, tag := range tags.Dossiers {
		all = append(all, badge{
			Label: l.dossier(tag.Value), Class: "dossier",
			Href: l.dossierHref(tag.Value),
		})
	}
	for _, tag := range tags.Measures {
		measure := policy.Measure(tag.Value)
		all = append(all, badge{
			Label: policy.Measures.Label(measure), Long: policy.Measures.Meaning(measure), Class: "measure",
			Href: timelinePath(policy.Filter{Measures: []policy.Measure{measure}}),
		})
	}
	return all
}

// otherSources counts the sources of a story other than the item's own.
func otherSources(item policy.Item) int {
	others := map[string]bool{}
	for _, sighting := range item.Sightings {
		if sighting.Source != item.Document.Source {
			others[sighting.Source] = true
		}
	}
	return len(others)
}

// day is the entries of one day, or of a month or year where no more is known.
type day struct {
	ID      string // for links to it
	Heading string
	Machine string
	Entries []listed
}

// daysOf groups items, which are in the order of time, by what is known of
// their dates.
func (l labeller) daysOf(items []policy.Item) []day {
	var days dayList
	for _, item := range items {
		shown := l.entryOf(item)
		days.add(spanOf(item), l.now, listed{Entry: &shown})
	}
	return days
}

// spanOf returns the day under which an item is listed, or the month or year.
func spanOf(item policy.Item) policy.Date {
	switch item.Document.Published.Precision() {
	case policy.PrecisionYear, policy.PrecisionMonth:
		return item.Document.Published
	}
	y, m, d := item.ShownAt().UTC().Date()
	return policy.Day(y, m, d)
}

func headingOf(date policy.Date, now time.Time) string {
	switch date.Precision() {
	case policy.PrecisionYear:
		return date.Words() + ", month unknown"
	case policy.PrecisionMonth:
		return date.Words() + ", day unknown"
	}
	heading := date.Start().Format("Monday") + ", " + date.Words()
	today := now.UTC().Truncate(24 * time.Hour)
	switch {
	case date.Start().Equal(today):
		return "Today, " + heading
	case date.Start().Equal(today.AddDate(0, 0, -1)):
		return "Yesterday, " + heading
	}
	return heading
}
