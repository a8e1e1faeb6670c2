package classifier

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/backdoorwatch/backdoorwatch/classifier/phrase"
	"github.com/backdoorwatch/backdoorwatch/classifier/vocabulary"
	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// what an entry of the automaton stands for.
type what uint8

const (
	whatTerm    what = iota // a phrase of a group of the vocabulary
	whatPlace               // a form by which a text shows a jurisdiction
	whatActor               // a name of an actor
	whatDossier             // a name of a dossier
	whatID                  // an official id of a dossier
	whatHint                // one phrase of a hint
)

// role says which of a jurisdiction's lists a form comes from.
type role uint8

const (
	roleName role = iota
	roleDemonym
	roleCapital
	roleIdiom // a word for offices and laws that only this state has
	roleParliament
	roleGovernment
	roleAgency
)

// spelling is what the original spelling of a match must be like.
type spelling uint8

const (
	anySpelling spelling = iota
	capitalised          // the first letter is a capital
	allCapitals
)

// entry is what a phrase of the automaton stands for.
type entry struct {
	what      what
	role      role
	spelling  spelling
	ambiguous bool      // needs company
	index     uint16    // group, place, actor, dossier or hint phrase
	office    uint16    // number of the office that the name is of, from 1; 0 for a name of one's own
	langs     languages // languages in which it counts; all bits: any
}

// languages is a set of languages, by their bits.
type languages [2]uint64

const maxLanguages = 127 // the last bit is that of all languages of which we have no words

var (
	anyLanguage  = languages{^uint64(0), ^uint64(0)}
	unknownWords = bitOf(maxLanguages)
)

func bitOf(n int) (set languages) {
	set[n>>6] = 1 << (n & 63)
	return set
}

func (l languages) has(n int) bool { return l[n>>6]>>(n&63)&1 != 0 }

func (l languages) meets(o languages) bool { return l[0]&o[0]|l[1]&o[1] != 0 }

func (l languages) with(o languages) languages { return languages{l[0] | o[0], l[1] | o[1]} }

// everyLanguage is the code of words that count in all languages.
const everyLanguage = "mul"

// index collects the entries and their phrases.
type index struct {
	builder *phrase.Builder
	entries []entry
	seen    map[seenKey]uint32
	langs   map[string]int
	err     error
}

type seenKey struct {
	form  string
	e     entry
	extra int // what a language may add to a form, the others may not
}

func (x *index) add(form string, e entry, extra int) {
	if x.err != nil || strings.TrimSpace(form) == "" {
		return
	}
	langs := e.langs
	e.langs = languages{}
	key := seenKey{form, e, extra}
	id, ok := x.seen[key]
	if ok {
		x.entries[id].langs = x.entries[id].langs.with(langs)
	} else {
		id = uint32(len(x.entries))
		x.seen[key] = id
		e.langs = langs
		x.entries = append(x.entries, e)
	}
	if extra > 0 {
		x.err = x.builder.AddInflected(form, extra, id)
		return
	}
	x.err = x.builder.Add(form, id)
}

func (x *index) mask(lang string) languages {
	n, ok := x.langs[lang]
	if !ok {
		if n = len(x.langs); n == maxLanguages && x.err == nil {
			x.err = fmt.Errorf("the vocabulary and the record know more than %d languages", maxLanguages)
		}
		n = min(n, maxLanguages)
		x.langs[lang] = n
	}
	return bitOf(n)
}

func (x *index) addVocabulary(v *vocabulary.Vocabulary) {
	for _, l := range v.Languages {
		for _, group := range slices.Sorted(maps.Keys(l.Groups)) { // in one order, so that two builds agree on ties
			g := uint16(slices.Index(vocabulary.Groups, group))
			for _, p := range l.Groups[group] {
				e := entry{what: whatTerm, index: g, langs: x.mask(l.Code)}
				if l.Code == everyLanguage {
					e.langs = anyLanguage
				}
				if rest, ok := strings.CutPrefix(p, "="); ok {
					p, e.spelling = rest, capitalised
				} else if shouted(p) {
					e.spelling = allCapitals
				}
				x.add(p, e, 0)
			}
		}
	}
}

// shouted reports short words written in capitals, "EU" or "MAD", which mean
// something else in small letters.
func shouted(p string) bool {
	return len(p) <= 6 && p == strings.ToUpper(p) && strings.ContainsFunc(p, unicode.IsUpper) && p != "I" && p != "§"
}

// endings says how many bytes a name may gain in a language, and whether a last
// vowel may change.
var endings = map[string]struct {
	extra int
	cut   bool
}{
	"de": {3, false}, "sv": {2, false}, "da": {2, false}, "nb": {2, false}, "nl": {2, false}, "fi": {6, true}, "pl": {6, true}, "cs": {5, true},
	"ru": {6, true}, "uk": {6, true}, "hu": {6, false}, "el": {6, true}, "ro": {4, true}, "tr": {6, false}, "hr": {5, true}, "sk": {5, true},
}

func (x *index) addPlaces(places []policy.Jurisdiction, more map[string]map[string]map[string][]string) {
	for i, p := range places {
		x.addForms(uint16(i), more[p.Code])
		lists := []struct {
			role  role
			forms map[string][]string
		}{{roleName, p.Names}, {roleDemonym, p.Demonyms}, {roleCapital, p.Capital}, {roleParliament, p.Parliament}, {roleGovernment, p.Government}, {roleAgency, p.Agencies}}
		for _, l := range lists {
			if p.Code == "INT" && l.role != roleGovernment && l.role != roleAgency {
				continue
			}
			for _, lang := range slices.Sorted(maps.Keys(l.forms)) { // in one order, so that two builds give a language the same bit
				for _, f := range l.forms[lang] {
					x.addPlace(uint16(i), l.role, lang, f, slices.Contains(p.Ambiguous, f) && !initials(p, f))
				}
			}
		}
		for _, f := range p.Ambiguous {
			if initials(p, f) {
				continue
			}
			x.addPlace(uint16(i), roleGovernment, "", f, true)
		}
	}
}

// listRoles are the roles of the record's lists, by their names there, and of the
// idioms that the vocabulary adds.
var listRoles = map[string]role{"names": roleName, "demonyms": roleDemonym, "capital": roleCapital, "idioms": roleIdiom, "parliament": roleParliament, "government": roleGovernment, "agencies": roleAgency}

// addForms adds the further forms of the vocabulary.
func (x *index) addForms(place uint16, lists map[string]map[string][]string) {
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		byLanguage := lists[name]
		r, ok := listRoles[name]
		if !ok && x.err == nil {
			x.err = fmt.Errorf("the record has no list %q of forms of places", name)
		}
		for _, lang := range slices.Sorted(maps.Keys(byLanguage)) {
			for _, f := range byLanguage[lang] {
				x.addPlace(place, r, lang, f, false)
			}
		}
	}
}

// initials reports an English name in capitals, "UK": it is short, and yet in
// English it means nothing else. "US" does: in a headline in capitals, and in sums
// of money.
func initials(p policy.Jurisdiction, form string) bool {
	return form != "US" && shouted(strings.ReplaceAll(form, ".", "")) && slices.Contains(p.Names["en"], form)
}

func (x *index) addPlace(place uint16, r role, lang, form string, ambiguous bool) {
	e := entry{what: whatPlace, role: r, index: place, ambiguous: ambiguous, langs: anyLanguage}
	if lang != "" && lang != "en" {
		e.langs = x.mask(lang)
	}
	first, _ := utf8.DecodeRuneInString(form)
	switch {
	case shouted(strings.ReplaceAll(form, ".", "")):
		e.spelling = allCapitals
	case unicode.IsUpper(first):
		e.spelling = capitalised
	}
	end, inflects := endings[lang]
	length := utf8.RuneCountInString(form)
	if !inflects || e.spelling == allCapitals || length < 5 || strings.Contains(form, "*") {
		x.add(form, e, 0)
		return
	}
	extra := end.extra
	if r == roleDemonym {
		extra += 2
	}
	form = agreeing(form, lang)
	if last, size := utf8.DecodeLastRuneInString(form); end.cut && length >= 6 && strings.ContainsRune(vowels, unicode.ToLower(last)) {
		x.add(form[:len(form)-size], e, extra+size)
		return
	}
	x.add(form, e, extra)
}

// vowels that end words and change in another case.
const vowels = "aeiouyąęěůýáéíаеиояюьйъαοις"

// agreeing lets all words of a name but the last change their ending with it:
// "Wielka Brytania", "Wielkiej Brytanii".
func agreeing(form, lang string) string {
	words := strings.Fields(form)
	for i, w := range words[:len(words)-1] {
		if utf8.RuneCountInString(w) < 5 {
			continue
		}
		switch {
		case lang == "de":
			words[i] = strings.TrimRight(w, "esrn") + "*"
		case endings[lang].cut:
			words[i] = strings.TrimRight(w, vowels) + "*"
		}
	}
	return strings.Join(words, " ")
}

func (x *index) addActors(actors []policy.Actor) {
	for i, a := range actors {
		forms := append([]string{a.Name}, a.Aliases...)
		slices.Sort(forms)
		for _, f := range slices.Compact(forms) {
			e := entry{what: whatActor, index: uint16(i), langs: anyLanguage, spelling: capitalised}
			if shouted(f) {
				e.spelling = allCapitals
			}
			if first, _ := utf8.DecodeRuneInString(f); unicode.IsLower(first) || !unicode.IsUpper(first) {
				e.spelling = anySpelling
			}
			x.add(f, e, 0)
		}
	}
}

func (x *index) addOffices(offices []vocabulary.Office, actors map[string]int) {
	for i, o := range offices {
		actor, ok := actors[o.Actor]
		if !ok {
			continue // an operator may have removed an actor from the record
		}
		for _, n := range o.Names {
			x.add(n, entry{what: whatActor, index: uint16(actor), office: uint16(i + 1), langs: anyLanguage}, 0)
		}
	}
}

func (x *index) addDossiers(dossiers []policy.Dossier, more map[string][]string, weak []string) {
	for i, d := range dossiers {
		names := []string{d.ShortTitle, d.OriginalTitle}
		if len(strings.Fields(d.Title)) >= 3 {
			names = append(names, d.Title)
		}
		for _, lang := range slices.Sorted(maps.Keys(d.Aliases)) {
			names = append(names, d.Aliases[lang]...)
		}
		for _, n := range append(names, more[d.ID]...) {
			e := entry{what: whatDossier, index: uint16(i), langs: anyLanguage, ambiguous: slices.ContainsFunc(weak, func(w string) bool { return strings.EqualFold(w, n) })}
			if shouted(n) {
				e.spelling = allCapitals
			}
			x.add(n, e, 0)
		}
		for _, id := range d.OfficialIDs {
			x.add(id, entry{what: whatID, index: uint16(i), langs: anyLanguage, ambiguous: vagueID(id)}, 0)
		}
	}
}

// vagueID reports official ids that many texts could contain by chance: "C-2",
// "Article 18".
func vagueID(id string) bool {
	digits := 0
	for _, r := range id {
		if unicode.IsDigit(r) {
			digits++
		}
	}
	return digits < 4 || strings.HasPrefix(id, "Section") || strings.HasPrefix(id, "Article") || strings.HasPrefix(id, "article") || len(id) < 7
}

// addComposed adds the entry of bans that no phrase shows but two words of one
// sentence together, see reading.compose. No text matches it.
func (x *index) addComposed(name string) uint32 {
	x.entries = append(x.entries, entry{what: whatTerm, index: uint16(group(name)), langs: anyLanguage})
	return uint32(len(x.entries) - 1)
}

func (x *index) build(v *vocabulary.Vocabulary, base *knowledge.Base) (hints []hint, phrases int, err error) {
	for _, l := range v.Languages {
		x.mask(l.Code)
	}
	x.addVocabulary(v)
	x.addPlaces(base.Jurisdictions, v.Places)
	x.addActors(base.Actors)
	actors := map[string]int{}
	for i, a := range base.Actors {
		actors[a.ID] = i
	}
	x.addOffices(v.Offices, actors)
	x.addDossiers(base.Dossiers, v.Names, v.Weak)
	hints, phrases = x.addHints(v.Hints, base)
	if x.err != nil {
		return nil, 0, fmt.Errorf("building the classifier's index: %w: %w", policy.ErrConfig, x.err)
	}
	return hints, phrases, nil
}
