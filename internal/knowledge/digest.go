package knowledge

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Digest names what an entry says: it changes when a fact in it changes, and
// not when the file is laid out in another way. Whoever stores the record
// compares it to see which entries a new version changed.
//
// The grades of sources have no part in it. They judge the evidence and not what
// happened, and most come from the list of hosts: one line more in it would
// otherwise tell every reader that hundreds of old events have changed.
func Digest[T policy.Dossier | policy.Actor | policy.Jurisdiction | Entry](entry T) string {
	data, err := json.Marshal(ungraded(entry))
	if err != nil { // impossible: the types hold texts, lists and dates alone
		return ""
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:16])
}

// ungraded returns the entry without grades, which then leave no trace in JSON.
func ungraded(entry any) any {
	switch e := entry.(type) {
	case Entry:
		e.Grade = ""
		return e
	case policy.Dossier:
		e.Events, e.Positions = slices.Clone(e.Events), slices.Clone(e.Positions)
		for i := range e.Events {
			e.Events[i].Grade = ""
		}
		for i := range e.Positions {
			e.Positions[i].Grade = ""
		}
		return e
	}
	return entry
}
