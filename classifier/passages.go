package classifier

import (
	"math"
	"slices"
	"sort"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// A text of many words holds enough single words of everything to look like
// anything. So a long one is judged by its passages: what they say together, not
// what the whole contains somewhere.
const (
	longText      = 800 // words, from which on a text is judged by its passages
	passageWords  = 220
	promised      = 1000 // by a title that speaks of the subject
	maxPassages   = 60   // that are looked at, the most promising ones
	bookText      = 2500 // words, from which on one sentence is a passing word
	leastPromise  = 3    // of a passage: a sentence that ties encryption to power
	leastInBook   = 4    // … and one more of it
	wordsOfScript = 3    // how many words of ours stand for one, where each character is a word
)

// passage is a run of sentences, with how much it promises.
type passage struct {
	from, to int // sentences, the end is not included
	promise  int
}

// long reports a text that is judged by its passages.
func (r *reading) long() bool { return r.exceeds(longText) }

func (r *reading) exceeds(limit int) bool {
	switch r.lang {
	case "ja", "zh", "ko":
		limit *= wordsOfScript
	}
	return r.words > limit
}

// passages finds the runs of sentences around words of encryption or access, the
// most promising first.
func (r *reading) passages() []passage {
	var list []passage
	least := leastPromise
	if r.exceeds(bookText) {
		least = leastInBook
	}
	if r.opensWithSubject() {
		p := r.passageAround(int(r.firstOfText()))
		p.promise += promised
		list = append(list, p)
	}
	for i := 0; i < len(r.sentences); {
		if r.sentences[i].field == fieldTitle || !r.sentences[i].hasAny(core) {
			i++
			continue
		}
		p := r.passageAround(i)
		if p.promise >= least {
			list = append(list, p)
		}
		i = p.to
	}
	slices.SortStableFunc(list, func(a, b passage) int { return b.promise - a.promise })
	return list[:min(len(list), maxPassages)]
}

// opensWithSubject reports a title that speaks of the subject or names a dossier,
// so that the beginning of the text counts as a passage, whatever its words.
func (r *reading) opensWithSubject() bool {
	if r.firstOfText() >= uint32(len(r.sentences)) {
		return false
	}
	for i := range r.sentences {
		if s := &r.sentences[i]; s.field != fieldTitle {
			break
		} else if s.hasAny(plain) {
			return true
		}
	}
	return slices.ContainsFunc(r.names, func(h hit) bool {
		e := &r.c.entries[h.entry]
		return h.field == fieldTitle && (e.what == whatDossier || e.what == whatID) && !e.ambiguous
	})
}

// firstOfText is the number of the first sentence after the title.
func (r *reading) firstOfText() uint32 {
	return uint32(sort.Search(len(r.sentences), func(i int) bool { return r.sentences[i].field != fieldTitle }))
}

// passageAround takes the sentence before an anchor, and those after it.
func (r *reading) passageAround(anchor int) passage {
	p := passage{from: anchor, to: anchor}
	words := int32(0)
	if before := anchor - 1; before >= 0 && r.sentences[before].field == r.sentences[anchor].field && r.sentences[before].words < 60 {
		p.from, words = before, r.sentences[before].words
	}
	for p.to < len(r.sentences) && r.sentences[p.to].field == r.sentences[anchor].field {
		s := &r.sentences[p.to]
		if words += s.words; words > passageWords && p.to > anchor {
			break
		}
		p.to++
		if !s.hasAny(core) {
			continue
		}
		if s.hasAny(plain) && s.hasAny(policyAny) {
			p.promise += 2
		}
		if s.hasAny(plain) {
			p.promise++
		}
	}
	return p
}

// plain groups leave no doubt that private communication is meant.
var plain = setOf("encryption", "e2ee", "backdoor", "scanning", "hacking", "protection", "right", "vpnban")

// judgePassages decides the relevance of a long text by its best passage and
// narrows what is read to the title, the beginning and the passages that speak of
// encryption policy. x are the features of the passage that decided.
func (r *reading) judgePassages() (policy.Tag, []float64, *reading) {
	var kept []passage
	best, top := policy.Tag{Value: "no", Confidence: 0.97, Reasons: []string{"none of its passages is about encryption policy"}}, math.Inf(-1)
	var features []float64
	for _, p := range r.passages() {
		view := r.view([]passage{p}, false)
		x := make([]float64, len(r.c.features))
		view.features(x)
		tag := view.relevant(x)
		sure := tag.Confidence
		if tag.Value != "yes" {
			sure = 1 - sure
		} else {
			kept = append(kept, p)
		}
		if sure > top {
			best, top, features = tag, sure, x
		}
	}
	if len(kept) == 0 {
		return best, features, r
	}
	return best, features, r.view(kept, true)
}

// view is a reading of some passages of this one, with the title and, where told,
// the beginning. It shares the texts.
func (r *reading) view(parts []passage, lead bool) *reading {
	v := r.c.newReading()
	v.texts, v.lang, v.published, v.titleWords = r.texts, r.lang, r.published, r.titleWords
	keep := make([]int32, len(r.sentences)) // new number + 1
	mark := func(i int) {
		if i < len(keep) {
			keep[i] = 1
		}
	}
	for i := range r.sentences {
		if r.sentences[i].field != fieldTitle && (!lead || i >= leadSentences) {
			break
		}
		mark(i)
	}
	for _, p := range parts {
		for i := p.from; i < p.to; i++ {
			mark(i)
		}
	}
	for i := range keep {
		if keep[i] == 0 {
			continue
		}
		s := r.sentences[i]
		v.sentences = append(v.sentences, s)
		v.words += int(s.words)
		keep[i] = int32(len(v.sentences))
	}
	v.terms, v.names, v.clues = renumbered(r.terms, keep), renumbered(r.names, keep), renumbered(r.clues, keep)
	if len(parts) == 1 {
		v.window = [2]int{int(r.sentences[parts[0].from].start), int(r.sentences[parts[0].to-1].end)}
	}
	v.count()
	return v
}

func renumbered(hits []hit, keep []int32) []hit {
	var out []hit
	for _, h := range hits {
		if n := keep[h.sentence]; n > 0 {
			h.sentence = uint32(n - 1)
			out = append(out, h)
		}
	}
	return out
}
