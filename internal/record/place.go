package record

import (
	"encoding/base64"
	"encoding/binary"
	"hash/fnv"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// place is the last entry of a page of the timeline. From it follows where events
// and items go on, since both are in one order: by second; of one second the events
// by id, then the items by number.
type place struct {
	at   time.Time
	id   string        // of the event; empty where the entry is an item
	item policy.ItemID // 0 where the entry is an event
}

func (p place) isZero() bool { return p.at.IsZero() }

// afterAll stands behind the ids of all events.
const afterAll = "~"

// event returns the place as events see it: behind an item, all events of its second
// are over.
func (p place) event() (at time.Time, id string) {
	if p.item != 0 {
		return p.at, afterAll
	}
	return p.at, p.id
}

func ofEntry(e policy.TimelineEntry) place {
	if e.Item != nil {
		return place{at: e.At, item: e.Item.ID}
	}
	return place{at: e.At, id: e.ID}
}

// A cursor holds the second, the number of the item, a hash of the question and the
// id of the event, so that a cursor of another list is refused.
const cursorHead = 8 + 8 + 8

func cursor(f policy.Filter, p place) string {
	raw := binary.BigEndian.AppendUint64(nil, uint64(p.at.Unix()))
	raw = binary.BigEndian.AppendUint64(raw, uint64(p.item))
	raw = binary.BigEndian.AppendUint64(raw, question(f, p))
	return base64.RawURLEncoding.EncodeToString(append(raw, p.id...))
}

// placeOf returns the place that the cursor of a Filter holds; the zero place where
// there is none. A broken or foreign cursor wraps policy.ErrInvalid.
func placeOf(f policy.Filter) (place, error) {
	if f.Cursor == "" {
		return place{}, nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(f.Cursor)
	if err == nil && len(raw) >= cursorHead {
		p := place{
			at:   time.Unix(int64(binary.BigEndian.Uint64(raw)), 0).UTC(),
			item: policy.ItemID(binary.BigEndian.Uint64(raw[8:])), id: string(raw[cursorHead:]),
		}
		if binary.BigEndian.Uint64(raw[16:]) == question(f, p) {
			return p, nil
		}
	}
	return place{}, policy.FieldErrors{{
		Field: "cursor", Value: f.Cursor, Problem: "it is not a cursor of this timeline",
		Hint: "take it from the page before, with the same filter, or leave it out to start again",
	}}
}

// question hashes a Filter without its place, and the place, which thereby cannot be
// altered by accident.
func question(f policy.Filter, p place) uint64 {
	f.Cursor, f.Limit = "", 0
	hash := fnv.New64a()
	_, _ = hash.Write([]byte("timeline?" + f.Values().Encode() + "\x00" + p.id))
	_, _ = hash.Write(binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, uint64(p.at.Unix())), uint64(p.item)))
	return hash.Sum64()
}
