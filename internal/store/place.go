package store

import (
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// CursorBehind returns the cursor by which Items goes on behind a place of its list
// that need not be an item: behind the item of that number shown at that second, or,
// where the number is 0, at the first item of the second. It is for lists that weave
// items and other things together.
func (s *Store) CursorBehind(f policy.Filter, at time.Time, id policy.ItemID) string {
	if id == 0 && f.Order != policy.OrderOldest {
		at = at.Add(time.Second)
	}
	return cursor(f, sortKey(at, id))
}
