package classifier

import (
	"maps"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/backdoorwatch/backdoorwatch/classifier/vocabulary"
	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// hint is a vocabulary.Hint with its phrases numbered.
type hint struct {
	dossier uint16
	place   string
	lead    bool
	one     bool // in one sentence
	near    bool // at the time of the dossier's events
	from    policy.Date
	until   policy.Date
	all     [][]uint16
	none    []uint16
	sets    []wordSet // all, to look up
}

// wordSet is a set of numbers of phrases.
type wordSet []uint64

func (s wordSet) has(n uint16) bool { return s[n>>6]>>(n&63)&1 != 0 }

func (h *hint) number(words int) {
	for _, list := range h.all {
		set := make(wordSet, words>>6+1)
		for _, n := range list {
			set[n>>6] |= 1 << (n & 63)
		}
		h.sets = append(h.sets, set)
	}
}

// dated reports whether a document of a date may be meant; one without may.
func (h *hint) dated(d policy.Date) bool {
	return d.IsZero() || (h.from.IsZero() || !d.End().Before(h.from.Start())) && (h.until.IsZero() || !d.Start().After(h.until.End()))
}

// holds reports whether one phrase of each list was seen.
func (h *hint) holds(seen []bool) bool {
	for _, list := range h.all {
		if !slices.ContainsFunc(list, func(n uint16) bool { return seen[n] }) {
			return false
		}
	}
	return true
}

// denied reports whether a phrase was seen that shows another thing.
func (h *hint) denied(seen []bool) bool {
	return slices.ContainsFunc(h.none, func(n uint16) bool { return seen[n] })
}

// begins reports whether a phrase of the first list, which says most, was seen.
func (h *hint) begins(seen []bool) bool {
	return slices.ContainsFunc(h.all[0], func(n uint16) bool { return seen[n] })
}

func (x *index) addHints(hints map[string][]vocabulary.Hint, base *knowledge.Base) ([]hint, int) {
	numbers := map[string]uint16{}
	var out []hint
	for _, id := range slices.Sorted(maps.Keys(hints)) {
		d := slices.IndexFunc(base.Dossiers, func(d policy.Dossier) bool { return d.ID == id })
		if d < 0 {
			continue // an operator may have removed a dossier from the record
		}
		for _, h := range hints[id] {
			one := hint{dossier: uint16(d), place: h.Place, lead: h.In == "lead", one: h.In == "sentence", near: h.Near,
				from: h.From, until: h.Until, none: x.hintWords(h.None, numbers)}
			for _, list := range h.All {
				one.all = append(one.all, x.hintWords(list, numbers))
			}
			out = append(out, one)
		}
	}
	for i := range out {
		out[i].number(len(numbers))
	}
	return out, len(numbers)
}

// hintWords numbers the phrases of a list, the same phrase always alike.
func (x *index) hintWords(list []string, numbers map[string]uint16) []uint16 {
	var ns []uint16
	for _, p := range list {
		n, ok := numbers[p]
		if !ok {
			n = uint16(len(numbers))
			numbers[p] = n
			e := entry{what: whatHint, index: n, langs: anyLanguage}
			if first, _ := utf8.DecodeRuneInString(p); unicode.IsUpper(first) {
				e.spelling = capitalised
			}
			if shouted(p) {
				e.spelling = allCapitals
			}
			x.add(p, e, 0)
		}
		ns = append(ns, n)
	}
	return ns
}

// countClues notes which phrases of hints occur, and counts the dossiers that hints
// show at the beginning. The hints of a dossier stand together.
func (r *reading) countClues() {
	for _, h := range r.clues {
		n := r.c.entries[h.entry].index
		r.hints[n] = true
		if h.sentence < leadSentences {
			r.leadHints[n] = true
		}
	}
	r.hinted = 0
	last := -1
	for i := range r.c.hints {
		h := &r.c.hints[i]
		if int(h.dossier) == last || !h.holds(r.leadHints) || !h.dated(r.published) || h.denied(r.seen(h)) || h.one && r.together(h, 0, leadSentences) == nil {
			continue
		}
		last = int(h.dossier)
		r.hinted++
	}
}

// seen is what was seen of hints where a hint looks: in the lead or anywhere.
func (r *reading) seen(h *hint) []bool {
	if h.lead {
		return r.leadHints
	}
	return r.hints
}

// maxClues bounds how many phrases of hints are compared sentence by sentence, and
// nearby is how many sentences on their phrases may stand: what lies farther apart
// does not belong together. The title belongs to all of the text.
const (
	maxClues = 2000
	nearby   = 5
)

// together returns the phrases of a hint, one of each list, that stand within some
// sentences of one another, of the first ones up to a limit; nil if none do.
func (r *reading) together(h *hint, within, limit uint32) []hit {
	var latest [vocabulary.MaxLists]*hit
	for i := range r.clues[:min(len(r.clues), maxClues)] {
		c := &r.clues[i]
		if c.sentence >= limit {
			break
		}
		n, changed := r.c.entries[c.entry].index, false
		for l, set := range h.sets {
			if set.has(n) && (latest[l] == nil || within == 0 || latest[l].field != fieldTitle) {
				latest[l], changed = c, true
			}
		}
		if changed && joined(latest[:len(h.sets)], c.sentence, within) {
			var out []hit
			for _, found := range latest[:len(h.sets)] {
				out = append(out, *found)
			}
			return out
		}
	}
	return nil
}

// joined reports whether a phrase of each list lies no more than some sentences
// before one, or in the title.
func joined(latest []*hit, at, within uint32) bool {
	for _, l := range latest {
		if l == nil || l.sentence+within < at && (within == 0 || l.field != fieldTitle) {
			return false
		}
	}
	return true
}
