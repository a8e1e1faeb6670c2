package classifier

import (
	"fmt"
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

// tellsStep reports the groups of words that tell formal steps, each of whose entries
// has a form in every language: who takes them, by what words, that they are new, and
// documents that are one. Those of what a sentence speaks of otherwise (bill, unreal,
// past, paper) are met in the same lines.
func tellsStep(group string) bool {
	return group == "new" || slices.ContainsFunc(stepPrefixes, func(prefix string) bool { return strings.HasPrefix(group, prefix) })
}

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

// Each line of vocabulary/testdata/forms says a group, or some, and a form of a word
// as it occurs in running text, which must be found in them; one that begins with
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
				checkForm(t, f, fmt.Sprintf("line %d", n+1), line, l.Code, covered)
			}
			reportUncovered(t, l, covered)
		})
	}
}

// checkForm checks a line and notes which entries it covers.
func checkForm(t *testing.T, f *formReader, where, line, lang string, covered map[string]bool) {
	t.Helper()
	named, text, ok := strings.Cut(line, ":")
	named, not := strings.CutPrefix(named, "!")
	groups, entries := f.find(strings.TrimSpace(text), lang)
	for _, name := range strings.Fields(named) {
		if !ok || !slices.Contains(vocabulary.Groups, name) {
			t.Fatalf("%s: %q names no group", where, line)
		}
		if groups[name] == not {
			t.Errorf("%s: %q, group %s: found %v", where, line, name, groups)
		}
		for e := range entries {
			if !not && strings.HasPrefix(e, name+": ") {
				covered[e] = true
			}
		}
	}
}

func reportUncovered(t *testing.T, l vocabulary.Language, covered map[string]bool) {
	groups := coreOnly
	if slices.Contains(fullyCovered, l.Code) {
		groups = decidingGroups
	}
	for _, g := range vocabulary.Groups {
		if !slices.Contains(groups, g) && !tellsStep(g) {
			continue
		}
		for _, p := range l.Groups[g] {
			if form := strings.TrimPrefix(p, "="); !covered[g+": "+form] {
				t.Errorf("no form for %s: %s", g, p)
			}
		}
	}
}
