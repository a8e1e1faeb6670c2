package reply

import (
	"container/list"
	"sync"
)

// LRU keeps values up to a total size and forgets the least recently used ones
// first. It is safe for concurrent use.
type LRU[V any] struct {
	mu     sync.Mutex
	limit  int
	size   int
	order  *list.List // of *slot[V], the most recently used one first
	byName map[string]*list.Element
}

type slot[V any] struct {
	name  string
	value V
	size  int
}

// NewLRU returns an empty one that keeps values of up to limit bytes in total.
func NewLRU[V any](limit int) *LRU[V] {
	return &LRU[V]{limit: limit, order: list.New(), byName: map[string]*list.Element{}}
}

// Get returns what is kept under a name.
func (l *LRU[V]) Get(name string) (value V, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	element, ok := l.byName[name]
	if !ok {
		return value, false
	}
	l.order.MoveToFront(element)
	return element.Value.(*slot[V]).value, true
}

// Put keeps a value of a size in bytes. A value larger than the limit is not kept.
func (l *LRU[V]) Put(name string, value V, size int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if element, ok := l.byName[name]; ok {
		l.remove(element)
	}
	if size > l.limit {
		return
	}
	l.byName[name] = l.order.PushFront(&slot[V]{name, value, size})
	l.size += size
	for l.size > l.limit {
		l.remove(l.order.Back())
	}
}

// Size returns the number of bytes that are kept.
func (l *LRU[V]) Size() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.size
}

func (l *LRU[V]) remove(element *list.Element) {
	s := element.Value.(*slot[V])
	l.order.Remove(element)
	delete(l.byName, s.name)
	l.size -= s.size
}
