package classifier

import "slices"

// What a position is about.
type object uint8

const (
	aboutNothing object = iota // that we know
	aboutAccess                // a way around encryption
	aboutItself                // encryption itself or its protection
	aboutLaw                   // a law of which nothing more is said
	aboutDossier               // a dossier by its name
)

type subjectAt struct {
	about       object
	bare        bool // a word of encryption of which nothing is said
	first, last int
}

var (
	groupLaw   = group("law")
	groupBreak = group("break")
	groupBan   = group("ban")
	// what a position may be about: ways around encryption, or encryption itself
	around  = setOf("backdoor", "scanning", "access", "hacking", "keys", "ban", "vpnban", "traceability", "retention", "interception")
	itself  = setOf("protection", "right")
	ciphery = setOf("encryption", "e2ee")
)

func (g *groupSet) holds(group uint16) bool { return g[group>>6]>>(group&63)&1 != 0 }

// readSubjects finds what a position may be about. Words of encryption say by what
// stands beside them whether encryption is meant, or a way around it.
func (u *utterance) readSubjects(terms, names []hit) {
	for _, n := range names {
		if first, last, ok := u.place(n); ok && u.r.c.entries[n.entry].what != whatActor {
			u.subjects = append(u.subjects, subjectAt{aboutDossier, false, first, last})
		}
	}
	var harm, law []mark
	for _, t := range terms {
		g := u.r.c.entries[t.entry].index
		first, last, ok := u.place(t)
		switch {
		case !ok:
		case around.holds(g):
			u.subjects = append(u.subjects, subjectAt{aboutAccess, false, first, last})
		case itself.holds(g):
			u.subjects = append(u.subjects, subjectAt{aboutItself, false, first, last})
		case ciphery.holds(g):
			u.subjects = append(u.subjects, subjectAt{aboutItself, true, first, last})
		case int(g) == groupLaw:
			law = append(law, mark{first: first, last: last})
			u.subjects = append(u.subjects, subjectAt{aboutLaw, false, first, last})
		case int(g) == groupBreak:
			harm = append(harm, mark{role: isHarm, first: first, last: last})
		}
	}
	for _, m := range u.marks {
		if m.role == isHarm {
			harm = append(harm, m)
		}
	}
	u.dropNamed()
	for i := range u.subjects {
		if s := &u.subjects[i]; s.bare {
			u.qualify(s, harm, law)
		}
	}
	u.tidySubjects()
}

// dropNamed drops actors whose name is part of a subject: "encrypted Messenger",
// "Apple v. FBI".
func (u *utterance) dropNamed() {
	u.actors = slices.DeleteFunc(u.actors, func(a actorAt) bool {
		return slices.ContainsFunc(u.subjects, func(s subjectAt) bool {
			return s.first <= a.first && s.last >= a.last && s.last-s.first > a.last-a.first
		})
	})
}

// How far from a word of encryption stands what says what is meant with it.
const (
	harmBefore = 7
	harmAfter  = 4
	lawAfter   = 2
	// within so many words encryption is only what another subject is about
	besideSubject = 4
)

func (u *utterance) qualify(s *subjectAt, harm, law []mark) {
	for _, l := range law {
		if l.first-s.last <= lawAfter && l.first >= s.first && !u.parted(s.last, l.first) {
			s.about, s.bare = aboutLaw, false // "encryption bill"
			return
		}
	}
	for _, h := range harm {
		before := h.last <= s.first && s.first-h.last <= harmBefore && !u.has(h.last+1, s.first-1, isBut)
		after := h.first >= s.last && h.first-s.last <= harmAfter && !u.has(s.last+1, h.first-1, isBut, isFor, isAgainst, isWarning, isContra, isEnd)
		if before || after {
			s.about, s.bare = aboutAccess, false
			s.first, s.last = min(s.first, h.first), max(s.last, h.last)
			return
		}
	}
	if u.has(s.first-4, s.first-1, isCare) {
		s.bare = false
	}
}

// tidySubjects drops what lies within a longer subject, and puts the rest in order.
func (u *utterance) tidySubjects() {
	all := slices.Clone(u.subjects)
	u.subjects = slices.DeleteFunc(u.subjects, func(s subjectAt) bool {
		return slices.ContainsFunc(all, func(o subjectAt) bool {
			if s.bare && o.about != aboutItself && o.first-s.last <= besideSubject && s.first-o.last <= besideSubject &&
				!u.parted(min(s.last, o.last), max(s.first, o.first)) && !u.has(min(s.last, o.last)+1, max(s.first, o.first)-1, isFor, isAgainst, isWarning, isBut) {
				return o.about != aboutLaw || o.first < s.first // "a backdoor in encryption"
			}
			return o.first <= s.first && o.last >= s.last && o.last-o.first > s.last-s.first
		})
	})
	slices.SortStableFunc(u.subjects, func(a, b subjectAt) int { return a.first - b.first })
}

// inSubject reports a mark that lies within a subject: "stop encryption".
func (u *utterance) inSubject(m mark) bool {
	return slices.ContainsFunc(u.subjects, func(s subjectAt) bool {
		return s.about != aboutLaw && s.first <= m.first && s.last >= m.last && s.last > s.first
	})
}
