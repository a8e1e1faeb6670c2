package classifier

import (
	"maps"
	"math"
	"slices"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// dossierScore is how much speaks for one dossier, and what.
type dossierScore struct {
	dossier int
	score   float64
	names   int
	hinted  float64 // what hints gave
	brought bool    // another dossier brought it, nothing of its own shows it
	hits    []hit
	reasons []string
	steps   []string // dated steps that the text repeats
}

// dossiers are those found, the strongest first.
type dossiers []*dossierScore

// The least score of a dossier, and its least part of the strongest one's.
const (
	dossierLeast = 1.0
	dossierPart  = 0.34
	maxDossiers  = 5
	maxNames     = 50 // of one dossier that are looked at
)

// finder collects what speaks for dossiers in one reading.
type finder struct {
	r      *reading
	places map[int]*placeScore
	home   string // the source's jurisdiction
	scores map[int]*dossierScore
}

func (r *reading) findDossiers(doc policy.Document, places map[int]*placeScore) dossiers {
	f := &finder{r: r, places: places, home: doc.Jurisdiction, scores: map[int]*dossierScore{}}
	f.official(doc)
	f.names(false)
	f.hints()
	f.names(true)
	f.bring()
	return f.best()
}

func (f *finder) at(dossier int) *dossierScore {
	s := f.scores[dossier]
	if s == nil {
		s = &dossierScore{dossier: dossier}
		f.scores[dossier] = s
	}
	return s
}

// official takes the ids that the source itself states.
func (f *finder) official(doc policy.Document) {
	for _, id := range doc.OfficialIDs {
		for i, d := range f.r.c.base.Dossiers {
			if slices.ContainsFunc(d.OfficialIDs, func(o string) bool { return knowledge.NormalOfficialID(o) == knowledge.NormalOfficialID(id) }) {
				s := f.at(i)
				s.score += 5
				s.reasons = append(s.reasons, "its source states the official id "+id)
			}
		}
	}
}

// names counts names and official ids in the text; the vague ones only beside
// another sign of the same dossier or of its place.
func (f *finder) names(vague bool) {
	for i, h := range f.r.names {
		e := &f.r.c.entries[h.entry]
		if e.what != whatDossier && e.what != whatID || e.ambiguous != vague {
			continue
		}
		d := int(e.index)
		if f.scores[d] != nil && f.scores[d].names >= maxNames || f.borrowed(d, i) {
			continue
		}
		w := 0.9
		switch {
		case h.field == fieldTitle:
			w = 2.6
		case h.sentence < leadSentences:
			w = 1.6
		}
		if e.what == whatID {
			w *= 1.5
		}
		if !f.placed(d) {
			w *= 0.15
		}
		if vague {
			if f.scores[d] == nil && !f.strongPlace(d) || f.stance(d) && !f.ruled(d) {
				continue
			}
			w *= 0.5
		}
		s := f.at(d)
		s.score += w / float64(1+s.names)
		s.names++
		s.hits = append(s.hits, h)
	}
}

// borrowed reports a name that this dossier shares with one that owns it more: a
// state's position on an EU bill is named by the bill.
func (f *finder) borrowed(d, at int) bool {
	h := f.r.names[at]
	own := f.r.c.base.Dossiers[d]
	if own.Kind != "statement" {
		return false
	}
	for _, o := range f.r.names[max(0, at-32):min(len(f.r.names), at+32)] {
		e := &f.r.c.entries[o.entry]
		if o.field == h.field && o.first == h.first && o.last == h.last && e.what == whatDossier && int(e.index) != d {
			if other := f.r.c.base.Dossiers[e.index]; other.Kind != "statement" {
				return true
			}
		}
	}
	return false
}

// placed reports whether the text shows the dossier's place at all; bodies of
// several states need no showing.
func (f *finder) placed(d int) bool {
	place := f.r.c.base.Dossiers[d].Jurisdiction
	if len(place) != 2 || place == "EU" || place == "UN" {
		if len(place) <= 3 {
			return true
		}
	}
	if f.home == place {
		return true
	}
	s := f.places[f.r.c.places[place]]
	return s != nil && s.score > 0.3
}

// stance reports a dossier that is a state's position on a bill of a union: the
// bill's words alone do not show it.
func (f *finder) stance(d int) bool {
	own := f.r.c.base.Dossiers[d]
	return own.Kind == "statement" && len(own.Jurisdiction) == 2 && own.Jurisdiction != "EU" && own.Jurisdiction != "UN"
}

// ruled reports whether the text names an authority of the dossier's place.
func (f *finder) ruled(d int) bool {
	s := f.places[f.r.c.places[f.r.c.base.Dossiers[d].Jurisdiction]]
	return s != nil && s.ruling
}

func (f *finder) strongPlace(d int) bool {
	s := f.places[f.r.c.places[f.r.c.base.Dossiers[d].Jurisdiction]]
	if s == nil || s.score < 1.5 {
		return false
	}
	for _, o := range f.places {
		if o.score > 2*s.score {
			return false
		}
	}
	return true
}

// hints counts what the vocabulary says of dossiers.
func (f *finder) hints() {
	for i := range f.r.c.hints {
		h := &f.r.c.hints[i]
		seen := f.r.seen(h)
		if !h.holds(seen) || !h.dated(f.r.published) || h.near && !f.timely(int(h.dossier)) || h.place != "" && !f.about(h.place) || h.denied(seen) {
			continue
		}
		hits, weight := f.weigh(h)
		if hits == nil {
			continue
		}
		s := f.at(int(h.dossier))
		s.score += s.beyond(weight)
		s.reasons = append(s.reasons, "words that belong together in it")
		s.hits = append(s.hits, hits...)
	}
}

// weigh returns the words of a hint that belong together, nil if none do, and what
// they count: more where all of them stand at the beginning.
func (f *finder) weigh(h *hint) ([]hit, float64) {
	within, limit := uint32(nearby), uint32(math.MaxUint32)
	if h.one {
		within = 0
	}
	if h.lead {
		limit = leadSentences
	}
	hits := f.r.together(h, within, limit)
	switch {
	case hits == nil:
		return nil, 0
	case h.holds(f.r.leadHints):
		return hits, 1.9
	case len(h.all) == 1 && f.mentions(h.sets[0]) < 2:
		return hits, 0.9 // a name said once in passing
	case len(h.all) > 1 && !h.begins(f.r.leadHints):
		return hits, 0.9 // nothing of it stands at the beginning, which tells what a text is about
	}
	return hits, 1.1
}

// How long before a dossier's first event a text may speak of it without naming
// it (plans are told a year and a half ahead), or by a name, and how long after its
// last one.
const (
	foresight = 550 * 24 * time.Hour
	coinage   = 3 * after // what has the name years before is another thing
	before    = 62 * 24 * time.Hour
	after     = 366 * 24 * time.Hour
)

// timely reports a document of the time of a dossier's events; one without a date
// may be.
func (f *finder) timely(d int) bool {
	events := f.r.c.base.Dossiers[d].Events
	if f.r.published.IsZero() || len(events) == 0 {
		return true
	}
	at := f.r.published.Start()
	first, last := span(events)
	return at.After(first.Add(-before)) && at.Before(last.Add(after))
}

// early reports a document from longer before a dossier's first event than a time.
func (f *finder) early(d int, by time.Duration) bool {
	events := f.r.c.base.Dossiers[d].Events
	if f.r.published.IsZero() || len(events) == 0 {
		return false
	}
	first, _ := span(events)
	return f.r.published.Start().Before(first.Add(-by))
}

func span(events []policy.Event) (first, last time.Time) {
	for _, e := range events {
		if e.Date.IsZero() {
			continue
		}
		if s := e.Date.Start(); first.IsZero() || s.Before(first) {
			first = s
		}
		if s := e.Date.End(); s.After(last) {
			last = s
		}
	}
	return first, last
}

func (f *finder) about(place string) bool {
	s := f.places[f.r.c.places[place]]
	return s != nil && s.score >= 1.5
}

// beyond is what one more hint adds: hints of a dossier share their words, so only
// the best one counts in full.
func (s *dossierScore) beyond(weight float64) float64 {
	more := max(weight-s.hinted, 0) + 0.1*min(weight, s.hinted)
	s.hinted = max(s.hinted, weight)
	return more
}

// mentions counts how often the phrases of a list occur, up to two.
func (f *finder) mentions(list wordSet) int {
	n := 0
	for _, h := range f.r.clues {
		if list.has(f.r.c.entries[h.entry].index) {
			if n++; n == 2 {
				break
			}
		}
	}
	return n
}

// bring adds what a dossier is about: who tells of a state's position tells of the
// bill of the union that it is on.
func (f *finder) bring() {
	for _, d := range slices.Sorted(maps.Keys(f.scores)) {
		s := f.scores[d]
		if s.score < dossierLeast {
			continue
		}
		for _, o := range f.r.c.brings[d] {
			if brought, least := f.at(o), max(dossierLeast, s.score/2); brought.score < least {
				brought.score, brought.brought = least, true
				brought.hits = append(brought.hits, s.hits...)
				brought.reasons = append(brought.reasons, "a position on it is told")
			}
		}
	}
}

func (f *finder) best() dossiers {
	var list dossiers
	parts := f.parts()
	for d, s := range f.scores {
		if s.names == 0 && f.early(s.dossier, foresight) || f.early(s.dossier, coinage) {
			continue // it cannot speak of what nobody had thought of
		}
		s.score *= parts[d]
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b *dossierScore) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return a.dossier - b.dossier
	})
	for i, s := range list {
		if s.score < dossierLeast || s.score < dossierPart*list[0].score || i == maxDossiers {
			return list[:i]
		}
	}
	return list
}

// parts returns how much of its score each dossier keeps, by what all have before any
// loses of it, so that no order of looking matters.
func (f *finder) parts() map[int]float64 {
	parts := make(map[int]float64, len(f.scores))
	for d, s := range f.scores {
		parts[d] = 1
		if f.cited(s) {
			parts[d] *= citedPart
		}
		if f.yields(s) {
			parts[d] *= yieldPart
		}
	}
	return parts
}

// yieldPart is how much of its score a dossier keeps that gives way to another.
const yieldPart = 0.5

// yields reports a dossier that only words show, not a name, while the beginning of
// the text shows one as clearly that is told with the same words: a case about an
// order, a bill's successor, what someone said of it.
func (f *finder) yields(s *dossierScore) bool {
	return s.names == 0 && slices.ContainsFunc(f.r.c.yields[s.dossier], func(d int) bool {
		o := f.scores[d]
		return o != nil && o.score >= s.score-0.5 && slices.ContainsFunc(o.hits, func(h hit) bool { return h.field == fieldTitle || h.sentence < leadSentences })
	})
}

// citedPart is how much of its score a law keeps that a text only cites.
const citedPart = 0.5

// cited reports a law that the text names, but not at its beginning, years after its
// last event, while another dossier of the place is of the text's own time: a case
// turns on a law and is not about it.
func (f *finder) cited(s *dossierScore) bool {
	own := f.r.c.base.Dossiers[s.dossier]
	if own.Kind != "law" && own.Kind != "treaty" || s.hinted > 0 || f.r.published.IsZero() || f.timely(s.dossier) ||
		slices.ContainsFunc(s.hits, func(h hit) bool { return h.field == fieldTitle || h.sentence < leadSentences }) {
		return false
	}
	for d, o := range f.scores {
		if d != s.dossier && o.score >= dossierLeast && f.r.c.base.Dossiers[d].Jurisdiction == own.Jurisdiction && f.timely(d) {
			return true
		}
	}
	return false
}

func (ds dossiers) tags(r *reading) []policy.Tag {
	var tags []policy.Tag
	for _, d := range ds {
		tag := policy.Tag{Value: r.c.base.Dossiers[d.dossier].ID, Confidence: round(0.3 + 0.7*d.score/(d.score+0.7))}
		for _, h := range d.hits {
			tag.Evidence = addSpans(tag.Evidence, []policy.Span{r.span(h)})
		}
		if d.names > 0 {
			tag.Reasons = append(tag.Reasons, "it is named: "+quoteWords(tag.Evidence))
		}
		tag.Reasons = append(tag.Reasons, r.datedSteps(d)...)
		slices.Sort(d.reasons)
		tag.Reasons = firstReasons(append(tag.Reasons, slices.Compact(d.reasons)...))
		tags = append(tags, tag)
	}
	return tags
}
