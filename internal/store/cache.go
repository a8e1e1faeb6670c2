package store

import (
	"sync"
	"time"
)

// Counting reads every item, so a page that shows counts would be as slow as there
// are items. maxCounts bounds how many answers are remembered.
const maxCounts = 256

// counts remembers answers for a while.
type counts struct {
	maxAge time.Duration
	mu     sync.Mutex
	kept   map[string]answer
}

type answer struct {
	value any
	at    time.Time
}

// cached returns the answer to a question, if it is young enough, or asks.
func cached[T any](s *Store, question string, ask func() (T, error)) (T, error) {
	c := &s.counts
	if c.maxAge <= 0 {
		return ask()
	}
	now := s.now()
	c.mu.Lock()
	kept, ok := c.kept[question]
	c.mu.Unlock()
	if value, same := kept.value.(T); ok && same && now.Sub(kept.at) < c.maxAge {
		return value, nil
	}
	value, err := ask()
	if err != nil {
		return value, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept == nil || len(c.kept) >= maxCounts {
		c.kept = map[string]answer{}
	}
	c.kept[question] = answer{value, now}
	return value, nil
}
