package classifier

import (
	"slices"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/classifier/lexeme"
)

// hidden reports what keeps a verb from being the actor's: somebody else who may
// act, doubt, or another who only says so.
func (u *utterance) hidden(i, v int) bool {
	a, m := u.actors[i], u.marks[v]
	doubt := u.any(a.last+1, m.first-1, isUnsure, u.doubts)
	before := u.any(a.first-5, a.first-1, isUnsure, func(b mark) bool { return u.doubts(b) && !u.parted(b.last, a.first) })
	if doubt || before || u.another(a, m) {
		return true
	}
	if strings.Contains(u.text[u.words[a.last].End:u.words[m.first].Start], ";") {
		return true
	}
	if m.role == isMust {
		return u.has(m.first-1, m.first-1, isThey)
	}
	return u.others(a, m) || u.attributed(i, v) || u.quoted(m.first) && u.quoted(a.first) && u.speaker() >= 0
}

// doubts reports a word that makes a statement doubtful. Where it is one of place or
// subject as well ("om"), it must begin a clause.
func (u *utterance) doubts(m mark) bool {
	return !u.has(m.first, m.last, isOf) || m.first == 0 || u.parted(m.first-1, m.first) || u.has(m.first-1, m.first-1, isUnsure)
}

// another reports that another statement begins between an actor and a verb, with a
// subject of its own.
func (u *utterance) another(a actorAt, v mark) bool {
	return u.any(a.last+1, v.first-1, isBut, func(b mark) bool { return v.first-b.last > 2 && !u.has(b.last+1, v.first-1, isThey) })
}

// others reports somebody else between an actor and a verb: users, ministers, or a
// name that the record does not know.
func (u *utterance) others(a actorAt, m mark) bool {
	for _, o := range u.marks {
		if o.role != isOther || o.first <= a.last || o.last >= m.first {
			continue
		}
		aside := u.parted(a.last, o.first) && u.parted(o.last, m.first)
		stood := u.has(o.last+1, m.first-1, isThey) || u.has(a.last+1, o.first-1, isFor, isAgainst, isWarning)
		if !aside && !stood {
			return true
		}
	}
	if !u.cased {
		return false
	}
	for w := max(a.last+2, m.first-3); w < m.first; w++ {
		if !u.known(w) && u.parted(a.last, w) && !u.parted(w, m.first) && !u.has(a.last+1, w, isWho, isThey) {
			return true
		}
	}
	return false
}

// known reports a word without a capital, or of a name that the record knows.
func (u *utterance) known(w int) bool {
	if u.words[w].Flags&lexeme.Title == 0 {
		return true
	}
	at := u.s.start + u.words[w].Start
	from, _ := slices.BinarySearchFunc(u.r.names, u.number, func(h hit, n uint32) int { return int(h.sentence) - int(n) })
	for _, h := range u.r.names[from:] {
		if h.sentence != u.number {
			break
		}
		if h.start <= at && at < h.end {
			return true
		}
	}
	return false
}

// attributed reports a position that another actor tells: "Apple said that the FBI
// wants", "according to the FBI, Apple refuses".
func (u *utterance) attributed(i, v int) bool {
	a := u.actors[i]
	for j, o := range u.actors {
		if o.actor == a.actor || u.twins(o, a.actor) {
			continue
		}
		if u.has(o.first-3, o.first-1, isTold) {
			return true
		}
		if j >= i {
			continue
		}
		said := u.find(o.last+1, a.first-1, isSaid)
		if said >= 0 && !u.has(u.marks[said].last+1, a.first-1, isBut, isAnd) {
			return true
		}
	}
	return false
}
