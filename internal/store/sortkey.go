package store

import (
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// A sort key holds the second at which an item is shown in its upper 35 bits and
// the end of the item's number in its lower 28, so that one number orders by
// (shown_at, id) and no two items share one. Seconds count from the year 1589: laws
// are older than computers.
const (
	numberBits  = 28
	secondsBits = 35
	firstSecond = -12_000_000_000
)

func sortKey(shown time.Time, id policy.ItemID) int64 {
	seconds := shown.Unix() - firstSecond
	seconds = max(0, min(seconds, 1<<secondsBits-1))
	return seconds<<numberBits | int64(id)&(1<<numberBits-1)
}

// longestSpan is how far before its end a partial date can begin.
const longestSpan = 366 * 24 * time.Hour
