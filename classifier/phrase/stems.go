package phrase

import "slices"

// stem is a part of a word: whether letters may stand before it, and how many
// bytes may follow (-1 is any number).
type stem struct {
	text string
	open bool
	more int
}

// stems finds all stems that may stand inside of a word: an Aho-Corasick
// automaton over the bytes of folded words, its alphabet reduced to the bytes
// that occur in stems.
type stems struct {
	class [256]uint8
	width int
	next  []uint16 // state × width + class → state
	found [][]ending
	open  bool
}

// prefixes finds the stems that begin a word, by the hashes of the word's
// beginnings; a small bitmap answers most questions.
type prefixes struct {
	bits  [1024]uint64
	table table
	found [][]ending
}

func (p *prefixes) build(all map[stem]uint32) {
	p.table = newTable(len(all))
	p.found = make([][]ending, 1)
	for _, st := range ordered(all) {
		if st.open {
			continue
		}
		h := hash([]byte(st.text))
		at := p.table.get(h)
		if at == 0 {
			at = uint32(len(p.found))
			p.found = append(p.found, nil)
			p.table.put(h, at)
			p.bits[h>>1&1023] |= 1 << (h >> 11 & 63)
		}
		p.found[at] = append(p.found[at], ending{all[st], st.more})
	}
}

// find appends the symbols of the stems that begin the word, and returns the
// hash of the whole word.
func (p *prefixes) find(word []byte, symbols []uint32) ([]uint32, uint64) {
	h := uint64(offset)
	for i, c := range word {
		h = (h ^ uint64(c)) * prime
		if k := h | 1; p.bits[k>>1&1023]>>(k>>11&63)&1 != 0 {
			for _, e := range p.found[p.table.get(k)] {
				if e.more < 0 || len(word)-1-i <= e.more {
					symbols = append(symbols, e.symbol)
				}
			}
		}
	}
	return symbols, h | 1
}

func ordered(all map[stem]uint32) []stem {
	keys := make([]stem, 0, len(all))
	for st := range all {
		keys = append(keys, st)
	}
	slices.SortFunc(keys, func(a, b stem) int { return int(all[a]) - int(all[b]) })
	return keys
}

// ending is a stem that ends at a state.
type ending struct {
	symbol uint32
	more   int
}

func buildStems(all map[stem]uint32) stems {
	s := stems{width: 1}
	keys := slices.DeleteFunc(ordered(all), func(st stem) bool { return !st.open })
	s.open = len(keys) > 0
	for _, st := range keys {
		for _, b := range []byte(st.text) {
			if s.class[b] == 0 {
				s.class[b] = uint8(s.width)
				s.width++
			}
		}
	}
	s.state()
	for _, st := range keys {
		s.insert(st, all[st])
	}
	s.link()
	return s
}

func (s *stems) state() uint16 {
	s.next = append(s.next, make([]uint16, s.width)...)
	s.found = append(s.found, nil)
	return uint16(len(s.found) - 1)
}

func (s *stems) insert(st stem, symbol uint32) {
	at := uint16(0)
	for _, b := range []byte(st.text) {
		slot := int(at)*s.width + int(s.class[b])
		if s.next[slot] == 0 {
			n := s.state()
			s.next[slot] = n
		}
		at = s.next[slot]
	}
	s.found[at] = append(s.found[at], ending{symbol, st.more})
}

// link completes the transitions breadth first, so that matching needs no
// failure steps.
func (s *stems) link() {
	fail := make([]uint16, len(s.found))
	var queue []uint16
	for c := range s.width {
		if n := s.next[c]; n != 0 {
			queue = append(queue, n)
		}
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		s.found[at] = append(s.found[at], s.found[fail[at]]...)
		for c := range s.width {
			slot, back := int(at)*s.width+c, s.next[int(fail[at])*s.width+c]
			if n := s.next[slot]; n != 0 {
				fail[n] = back
				queue = append(queue, n)
				continue
			}
			s.next[slot] = back
		}
	}
}

// find appends the symbols of the stems in a word.
func (s *stems) find(word []byte, symbols []uint32) []uint32 {
	if !s.open {
		return symbols
	}
	from := len(symbols)
	at := 0
	for i, b := range word {
		at = int(s.next[at*s.width+int(s.class[b])])
		if len(s.found[at]) == 0 {
			continue
		}
		for _, e := range s.found[at] {
			rest := len(word) - 1 - i
			if (e.more < 0 || rest <= e.more) && !slices.Contains(symbols[from:], e.symbol) {
				symbols = append(symbols, e.symbol)
			}
		}
	}
	return symbols
}
