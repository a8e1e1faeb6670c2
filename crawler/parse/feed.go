package parse

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"

	"github.com/mmcdole/gofeed"
	"golang.org/x/text/language"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Feed reads RSS of any version, Atom and JSON Feed. Text that is nearly XML is
// repaired first; of a feed that is cut off or has a broken entry, all other
// entries are kept and Problems says what was lost. It fails, wrapping
// policy.ErrInvalid, only where there is no feed at all.
func Feed(in Input) (Result, error) {
	if len(in.Body) > maxBody {
		return Result{}, fmt.Errorf("reading the feed: %w (%d bytes)", errTooBig, len(in.Body))
	}
	text, _ := UTF8(in)
	base, _ := url.Parse(in.URL)
	f := feedReader{in: in, base: base, text: bytes.TrimLeft(text, "\uFEFF \t\r\n\x00")}
	return guard("feed", f.read)
}

// feedReader reads one feed.
type feedReader struct {
	in     Input
	base   *url.URL // what relative links are resolved against
	text   []byte
	result Result
}

// rawEntry is an entry as the format's parser gives it.
type rawEntry struct {
	*gofeed.Item
	link      string // the entry's own address; may be relative
	permalink bool   // the id may serve as address
	language  string
}

// rawFeed is a feed as the format's parser gives it.
type rawFeed struct {
	title, language string
	self, hub, next string
	home            string
	entries         []rawEntry
}

func (f *feedReader) read() (Result, error) {
	var raw rawFeed
	var err error
	if len(f.text) > 0 && f.text[0] == '{' {
		raw, err = f.readJSON()
	} else {
		raw, err = f.readXML()
	}
	if err != nil {
		return Result{}, err
	}
	f.describe(raw)
	for _, e := range raw.entries {
		f.add(e)
	}
	f.partTwins()
	return f.result, nil
}

func (f *feedReader) problem(format string, args ...any) {
	f.result.Problems = append(f.result.Problems, fmt.Sprintf(format, args...))
}

func (f *feedReader) describe(raw rawFeed) {
	f.result.Title = titleText(raw.title)
	f.result.Language = knownLanguage(raw.language)
	f.result.Self, f.result.Hub, f.result.Next = f.absolute(raw.self), f.absolute(raw.hub), f.absolute(raw.next)
	if f.base == nil || f.base.Host == "" {
		if home, err := url.Parse(strings.TrimSpace(raw.home)); err == nil {
			f.base = home
		}
	}
}

// absolute resolves an address of the feed; empty where it is none of the web.
func (f *feedReader) absolute(ref string) string {
	return resolve(f.base, ref)
}

// resolve returns the absolute web address of ref, seen from base; empty where
// there is none.
func resolve(base *url.URL, ref string) string {
	ref = strings.Map(dropControls, strings.TrimSpace(ref))
	if ref == "" || len(ref) > maxAddress {
		return ""
	}
	u, err := url.Parse(strings.ReplaceAll(ref, " ", "%20"))
	if err != nil {
		return ""
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return u.String()
}

// knownLanguage returns the declared language as BCP 47; empty where the
// declaration is none, as in "US" or "English".
func knownLanguage(declared string) string {
	declared = strings.ReplaceAll(strings.TrimSpace(declared), "_", "-")
	if first, _, several := strings.Cut(declared, ","); several {
		declared = strings.TrimSpace(first)
	}
	if declared == "" || len(declared) > 35 {
		return ""
	}
	tag, err := language.Parse(declared)
	if err != nil || tag == language.Und {
		return ""
	}
	return tag.String()
}

// twin is what makes entries with one id different.
type twin struct{ id, link, title, date, text string }

// partTwins gives different entries with the same id ids of their own, likewise
// those that share an address, and drops exact repetitions.
func (f *feedReader) partTwins() {
	if f.allDifferent() {
		return
	}
	ids, addresses := map[string]int{}, map[string]int{}
	kept := f.withoutRepetitions()
	for _, d := range kept {
		ids[d.EntryID]++
		addresses[d.CanonicalURL]++
	}
	parted := 0
	for i := range kept {
		if f.part(&kept[i], ids[kept[i].EntryID] > 1, addresses[kept[i].CanonicalURL] > 1) {
			parted++
		}
	}
	if parted > 0 {
		f.problem("%d entries share an id with a different entry; ids were made for them", parted)
	}
}

// part gives a document an id or address of its own where another one has the
// same. It reports whether an id was made up.
func (f *feedReader) part(d *policy.Document, sameID, sameAddress bool) bool {
	if !sameID && !sameAddress {
		return false
	}
	own := digest(d.URL, d.Title, d.Published.String(), d.Summary, d.Text)
	if sameAddress && d.CanonicalURL != "" {
		idIsAddress := d.EntryID == d.CanonicalURL
		d.CanonicalURL = partAddress(*d, own)
		if idIsAddress && !strings.HasSuffix(d.CanonicalURL, own) {
			d.EntryID = d.CanonicalURL
			return false
		}
	}
	if sameID {
		d.EntryID += "#" + own
	}
	return sameID
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

// partAddress tells entries that lie on one page apart by the fragment of their
// link, or else by one that we make; were their canonical addresses equal, they
// would be taken for one document.
func partAddress(d policy.Document, own string) string {
	if _, fragment, ok := strings.Cut(d.URL, "#"); ok && fragment != "" {
		return d.CanonicalURL + "#" + fragment
	}
	return d.CanonicalURL + "#entry-" + own
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

// inLanguage returns the first of the declared languages that is one, or else
// what is known of the source.
func (f *feedReader) inLanguage(declared ...string) string {
	for _, d := range append(declared, f.result.Language) {
		if tag := knownLanguage(d); tag != "" {
			return tag
		}
	}
	return f.in.Language
}
