package classifier

import (
	"maps"
	"slices"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// maxClaims bounds the positions of one document, and longestClaim the words of a
// sentence that is read for them.
const (
	maxClaims    = 12
	longestClaim = 70
)

// positions finds who says what: a sentence with an actor, its verb of stance, and
// a subject. The side is that on the dossier, or where none is named on access to
// encrypted communication: who is for encryption opposes it. Where a text has an
// actor on both sides of a dossier, it is on neither that we could tell.
func (r *reading) positions(found dossiers) []policy.Claim {
	bySentence := r.namesBySentence()
	var claims []policy.Claim
	for _, n := range slices.Sorted(maps.Keys(bySentence)) {
		s := &r.sentences[n]
		names := bySentence[n]
		if !r.namesActor(names) || !s.hasAny(core) && !r.namesDossier(names) || r.asks(s) {
			continue
		}
		claims = append(claims, r.claims(r.utterance(s, n, names), names, found)...)
	}
	r.spoken.text = "" // or it would keep the document
	return settle(claims)
}

// settle keeps one claim of each actor on each dossier, the first of the side that
// it takes more often.
func settle(claims []policy.Claim) []policy.Claim {
	type key struct{ actor, dossier string }
	balance := map[key]int{}
	for _, c := range claims {
		if c.Side == policy.SideSupports {
			balance[key{c.Actor, c.Dossier}]++
		} else {
			balance[key{c.Actor, c.Dossier}]--
		}
	}
	var kept []policy.Claim
	for _, c := range claims {
		n := balance[key{c.Actor, c.Dossier}]
		if n > 0 != (c.Side == policy.SideSupports) || n == 0 || len(kept) == maxClaims {
			continue
		}
		if !slices.ContainsFunc(kept, func(o policy.Claim) bool { return o.Actor == c.Actor && o.Dossier == c.Dossier }) {
			kept = append(kept, c)
		}
	}
	return kept
}

func (r *reading) namesBySentence() map[uint32][]hit {
	by := map[uint32][]hit{}
	for _, h := range r.names {
		if r.sentences[h.sentence].words > longestClaim {
			continue
		}
		if e := &r.c.entries[h.entry]; e.what == whatActor || (e.what == whatDossier || e.what == whatID) && !r.isActors(h) {
			by[h.sentence] = append(by[h.sentence], h)
		}
	}
	return by
}

// isActors reports a name of a dossier that is an actor's, too: the person is meant,
// not the case that is called by it.
func (r *reading) isActors(d hit) bool {
	from, _ := slices.BinarySearchFunc(r.names, d.sentence, func(h hit, n uint32) int { return int(h.sentence) - int(n) })
	for _, h := range r.names[from:] {
		if h.sentence != d.sentence {
			break
		}
		if h.first == d.first && h.last == d.last && r.c.entries[h.entry].what == whatActor {
			return true
		}
	}
	return false
}

func (r *reading) namesDossier(hits []hit) bool {
	return slices.ContainsFunc(hits, func(h hit) bool { return r.c.entries[h.entry].what != whatActor })
}

func (r *reading) namesActor(hits []hit) bool {
	return slices.ContainsFunc(hits, func(h hit) bool { return r.c.entries[h.entry].what == whatActor })
}

// asks reports a sentence that ends with a question mark.
func (r *reading) asks(s *sentence) bool {
	rest := r.texts[s.field][s.end:]
	rest = strings.TrimLeft(rest[:min(len(rest), 8)], "\"”»’' )")
	return strings.HasPrefix(rest, "?") || strings.HasPrefix(rest, "？") || strings.HasPrefix(rest, "؟")
}

// claims are the positions of one sentence. An actor on both sides of it takes none.
func (r *reading) claims(u *utterance, names []hit, found dossiers) []policy.Claim {
	dossier := r.dossierOf(names, found)
	sides := map[int]policy.Claim{}
	var order []int
	for v := range u.marks {
		o, h, ok := u.stand(v)
		if !ok {
			continue
		}
		for _, a := range h.actors {
			c, ok := r.claim(u, a, o, h, dossier)
			if !ok {
				continue
			}
			if before, seen := sides[a]; !seen {
				order = append(order, a)
				sides[a] = c
			} else if before.Side != c.Side {
				c.Side = ""
				sides[a] = c
			}
		}
	}
	var claims []policy.Claim
	for _, a := range order {
		if sides[a].Side != "" {
			claims = append(claims, sides[a])
		}
	}
	return claims
}

// stand reads one verb of stance: what is said by it, and whose it is.
func (u *utterance) stand(v int) (opinion, holding, bool) {
	m := u.marks[v]
	if u.spent[v] {
		return opinion{}, holding{}, false
	}
	switch {
	case m.verb() || m.role == isMust:
	case m.role == isContra && slices.ContainsFunc(u.actors, func(a actorAt) bool { return a.last+1 == m.first }) && !slices.ContainsFunc(u.actors, func(a actorAt) bool { return a.first == m.last+1 }):
		u.marks[v].role = isAgainst
	case m.role == isDo && u.has(m.first-3, m.first-1, isNot) && !u.has(m.first-3, m.first-1, isCannot):
		u.marks[v].role = isFor
	default:
		return opinion{}, holding{}, false
	}
	h, held := u.holders(v)
	if !held {
		if u.marks[v].role != isMust {
			u.opinion(v, m.last) // what it governs is not said by others either
		}
		return opinion{}, holding{}, false
	}
	o, ok := u.object(v, h)
	return o, h, ok
}

// object finds what a held verb is about.
func (u *utterance) object(v int, h holding) (opinion, bool) {
	m := u.marks[v]
	if h.passive {
		if o, ok := u.before(v, 0, m.first); ok {
			return o, true
		}
		return u.opinion(v, m.last)
	}
	if o, ok := u.opinion(v, h.from); ok || o.about != aboutNothing {
		return o, ok
	}
	if m.role == isMust {
		return opinion{}, false
	}
	if h.fronted {
		return u.before(v, 0, m.first)
	}
	start := m.first - h.distance
	if o, ok := u.before(v, start, m.first); ok || h.distance > sideReach {
		return o, ok
	}
	return u.before(v, 0, start)
}

// nearReading is how far from its actor a verb may stand where the side is not the
// one that the actor is known for: nothing may turn it, either. On real texts such
// readings were nearly all wrong.
const nearReading = 3

// claim is what is recorded of an actor's position.
func (r *reading) claim(u *utterance, a int, o opinion, h holding, dossier string) (policy.Claim, bool) {
	actor := r.c.base.Actors[a]
	opposes := !o.favour
	direct := o.about == aboutDossier || o.about == aboutLaw && dossier != ""
	if o.about == aboutItself {
		opposes = !opposes // to oppose encryption is to support access
	}
	side := policy.SideSupports
	if opposes {
		side = policy.SideOpposes
	}
	if dossier != "" && !direct {
		side = r.onDossier(side, dossier)
	}
	c := policy.Claim{Actor: actor.ID, Side: side, Dossier: dossier, Confidence: 0.62, Evidence: []policy.Span{r.slice(u.s.field, u.s.start, u.s.end)}}
	if dossier != "" {
		c.Confidence += 0.1
	}
	if h.distance <= 3 {
		c.Confidence += 0.08
	}
	if usual := usualSide(actor.Stance); usual != "" && usual != r.onDossier(side, dossier) {
		if h.distance > nearReading || o.turns > 0 || o.distance > turnReach || !direct && o.about != aboutAccess {
			return c, false // our reading is likelier to be wrong
		}
		c.Confidence -= 0.15 // it may be so, but our reading may be wrong as well
	}
	c.Confidence = round(c.Confidence)
	return c, true
}

func usualSide(s policy.Stance) policy.Side {
	switch s {
	case policy.StanceProtects:
		return policy.SideOpposes
	case policy.StanceWeakens:
		return policy.SideSupports
	}
	return ""
}

// onDossier turns a side on access into one on the dossier, and back: who opposes access
// supports a dossier that protects encryption. Without a dossier it is the same.
func (r *reading) onDossier(side policy.Side, id string) policy.Side {
	d, _ := r.c.base.Dossier(id)
	if d.Effect != policy.EffectProtects {
		return side
	}
	if side == policy.SideOpposes {
		return policy.SideSupports
	}
	return policy.SideOpposes
}

// termsOf returns the terms of a sentence.
func (r *reading) termsOf(number uint32) []hit {
	from, _ := slices.BinarySearchFunc(r.terms, number, func(h hit, n uint32) int { return int(h.sentence) - int(n) })
	to := from
	for to < len(r.terms) && r.terms[to].sentence == number {
		to++
	}
	return r.terms[from:to]
}

// dossierOf returns the dossier that a sentence names, or else the only one that
// the text is about.
func (r *reading) dossierOf(names []hit, found dossiers) string {
	for _, h := range names {
		if e := &r.c.entries[h.entry]; e.what != whatActor {
			for _, d := range found {
				if d.dossier == int(e.index) {
					return r.c.base.Dossiers[d.dossier].ID
				}
			}
		}
	}
	if len(found) == 1 || len(found) > 1 && (found[1].brought || found[0].score > 2*found[1].score) {
		return r.c.base.Dossiers[found[0].dossier].ID
	}
	return ""
}
