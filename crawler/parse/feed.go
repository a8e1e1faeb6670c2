package parse

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"

	"github.com/mmcdole/gofeed"
	"golang.org/x/text/language"
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
