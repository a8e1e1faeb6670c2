package phrase

import "math/bits"

// table maps 64-bit keys to small numbers, by open addressing; 0 means absent.
type table struct {
	keys   []uint64
	values []uint32
	mask   uint64
}

func newTable(n int) table {
	size := 1 << bits.Len(uint(n*2+8))
	return table{keys: make([]uint64, size), values: make([]uint32, size), mask: uint64(size - 1)}
}

// spread mixes a key so that its low bits depend on all of it.
func spread(key uint64) uint64 {
	key *= 0x9E3779B97F4A7C15
	return key ^ key>>29
}

func (t *table) put(key uint64, value uint32) {
	for i := spread(key) & t.mask; ; i = (i + 1) & t.mask {
		if t.keys[i] == 0 || t.keys[i] == key {
			t.keys[i], t.values[i] = key, value
			return
		}
	}
}

func (t *table) get(key uint64) uint32 {
	for i := spread(key) & t.mask; ; i = (i + 1) & t.mask {
		switch t.keys[i] {
		case key:
			return t.values[i]
		case 0:
			return 0
		}
	}
}

// The constants of FNV-1a.
const (
	offset = 0xcbf29ce484222325
	prime  = 0x100000001b3
)

// hash is FNV-1a; never 0, which marks an empty slot.
func hash(word []byte) uint64 {
	h := uint64(offset)
	for _, c := range word {
		h = (h ^ uint64(c)) * prime
	}
	return h | 1
}
