package classifier

import (
	"slices"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/classifier/lexeme"
)

// Who holds a position is found from its verb: the nearest actor before it that can
// be its subject, the one after "by" in the passive voice, or the speaker of a
// quotation. Where that is not sure, nobody is.

const (
	maxReach  = 14 // words between an actor and the verb
	ofReach   = 2  // words between "of" and the name that it governs
	sideReach = 4  // words between a verb and what belongs to it
)

// holding is who holds a position and where the object must be looked for.
type holding struct {
	actors   []int
	from     int // word after which the object stands
	distance int
	passive  bool
	fronted  bool // the verb stands before the actor
}

func (u *utterance) holders(v int) (holding, bool) {
	m := u.marks[v]
	if h, ok := u.agents(v); ok || h.passive {
		return h, ok
	}
	if u.has(m.first-4, m.first, isWe) && u.quoted(m.first) || m.role == isMust && u.quoted(m.first) {
		if a := u.speaker(); a >= 0 {
			return holding{actors: []int{u.actors[a].actor}, from: m.last, distance: sideReach}, true
		}
		return holding{}, false
	}
	if h, ok := u.inverted(v); ok {
		return h, true
	}
	a := u.subject(v)
	if a < 0 || u.noun(m) || u.hidden(a, v) {
		return holding{}, false
	}
	return holding{actors: u.voices(a, u.listed(a)), from: m.last, distance: m.first - u.actors[a].last}, true
}

// noun reports a word that is no verb here: after an article, or in English after
// what it is about, "the encryption fight".
func (u *utterance) noun(m mark) bool {
	if u.has(m.first-1, m.first-1, isThe) && m.role != isMust {
		return true
	}
	return u.r.lang == "en" && m.first == m.last && slices.ContainsFunc(u.subjects, func(s subjectAt) bool { return s.last == m.first-1 && s.about != aboutDossier })
}

// voices adds who bears the same name or speaks for the actor: a company and its
// founder, whom the record both calls by it.
func (u *utterance) voices(i int, actors []int) []int {
	for _, a := range u.actors {
		if !slices.Contains(actors, a.actor) && u.twins(a, u.actors[i].actor) {
			actors = append(actors, a.actor)
		}
	}
	return actors
}

// twins reports a name that is one of another actor, too.
func (u *utterance) twins(a actorAt, actor int) bool {
	return a.actor != actor && slices.Contains(u.actors, actorAt{actor, a.first, a.last})
}

// agents are the actors after "by". A passive verb without them is nobody's.
func (u *utterance) agents(v int) (holding, bool) {
	m := u.marks[v]
	if m.role != isFor && m.role != isAgainst {
		return holding{passive: u.passive(v), from: m.last}, false
	}
	h := holding{passive: true, from: m.last}
	for i, a := range u.actors {
		by := u.find(a.first-4, a.first-1, isBy)
		if by < 0 || u.parted(u.marks[by].last, a.first) || u.any(u.marks[by].last+1, a.first-1, isOf, func(mark) bool { return true }) || u.has(u.marks[by].last+1, a.first-1, isNot, isAgainst, isFor) {
			continue
		}
		after := u.marks[by].first - m.last
		before := m.first - a.last
		if after >= 1 && after <= 2 && u.participle(m) || before >= 1 && before <= sideReach && u.has(0, len(u.words), isBe) && u.governs(v) {
			h.actors, h.distance = u.listedAfter(i), sideReach
			return h, true
		}
	}
	h.passive = u.passive(v)
	return h, false
}

// governs reports a passive verb that ends a clause, as in German and Dutch: "wird
// von … kritisiert".
func (u *utterance) governs(v int) bool {
	return u.verbFinal() && u.participle(u.marks[v])
}

// participle reports a verb that may be one: those in -ing are not.
func (u *utterance) participle(m mark) bool {
	word := u.word(m.first)
	switch u.r.lang {
	case "en":
		return strings.HasSuffix(word, "ed") || strings.HasSuffix(word, "ught") || strings.HasSuffix(word, "sought")
	case "de":
		return strings.HasSuffix(word, "t") || strings.HasSuffix(word, "en") && strings.HasPrefix(word, "ver")
	}
	return true
}

func (u *utterance) word(i int) string {
	return strings.ToLower(u.text[u.words[i].Start:u.words[i].End])
}

// passive reports a verb in the passive voice: with "was" before it.
func (u *utterance) passive(v int) bool {
	m := u.marks[v]
	if m.role != isFor && m.role != isAgainst || !u.participle(m) {
		return false
	}
	reach := 2
	if u.governs(v) {
		reach = maxReach
	}
	for i, b := range u.marks {
		if b.role == isBe && (b.first == m.first || b.last < m.first && m.first-b.last <= reach && i < v && !u.parted(b.last, m.first)) {
			return true
		}
	}
	return false
}

// speaker is the actor who says what is quoted: the one beside a verb of speech,
// both outside of the quotation marks.
func (u *utterance) speaker() int {
	best, nearest := -1, sideReach+1
	for i, a := range u.actors {
		if u.quoted(a.first) {
			continue
		}
		for _, m := range u.marks {
			if m.role != isSaid || u.quoted(m.first) {
				continue
			}
			if d := max(m.first-a.last, a.first-m.last); d > 0 && d < nearest {
				best, nearest = i, d
			}
		}
	}
	return best
}

// inverted finds an actor right after a verb whose object stands before it, or that
// begins a clause: "eine Hintertür lehnt Signal ab", ", warnt Breyer".
func (u *utterance) inverted(v int) (holding, bool) {
	m := u.marks[v]
	i := slices.IndexFunc(u.actors, func(a actorAt) bool { return a.first > m.last })
	if i < 0 || m.first == 0 || u.actors[i].first-m.last > 2 || u.parted(m.last, u.actors[i].first) || u.has(m.last+1, u.actors[i].first-1, isOf, isBy) {
		return holding{}, false
	}
	a := u.actors[i]
	h := holding{actors: u.listedAfter(i), from: a.last, distance: a.first - m.last, fronted: true}
	opens := u.parted(m.first-1, m.first)
	ends := a.last+1 >= len(u.words) || u.parted(a.last, a.last+1)
	if !opens && !ends && !u.verbSecond() {
		return holding{}, false
	}
	if u.verbSecond() && a.first == m.last+1 && u.actsBefore(v) {
		return h, true
	}
	if opens {
		if u.r.lang == "en" && !ends {
			return holding{}, false
		}
		return h, true
	}
	// the object must stand before it, in the same clause, and no other actor
	for j := len(u.subjects) - 1; j >= 0; j-- {
		s := u.subjects[j]
		if s.last < m.first && m.first-s.last <= 8 && !u.parted(s.last, m.first) && !slices.ContainsFunc(u.actors, func(o actorAt) bool { return o.last < m.first && !u.parted(o.last, m.first) && !u.governed(o) }) {
			return h, u.r.lang != "en" && u.r.lang != "fr" || ends
		}
	}
	return holding{}, false
}

// actsBefore reports an actor before a verb who has a verb of its own between them.
func (u *utterance) actsBefore(v int) bool {
	m := u.marks[v]
	return slices.ContainsFunc(u.actors, func(a actorAt) bool {
		return a.last < m.first && !u.governed(a) && u.has(a.last+1, m.first-1, isFor, isAgainst, isWarning)
	})
}

// subject is the nearest actor before a verb that can be its subject, or -1.
func (u *utterance) subject(v int) int {
	m := u.marks[v]
	for i := len(u.actors) - 1; i >= 0; i-- {
		a := u.actors[i]
		if a.last >= m.first {
			continue
		}
		if m.first-a.last > maxReach {
			return -1
		}
		if m.role == isMust && !u.has(a.last+1, m.first-1, isSaid) {
			continue // what must be is told by who speaks
		}
		if !u.governed(a) {
			return u.head(i, m)
		}
		if m.first-a.last <= sideReach && u.parted(a.last, a.last+1) && u.has(a.last+1, a.last+1, isThey) {
			return i // "for the EFF, which opposes"
		}
		closed := i > 0 && u.parted(a.last, m.first)
		told := u.has(a.last+1, m.first-1, isThey) && i > 0 && u.has(u.actors[i-1].last+1, a.first, isSaid)
		if !closed && !told {
			return -1
		}
	}
	return -1
}

// head is the actor that another explains or stands aside of: "X, the founder of
// Y, wants".
func (u *utterance) head(i int, verb mark) int {
	if i == 0 || !u.parted(u.actors[i].last, verb.first) {
		return i
	}
	a, h := u.actors[i], u.actors[i-1]
	aside := a.first-h.last > 1 && strings.HasPrefix(strings.TrimSpace(u.gap(h.last, h.last+1)), ",") && !u.has(h.last+1, a.first-1, isAnd, isBut, isSaid, isFor, isAgainst, isWarning)
	if aside && verb.first-h.last <= maxReach && !u.governed(h) {
		return i - 1
	}
	return i
}

// governed reports a name that another word governs, so that it does not act: "on
// Apple", "Apple's order", "Signal users". "The head of Apple" does.
func (u *utterance) governed(a actorAt) bool {
	if u.owns(a) || u.has(a.last+1, a.last+1, isOther) && !u.parted(a.last, a.last+1) {
		return true
	}
	for i, m := range u.marks {
		if m.role != isOf || m.last >= a.first || a.first-m.last > ofReach+1 || u.parted(m.last, a.first) {
			continue
		}
		if u.cased && slices.ContainsFunc(u.words[m.last+1:a.first], func(w lexeme.Word) bool { return w.Flags&lexeme.Title != 0 }) {
			continue // "on Monday Apple said"
		}
		if i > 0 && u.has(m.first-3, m.first-1, isWho) && !u.parted(m.first-1, m.first) {
			return false
		}
		return true
	}
	return false
}

// owns reports an English genitive that no person or office follows.
func (u *utterance) owns(a actorAt) bool {
	rest := u.text[u.words[a.last].End:]
	if !strings.HasPrefix(rest, "'s") && !strings.HasPrefix(rest, "’s") {
		return false
	}
	next := a.last + 1
	if next < len(u.words) && u.word(next) == "s" {
		next++
	}
	if u.has(next, next+2, isWho) {
		return false
	}
	return next >= len(u.words) || !u.cased || u.words[next].Flags&lexeme.Title == 0
}

// listed are the actors named with one before the verb: "A, B and C oppose".
func (u *utterance) listed(i int) []int {
	all := []int{u.actors[i].actor}
	joined := false
	for i > 0 {
		gap := u.actors[i].first - u.actors[i-1].last - 1
		and := u.has(u.actors[i-1].last+1, u.actors[i].first-1, isAnd) && gap <= 3
		if !and && !(joined && gap == 0 && u.parted(u.actors[i-1].last, u.actors[i].first)) || u.governed(u.actors[i-1]) {
			break
		}
		joined = true
		i--
		all = append(all, u.actors[i].actor)
	}
	return all
}

// listedAfter are the actors named with one after the verb.
func (u *utterance) listedAfter(i int) []int {
	last := i
	for last+1 < len(u.actors) {
		gap := u.actors[last+1].first - u.actors[last].last - 1
		and := u.has(u.actors[last].last+1, u.actors[last+1].first-1, isAnd) && gap <= 2
		if !and && (gap != 0 || !u.parted(u.actors[last].last, u.actors[last+1].first)) {
			break
		}
		last++
	}
	var all []int
	for _, a := range u.actors[i : last+1] {
		all = append(all, a.actor)
	}
	return all
}
