package classifier

import (
	"slices"
	"strings"
)

// opinion is what a verb says of its object.
type opinion struct {
	about    object
	favour   bool // of the object, all turns counted
	turns    int
	distance int // words between the verb and the object
}

// How many words may stand between what turns a side and the object, and between a
// verb and its object.
const (
	turnReach   = 7
	objectReach = 24
)

// opinion reads what follows a verb of stance: the first subject, and what turns
// the side on the way to it: "wants to prevent", "urges to reject". from is the word
// after which the object stands. What it reads belongs to this verb.
func (u *utterance) opinion(v int, from int) (opinion, bool) {
	m := u.marks[v]
	limit := u.until(v, from)
	o := opinion{favour: m.role == isFor || m.role == isMust}
	at := slices.IndexFunc(u.subjects, func(s subjectAt) bool { return s.last > from && s.first < limit && !(s.bare && m.role == isWarning) })
	if at < 0 {
		return o, false
	}
	s := u.subjects[at]
	o.about, o.distance = s.about, s.first-m.last
	if s.about == aboutLaw {
		u.ofLaw(&o, at, limit)
	}
	sure := u.turn(&o, v, s)
	end := s.last
	if u.verbFinal() {
		end = u.clauseEnd(s, limit)
	}
	u.turnAfter(&o, v, s, end)
	for i := v + 1; i < len(u.marks) && u.marks[i].first <= end; i++ {
		u.spent[i] = true
	}
	return o, sure
}

// clauseEnd is the last word of the clause that a subject stands in.
func (u *utterance) clauseEnd(s subjectAt, limit int) int {
	end := s.last
	for end+1 < limit && end-s.last < turnReach && !u.parted(end, end+1) && !u.has(end+1, end+1, isAnd) {
		end++
	}
	return end
}

// turnAfter applies what turns the side behind the object: where verbs stand at the
// end, "will die Chatkontrolle verhindern", or in the passive voice, "wants the bill to
// be withdrawn".
func (u *utterance) turnAfter(o *opinion, v int, s subjectAt, end int) {
	if role := u.marks[v].role; role == isAgainst || role == isWarning {
		return
	}
	passive := u.r.lang != "fi" && end == s.last
	if end == s.last {
		end += sideReach
	}
	for _, m := range u.marks {
		if m.first <= s.last || m.last > end || m.role != isEnd && m.role != isAgainst || u.inSubject(m) || u.parted(s.last, m.first) {
			continue
		}
		if !passive || u.has(m.first-1, m.first-1, isBe) {
			o.favour, o.turns = !o.favour, o.turns+1
			return
		}
	}
}

// ofLaw says what a law is about by what follows: "a bill that protects encryption".
func (u *utterance) ofLaw(o *opinion, at, limit int) {
	law := u.subjects[at]
	for _, s := range u.subjects[at+1:] {
		if s.first >= limit || s.first-law.last > 12 || u.has(law.last+1, s.first-1, isFor, isAgainst, isWarning, isBut) || s.bare {
			return
		}
		if s.about == aboutDossier {
			o.about = aboutDossier
			return
		}
		if s.about == aboutItself || s.about == aboutAccess && u.has(max(law.last+1, s.first-4), s.first-1, isEnd, isContra) {
			o.about = aboutItself
			return
		}
		if s.about == aboutAccess {
			return
		}
	}
}

// turn applies what turns the side between a verb and its object. It reports
// whether what is said can be told.
func (u *utterance) turn(o *opinion, v int, s subjectAt) bool {
	verb := u.marks[v]
	last, denied := verb, u.denied(v)
	turn := func() { o.favour, o.turns = !o.favour, o.turns+1 }
	for _, m := range u.marks[v+1:] {
		if m.first > s.first {
			break
		}
		near := s.first-m.last <= turnReach
		switch {
		case m.first <= last.last, u.inSubject(m) && m.role != isNot:
		case m.role == isAgainst, m.role == isWarning, m.role == isLeave && last.role == isFor:
			turn()
			last = m
		case m.role == isFor:
			last = m
		case m.role == isMust && last.role == isWarning:
			turn() // "warned that police must have access"
			last = m
		case m.role == isContra && near && (last.role == isFor || m.first-last.last > 2):
			turn()
		case m.role == isEnd && near:
			if j := u.find(m.last+1, m.last+4, isFor, isAgainst); j >= 0 && u.marks[j].first < s.first {
				return false // who drops a demand need not be against it
			}
			turn()
			last = m
		case m.role == isNot && near && last.role != isAgainst && last.role != isWarning && last.role != isLeave && (last != verb || !denied):
			turn()
		}
	}
	if denied {
		if verb.role == isWarning {
			return false
		}
		turn()
	}
	return true
}

// denied reports a negation of a verb: in the words before it, right after it in
// languages that place it so, or at the end of a verb in two parts ("lehnt … nicht
// ab").
func (u *utterance) denied(v int) bool {
	verb := u.marks[v]
	for _, m := range u.marks {
		if m.role != isNot && m.role != isCannot {
			continue
		}
		before := verb.first - m.last
		switch {
		case before >= 1 && before <= 3 && !u.parted(m.last, verb.first) && !u.has(m.last+1, verb.first-1, isFor, isAgainst, isWarning, isAnd):
			return true
		case m.last > m.first && m.first > verb.last && m.first-verb.last <= objectReach:
			return true
		case u.r.lang != "en" && m.first-verb.last >= 1 && m.first-verb.last <= 2 && verb.role == isAgainst && !u.parted(verb.last, m.first):
			return true
		}
	}
	return false
}

// until is the word at which what a verb says ends: where two statements are
// parted, or where another actor with a verb of its own begins.
func (u *utterance) until(v, from int) int {
	limit := min(len(u.words), from+objectReach)
	for _, m := range u.marks {
		if m.role == isBut && m.first > from {
			limit = min(limit, m.first)
		}
	}
	for i := from + 1; i < limit; i++ {
		if strings.ContainsAny(u.gap(i-1, i), ";:") {
			return i
		}
	}
	for i, m := range u.marks {
		if i == v || !m.verb() || m.first <= from || m.first >= limit {
			continue
		}
		other := u.parted(m.first-1, m.first) && slices.ContainsFunc(u.actors, func(a actorAt) bool { return a.first > m.last && a.first-m.last <= 2 })
		if other || u.has(m.first-1, m.first-1, isAnd) {
			limit = m.first // ", warnt Breyer", "opposes and warns of"
		}
	}
	for _, a := range u.actors {
		if a.first > from+1 && a.first < limit && (u.parted(a.first-1, a.first) || u.has(a.first-2, a.first-1, isAnd)) && u.has(a.last+1, a.last+4, isFor, isAgainst, isWarning) {
			limit = a.first
		}
	}
	return limit
}

// before looks for what a verb is about before it: "a backdoor that Signal rejects".
func (u *utterance) before(v, from, to int) (opinion, bool) {
	m := u.marks[v]
	o := opinion{favour: m.role == isFor}
	for i := len(u.subjects) - 1; i >= 0; i-- {
		s := u.subjects[i]
		if s.last >= to || s.first < from || s.bare && m.role == isWarning {
			continue
		}
		if u.has(s.first-4, s.first-1, isEnd, isContra) && !u.inSubject(mark{first: s.first, last: s.last}) || u.has(s.first-3, s.first-1, isAgainst) {
			return o, false
		}
		o.about = s.about
		denied := u.denied(v) || m.role == isFor && u.has(s.first-2, s.first-1, isNot)
		if denied {
			if m.role == isWarning {
				return o, false
			}
			o.favour = !o.favour
			o.turns++
		}
		return o, true
	}
	return o, false
}
