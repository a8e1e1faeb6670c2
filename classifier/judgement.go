package classifier

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/classifier/model"
	"github.com/backdoorwatch/backdoorwatch/classifier/vocabulary"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Below these confidences a tag is absent: missing beats wrong.
const (
	relevantAt = 0.55
	hintedAt   = 0.45 // of relevance, where the beginning shows a dossier of the record
	stanceAt   = 0.3
	kindAt     = 0.2
)

// maxEvidence bounds the spans of one tag.
const maxEvidence = 5

// relevant decides whether the document is about encryption policy. A text
// without a word of encryption or of access to communications is not, whatever
// else it says.
func (r *reading) relevant(x []float64) policy.Tag {
	if !r.touches() {
		return policy.Tag{Value: "no", Confidence: 0.99, Reasons: []string{"no word of encryption or of access to private communication"}}
	}
	m := r.c.relevance
	p := m.Probabilities(m.Scores(x, nil))
	yes := slices.Index(m.Classes, "yes")
	class, value, sure := yes, "yes", p[yes]
	least := relevantAt
	if r.hinted > 0 {
		least = hintedAt
	}
	if p[yes] < least {
		class, value, sure = 1-yes, "no", 1-p[yes]
	}
	tag := policy.Tag{Value: value, Confidence: round(sure)}
	tag.Reasons, tag.Evidence = r.explain(m, x, nil, class)
	if value == "yes" && len(tag.Evidence) == 0 {
		tag.Evidence = r.evidenceOf(core)
	}
	return tag
}

// touches reports a word of encryption or of what the state does about it, or of
// access beside one that shows that communication is meant, not records or markets,
// or of back doors and keys beside one that shows that no house has them.
func (r *reading) touches() bool {
	access, doors := false, false
	for i := range r.sentences {
		s := &r.sentences[i]
		if s.hasAny(unmistakable) {
			return true
		}
		access, doors = access || s.hasAny(core), doors || s.hasAny(doorsAndKeys)
	}
	if access && r.hasAnyOf(accessCompany) || doors && (r.hasAnyOf(doorCompany) || slices.ContainsFunc(r.names, r.isActor)) {
		return true
	}
	return r.hinted > 0 || slices.ContainsFunc(r.names, func(h hit) bool {
		e := &r.c.entries[h.entry]
		return (e.what == whatDossier || e.what == whatID) && !e.ambiguous
	})
}

var (
	unmistakable  = setOf("encryption", "e2ee", "scanning", "hacking", "ban", "protection", "right", "vpnban", "traceability")
	doorsAndKeys  = setOf("backdoor", "keys")
	accessCompany = []int{group("messenger"), group("police"), group("interception"), group("surveillance"), group("vpn")}
	doorCompany   = append([]int{group("government"), group("parliament"), group("law"), group("court"), group("compel"), group("prohibit"), group("crime"), group("rights"),
		group("pro"), group("con"), group("oppose"), group("modal"), group("first"), group("mandate"), group("campaign"), group("engineering"), group("product"), group("breach")}, accessCompany...)
)

func (r *reading) hasAnyOf(groups []int) bool {
	return slices.ContainsFunc(groups, func(g int) bool { return r.counts[g].all > 0 })
}

func (r *reading) isActor(h hit) bool { return r.c.entries[h.entry].what == whatActor }

// kind decides what sort of document it is, with the source's usual kind and the
// site's as priors.
func (r *reading) kind(x []float64, doc policy.Document) policy.Tag {
	m := r.c.kinds
	used := r.wording()
	scores := m.Scores(x, wordsOf(used))
	var reasons []string
	boost := func(kind string, by float64, why string) {
		if i := slices.Index(m.Classes, kind); i >= 0 {
			scores[i] += by
			reasons = append(reasons, why)
		}
	}
	if doc.Kind != "" {
		boost(string(doc.Kind), sourcePrior, "its source usually publishes "+strings.ToLower(policy.Kinds.Label(doc.Kind)))
	}
	host, path := splitAddress(doc.URL)
	if place := r.c.shelf(path); place != "" {
		boost(place, pathPrior, "its address is among "+strings.ToLower(policy.Kinds.Label(policy.Kind(place))))
	} else if site := r.c.publisher(host); site != "" {
		boost(site, sitePrior, "its site usually publishes "+strings.ToLower(policy.Kinds.Label(policy.Kind(site))))
	}
	if r.bareReport() {
		boost(string(policy.KindNews), barePrior, "it is a headline that reports a step")
	}
	if len(doc.Steps) > 0 || len(doc.OfficialIDs) > 0 {
		boost(string(policy.KindLegislation), 2, "its source states a procedure")
	}
	p := m.Probabilities(scores)
	r.voiceless, r.stately = 0, 0
	for i, class := range m.Classes {
		r.voiceless += p[i] * voiceless[class]
		if class == string(policy.KindOfficial) || class == string(policy.KindLegislation) {
			r.stately += p[i]
		}
	}
	best := argmax(p)
	if p[best] < kindAt {
		return policy.Tag{}
	}
	tag := policy.Tag{Value: m.Classes[best], Confidence: round(p[best])}
	why, evidence := r.explain(m, x, used, best)
	tag.Reasons, tag.Evidence = firstReasons(append(matching(reasons, m.Classes[best]), why...)), evidence
	return tag
}

// matching keeps the priors that speak for the kind.
func matching(reasons []string, kind string) []string {
	label := strings.ToLower(policy.Kinds.Label(policy.Kind(kind)))
	return slices.DeleteFunc(reasons, func(s string) bool { return !strings.HasSuffix(s, label) && !strings.Contains(s, "procedure") })
}

// What the source, the site and the path of the address say about the kind, beside
// what the text itself shows.
const (
	sourcePrior = 2.5
	sitePrior   = 3.0
	pathPrior   = 3.0
)

// splitAddress returns host and path of an address in small letters.
func splitAddress(address string) (host, path string) {
	_, rest, ok := strings.Cut(strings.ToLower(address), "://")
	if !ok {
		return "", ""
	}
	host, path, _ = strings.Cut(rest, "/")
	path, _, _ = strings.Cut(path, "?")
	path, _, _ = strings.Cut(path, "#")
	return strings.TrimPrefix(host, "www."), path
}

// publisher returns the kind that a site usually publishes.
func (c *Classifier) publisher(host string) string {
	for host != "" {
		if kind := c.vocabulary.Publishers[host]; kind != "" {
			return kind
		}
		_, host, _ = strings.Cut(host, ".")
	}
	return ""
}

// maxSteps bounds the parts of a path that are looked at.
const maxSteps = 12

// shelf returns the kind that the path of an address speaks of: the deepest part
// that does.
func (c *Classifier) shelf(path string) string {
	kind := ""
	for n := 0; path != "" && n < maxSteps; n++ {
		var part string
		part, path, _ = strings.Cut(path, "/")
		if k := c.onShelf(part); k != "" {
			kind = k
		}
	}
	return kind
}

func (c *Classifier) onShelf(part string) string {
	if kind := c.vocabulary.Paths[part]; kind != "" {
		return kind
	}
	words := strings.Split(part, "-")
	for n := min(3, len(words)-1); n > 0; n-- {
		if kind := c.vocabulary.Paths[strings.Join(words[:n], "-")+"-*"]; kind != "" {
			return kind
		}
	}
	return ""
}

// barePrior is how much a headline that stands alone, and tells a formal step as
// done, speaks for news, and for a voice that takes no side.
const barePrior = 1.5

// bareReport reports such a headline.
func (r *reading) bareReport() bool {
	if r.words > r.titleWords {
		return false
	}
	for n := range r.sentences {
		if len(r.toldIn(uint32(n))) > 0 {
			return true
		}
	}
	return false
}

// neutralPrior is how much the kind of a document says about its voice: news and
// records take no side, opinion and campaigns do.
const neutralPrior = 1.0

// weakensPrior is how much it says for access that a document is a state's, and
// against it that it is not: who argues for access speaks for a state, most often.
const weakensPrior = 0.5

// voiceless is how much a document of each kind is expected to have no voice of its
// own.
var voiceless = map[string]float64{"news": 1, "legislation": 0.7, "ruling": 1, "consultation": 1, "research": 0.6, "other": 0.6, "official": 0.35, "company": 0.2}

// stance decides which side the document's own voice takes.
func (r *reading) stance(x []float64) policy.Tag {
	m := r.c.stances
	used := r.wording()
	scores := m.Scores(x, wordsOf(used))
	for i, class := range m.Classes {
		switch class {
		case string(policy.StanceNeutral):
			scores[i] += r.kindPrior()
			if r.bareReport() {
				scores[i] += barePrior
			}
		case string(policy.StanceWeakens):
			scores[i] += weakensPrior * (2*r.stately - 1)
		}
	}
	p := m.Probabilities(scores)
	best := argmax(p)
	if p[best] < stanceAt {
		return policy.Tag{}
	}
	tag := policy.Tag{Value: m.Classes[best], Confidence: round(p[best])}
	tag.Reasons, tag.Evidence = r.explain(m, x, used, best)
	return tag
}

// kindPrior is what the kind says for taking no side; the more a report argues in
// its own voice, the less its being a report says.
func (r *reading) kindPrior() float64 {
	prior := neutralPrior * (2*r.voiceless - 1)
	if prior > 0 {
		prior /= 1 + 0.5*float64(r.arguments)
	}
	return prior
}

func argmax(p []float64) int {
	best := 0
	for i := range p {
		if p[i] > p[best] {
			best = i
		}
	}
	return best
}

func round(p float64) float64 { return math.Round(min(max(p, 0), 1)*1000) / 1000 }

// part is what one feature adds to the score of a class; the choice of words is one
// part together.
type part struct {
	feature int // -1 for the words
	weight  float64
}

// explain names the three features that speak most for a class, in words, and
// shows words of the text behind them.
func (r *reading) explain(m *model.Linear, x []float64, used []usage, class int) ([]string, []policy.Span) {
	var reasons []string
	var spans []policy.Span
	for _, p := range partsFor(m, x, used, class) {
		reason, evidence := "", []policy.Span(nil)
		if p.feature < 0 {
			reason, evidence = chosenWords(m, used, class)
		} else {
			reason, evidence = r.inWords(r.c.features[p.feature])
		}
		if reason == "" || slices.Contains(reasons, reason) {
			continue
		}
		reasons = append(reasons, reason)
		spans = addSpans(spans, evidence)
		if len(reasons) == 3 {
			break
		}
	}
	return reasons, spans
}

// leastPart is the least that a part must add to be a reason.
const leastPart = 0.02

// partsFor returns what speaks for a class, the strongest first.
func partsFor(m *model.Linear, x []float64, used []usage, class int) []part {
	var parts []part
	for i, v := range x {
		if v == 0 {
			continue
		}
		if w := m.Contribution(x, class, i); w > leastPart {
			parts = append(parts, part{i, w})
		}
	}
	words := 0.0
	for _, u := range used {
		words += m.WordContribution(u.Word, class)
	}
	if words > leastPart {
		parts = append(parts, part{-1, words})
	}
	slices.SortStableFunc(parts, func(a, b part) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.feature, b.feature))
	})
	return parts
}

// shortWord is the length, in bytes, of words that say nothing to a reader.
const shortWord = 4

// chosenWords names the words that speak most for a class.
func chosenWords(m *model.Linear, used []usage, class int) (string, []policy.Span) {
	strongest := slices.DeleteFunc(slices.Clone(used), func(u usage) bool { return len(u.span.Text) <= shortWord })
	slices.SortStableFunc(strongest, func(a, b usage) int {
		return cmp.Compare(m.WordContribution(b.Word, class), m.WordContribution(a.Word, class))
	})
	var spans []policy.Span
	for _, u := range strongest[:min(len(strongest), 3)] {
		if m.WordContribution(u.Word, class) > 0 {
			spans = append(spans, u.span)
		}
	}
	if words := quoteWords(spans); words != "" {
		return "its choice of words: " + words, spans
	}
	return "", nil
}

func firstReasons(reasons []string) []string { return reasons[:min(len(reasons), 3)] }

func addSpans(spans, more []policy.Span) []policy.Span {
	for _, s := range more {
		if len(spans) < maxEvidence && !slices.Contains(spans, s) {
			spans = append(spans, s)
		}
	}
	return spans
}

// inWords says what a feature means in this document.
func (r *reading) inWords(feature string) (string, []policy.Span) {
	place, name, ok := strings.Cut(feature, ":")
	if !ok {
		return singleInWords[feature], nil
	}
	g := slices.Index(vocabulary.Groups, name)
	if g < 0 {
		return "", nil
	}
	spans := r.evidenceOf(&groupSet{uint64(bitAt(g, 0)), uint64(bitAt(g, 1))})
	words := quoteWords(spans)
	if words == "" {
		return "", nil
	}
	subject := groupInWords[name]
	switch place {
	case "with core", "title with core":
		return fmt.Sprintf("%s beside encryption or access: %s", subject, words), spans
	}
	return fmt.Sprintf("%s: %s", subject, words), spans
}

func bitAt(g, word int) uint64 {
	if g>>6 != word {
		return 0
	}
	return 1 << (g & 63)
}

func quoteWords(spans []policy.Span) string {
	var words []string
	for _, s := range spans {
		if w := "“" + strings.Join(strings.Fields(s.Text), " ") + "”"; len(words) < 2 && !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return strings.Join(words, ", ")
}

// evidenceOf returns the first words of the groups in a set, those that share a
// sentence with encryption first.
func (r *reading) evidenceOf(set *groupSet) []policy.Span {
	var near, far []policy.Span
	for _, h := range r.terms {
		g := r.c.entries[h.entry].index
		if set[g>>6]>>(g&63)&1 == 0 {
			continue
		}
		if r.sentences[h.sentence].hasAny(core) {
			near = addSpans(near, []policy.Span{r.span(h)})
		} else {
			far = addSpans(far, []policy.Span{r.span(h)})
		}
		if len(near) == 3 {
			break
		}
	}
	spans := append(near, far...)
	return spans[:min(len(spans), 3)]
}

var singleInWords = map[string]string{
	"policy in one sentence":                 "one sentence ties encryption to law, government or courts",
	"policy with ciphers in one sentence":    "one sentence ties encryption itself to law, government or courts",
	"policy in the title":                    "the title speaks of law, government or courts",
	"share of core sentences":                "much of the text is about encryption or access",
	"core in the lead":                       "the beginning is about encryption or access",
	"short":                                  "it is short",
	"length":                                 "its length",
	"named dossiers":                         "it names a dossier of the record",
	"named dossier in the lead":              "it names a dossier of the record at its beginning",
	"official id":                            "it contains an official id",
	"core in the title":                      "the title is about encryption or access",
	"pro over con":                           "more arguments for encryption than for access",
	"con over pro":                           "more arguments for access than for encryption",
	"quotes":                                 "how much it quotes",
	"questions":                              "how much it asks",
	"exclamations":                           "how much it exclaims",
	"links":                                  "how many addresses it lists",
	"own arguments for encryption":           "it argues for encryption in its own voice",
	"own arguments for access":               "it argues for access in its own voice",
	"reported arguments for encryption":      "it reports arguments for encryption",
	"reported arguments for access":          "it reports arguments for access",
	"own judging words":                      "it judges in its own voice",
	"balance of own arguments":               "which side its own arguments take",
	"crime beside ciphers in its own voice":  "it ties encryption to crime in its own voice",
	"rights beside ciphers in its own voice": "it ties encryption to rights in its own voice",
	"own demands":                            "it says in its own voice what must be",
	"own first person":                       "its author speaks as I or we",
	"title asks":                             "its title is a question",
	"title length":                           "the length of its title",
	"signs of code":                          "signs of program code or of a list",
	"digits":                                 "how many numbers it contains",
	"stages":                                 "it reports formal steps",
}

var groupInWords = map[string]string{
	"encryption": "encryption", "e2ee": "encrypted communication", "backdoor": "ways around encryption", "scanning": "scanning of messages", "access": "access to communication",
	"hacking": "hacking by the state", "keys": "keys and passwords", "retention": "data retention", "interception": "interception", "traceability": "traceability",
	"licensing": "licences", "ban": "a ban", "age": "age checks", "vpnban": "limits on VPNs", "right": "a right to encrypt", "protection": "protection of encryption",
	"mandate": "a duty to encrypt", "export": "export control", "messenger": "messengers", "vpn": "VPNs", "government": "government", "parliament": "parliament",
	"law": "law", "police": "police and services", "court": "courts", "compel": "compulsion", "prohibit": "prohibition", "crime": "crime", "rights": "rights",
	"surveillance": "surveillance", "break": "weakening", "pro": "arguments for encryption", "con": "arguments for access", "oppose": "opposition", "support": "demands and support",
	"negation": "negation", "report": "reported speech", "loaded": "judging words", "first": "the author speaks as I or we", "you": "the reader is spoken to", "modal": "words that say what must be", "engineering": "engineering", "product": "products",
	"breach": "breaches and attacks", "currency": "cryptocurrencies", "offtopic": "other subjects", "casework": "an ordinary criminal case", "research": "research", "consultation": "a consultation",
	"statute": "the language of statutes", "ruling": "the language of judgments", "speech": "the language of speeches and releases", "campaign": "the language of campaigns",
	"corporate": "the language of companies", "opinion": "the language of opinion", "dateline": "the language of news", "format": "what sort of medium it is",
}
