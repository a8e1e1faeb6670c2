// Package story tells whether two texts tell the same story: a press release
// that five sites print with small edits is one story with five sources.
package story

import (
	"iter"
	"math"
	"unicode"
	"unicode/utf8"
)

// Width is the number of hashes in a signature. The standard error of the
// estimated similarity is about 1/√Width, 9 points of a hundred.
const Width = 128

// shingle is the number of neighbouring words that are hashed together.
const shingle = 3

// least is the number of shingles below which a text is too short to be
// compared: headlines on one subject are alike without being one story.
const least = 12

// Signature is a MinHash sketch of a text (A. Broder, "On the resemblance and
// containment of documents", 1997): the share of equal places in two signatures
// estimates the share of word triples that the texts have in common. It is nil
// for a text that is too short to be compared.
type Signature []uint64

// Sign makes the signature of a plain text. Letter case, punctuation and space
// do not count; in scripts that are written without spaces each sign is a word.
func Sign(text string) Signature {
	signature := make(Signature, Width)
	for i := range signature {
		signature[i] = math.MaxUint64
	}
	count := 0
	var window [shingle]uint64
	for word := range words(text) {
		window = [shingle]uint64{window[1], window[2], word}
		count++
		if count >= shingle {
			signature.add(mix(window[0]*3 + mix(window[1])*5 + mix(mix(window[2]))*7))
		}
	}
	if count < least+shingle-1 {
		return nil
	}
	return signature
}

// add lowers each place to the shingle's hash under that place's permutation,
// a multiplication by an odd number made from the place.
func (s Signature) add(hash uint64) {
	multiplier := uint64(0x9e3779b97f4a7c15)
	for i := range s {
		multiplier += 0x3c6ef372fe94f82a
		if permuted := hash*multiplier + bits(multiplier); permuted < s[i] {
			s[i] = permuted
		}
	}
}

// bits stirs the high half of a number into its low half.
func bits(n uint64) uint64 { return n ^ n>>29 }

// Similarity estimates the share of word triples that two texts have in common,
// from 0 to 1. A text without signature is like no other.
func (s Signature) Similarity(other Signature) float64 {
	if len(s) == 0 || len(s) != len(other) {
		return 0
	}
	equal := 0
	for i := range s {
		if s[i] == other[i] {
			equal++
		}
	}
	return float64(equal) / float64(len(s))
}

// words yields a hash of each word of the text.
func words(text string) iter.Seq[uint64] {
	const offset, prime = 14695981039346656037, 1099511628211
	return func(yield func(uint64) bool) {
		hash := uint64(offset)
		open := false
		for i := 0; i < len(text); {
			r, size := rune(text[i]), 1
			if r >= utf8.RuneSelf {
				r, size = utf8.DecodeRuneInString(text[i:])
			}
			i += size
			alone := spaceless(r)
			if open && (alone || !inWord(r)) {
				if !yield(mix(hash)) {
					return
				}
				hash, open = offset, false
			}
			if !inWord(r) {
				continue
			}
			hash = (hash ^ uint64(lower(r))) * prime
			open = true
		}
		if open {
			yield(mix(hash))
		}
	}
}

func inWord(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r)
}

func lower(r rune) rune {
	if r < utf8.RuneSelf {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}
	return unicode.ToLower(r)
}

// spaceless reports whether r belongs to a script that is written without
// spaces between words.
func spaceless(r rune) bool {
	return r >= 0x0e00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao,
		unicode.Khmer, unicode.Myanmar)
}

// mix is the finaliser of splitmix64: every bit of the input moves every bit of
// the output.
func mix(n uint64) uint64 {
	n ^= n >> 30
	n *= 0xbf58476d1ce4e5b9
	n ^= n >> 27
	n *= 0x94d049bb133111eb
	return n ^ n>>31
}
