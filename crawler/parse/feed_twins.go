package parse

import (
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// twin is what makes entries with one id different.
type twin struct{ id, link, title, date, text string }

// partTwins gives different entries with the same id ids of their own, likewise
// those that share an address, and drops exact repetitions.
func (f *feedReader) partTwins() {
	if f.allDifferent() {
		return
	}
	kept := f.withoutRepetitions()
	f.partAddresses(kept, ownFragment)
	f.partAddresses(kept, madeFragment) // several entries may share a fragment too
	ids := map[string]int{}
	for _, d := range kept {
		ids[d.EntryID]++
	}
	parted := 0
	for i := range kept {
		if d := &kept[i]; ids[d.EntryID] > 1 {
			d.EntryID += "#" + fingerprint(*d)
			parted++
		}
	}
	if parted > 0 {
		f.problem("%d entries share an id with a different entry; ids were made for them", parted)
	}
}

// partAddresses tells entries that lie on one page apart; were their canonical
// addresses equal, they would be taken for one document. An id that is the
// address follows it.
func (f *feedReader) partAddresses(docs []policy.Document, apart func(policy.Document) string) {
	addresses := map[string]int{}
	for _, d := range docs {
		addresses[d.CanonicalURL]++
	}
	for i := range docs {
		d := &docs[i]
		if d.CanonicalURL == "" || addresses[d.CanonicalURL] < 2 {
			continue
		}
		before := d.CanonicalURL
		d.CanonicalURL = apart(*d)
		if d.EntryID == before {
			d.EntryID = d.CanonicalURL
		}
	}
}

// ownFragment gives back the fragment that the link has.
func ownFragment(d policy.Document) string {
	if _, fragment, ok := strings.Cut(d.URL, "#"); ok && fragment != "" && !strings.Contains(d.CanonicalURL, "#") {
		return d.CanonicalURL + "#" + fragment
	}
	return d.CanonicalURL
}

// madeFragment adds one that is made of what the entry says.
func madeFragment(d policy.Document) string {
	if strings.Contains(d.CanonicalURL, "#") {
		return d.CanonicalURL + "-entry-" + fingerprint(d)
	}
	return d.CanonicalURL + "#entry-" + fingerprint(d)
}

func fingerprint(d policy.Document) string {
	return digest(d.URL, d.Title, d.Published.String(), d.Summary, d.Text)
}

// allDifferent is the usual case: no id and no address appears twice.
func (f *feedReader) allDifferent() bool {
	ids, addresses := make(map[string]bool, len(f.result.Documents)), make(map[string]bool, len(f.result.Documents))
	for _, d := range f.result.Documents {
		if ids[d.EntryID] || d.CanonicalURL != "" && addresses[d.CanonicalURL] {
			return false
		}
		ids[d.EntryID], addresses[d.CanonicalURL] = true, true
	}
	return true
}

func (f *feedReader) withoutRepetitions() []policy.Document {
	seen := map[twin]bool{}
	kept := f.result.Documents[:0]
	for _, d := range f.result.Documents {
		t := twin{d.EntryID, d.URL, d.Title, d.Published.String(), d.Summary + d.Text}
		if seen[t] {
			if !d.Published.IsZero() {
				f.result.Dated--
			}
			continue
		}
		seen[t] = true
		kept = append(kept, d)
	}
	if n := len(f.result.Documents) - len(kept); n > 0 {
		f.problem("%d entries repeat another one and were left out", n)
	}
	f.result.Documents = kept
	return kept
}
