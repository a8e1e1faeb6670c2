package knowledge

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Digest names what an entry says: it changes when a fact in it changes, and
// not when the file is laid out in another way. Whoever stores the record
// compares it to see which entries a new version changed.
func Digest[T policy.Dossier | policy.Actor | policy.Jurisdiction | Entry](entry T) string {
	data, err := json.Marshal(entry)
	if err != nil { // impossible: the types hold texts, lists and dates alone
		return ""
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:16])
}
