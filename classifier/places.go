package classifier

import (
	"cmp"
	"fmt"
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
	home := r.tongueHome()
	for i, h := range r.names {
		if e := &r.c.entries[h.entry]; e.what == whatPlace && !e.ambiguous {
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
	for i, h := range r.names {
		if e := &r.c.entries[h.entry]; e.what == whatPlace && e.ambiguous {
			if s := scores[int(e.index)]; s != nil && s.clear {
				weight := 0.6 * roleWeight[e.role]
				if i == first {
					weight *= subjectWeight
				}
				s.note(h, r)
				s.add(h, weight*r.emphasis(h))
			}
		}
	}
	r.joinLists(scores)
	r.addActorPlaces(at)
	r.addPriors(doc, at)
	return scores
}

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

// The least score of a jurisdiction, and its least part of the main one's.
const (
	placeLeast = 1.1
	placePart  = 0.58
	// … of one whose own dossier is named, or that is named in one breath with one that
	// counts, since the text then is about its policy as well
	placeNamedPart = 0.3
)

// jurisdictions picks the jurisdictions, the main one first.
func (r *reading) jurisdictions(scores map[int]*placeScore, found dossiers) []policy.Tag {
	for _, d := range found {
		r.addDossierPlace(scores, d)
	}
	r.settleSubnational(scores)
	r.settleCompanies(scores, found)
	list := byScore(scores)
	var tags []policy.Tag
	taken := map[int]bool{}
	for _, s := range list {
		joined := slices.ContainsFunc(s.beside, func(place int) bool { return taken[place] })
		part := placePart
		if s.named || joined {
			part = placeNamedPart
		}
		if s.score < placeLeast || len(tags) == 3 {
			break
		}
		if s.score < part*list[0].score || r.passing(s) || s.scenery() {
			continue
		}
		if len(tags) > 0 && !s.named && !s.ruling && !s.acts && !joined {
			continue // it is a scene of the story, no law or authority of it is
		}
		if r.c.base.Jurisdictions[s.place].Code == "INT" && len(tags) > 0 {
			continue // worldwide is no second jurisdiction
		}
		taken[s.place] = true
		tags = append(tags, r.placeTag(s, list[0].score))
	}
	if len(tags) == 0 {
		return []policy.Tag{r.placeByDefault(list)}
	}
	return tags
}

// ownState is the tag of the state that a text takes for granted, which speaks of
// authorities without naming one: by where it comes from, or by how it calls them.
func (r *reading) ownState(s *placeScore) (policy.Tag, bool) {
	tag := policy.Tag{Value: r.c.base.Jurisdictions[s.place].Code, Confidence: 0.55, Reasons: []string{"it speaks of law or authorities without naming another state"}}
	switch {
	case len(s.reasons) > 0:
		tag.Evidence, tag.Reasons = r.evidenceOf(policyAny), append(tag.Reasons, s.reasons[0])
	case s.idiom && s.score >= ownLeast:
		for _, h := range s.hits {
			tag.Evidence = addSpans(tag.Evidence, []policy.Span{r.span(h)})
		}
		tag.Reasons = append(tag.Reasons, "named by "+quoteWords(tag.Evidence))
	default:
		return policy.Tag{}, false
	}
	return tag, true
}

// ownLeast is the least score of the state that a text takes for granted, where its
// words alone show it.
const ownLeast = 0.6

// byScore lists the places, the best first.
func byScore(scores map[int]*placeScore) []*placeScore {
	var list []*placeScore
	for _, s := range scores {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b *placeScore) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.place, b.place))
	})
	return list
}

// placeByDefault is the place of a text that names none well enough: its own state,
// where it speaks of authorities, or else the world.
func (r *reading) placeByDefault(list []*placeScore) policy.Tag {
	if len(list) > 0 && r.domestic() {
		if tag, ok := r.ownState(list[0]); ok {
			return tag
		}
	}
	return policy.Tag{Value: "INT", Confidence: 0.5, Evidence: r.evidenceOf(core), Reasons: []string{"no state's law or government is named"}}
}

// passing reports a place that a text of some length names once, far from its
// beginning, and nothing else speaks for: an example, and not its subject.
func (r *reading) passing(s *placeScore) bool {
	return s.count == 1 && s.dossiers == 0 && len(s.reasons) == 0 && len(r.sentences) > 2*leadSentences && int(s.hits[0].sentence) > leadSentences
}

// scenery reports a place of which no law, authority, dossier or home is told: where
// something happened, and nothing that it decides.
func (s *placeScore) scenery() bool {
	return !s.ruling && !s.idiom && !s.rules && !s.acts && !s.titled && s.dossiers == 0 && len(s.reasons) == 0
}

// domestic reports a text that speaks of authorities, a parliament or a statute as
// people do of their own.
func (r *reading) domestic() bool {
	n := 0
	for _, g := range domesticGroups {
		n += min(r.counts[g].all, 2)
	}
	return n >= 2
}

var domesticGroups = []int{group("parliament"), group("police"), group("statute"), group("speech"), group("government"), group("law")}

func (r *reading) addDossierPlace(scores map[int]*placeScore, d *dossierScore) {
	record := r.c.base.Dossiers[d.dossier]
	place, ok := r.c.places[record.Jurisdiction]
	if !ok {
		return
	}
	s := scores[place]
	if s == nil {
		s = &placeScore{place: place}
		scores[place] = s
	}
	by := min(d.score, 3) * 1.5 / float64(1+2*s.dossiers)
	if record.Kind == "statement" && len(record.Jurisdiction) == 2 && record.Jurisdiction != "EU" {
		by *= 1.5 // a state's own position is more about it than the bill is about the union
	}
	s.score += by
	s.dossiers++
	s.clear = true
	s.named = s.named || d.names > 0
	s.hits = append(s.hits, d.hits...)
	s.reasons = append(s.reasons, "jurisdiction of the dossier "+record.Name())
}

// settleSubnational decides between a state and its parts: a part counts only
// where its own rule is the subject, by its own parliament, in the title, or in a
// dossier, and then stands for the state.
func (r *reading) settleSubnational(scores map[int]*placeScore) {
	for place, s := range scores {
		j := r.c.base.Jurisdictions[place]
		if j.Level != policy.LevelSubnational {
			continue
		}
		parent, ok := r.c.places[j.Parent]
		if !ok {
			continue
		}
		p := scores[parent]
		own := s.titled && s.rules && (p == nil || !p.titled && s.score >= 0.5*p.score)
		if own || s.ruling && (p == nil || s.score >= 0.8*p.score) || s.dossiers > 0 && s.score >= 3 {
			if p != nil && p.score < 2*s.score {
				p.score = 0
			}
			continue
		}
		s.score = 0
	}
}

// settleCompanies gives a company's own doing to no state, unless a state's
// parliament, government or police is named with it, or the title names it, or a
// dossier of its own is found.
func (r *reading) settleCompanies(scores map[int]*placeScore, found dossiers) {
	if len(found) == 0 || r.c.base.Dossiers[found[0].dossier].Jurisdiction != "INT" {
		return
	}
	homes := r.companyHomes()
	for place, s := range scores {
		if homes[place] && !s.titled && s.dossiers == 0 {
			s.score *= 0.4
			continue
		}
		if !s.ruling && !s.rules && !s.titled && s.dossiers == 0 && r.c.base.Jurisdictions[place].Code != "INT" {
			s.score *= 0.4
		}
	}
}

// companyHomes are the jurisdictions where the companies are at home that the
// title or the beginning names: what they do at home is no policy of it.
func (r *reading) companyHomes() map[int]bool {
	homes := map[int]bool{}
	for _, h := range r.names {
		e := &r.c.entries[h.entry]
		if e.what != whatActor || h.sentence >= leadSentences {
			continue
		}
		if a := r.c.base.Actors[e.index]; a.Kind == "company" {
			if place, ok := r.c.places[a.Jurisdiction]; ok {
				homes[place] = true
			}
		}
	}
	return homes
}

func (r *reading) placeTag(s *placeScore, top float64) policy.Tag {
	tag := policy.Tag{Value: r.c.base.Jurisdictions[s.place].Code}
	tag.Confidence = round(s.score / (s.score + 0.9) * (0.6 + 0.4*s.score/top))
	for _, h := range s.hits {
		tag.Evidence = addSpans(tag.Evidence, []policy.Span{r.span(h)})
	}
	if words := quoteWords(tag.Evidence); words != "" {
		tag.Reasons = append(tag.Reasons, fmt.Sprintf("named by %s", words))
	}
	tag.Reasons = firstReasons(append(tag.Reasons, s.reasons...))
	return tag
}
