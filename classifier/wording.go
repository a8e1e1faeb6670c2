package classifier

import (
	"github.com/backdoorwatch/backdoorwatch/classifier/lexeme"
	"github.com/backdoorwatch/backdoorwatch/classifier/model"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// maxWording is how many words after the title the models read. How a text speaks
// shows at its beginning, and the cost stays bounded.
const maxWording = 300

// titleMark parts the words of a title from the same words in a text.
const titleMark = '^'

// usage is a word of the lexicon with where it first stands.
type usage struct {
	model.Word
	span policy.Span
}

// eachWord calls visit for the words of the title and of the beginning, folded. The
// word is only valid during the call.
func (r *reading) eachWord(visit func(word []byte, at policy.Span)) {
	read := 0
	var pair pairing
	for i := range r.sentences {
		s := &r.sentences[i]
		if read >= maxWording {
			return
		}
		say := func(word []byte, from, to uint32) { visit(word, r.slice(s.field, s.start+from, s.start+to)) }
		if s.field == fieldTitle {
			say = twice(say)
		}
		pair.reset()
		r.c.folder.Scan(r.texts[s.field][s.start:s.end], func(w lexeme.Word, folded []byte) {
			if s.field != fieldTitle {
				if read++; read > maxWording {
					return
				}
			}
			say(folded, w.Start, w.End)
			if both, from := pair.with(w, folded); both != nil {
				say(both, from, w.End)
			}
		})
	}
}

// twice says a word of a title as one of a title, and as any other: what it says there
// is learnt where titles use it often, and else known from texts.
func twice(say func(word []byte, from, to uint32)) func([]byte, uint32, uint32) {
	var marked [2*lexeme.MaxFolded + 1]byte
	return func(word []byte, from, to uint32) {
		say(append(append(marked[:0], titleMark), word...), from, to)
		say(word, from, to)
	}
}

// pairing joins neighbours of scripts that write no spaces: one character of them is
// less than a word, two most often are one.
type pairing struct {
	before   []byte // the character before, folded; empty for none
	joined   []byte
	from, to uint32 // of the character before
}

func (p *pairing) reset() { p.before = p.before[:0] }

// with returns the word joined with the one before it, and where that begins; nil
// where they are no pair. It is only valid until the next call.
func (p *pairing) with(w lexeme.Word, folded []byte) (both []byte, from uint32) {
	if w.Flags&lexeme.Single == 0 {
		p.reset()
		return nil, 0
	}
	if len(p.before) > 0 && p.to == w.Start {
		p.joined = append(append(p.joined[:0], p.before...), folded...)
		both, from = p.joined, p.from
	}
	p.before, p.from, p.to = append(p.before[:0], folded...), w.Start, w.End
	return both, from
}

// wording weighs the words of the lexicon that the document uses, in the order of
// their first use. It is found once for a document.
func (r *reading) wording() []usage {
	if r.used == nil {
		r.used = r.weighWords()
	}
	return r.used
}

func (r *reading) weighWords() []usage {
	used := []usage{}
	var numbers, counts []int
	at := map[int]int{}
	strange := 0
	r.eachWord(func(word []byte, span policy.Span) {
		n, ok := r.c.lexicon.Number(word)
		if !ok {
			strange++
			return
		}
		i, seen := at[n]
		if !seen {
			i = len(used)
			at[n], used = i, append(used, usage{span: span})
			numbers, counts = append(numbers, n), append(counts, 0)
		}
		counts[i]++
	})
	for i, w := range r.c.lexicon.Weigh(numbers, counts, strange) {
		used[i].Word = w
	}
	return used
}

func wordsOf(used []usage) []model.Word {
	words := make([]model.Word, len(used))
	for i, u := range used {
		words[i] = u.Word
	}
	return words
}
