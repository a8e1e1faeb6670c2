package model

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
)

// Word is a word that a document uses: its number in the lexicon, and how much of
// the document it is. The values of a document have the length 1 together.
type Word struct {
	Number int
	Value  float64
}

// Lexicon numbers the words that models know, and says how rare each is.
type Lexicon struct {
	words   []string
	numbers map[string]int
	rarity  []float64 // by number
	strange float64   // rarity of a word that it lacks
}

// strangeRarity is how rare a strange word is taken to be, as a part of the rarest
// known one: it may be a name, or a common word that the corpus does not happen to have.
const strangeRarity = 0.7

// NewLexicon numbers words in the order of their bytes. The rarity of a word is the
// logarithm of how many texts there are for each that has it (Spärck Jones 1972).
func NewLexicon(rarity map[string]float64) *Lexicon {
	l := &Lexicon{words: slices.Sorted(maps.Keys(rarity)), numbers: make(map[string]int, len(rarity)), rarity: make([]float64, len(rarity)), strange: 1}
	for i, w := range l.words {
		l.numbers[w], l.rarity[i] = i, rarity[w]
	}
	if len(l.rarity) > 0 {
		l.strange = strangeRarity * slices.Max(l.rarity)
	}
	return l
}

// Rarity is the rarity of a word that so many of all texts have. It is rounded, so that
// it is the same on machines that differ in the last bits of their arithmetic.
func Rarity(with, all int) float64 {
	return math.Round(100*math.Log(float64(all+1)/float64(with+1))) / 100
}

// Words are all words, in the order of their numbers.
func (l *Lexicon) Words() []string { return l.words }

// Number returns the number of a word.
func (l *Lexicon) Number(word []byte) (int, bool) {
	n, ok := l.numbers[string(word)]
	return n, ok
}

// Weigh turns counts of words, in an order of the caller's, into values: the
// logarithm of the count times the rarity, by the length of them all. A word that the
// lexicon lacks counts for that length alone, so that a text in strange words says less.
func (l *Lexicon) Weigh(numbers, counts []int, strange int) []Word {
	once := float64(math.Ln2 * l.strange)
	sum := float64(strange) * float64(once*once)
	words := make([]Word, len(numbers))
	for i, n := range counts {
		v := float64(math.Log1p(float64(n)) * l.rarity[numbers[i]])
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

// MarshalJSON writes the rarity of each word.
func (l *Lexicon) MarshalJSON() ([]byte, error) {
	rarity := make(map[string]float64, len(l.words))
	for i, w := range l.words {
		rarity[w] = l.rarity[i]
	}
	return json.Marshal(rarity)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (l *Lexicon) UnmarshalJSON(body []byte) error {
	var rarity map[string]float64
	if err := json.Unmarshal(body, &rarity); err != nil {
		return fmt.Errorf("reading the lexicon: %w", err)
	}
	*l = *NewLexicon(rarity)
	return nil
}
