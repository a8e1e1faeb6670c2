package classifier

import (
	"slices"
	"sort"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/classifier/lexeme"
	"github.com/backdoorwatch/backdoorwatch/classifier/phrase"
	"github.com/backdoorwatch/backdoorwatch/classifier/vocabulary"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// MaxText is how much of a field is read, in bytes. A document of policy says
// what it is about long before.
const MaxText = 4 << 20

// leadSentences is how many sentences, the title's included, are the lead.
const leadSentences = 5

// The fields of a document, in reading order.
const (
	fieldTitle = iota
	fieldSummary
	fieldText
	fields
)

var fieldNames = [fields]string{"title", "summary", "text"}

// hit is an entry found in a document.
type hit struct {
	entry    uint32
	sentence uint32 // number in the document
	start    uint32 // byte offsets in the field
	end      uint32
	first    int32 // words of the field
	last     int32
	field    uint8
	quoted   bool
}

// sentence is what one sentence holds.
type sentence struct {
	field      uint8
	start, end uint32 // byte offsets
	words      int32
	quoted     int32     // of them within quotation marks
	groups     [2]uint64 // which groups of the vocabulary
}

func (s *sentence) hasAny(m *groupSet) bool {
	return s.groups[0]&m[0]|s.groups[1]&m[1] != 0
}

// groupSet is a set of groups.
type groupSet [2]uint64

func setOf(names ...string) *groupSet {
	s := &groupSet{}
	for _, n := range names {
		g := group(n)
		s[g>>6] |= 1 << (g & 63)
	}
	return s
}

func group(name string) int {
	g := slices.Index(vocabulary.Groups, name)
	if g < 0 {
		panic("classifier: no group " + name)
	}
	return g
}

// reading is one document read: its words, hits and sentences. It is used by one
// call at a time and then again by another.
type reading struct {
	c          *Classifier
	texts      [fields]string
	scratch    [fields]phrase.Scratch
	raw        []hit
	terms      []hit // groups of the vocabulary
	names      []hit // places, actors, dossiers, ids
	clues      []hit // phrases of hints
	sentences  []sentence
	base       [fields]uint32 // number of the first sentence of a field
	small      []int          // function words by language
	lang       string
	counts     []counts // by group
	hints      []bool   // phrases of hints seen anywhere
	leadHints  []bool   // … in the lead
	words      int
	titleWords int
	hinted     int         // hints that hold in the lead
	published  policy.Date // of the document
	arguments  int         // sentences that argue in its own voice
	window     [2]int      // bytes of the text that are read, where not all are
	voiceless  float64     // how much its kind is expected to take no side
	stately    float64     // how surely its kind is that of a state
	spans      [][2]uint32 // blocked words, scratch
	cues       phrase.Scratch
	spoken     utterance // the sentence that is read for positions
	used       []usage   // words of the lexicon; nil before they were looked for
}

// counts says how often and where a group occurs.
type counts struct {
	title, lead, all, quoted int
	first                    int32 // its first hit in terms; -1 where absent
}

func (r *reading) sample() string {
	s := r.texts[fieldTitle] + "\n" + r.texts[fieldSummary] + "\n"
	return s + r.texts[fieldText][:min(len(r.texts[fieldText]), languageSample)]
}

func cut(text string) string {
	if len(text) <= MaxText {
		return text
	}
	end := MaxText
	for end > 0 && text[end]&0xC0 == 0x80 {
		end--
	}
	return text[:end]
}

// read fills the reading from a document.
func (r *reading) read(doc policy.Document) {
	r.texts = [fields]string{cut(doc.Title), cut(doc.Summary), cut(doc.Text)}
	if strings.HasPrefix(r.texts[fieldText], r.texts[fieldSummary]) {
		r.texts[fieldSummary] = ""
	}
	r.published, r.window, r.used = doc.Published, [2]int{}, nil
	r.raw, r.terms, r.names, r.clues, r.sentences, r.words = r.raw[:0], r.terms[:0], r.names[:0], r.clues[:0], r.sentences[:0], 0
	clear(r.small)
	clear(r.hints)
	clear(r.leadHints)
	for f := range r.texts {
		r.scan(f)
	}
	r.titleWords = len(r.scratch[fieldTitle].Words)
	r.lang = r.c.detectLanguage(r, doc.Language)
	r.sift()
	r.compose()
	r.count()
}

// compose finds bans that no phrase shows: a state's verb of forbidding and a
// messenger, or a VPN, in one sentence.
func (r *reading) compose() {
	from := len(r.terms)
	for i := 0; i < from; {
		j, messenger, vpn, forbids, state := i, -1, -1, -1, false
		for ; j < from && r.terms[j].sentence == r.terms[i].sentence; j++ {
			switch g := int(r.c.entries[r.terms[j].entry].index); {
			case g == groupMessenger && messenger < 0:
				messenger = j
			case g == groupVPN && vpn < 0:
				vpn = j
			case g == groupProhibit && forbids < 0:
				forbids = j
			case ruling[g>>6]>>(g&63)&1 != 0:
				state = true
			}
		}
		if forbids >= 0 && (messenger >= 0 || vpn >= 0) && (state || r.namesState(r.terms[i].sentence)) && r.sentences[r.terms[i].sentence].words < 60 {
			r.join(r.c.banEntry, messenger, forbids)
			r.join(r.c.vpnEntry, vpn, forbids)
		}
		i = j
	}
	if len(r.terms) > from {
		slices.SortStableFunc(r.terms, func(a, b hit) int { return int(a.sentence) - int(b.sentence) })
	}
}

// namesState reports a state named in a sentence: "Russia blocks …" is its doing.
func (r *reading) namesState(sentence uint32) bool {
	from := sort.Search(len(r.names), func(i int) bool { return r.names[i].sentence >= sentence })
	for _, h := range r.names[from:] {
		if h.sentence != sentence {
			break
		}
		if e := &r.c.entries[h.entry]; e.what == whatPlace && !e.ambiguous && e.role < roleCapital {
			return true
		}
	}
	return false
}

// join adds a term that reaches from one hit to another.
func (r *reading) join(entry uint32, a, b int) {
	if a < 0 {
		return
	}
	first, last := r.terms[min(a, b)], r.terms[max(a, b)]
	first.entry, first.end, first.last = entry, max(first.end, last.end), max(first.last, last.last)
	r.terms = append(r.terms, first)
}

var (
	ruling         = setOf("government", "parliament", "court", "police", "law")
	groupMessenger = group("messenger")
	groupVPN       = group("vpn")
	groupProhibit  = group("prohibit")
)

func (r *reading) scan(f int) {
	s := &r.scratch[f]
	r.c.automaton.Scan(r.texts[f], s)
	r.base[f] = uint32(len(r.sentences))
	for _, w := range s.Words {
		n := int(r.base[f] + w.Sentence)
		if n == len(r.sentences) {
			r.sentences = append(r.sentences, sentence{field: uint8(f), start: w.Start})
		}
		r.sentences[n].end = w.End
		r.sentences[n].words++
		if w.Flags&lexeme.Quoted != 0 {
			r.sentences[n].quoted++
		}
	}
	r.words += len(s.Words)
	for _, m := range s.Matches {
		e := &r.c.entries[m.ID]
		first, last := s.Words[m.First], s.Words[m.Last]
		if e.spelling != anySpelling && !spelt(e.spelling, s.Words[m.First:m.Last+1]) {
			continue
		}
		if e.what == whatTerm && int(e.index) == groupFunction {
			for l := range r.small {
				if e.langs.has(l) {
					r.small[l]++
				}
			}
			continue
		}
		r.raw = append(r.raw, hit{entry: m.ID, sentence: r.base[f] + first.Sentence, start: first.Start, end: last.End,
			first: m.First, last: m.Last, field: uint8(f), quoted: first.Flags&lexeme.Quoted != 0})
	}
}

func spelt(s spelling, words []lexeme.Word) bool {
	if words[0].Flags&lexeme.Title == 0 {
		return false
	}
	return s != allCapitals || words[0].Flags&lexeme.Upper != 0
}

// core groups count in every language, since they are written in English
// everywhere.
var coreEnglish = setOf("encryption", "e2ee", "backdoor", "scanning", "messenger", "vpn", "block")

// sift keeps the hits that count in the document's language, drops what a
// blocking phrase covers, and parts terms from names.
func (r *reading) sift() {
	own, english := r.c.masks(r.lang)
	r.spans = r.spans[:0]
	kept := r.raw[:0]
	for _, h := range r.raw {
		e := &r.c.entries[h.entry]
		ok := e.langs.meets(own)
		if !ok && e.what == whatTerm {
			ok = e.langs.meets(english) && (r.lang == "en" || coreEnglish[e.index>>6]>>(e.index&63)&1 != 0)
		}
		if !ok || e.office > 0 && !r.c.vocabulary.Offices[e.office-1].HeldAt(r.published) {
			continue
		}
		if e.what == whatTerm && int(e.index) == groupBlock {
			r.spans = append(r.spans, [2]uint32{uint32(h.field)<<28 | uint32(h.first), uint32(h.field)<<28 | uint32(h.last)})
			continue
		}
		kept = append(kept, h)
	}
	for _, h := range kept {
		if e := &r.c.entries[h.entry]; e.what == whatHint {
			r.clues = append(r.clues, h)
		} else if e.what != whatTerm {
			r.names = append(r.names, h)
		} else if !r.blocked(h) {
			r.terms = append(r.terms, h)
		}
	}
	r.names = dropContained(r.c.entries, r.names)
}

// blocked reports whether a blocking phrase covers a part of the hit. The spans
// are in the order of their first words and none is longer than a phrase may be.
func (r *reading) blocked(h hit) bool {
	first, last := uint32(h.field)<<28|uint32(h.first), uint32(h.field)<<28|uint32(h.last)
	from := sort.Search(len(r.spans), func(i int) bool { return r.spans[i][0]+phrase.MaxWords >= first })
	for _, s := range r.spans[from:] {
		if s[0] > last {
			return false
		}
		if first <= s[1] {
			return true
		}
	}
	return false
}

// dropContained drops a name that lies within a longer one of the same sort:
// "Council" in "Council of Europe". Hits come in the order of their first word.
func dropContained(entries []entry, hits []hit) []hit {
	out := hits[:0]
	for i, h := range hits {
		contained := false
		for j := max(0, i-24); j < min(len(hits), i+24) && !contained; j++ {
			o := hits[j]
			contained = j != i && o.field == h.field && o.first <= h.first && o.last >= h.last && o.last-o.first > h.last-h.first &&
				entries[o.entry].what == entries[h.entry].what
		}
		if !contained {
			out = append(out, h)
		}
	}
	return out
}

func (r *reading) count() {
	for i := range r.counts {
		r.counts[i] = counts{first: -1}
	}
	for i, h := range r.terms {
		g := int(r.c.entries[h.entry].index)
		s := &r.sentences[h.sentence]
		s.groups[g>>6] |= 1 << (g & 63)
		n := &r.counts[g]
		if n.first < 0 {
			n.first = int32(i)
		}
		n.all++
		if h.field == fieldTitle {
			n.title++
		}
		if h.sentence < leadSentences {
			n.lead++
		}
		if h.quoted {
			n.quoted++
		}
	}
	r.countClues()
}

// span returns the words of a hit as evidence.
func (r *reading) span(h hit) policy.Span { return r.slice(h.field, h.start, h.end) }

func (r *reading) slice(field uint8, start, end uint32) policy.Span {
	return policy.Span{Field: fieldNames[field], Start: int(start), End: int(end), Text: r.texts[field][start:end]}
}
