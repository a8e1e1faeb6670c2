package classifier

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/classifier/lexeme"
	"github.com/backdoorwatch/backdoorwatch/classifier/phrase"
	"github.com/backdoorwatch/backdoorwatch/classifier/vocabulary"
)

// decidingGroups are those whose every entry needs a form in running text.
var decidingGroups = []string{"encryption", "e2ee", "backdoor", "scanning", "access", "hacking", "keys", "retention", "interception", "traceability",
	"licensing", "ban", "age", "vpnban", "right", "protection", "mandate", "export", "government", "parliament", "law", "police", "court", "pro", "con"}

// fullyCovered are the languages in which every deciding entry has a form; in the
// others the words of encryption and of the measures have.
var fullyCovered = strings.Fields("en de fr es it nl sv da nb fi pl cs pt")

var coreOnly = strings.Fields("encryption e2ee backdoor scanning access hacking keys traceability ban vpnban right protection")

// formReader finds the entries of the vocabulary, and of nothing else, in a line.
type formReader struct {
	c     *Classifier
	forms map[uint32]seenKey
}

func newFormReader(t *testing.T) *formReader {
	t.Helper()
	v, err := vocabulary.Load()
	if err != nil {
		t.Fatal(err)
	}
	x := &index{builder: phrase.NewBuilder(lexeme.NewFolder()), seen: map[seenKey]uint32{}, langs: map[string]int{}}
	for _, l := range v.Languages {
		x.mask(l.Code)
	}
	x.addVocabulary(v)
	if x.err != nil {
		t.Fatal(x.err)
	}
	c := &Classifier{vocabulary: v, bits: x.langs, languages: make([]string, len(x.langs))}
	for lang, i := range x.langs {
		c.languages[i] = lang
	}
	c.automaton, c.entries = x.builder.Build(), x.entries
	f := &formReader{c: c, forms: map[uint32]seenKey{}}
	for key, id := range x.seen {
		f.forms[id] = key
	}
	return f
}

// find returns the groups and the entries ("group: form") found in a line.
func (f *formReader) find(line, lang string) (groups, entries map[string]bool) {
	r := f.c.newReading()
	r.texts[fieldText] = line
	r.scan(fieldText)
	r.lang = lang
	r.sift()
	groups, entries = map[string]bool{}, map[string]bool{}
	for _, h := range r.terms {
		g := vocabulary.Groups[f.c.entries[h.entry].index]
		groups[g] = true
		entries[g+": "+f.forms[h.entry].form] = true
	}
	return groups, entries
}

// Each line of vocabulary/testdata/forms says a group and a form of a word as it
// occurs in running text, which must be found in that group; one that begins with
// an exclamation mark must not. And each entry that decides has a form.
func TestFormsOfWords(t *testing.T) {
	f := newFormReader(t)
	for _, l := range f.c.vocabulary.Languages {
		if l.Code == everyLanguage {
			continue
		}
		t.Run(l.Code, func(t *testing.T) {
			body, err := os.ReadFile(filepath.Join("vocabulary", "testdata", "forms", l.Code+".txt"))
			if err != nil {
				t.Fatal(err)
			}
			covered := map[string]bool{}
			for n, line := range strings.Split(string(body), "\n") {
				line = strings.TrimSpace(line)
				if line == "" || strings.HasPrefix(line, "#") {
					continue
				}
				group, text, ok := strings.Cut(line, ":")
				name, not := strings.CutPrefix(group, "!")
				if !ok || !slices.Contains(vocabulary.Groups, name) {
					t.Fatalf("line %d: %q names no group", n+1, line)
				}
				groups, entries := f.find(strings.TrimSpace(text), l.Code)
				if groups[name] == not {
					t.Errorf("line %d: %q, found %v", n+1, line, groups)
				}
				if !not {
					for e := range entries {
						if strings.HasPrefix(e, name+": ") {
							covered[e] = true
						}
					}
				}
			}
			reportUncovered(t, l, covered)
		})
	}
}

func reportUncovered(t *testing.T, l vocabulary.Language, covered map[string]bool) {
	groups := coreOnly
	if slices.Contains(fullyCovered, l.Code) {
		groups = decidingGroups
	}
	for _, g := range groups {
		for _, p := range l.Groups[g] {
			if form := strings.TrimPrefix(p, "="); !covered[g+": "+form] {
				t.Errorf("no form for %s: %s", g, p)
			}
		}
	}
}
