// Package phrase finds all of many thousand phrases in one pass over a text. A
// phrase is one or more words; a word of a phrase may be a stem ("encrypt*"), an
// ending ("*verschlüsselung") or a part ("*crypt*"). Words are compared folded,
// see package lexeme.
package phrase

import (
	"fmt"
	"slices"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/classifier/lexeme"
)

// MaxWords is the greatest number of words of a phrase.
const MaxWords = 96

// Match is a phrase found: its number and its first and last word in the text.
type Match struct {
	ID          uint32
	First, Last int32
}

// Automaton finds phrases. It is read-only and safe for concurrent use; each
// user brings a Scratch of its own.
type Automaton struct {
	folder *lexeme.Folder
	exact  table // hash of a folded word → symbol
	prefix prefixes
	stems  stems
	edges  table // node and symbol → node
	ends   [][]uint32
	begins []bool // by symbol: some phrase begins with it
}

// Scratch holds the memory of one scan, to be used again.
type Scratch struct {
	Words   []lexeme.Word
	Matches []Match
	symbols []uint32 // of all words, one after the other
	offsets []uint32 // where the symbols of a word begin
}

// Builder collects phrases.
type Builder struct {
	folder  *lexeme.Folder
	words   map[string]uint32
	stems   map[stem]uint32
	nodes   map[uint64]uint32
	ends    [][]uint32
	symbols uint32
}

// NewBuilder returns an empty builder.
func NewBuilder(folder *lexeme.Folder) *Builder {
	return &Builder{folder: folder, words: map[string]uint32{}, stems: map[stem]uint32{}, nodes: map[uint64]uint32{}, ends: make([][]uint32, 1)}
}

// Add adds a phrase under a number. A number may have many phrases and a phrase
// many numbers. It fails for a phrase without a word, with too many of them, or
// with a star inside of a word.
func (b *Builder) Add(form string, id uint32) error { return b.add(form, 0, id) }

// AddInflected adds a phrase whose last word may go on for up to extra bytes, as
// in "Deutschland" and "Deutschlands".
func (b *Builder) AddInflected(form string, extra int, id uint32) error {
	return b.add(form, extra, id)
}

func (b *Builder) add(form string, extra int, id uint32) error {
	symbols, err := b.parse(form, extra)
	if err != nil {
		return err
	}
	node := uint32(0)
	for _, s := range symbols {
		key := uint64(node)<<32 | uint64(s)
		next, ok := b.nodes[key]
		if !ok {
			next = uint32(len(b.ends))
			b.ends = append(b.ends, nil)
			b.nodes[key] = next
		}
		node = next
	}
	if !slices.Contains(b.ends[node], id) {
		b.ends[node] = append(b.ends[node], id)
	}
	return nil
}

// parse turns a phrase into symbols.
func (b *Builder) parse(form string, extra int) ([]uint32, error) {
	var symbols []uint32
	parts := strings.Fields(form)
	for p, part := range parts {
		left, right := strings.HasPrefix(part, "*"), strings.HasSuffix(part, "*")
		bare := strings.TrimSuffix(strings.TrimPrefix(part, "*"), "*")
		if strings.Contains(bare, "*") {
			return nil, fmt.Errorf("phrase %q: a star may only stand at the border of a word", form)
		}
		var words []string
		b.folder.Scan(bare, func(_ lexeme.Word, folded []byte) { words = append(words, string(folded)) })
		for i, w := range words {
			st := stem{text: w, open: left && i == 0, more: -1}
			if !(right && i == len(words)-1) {
				st.more = 0
				if extra > 0 && p == len(parts)-1 && i == len(words)-1 {
					st.more = extra
				}
			}
			symbols = append(symbols, b.symbol(st))
		}
	}
	if len(symbols) == 0 || len(symbols) > MaxWords {
		return nil, fmt.Errorf("phrase %q: it has %d words, allowed are 1 to %d", form, len(symbols), MaxWords)
	}
	return symbols, nil
}

func (b *Builder) symbol(st stem) uint32 {
	if !st.open && st.more == 0 {
		if s, ok := b.words[st.text]; ok {
			return s
		}
		b.symbols++
		b.words[st.text] = b.symbols
		return b.symbols
	}
	if s, ok := b.stems[st]; ok {
		return s
	}
	b.symbols++
	b.stems[st] = b.symbols
	return b.symbols
}

// Build returns the automaton.
func (b *Builder) Build() *Automaton {
	a := &Automaton{folder: b.folder, exact: newTable(len(b.words)), edges: newTable(len(b.nodes)), ends: b.ends, begins: make([]bool, b.symbols+1)}
	for w, s := range b.words {
		a.exact.put(hash([]byte(w)), s)
	}
	a.prefix.build(b.stems)
	a.stems = buildStems(b.stems)
	for key, node := range b.nodes {
		a.edges.put(key+1, node)
		if key>>32 == 0 {
			a.begins[uint32(key)] = true
		}
	}
	return a
}

// Scan reads a text. The words and matches are in s and valid until its next use.
func (a *Automaton) Scan(text string, s *Scratch) {
	s.Words, s.Matches, s.symbols, s.offsets = s.Words[:0], s.Matches[:0], s.symbols[:0], s.offsets[:0]
	a.folder.Scan(text, func(w lexeme.Word, folded []byte) {
		s.Words = append(s.Words, w)
		s.offsets = append(s.offsets, uint32(len(s.symbols)))
		var h uint64
		s.symbols, h = a.prefix.find(folded, s.symbols)
		if sym := a.exact.get(h); sym != 0 {
			s.symbols = append(s.symbols, sym)
		}
		if w.Flags&lexeme.Single == 0 {
			s.symbols = a.stems.find(folded, s.symbols)
		}
	})
	s.offsets = append(s.offsets, uint32(len(s.symbols)))
	for i := range s.Words {
		for _, sym := range s.symbols[s.offsets[i]:s.offsets[i+1]] {
			if a.begins[sym] {
				a.follow(s, 0, i, i, sym)
			}
		}
	}
}

// follow steps from node by the symbol of word at, and on from there. Phrases
// never run over the end of a sentence.
func (a *Automaton) follow(s *Scratch, node uint32, first, at int, sym uint32) {
	next := a.edges.get((uint64(node)<<32 | uint64(sym)) + 1)
	if next == 0 {
		return
	}
	for _, id := range a.ends[next] {
		s.Matches = append(s.Matches, Match{id, int32(first), int32(at)})
	}
	at++
	if at >= len(s.Words) || s.Words[at].Flags&lexeme.Break != 0 {
		return
	}
	for _, sym := range s.symbols[s.offsets[at]:s.offsets[at+1]] {
		a.follow(s, next, first, at, sym)
	}
}
