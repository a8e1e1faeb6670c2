// Package shelf knows what a published set of bulk files is and finds those that
// lie in a folder: one folder a set, named by its date, which never changes once it
// is there.
package shelf

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The files of every set beside its tables.
const (
	ManifestName  = "manifest.json"
	SumsName      = "SHA256SUMS"
	SignatureName = "SHA256SUMS.sig"
)

// Identity and Namespace are what a verifier must expect of a signature.
const (
	Identity  = "backdoorwatch"
	Namespace = "file"
)

// Manifest says what is in a set. It is the file manifest.json.
type Manifest struct {
	Name        string    `json:"name"`
	Set         string    `json:"set,omitempty"` // its folder's name; empty where it was written elsewhere
	GeneratedAt time.Time `json:"generated_at"`
	Version     string    `json:"version"` // of the program
	Site        string    `json:"site"`    // the public address, in which addresses in the rows begin
	Licence     string    `json:"licence"` // in words
	Key         *Key      `json:"key"`     // null where the set is not signed
	Content     string    `json:"content"` // stands for everything but the time: equal means that nothing changed
	Tables      []Table   `json:"tables"`
}

// Key is by which a set was signed.
type Key struct {
	ID        string `json:"id"`     // SHA256: and the fingerprint, as ssh-keygen -l prints it
	Public    string `json:"public"` // type and key, as in authorized_keys
	Identity  string `json:"identity"`
	Namespace string `json:"namespace"`
}

// AllowedSigner is the line that ssh-keygen -Y verify -f wants of a key.
func (k Key) AllowedSigner() string {
	return k.Identity + ` namespaces="` + k.Namespace + `" ` + k.Public
}

// Table is one table of a set.
type Table struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Rows        int    `json:"rows"`
	Files       []File `json:"files"`
}

// File is one file of a set.
type File struct {
	Path      string `json:"path"` // within the set
	Role      string `json:"role"` // ndjson, csv, schema or csvw
	MediaType string `json:"media_type"`
	Bytes     int64  `json:"bytes"`
	SHA256    string `json:"sha256"` // hex
}

// setName is a day, and a number where the day has several.
var setName = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})(?:\.([2-9]|[1-9]\d{1,3}))?$`)

// IsSet reports whether a folder's name is one of a set.
func IsSet(name string) bool {
	day, _, ok := parts(name)
	_, err := time.Parse(time.DateOnly, day)
	return ok && err == nil
}

// Next is the name of a set that follows on another, which may be empty: the day, with
// a number where the day has one already. Names only grow, also where a clock was set
// back, and one that was removed is never given again: whoever has its files would
// take others for them.
func Next(after string, now time.Time) string {
	today := now.UTC().Format(time.DateOnly)
	day, n, ok := parts(after)
	if !ok || day < today {
		return today
	}
	return day + "." + strconv.Itoa(max(n, 1)+1)
}

// Compare orders the names of sets, the oldest first.
func Compare(a, b string) int {
	dayA, nA, _ := parts(a)
	dayB, nB, _ := parts(b)
	return cmp.Or(strings.Compare(dayA, dayB), cmp.Compare(nA, nB))
}

func parts(name string) (day string, n int, ok bool) {
	found := setName.FindStringSubmatch(name)
	if found == nil {
		return "", 0, false
	}
	n, _ = strconv.Atoi(found[2])
	return found[1], n, true
}
