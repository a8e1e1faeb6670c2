package classifier

import (
	"math"
	"slices"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// maxClaims bounds the positions of one document, and maxReach how many words may
// stand between an actor and the verb of stance.
const (
	maxClaims = 12
	maxReach  = 14
	// within so many words another actor only explains the first: "X, the founder of Y,"
	apposition = 5
)

var (
	groupOppose   = group("oppose")
	groupSupport  = group("support")
	groupNegation = group("negation")
	groupReport   = group("report")
	groupLaw      = group("law")
	// what a position may be about: ways around encryption, or encryption itself
	against = setOf("backdoor", "scanning", "access", "hacking", "keys", "ban", "vpnban", "traceability", "retention", "interception", "law", "break")
	itself  = setOf("protection", "right")
)

// positions finds who says what: a sentence with an actor, after it a verb of
// stance, and a subject. The side is that on the dossier, or where none is named
// on access to encrypted communication: who is for encryption opposes it.
func (r *reading) positions(found dossiers) []policy.Claim {
	bySentence := r.namesBySentence()
	var claims []policy.Claim
	for _, n := range sortedSentences(bySentence) {
		s := &r.sentences[n]
		if s.words > 80 || !s.hasAny(core) && !r.namesDossier(bySentence[n]) || r.asks(s) {
			continue
		}
		for _, c := range r.claims(s, n, bySentence[n], found) {
			if len(claims) < maxClaims && !slices.ContainsFunc(claims, func(o policy.Claim) bool { return o.Actor == c.Actor && o.Dossier == c.Dossier }) {
				claims = append(claims, c)
			}
		}
	}
	return claims
}

func (r *reading) namesBySentence() map[uint32][]hit {
	by := map[uint32][]hit{}
	for _, h := range r.names {
		if e := &r.c.entries[h.entry]; e.what == whatActor || e.what == whatDossier || e.what == whatID {
			by[h.sentence] = append(by[h.sentence], h)
		}
	}
	return by
}

func sortedSentences(m map[uint32][]hit) []uint32 {
	keys := make([]uint32, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (r *reading) namesDossier(hits []hit) bool {
	return slices.ContainsFunc(hits, func(h hit) bool { return r.c.entries[h.entry].what != whatActor })
}

// asks reports a sentence that ends with a question mark.
func (r *reading) asks(s *sentence) bool {
	rest := r.texts[s.field][s.end:]
	rest = strings.TrimLeft(rest[:min(len(rest), 8)], "\"”»’' )")
	return strings.HasPrefix(rest, "?") || strings.HasPrefix(rest, "？") || strings.HasPrefix(rest, "؟")
}

func (r *reading) claims(s *sentence, number uint32, names []hit, found dossiers) []policy.Claim {
	terms := r.termsOf(number)
	dossier := r.dossierOf(names, found)
	var claims []policy.Claim
	for _, a := range names {
		if r.c.entries[a.entry].what != whatActor {
			continue
		}
		actor := r.c.base.Actors[r.c.entries[a.entry].index]
		if actor.Kind == "media" {
			continue
		}
		side, verb, direct, ok := r.side(a, names, terms, s)
		if !ok {
			continue
		}
		c := policy.Claim{Actor: actor.ID, Side: side, Dossier: dossier, Confidence: 0.62, Evidence: []policy.Span{r.slice(s.field, s.start, s.end)}}
		if dossier != "" {
			if !direct {
				c.Side = r.onDossier(side, dossier)
			}
			c.Confidence += 0.1
		}
		if verb.first-a.last <= 3 {
			c.Confidence += 0.08
		}
		if usual := usualSide(actor.Stance); usual != "" && usual != side {
			c.Confidence -= 0.15 // it may be so, but our reading may be wrong as well
		}
		c.Confidence = round(c.Confidence)
		claims = append(claims, c)
	}
	return claims
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

// onDossier turns a side on access into one on the dossier: who opposes access
// supports a dossier that protects encryption.
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

// side finds the verb of stance that belongs to the actor: the first one after
// it, before the next actor, within reach. It is direct where it is about the
// dossier or law itself: such a side is not turned.
func (r *reading) side(a hit, names, terms []hit, s *sentence) (side policy.Side, verb hit, direct, ok bool) {
	limit := a.last + maxReach
	for _, o := range names {
		if r.c.entries[o.entry].what == whatActor && o.first > a.last+apposition && o.first < limit && !r.speaks(terms, a, o) {
			limit = o.first
		}
	}
	for _, t := range terms {
		g := int(r.c.entries[t.entry].index)
		if g != groupOppose && g != groupSupport || t.first <= a.last || t.first > limit {
			continue
		}
		opposes := g == groupOppose || r.wantsAnEnd(terms, t)
		if r.negated(terms, t) {
			opposes = !opposes
		}
		subject := r.about(terms, names, t)
		switch subject {
		case aboutNothing:
			if !s.hasAny(against) {
				continue
			}
		case aboutItself:
			opposes = !opposes // to oppose encryption is to support access
		}
		if opposes {
			return policy.SideOpposes, t, subject == aboutDossier, true
		}
		return policy.SideSupports, t, subject == aboutDossier, true
	}
	return "", hit{}, false, false
}

// wantsAnEnd reports a verb of wanting whose object is to stop something: who
// "wants to prevent" a thing is against it.
func (r *reading) wantsAnEnd(terms []hit, verb hit) bool {
	return slices.ContainsFunc(terms, func(t hit) bool {
		return int(r.c.entries[t.entry].index) == groupOppose && t.first > verb.last && t.first-verb.last <= 3 && !r.within(terms, t)
	})
}

// within reports a term that lies within one of a subject: "stop encryption".
func (r *reading) within(terms []hit, t hit) bool {
	return slices.ContainsFunc(terms, func(o hit) bool {
		g := r.c.entries[o.entry].index
		return o.first <= t.first && o.last >= t.last && o.last-o.first > t.last-t.first && (against[g>>6]|itself[g>>6])>>(g&63)&1 != 0
	})
}

// speaks reports a verb of speech between two actors: what the first says of the
// second is its own position as well.
func (r *reading) speaks(terms []hit, a, b hit) bool {
	return slices.ContainsFunc(terms, func(t hit) bool {
		return int(r.c.entries[t.entry].index) == groupReport && t.first > a.last && t.last < b.first
	})
}

// negated reports a negation in the two words before the verb, or right after it,
// or one of several words that belongs to the end of a verb in two parts.
func (r *reading) negated(terms []hit, verb hit) bool {
	for _, t := range terms {
		if int(r.c.entries[t.entry].index) != groupNegation {
			continue
		}
		if t.last > t.first && t.first > verb.last && t.first-verb.last <= maxReach {
			return true // "lehnt … nicht ab"
		}
		if d := verb.first - t.last; d >= 1 && d <= 2 || t.first-verb.last == 1 && r.lang != "en" {
			return true
		}
	}
	return false
}

// What a position is about.
const (
	aboutNothing = iota // that we know
	aboutAccess         // a way around encryption
	aboutItself         // encryption itself or its protection
	aboutDossier        // a bill or another dossier, whatever it does
)

// about says what the first subject after the verb is. A dossier's name, or a law
// of which nothing more is said, is a subject of its own: who supports a bill that
// protects encryption supports that dossier, and not access.
func (r *reading) about(terms, names []hit, verb hit) int {
	named := int32(math.MaxInt32)
	for _, n := range names {
		if r.c.entries[n.entry].what != whatActor && n.first > verb.last {
			named = min(named, n.first)
		}
	}
	law := false
	for _, t := range terms {
		if t.first <= verb.last {
			continue
		}
		g := r.c.entries[t.entry].index
		switch {
		case t.first >= named:
			return aboutDossier
		case int(g) == groupLaw:
			law = true
		case against[g>>6]>>(g&63)&1 != 0:
			return aboutAccess
		case itself[g>>6]>>(g&63)&1 != 0:
			return aboutItself
		}
	}
	if law || named < math.MaxInt32 {
		return aboutDossier
	}
	return aboutNothing
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
	if len(found) == 1 || len(found) > 1 && found[0].score > 2*found[1].score {
		return r.c.base.Dossiers[found[0].dossier].ID
	}
	return ""
}
