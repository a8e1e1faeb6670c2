package store

import (
	"encoding/base64"
	"encoding/binary"
	"hash/fnv"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// A cursor holds the sort key of the last item of a page and a hash of the question
// that the page answered, so that a cursor of another list is refused and not
// silently misread.
const cursorSize = 8 + 8

func cursor(f policy.Filter, key int64) string {
	raw := binary.BigEndian.AppendUint64(nil, uint64(key))
	raw = binary.BigEndian.AppendUint64(raw, question(f, key))
	return base64.RawURLEncoding.EncodeToString(raw)
}

// position returns the sort key that the cursor of a Filter holds, and whether
// there is one. A broken or foreign cursor wraps policy.ErrInvalid.
func position(f policy.Filter) (key int64, ok bool, _ error) {
	if f.Cursor == "" {
		return 0, false, nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(f.Cursor)
	if err == nil && len(raw) == cursorSize {
		key = int64(binary.BigEndian.Uint64(raw))
		if binary.BigEndian.Uint64(raw[8:]) == question(f, key) {
			return key, true, nil
		}
	}
	return 0, false, policy.FieldErrors{{
		Field: "cursor", Value: f.Cursor, Problem: "it is not a cursor of this list",
		Hint: "take it from the page before, with the same filter, or leave it out to start again",
	}}
}

// question hashes a Filter without its place, and the key, which thereby cannot
// be altered by accident.
func question(f policy.Filter, key int64) uint64 {
	f.Cursor, f.Limit = "", 0
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(f.Values().Encode()))
	_, _ = hash.Write(binary.BigEndian.AppendUint64(nil, uint64(key)))
	return hash.Sum64()
}
