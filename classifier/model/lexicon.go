package model

import (
	"math"
	"slices"
)

// Word is a word that a document uses: its number in the lexicon, and how much of
// the document it is. The values of a document have the length 1 together.
type Word struct {
	Number int
	Value  float64
}

// Lexicon numbers the words that models know.
type Lexicon struct {
	words   []string
	numbers map[string]int
}

// NewLexicon numbers words in the order of their bytes.
func NewLexicon(words []string) *Lexicon {
	l := &Lexicon{words: slices.Compact(slices.Sorted(slices.Values(words)))}
	l.numbers = make(map[string]int, len(l.words))
	for i, w := range l.words {
		l.numbers[w] = i
	}
	return l
}

// Words are all words, in the order of their numbers.
func (l *Lexicon) Words() []string { return l.words }

// Number returns the number of a word.
func (l *Lexicon) Number(word []byte) (int, bool) {
	n, ok := l.numbers[string(word)]
	return n, ok
}

// Weigh turns counts of words, in an order of the caller's, into values: the
// logarithm of the count, by the length of them all. A word that the lexicon lacks
// counts for that length alone, so that a text in strange words says less.
func Weigh(numbers, counts []int, strange int) []Word {
	sum := float64(strange) * math.Ln2 * math.Ln2
	words := make([]Word, len(numbers))
	for i, n := range counts {
		v := math.Log1p(float64(n))
		words[i] = Word{numbers[i], v}
		sum += float64(v * v)
	}
	if length := math.Sqrt(sum); length > 0 {
		for i := range words {
			words[i].Value /= length
		}
	}
	return words
}
