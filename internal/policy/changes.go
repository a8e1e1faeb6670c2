package policy

import "time"

// ItemChanges is one page of the items whose meaning changed since a moment, the
// earliest change first.
type ItemChanges struct {
	Items   []Item    // those that answer the Filter
	Removed []Removal // those that may have answered it before and do not now
	Next    string    // the cursor of the next page; empty on the last one
}

// Removal says that an item does not answer a Filter any more.
type Removal struct {
	ID ItemID
	At time.Time // when its meaning changed
}
