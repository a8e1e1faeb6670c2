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
	var marked [lexeme.MaxFolded + 32]byte
	read := 0
	for i := range r.sentences {
		s := &r.sentences[i]
		if read >= maxWording {
			return
		}
		r.c.folder.Scan(r.texts[s.field][s.start:s.end], func(w lexeme.Word, folded []byte) {
			if s.field == fieldTitle {
				folded = append(append(marked[:0], titleMark), folded...)
			} else if read++; read > maxWording {
				return
			}
			visit(folded, r.slice(s.field, s.start+w.Start, s.start+w.End))
		})
	}
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
	for i, w := range model.Weigh(numbers, counts, strange) {
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
