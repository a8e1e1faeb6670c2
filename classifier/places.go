package classifier

import (
	"slices"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// roleWeight is how much a form says about whose policy a text is about.
var roleWeight = [...]float64{roleName: 1, roleDemonym: 0.8, roleCapital: 0.35, roleIdiom: 0.6, roleParliament: 1.2, roleGovernment: 1.2, roleAgency: 1}

// homes of languages that are spoken in one place of our record above all. It is
// a weak prior for texts whose source we do not know.
var homes = map[string]string{"de": "DE", "fr": "FR", "es": "ES", "it": "IT", "nl": "NL", "sv": "SE", "da": "DK", "nb": "NO", "fi": "FI", "pl": "PL", "cs": "CZ",
	"ru": "RU", "uk": "UA", "ja": "JP", "ko": "KR", "tr": "TR", "hi": "IN", "el": "GR", "hu": "HU", "ro": "RO", "zh": "CN"}

// placeScore is how much speaks for one jurisdiction, and what.
type placeScore struct {
	place    int
	score    float64
	clear    bool  // a form that means nothing else was found
	idiom    bool  // … and it is a word for its own offices
	named    bool  // a dossier of its own was named
	dossiers int   // of its own that were found
	titled   bool  // the title names it
	rules    bool  // it was named in a sentence with government, parliament or law
	acts     bool  // … that speaks of encryption or access as well
	ruling   bool  // its parliament, government or agency was named
	beside   []int // places that the title or the beginning names in one breath with it
	count    int
	hits     []hit // the first ones
	reasons  []string
}

const (
	homePrior     = 0.8 // of the source's jurisdiction
	languagePrior = 0.5
)

// placeScores adds up what speaks for each jurisdiction.
func (r *reading) placeScores(doc policy.Document) map[int]*placeScore {
	scores := map[int]*placeScore{}
	at := func(place int) *placeScore {
		s := scores[place]
		if s == nil {
			s = &placeScore{place: place}
			scores[place] = s
		}
		return s
	}
	first := r.firstInTitle()
	r.addClear(at, first)
	r.addVague(scores, first)
	r.joinLists(scores)
	r.addActorPlaces(at)
	r.addPriors(doc, at)
	return scores
}

// addClear counts the forms that mean one place alone. The hit first is the first state of
// the title.
func (r *reading) addClear(at func(int) *placeScore, first int) {
	home := r.tongueHome()
	for i, h := range r.names {
		e := &r.c.entries[h.entry]
		if e.what != whatPlace || e.ambiguous {
			continue
		}
		s := at(int(e.index))
		s.clear, s.idiom = true, s.idiom || e.role == roleIdiom
		weight := roleWeight[e.role]
		if e.role < roleCapital && s.count < maxAuthorities && r.besideAuthority(h) {
			s.ruling, weight = true, roleWeight[roleGovernment]
		} else if e.role == roleDemonym && int(e.index) == home {
			weight *= ownTongue
		}
		if i == first {
			weight *= subjectWeight
		}
		s.ruling = s.ruling || e.role >= roleParliament
		s.note(h, r)
		s.add(h, weight*r.emphasis(h))
	}
}

// addVague counts the forms that need company, of places that a clear one shows.
func (r *reading) addVague(scores map[int]*placeScore, first int) {
	for i, h := range r.names {
		e := &r.c.entries[h.entry]
		if e.what != whatPlace || !e.ambiguous {
			continue
		}
		s := scores[int(e.index)]
		if s == nil || !s.clear {
			continue
		}
		weight := vagueWeight * roleWeight[e.role]
		if i == first {
			weight *= subjectWeight
		}
		s.note(h, r)
		s.add(h, weight*r.emphasis(h))
	}
}

// vagueWeight is how much of its weight a form keeps that may mean another thing.
const vagueWeight = 0.6

// joinLists notes which states the title or the beginning names in one breath, "the US,
// the UK and Australia": they do together what it tells.
func (r *reading) joinLists(scores map[int]*placeScore) {
	var last *hit
	for i := range r.names {
		h := &r.names[i]
		e := &r.c.entries[h.entry]
		if e.what != whatPlace || e.ambiguous || e.role > roleCapital || h.sentence >= leadSentences {
			continue
		}
		if last != nil && last.field == h.field && last.sentence == h.sentence && r.listed(last, h) {
			a, b := int(r.c.entries[last.entry].index), int(e.index)
			if a != b && scores[a] != nil && scores[b] != nil {
				scores[a].beside, scores[b].beside = append(scores[a].beside, b), append(scores[b].beside, a)
			}
		}
		last = h
	}
}

// listed reports two names with a comma, an "and" or the like between them, and no more.
func (r *reading) listed(a, b *hit) bool {
	gap := b.first - a.last
	return gap > 1 && gap <= listGap || gap == 1 && strings.ContainsAny(r.texts[a.field][a.end:b.start], ",&/")
}

// listGap is how far apart the words of two states in a list are: "and the" between
// them makes three.
const listGap = 3

// subjectWeight is how much more the first state of a title counts: it is what the
// others are told of.
const subjectWeight = 1.5

// maxAuthorities bounds how many names of a state are looked at for an authority
// beside them.
const maxAuthorities = 40

// firstInTitle is the first hit of a state in the title, -1 for none. An idiom names
// none, and a form that needs company one only where another form names it.
func (r *reading) firstInTitle() int {
	return slices.IndexFunc(r.names, func(h hit) bool {
		e := &r.c.entries[h.entry]
		return h.field == fieldTitle && e.what == whatPlace && e.role != roleIdiom && (!e.ambiguous || r.namesClearly(e.index))
	})
}

// namesClearly reports a form of a place that means nothing else.
func (r *reading) namesClearly(place uint16) bool {
	return slices.ContainsFunc(r.names, func(h hit) bool {
		e := &r.c.entries[h.entry]
		return e.what == whatPlace && e.index == place && !e.ambiguous
	})
}

// besideAuthority reports a name of a state next to a word for an authority: "French
// police", "gouvernement allemand".
func (r *reading) besideAuthority(h hit) bool {
	for _, t := range r.termsOf(h.sentence) {
		if t.field != h.field || t.first != h.last+1 && t.last+1 != h.first {
			continue
		}
		if g := r.c.entries[t.entry].index; authorities[g>>6]>>(g&63)&1 != 0 {
			return true
		}
	}
	return false
}

var authorities = setOf("government", "parliament", "police", "court")

// note keeps what the sentence of a hit says of the place.
func (s *placeScore) note(h hit, r *reading) {
	one := &r.sentences[h.sentence]
	s.titled = s.titled || h.field == fieldTitle
	s.rules = s.rules || one.hasAny(rulesSet)
	s.acts = s.acts || one.hasAny(actsSet) && one.hasAny(core)
}

// ownTongue is how much of its weight a demonym keeps in a text of its own language,
// where it most often names the language: "versione italiana".
const ownTongue = 0.4

// tongueHome is the place where the document's language is at home; -1 for none.
func (r *reading) tongueHome() int {
	if place, ok := r.c.places[homes[r.lang]]; ok {
		return place
	}
	return -1
}

// add counts a hit, the later ones of a place ever less.
func (s *placeScore) add(h hit, weight float64) {
	s.score += weight / (1 + 0.25*float64(s.count))
	if s.count++; s.count <= maxEvidence {
		s.hits = append(s.hits, h)
	}
}

// emphasis is how much the place of a hit counts.
func (r *reading) emphasis(h hit) float64 {
	w := 1.0
	switch {
	case h.field == fieldTitle:
		w = 3
	case h.sentence < leadSentences:
		w = 1.6
	}
	switch s := &r.sentences[h.sentence]; {
	case s.hasAny(core):
		w *= 1.8
	case s.hasAny(policyAny):
		w *= 1.1
	default:
		w *= 0.7
	}
	return w
}

var (
	rulesSet = setOf("government", "parliament", "law")
	actsSet  = setOf("government", "parliament", "law", "police", "court", "compel", "prohibit")
)

var policyAny = setOf(policies...)

// publicActor reports actors that act for their jurisdiction.
func publicActor(k policy.ActorKind) bool {
	switch k {
	case "government", "law-enforcement", "intelligence", "regulator", "legislature", "politician", "court":
		return true
	}
	return false
}

func (r *reading) addActorPlaces(at func(int) *placeScore) {
	for _, h := range r.names {
		e := &r.c.entries[h.entry]
		if e.what != whatActor {
			continue
		}
		a := r.c.base.Actors[e.index]
		if place, ok := r.c.places[a.Jurisdiction]; ok && publicActor(a.Kind) {
			s := at(place)
			s.clear, s.ruling = true, true
			s.add(h, 0.8*r.emphasis(h))
		}
	}
}

func (r *reading) addPriors(doc policy.Document, at func(int) *placeScore) {
	home, by := doc.Jurisdiction, homePrior
	why := "home of its source"
	if home == "" {
		home, by, why = r.c.countryOf(doc.URL), languagePrior, "country of its site's name"
	}
	if home == "" {
		home, why = homes[r.lang], "its language"
	}
	place, ok := r.c.places[home]
	if !ok || home == "INT" {
		return
	}
	s := at(place)
	s.score += by
	s.reasons = append(s.reasons, why)
}

// vanity country domains that sites everywhere use for their sound.
var vanity = []string{"ai", "cc", "co", "fm", "gg", "im", "io", "is", "la", "ly", "me", "nu", "sh", "so", "st", "to", "tv", "ws"}

// countryOf returns the jurisdiction whose country's domain a site's name ends with.
func (c *Classifier) countryOf(address string) string {
	host, _ := splitAddress(address)
	end := host[strings.LastIndexByte(host, '.')+1:]
	switch {
	case len(end) != 2 || slices.Contains(vanity, end):
		return ""
	case end == "uk":
		return "GB"
	}
	code := strings.ToUpper(end)
	if _, ok := c.places[code]; !ok {
		return ""
	}
	return code
}
