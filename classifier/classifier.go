// Package classifier says what a document means: whether it is about encryption
// policy, what kind of document it is, which jurisdictions it concerns, which side
// its own voice takes, which measures, dossiers and actors it speaks of, who takes
// which position, and whether a new formal step is its news. Each tag carries the
// words that caused it.
//
// It is a pure function of the document and the record: no input or output, no
// clock, no state. One pass over the text finds all names and phrases; small
// linear models over what was found decide, see docs/classifier.md.
package classifier

import (
	_ "embed"
	"fmt"
	"hash/fnv"
	"sync"

	"github.com/backdoorwatch/backdoorwatch/classifier/lexeme"
	"github.com/backdoorwatch/backdoorwatch/classifier/model"
	"github.com/backdoorwatch/backdoorwatch/classifier/phrase"
	"github.com/backdoorwatch/backdoorwatch/classifier/vocabulary"
	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// rulesVersion changes with every change of what the code decides.
const rulesVersion = "2"

//go:embed weights.json
var weights []byte

// Classifier tags documents. It is safe for concurrent use.
type Classifier struct {
	base       *knowledge.Base
	vocabulary *vocabulary.Vocabulary
	automaton  *phrase.Automaton
	entries    []entry
	languages  []string // by bit of a language mask
	bits       map[string]int
	banEntry   uint32 // of a ban that two words show together
	vpnEntry   uint32
	rhetoric   rhetoric
	hints      []hint
	hintCount  int
	places     map[string]int // code → number
	actors     map[string]int
	dossiers   map[string]int
	yields     map[int][]int // dossier → those before which it gives way
	brings     map[int][]int // dossier → those that a text about it speaks of as well
	features   []string
	folder     *lexeme.Folder
	lexicon    *model.Lexicon // the words that the models know
	relevance  *model.Linear  // nil before training
	kinds      *model.Linear
	stances    *model.Linear
	version    string
	pool       sync.Pool
}

// New builds the classifier over a record. It fails, wrapping policy.ErrConfig,
// where the vocabulary or the trained models do not fit the program.
func New(base *knowledge.Base) (*Classifier, error) {
	c, err := Untrained(base)
	if err != nil {
		return nil, err
	}
	if err := c.Use(weights); err != nil {
		return nil, err
	}
	return c, nil
}

// Untrained builds a classifier without models, for training: it finds features
// and tags nothing as relevant.
func Untrained(base *knowledge.Base) (*Classifier, error) {
	v, err := vocabulary.Load()
	if err != nil {
		return nil, fmt.Errorf("loading the vocabulary: %w", err)
	}
	c := &Classifier{base: base, vocabulary: v, features: FeatureNames(), bits: map[string]int{}}
	c.folder, c.lexicon = lexeme.NewFolder(), model.NewLexicon(nil)
	x := &index{builder: phrase.NewBuilder(c.folder), seen: map[seenKey]uint32{}, langs: c.bits}
	if c.hints, c.hintCount, err = x.build(v, base); err != nil {
		return nil, err
	}
	c.banEntry, c.vpnEntry = x.addComposed("ban"), x.addComposed("vpnban")
	c.automaton, c.entries = x.builder.Build(), x.entries
	if c.rhetoric, err = newRhetoric(v, c.folder, c.bits); err != nil {
		return nil, fmt.Errorf("building the words of positions: %w", err)
	}
	c.languages = make([]string, len(c.bits))
	for lang, i := range c.bits {
		c.languages[i] = lang
	}
	c.number()
	c.pool.New = func() any { return c.newReading() }
	c.version = fmt.Sprintf("%s-untrained-%s", rulesVersion, base.Version)
	return c, nil
}

func (c *Classifier) number() {
	c.places, c.actors, c.dossiers = map[string]int{}, map[string]int{}, map[string]int{}
	for i, p := range c.base.Jurisdictions {
		c.places[p.Code] = i
	}
	for i, a := range c.base.Actors {
		c.actors[a.ID] = i
	}
	for i, d := range c.base.Dossiers {
		c.dossiers[d.ID] = i
	}
	c.yields, c.brings = c.related(c.vocabulary.Yields), c.related(c.vocabulary.Brings)
}

// related numbers a relation of dossiers; an operator may have removed some from the
// record.
func (c *Classifier) related(ids map[string][]string) map[int][]int {
	out := map[int][]int{}
	for id, to := range ids {
		d, ok := c.dossiers[id]
		for _, id := range to {
			if o, there := c.dossiers[id]; ok && there {
				out[d] = append(out[d], o)
			}
		}
	}
	return out
}

// Use gives the classifier trained models, as package training writes them.
func (c *Classifier) Use(body []byte) error {
	set, err := model.Unmarshal(body)
	if err != nil {
		return fmt.Errorf("%w: %w", policy.ErrConfig, err)
	}
	c.lexicon = set.Lexicon
	for name, into := range map[string]**model.Linear{"relevance": &c.relevance, "kind": &c.kinds, "stance": &c.stances} {
		m := set.Models[name]
		if m == nil {
			return fmt.Errorf("%w: the models lack one for %s: train them again", policy.ErrConfig, name)
		}
		if err := m.Bind(c.features, c.lexicon); err != nil {
			return fmt.Errorf("%w: model %s: %w", policy.ErrConfig, name, err)
		}
		*into = m
	}
	h := fnv.New32a()
	_, _ = h.Write(body)
	c.version = fmt.Sprintf("%s-%08x-%s", rulesVersion, h.Sum32(), c.base.Version)
	return nil
}

// Version names the rules, the models and the record: the same version gives the
// same tags for the same document.
func (c *Classifier) Version() string { return c.version }

// Features returns the features of a document, in the order of FeatureNames.
func (c *Classifier) Features(doc policy.Document) []float64 {
	r := c.pool.Get().(*reading)
	defer c.pool.Put(r)
	r.read(doc)
	x := make([]float64, len(c.features))
	r.features(x)
	return x
}

// Touches reports whether a document has a word of encryption or of access to
// communications: only then is the model of relevance asked.
func (c *Classifier) Touches(doc policy.Document) bool {
	r := c.pool.Get().(*reading)
	defer c.pool.Put(r)
	r.read(doc)
	return r.touches()
}

// Words returns the words of a document that models may read, folded as they know
// them, in order: those of the title begin with "^".
func (c *Classifier) Words(doc policy.Document) []string {
	r := c.pool.Get().(*reading)
	defer c.pool.Put(r)
	r.read(doc)
	var words []string
	r.eachWord(func(word []byte, _ policy.Span) { words = append(words, string(word)) })
	return words
}

// Language returns the language of a document as the classifier sees it.
func (c *Classifier) Language(doc policy.Document) string {
	r := c.pool.Get().(*reading)
	defer c.pool.Put(r)
	r.read(doc)
	return r.lang
}

func (c *Classifier) newReading() *reading {
	return &reading{c: c, small: make([]int, len(c.languages)), counts: make([]counts, len(vocabulary.Groups)),
		hints: make([]bool, c.hintCount), leadHints: make([]bool, c.hintCount)}
}

// masks returns the languages whose words count in a text of this language, and
// the mask of English.
func (c *Classifier) masks(lang string) (own, english languages) {
	english = bitOf(c.bits["en"])
	if i, ok := c.bits[lang]; ok {
		return bitOf(i), english
	}
	return unknownWords, english
}

// maxPooled bounds the memory that one reading keeps for the next.
const maxPooled = 1 << 16

func (c *Classifier) release(r *reading) {
	for f := range r.texts {
		r.texts[f] = ""
		if cap(r.scratch[f].Words) > maxPooled {
			r.scratch[f] = phrase.Scratch{}
		}
	}
	if cap(r.raw) > maxPooled {
		*r = *c.newReading()
	}
	c.pool.Put(r)
}

// Classify returns the tags of a document. What is not sure enough is absent.
func (c *Classifier) Classify(doc policy.Document) policy.Tags {
	r := c.pool.Get().(*reading)
	defer c.release(r)
	r.read(doc)
	x := make([]float64, len(c.features))
	r.features(x)
	tags := policy.Tags{Version: c.version, Language: r.lang}
	if c.relevance == nil {
		return tags
	}
	tags.Kind = r.kind(x, doc)
	if r.long() {
		return r.classifyLong(doc, tags)
	}
	tags.Relevant = r.relevant(x)
	return r.rest(doc, tags, x)
}

// classifyLong judges a long text by its passages; its kind is that of the whole.
func (r *reading) classifyLong(doc policy.Document, tags policy.Tags) policy.Tags {
	relevant, x, view := r.judgePassages()
	tags.Relevant = relevant
	view.voiceless, view.stately = r.voiceless, r.stately
	return view.rest(doc, tags, x)
}

// rest adds the tags that only a relevant document has.
func (r *reading) rest(doc policy.Document, tags policy.Tags, x []float64) policy.Tags {
	if !tags.IsRelevant() {
		return tags
	}
	scored := r.placeScores(doc)
	dossiers := r.findDossiers(doc, scored)
	tags.Dossiers = dossiers.tags(r)
	tags.Jurisdictions = r.jurisdictions(scored, dossiers)
	tags.Measures = r.measures(dossiers)
	tags.Actors = r.actors()
	tags.Positions = r.positions(dossiers)
	tags.Stance = r.stance(x)
	tags.Event, tags.EventDate = r.event(doc, tags)
	return tags
}
