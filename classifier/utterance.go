package classifier

import (
	"maps"
	"slices"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/classifier/lexeme"
	"github.com/backdoorwatch/backdoorwatch/classifier/phrase"
	"github.com/backdoorwatch/backdoorwatch/classifier/vocabulary"
)

// cueRole is what a word does in a sentence that tells who takes which side.
type cueRole uint8

func roleOf(name string) cueRole {
	i := slices.Index(vocabulary.Roles, name)
	if i < 0 {
		panic("classifier: no role " + name)
	}
	return cueRole(i)
}

var (
	isFor, isAgainst, isWarning, isContra, isEnd = roleOf("for"), roleOf("against"), roleOf("warn"), roleOf("contra"), roleOf("end")
	isNot, isCannot, isDo, isHarm, isCare        = roleOf("not"), roleOf("cannot"), roleOf("do"), roleOf("harm"), roleOf("care")
	isSaid, isMust, isUnsure, isBy, isBe         = roleOf("said"), roleOf("must"), roleOf("unsure"), roleOf("by"), roleOf("be")
	isOf, isWho, isOther, isThey, isWe           = roleOf("of"), roleOf("who"), roleOf("other"), roleOf("they"), roleOf("we")
	isBut, isAnd, isThe, isTold, isSkip, isLeave = roleOf("but"), roleOf("and"), roleOf("the"), roleOf("told"), roleOf("skip"), roleOf("leave")
)

// cue is a phrase of the vocabulary of positions.
type cue struct {
	role  cueRole
	langs languages
}

// rhetoric finds the words that tell who takes which side. It is an automaton of
// its own, asked only about sentences that name an actor and a subject: so its many
// small words cost nothing elsewhere.
type rhetoric struct {
	automaton *phrase.Automaton
	cues      []cue
}

// plainRoles are the groups that stand in for roles in languages whose vocabulary
// has none.
var plainRoles = map[string]string{"support": "for", "oppose": "against", "negation": "not", "report": "said"}

func newRhetoric(v *vocabulary.Vocabulary, folder *lexeme.Folder, bits map[string]int) (rhetoric, error) {
	b, x := phrase.NewBuilder(folder), rhetoric{}
	for _, l := range v.Languages {
		lists := l.Positions
		if len(lists) == 0 {
			lists = map[string][]string{}
			for group, name := range plainRoles {
				lists[name] = l.Groups[group]
			}
		}
		for _, name := range slices.Sorted(maps.Keys(lists)) {
			for _, p := range lists[name] {
				if err := b.Add(strings.TrimPrefix(p, "="), uint32(len(x.cues))); err != nil {
					return x, err
				}
				x.cues = append(x.cues, cue{roleOf(name), bitOf(bits[l.Code])})
			}
		}
	}
	x.automaton = b.Build()
	return x, nil
}

// mark is a word, or some, of a sentence with its role. Words are counted from the
// beginning of the sentence.
type mark struct {
	role        cueRole
	first, last int
}

// utterance is a sentence taken apart for who says what in it.
type utterance struct {
	r        *reading
	s        *sentence
	number   uint32 // of the sentence
	text     string
	words    []lexeme.Word // with offsets in text
	marks    []mark        // in order
	actors   []actorAt     // in order
	subjects []subjectAt   // in order
	quotes   []bool        // words within quotation marks
	spent    []bool        // marks that belong to a verb before them
	cased    bool          // a capital shows a name: neither German nor a title in capitals
}

type actorAt struct {
	actor       int
	first, last int
}

// utterance takes a sentence apart. The result is valid until the next one.
func (r *reading) utterance(s *sentence, number uint32, names []hit) *utterance {
	u := &r.spoken
	*u = utterance{r: r, s: s, number: number, text: withoutLinks(r.texts[s.field][s.start:s.end]),
		marks: u.marks[:0], actors: u.actors[:0], subjects: u.subjects[:0], spent: u.spent[:0], quotes: u.quotes[:0]}
	r.c.rhetoric.automaton.Scan(u.text, &r.cues)
	u.words = r.cues.Words
	own, _ := r.c.masks(r.lang)
	for _, m := range r.cues.Matches {
		if c := r.c.rhetoric.cues[m.ID]; c.langs.meets(own) {
			u.marks = append(u.marks, mark{c.role, int(m.First), int(m.Last)})
		}
	}
	u.tidy()
	terms := r.termsOf(number)
	u.readNames(names)
	u.readQuotes()
	u.readSubjects(terms, names)
	u.readCase()
	return u
}

// withoutLinks blanks addresses, whose words say nothing, and keeps all offsets.
func withoutLinks(text string) string {
	at := strings.Index(text, "http")
	if at < 0 {
		return text
	}
	b := []byte(text)
	for at < len(b) {
		end := at
		for end < len(b) && !strings.ContainsRune(" \t\n)\"'<>", rune(b[end])) {
			b[end] = ' '
			end++
		}
		next := strings.Index(text[end:], "http")
		if next < 0 {
			break
		}
		at = end + next
	}
	return string(b)
}

// tidy drops what lies within a longer mark, and what a mark of the role "skip"
// covers, and puts the rest in order.
func (u *utterance) tidy() {
	all := slices.Clone(u.marks)
	u.marks = slices.DeleteFunc(u.marks, func(m mark) bool {
		return m.role == isSkip || slices.ContainsFunc(all, func(o mark) bool {
			longer := o.last-o.first > m.last-m.first
			return longer && m.role != isWe && o.role != isOf && (o.first <= m.first && o.last >= m.last) || o.role == isSkip && o.first <= m.first && o.last >= m.last
		})
	})
	slices.SortStableFunc(u.marks, func(a, b mark) int { return a.first - b.first })
	u.spent = append(u.spent, make([]bool, len(u.marks))...)
}

// place returns the first and last word of a hit; it is nowhere within a link.
func (u *utterance) place(h hit) (first, last int, ok bool) {
	find := func(at uint32) int {
		i, ok := slices.BinarySearchFunc(u.words, at, func(w lexeme.Word, at uint32) int { return int(w.Start) - int(at) })
		if !ok {
			i--
		}
		return i
	}
	first, last = find(h.start-u.s.start), find(h.end-u.s.start-1)
	return first, last, first >= 0 && u.words[first].Start == h.start-u.s.start
}

func (u *utterance) readNames(names []hit) {
	for _, h := range names {
		first, last, ok := u.place(h)
		if e := &u.r.c.entries[h.entry]; ok && e.what == whatActor && u.r.c.base.Actors[e.index].Kind != "media" {
			u.actors = append(u.actors, actorAt{int(e.index), first, last})
		}
	}
}

// readQuotes finds which words are quoted. A quotation that began in an earlier
// sentence shows by a mark that closes it first.
func (u *utterance) readQuotes() {
	u.quotes = append(u.quotes, make([]bool, len(u.words))...)
	inside, from := false, 0
	for at, c := range u.text {
		open, mark := lexeme.Quotation(u.text, at, c, inside)
		if !mark {
			continue
		}
		to, _ := slices.BinarySearchFunc(u.words, uint32(at), func(w lexeme.Word, at uint32) int { return int(w.Start) - int(at) })
		if inside || !open && from == 0 {
			for i := from; i < to; i++ {
				u.quotes[i] = true
			}
		}
		inside, from = open, to
	}
	for i := from; inside && i < len(u.words); i++ {
		u.quotes[i] = true
	}
}

// readCase decides whether capitals show names.
func (u *utterance) readCase() {
	capitals := 0
	for _, w := range u.words {
		if w.Flags&lexeme.Title != 0 {
			capitals++
		}
	}
	u.cased = u.r.lang != "de" && capitals*2 < len(u.words)
}

func (u *utterance) quoted(word int) bool { return u.quotes[word] }

// gap is the text between two words.
func (u *utterance) gap(a, b int) string {
	if a >= b {
		return ""
	}
	return u.text[u.words[a].End:u.words[b].Start]
}

// parted reports a comma or another such sign between two words.
func (u *utterance) parted(a, b int) bool { return strings.ContainsAny(u.gap(a, b), ",;:()–—") }

// has returns whether a mark of one of the roles begins within words from and to,
// both included.
func (u *utterance) has(from, to int, roles ...cueRole) bool { return u.find(from, to, roles...) >= 0 }

// find returns the first such mark, or -1.
func (u *utterance) find(from, to int, roles ...cueRole) int {
	for i, m := range u.marks {
		if m.first >= from && m.last <= to && slices.Contains(roles, m.role) {
			return i
		}
	}
	return -1
}

// any reports whether one of the marks of a role passes a test.
func (u *utterance) any(from, to int, r cueRole, test func(mark) bool) bool {
	return slices.ContainsFunc(u.marks, func(m mark) bool { return m.role == r && m.first >= from && m.last <= to && test(m) })
}

// verbFinal reports a language that puts verbs behind their object.
func (u *utterance) verbFinal() bool { return u.r.lang == "de" || u.r.lang == "nl" }

// verbSecond reports a language in which the actor stands behind the verb where
// something else stands before it.
func (u *utterance) verbSecond() bool {
	return slices.Contains([]string{"de", "nl", "sv", "da", "nb"}, u.r.lang)
}

// verb reports marks that can be the verb of a position.
func (m mark) verb() bool {
	return m.role == isFor || m.role == isAgainst || m.role == isWarning || m.role == isLeave
}
