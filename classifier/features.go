package classifier

import (
	"math"
	"slices"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/classifier/vocabulary"
)

// Core groups are about encryption itself; policy groups are about power over it.
var (
	core       = setOf("encryption", "e2ee", "backdoor", "scanning", "access", "hacking", "keys", "ban", "protection", "right", "vpnban", "traceability")
	ciphers    = setOf("encryption", "e2ee", "backdoor", "scanning", "ban", "protection", "right", "keys")
	policies   = []string{"government", "parliament", "law", "police", "court", "compel", "prohibit"}
	companions = []string{"government", "parliament", "law", "police", "court", "compel", "prohibit", "crime", "rights", "surveillance", "break",
		"messenger", "vpn", "pro", "con", "oppose", "support", "report", "loaded", "first", "negation", "engineering", "product", "breach", "currency"}
	policySets = sets(policies)
	pairSets   = sets(companions)
	groupPro   = group("pro")
	groupCon   = group("con")

	groupFunction = group("function")
	groupBlock    = group("block")
)

func sets(names []string) []*groupSet {
	out := make([]*groupSet, len(names))
	for i, n := range names {
		out[i] = setOf(n)
	}
	return out
}

// featureGroups are the groups that features are made of.
var featureGroups = usedGroups()

func usedGroups() []int {
	var out []int
	for i, g := range vocabulary.Groups {
		if !forSteps(g) && g != "function" && g != "block" {
			out = append(out, i)
		}
	}
	return out
}

// Groups that only tell formal steps, see events.go: by name, and by how their
// names begin.
var (
	stepGroups   = []string{"past", "bill", "unreal", "new", "paper"}
	stepPrefixes = []string{"form-", "stage-", "step-", "body-"}
)

func forSteps(g string) bool {
	return slices.Contains(stepGroups, g) ||
		slices.ContainsFunc(stepPrefixes, func(prefix string) bool { return strings.HasPrefix(g, prefix) })
}

// single features, after those by group and by pair.
var singles = []string{"policy in one sentence", "policy with ciphers in one sentence", "policy in the title", "share of core sentences", "core in the lead",
	"length", "short", "named dossiers", "named dossier in the lead", "official id", "core in the title", "pro over con", "con over pro", "quotes", "questions", "exclamations", "stages", "links", "digits",
	"own arguments for encryption", "own arguments for access", "reported arguments for encryption", "reported arguments for access", "own judging words", "balance of own arguments",
	"crime beside ciphers in its own voice", "rights beside ciphers in its own voice", "own demands", "title asks", "title length", "signs of code", "own first person"}

// FeatureNames are the names of all features, in the order of a feature vector.
func FeatureNames() []string {
	var names []string
	for _, g := range featureGroups {
		n := vocabulary.Groups[g]
		names = append(names, "title:"+n, "lead:"+n, "count:"+n, "density:"+n)
	}
	for _, n := range companions {
		names = append(names, "with core:"+n, "title with core:"+n)
	}
	return append(names, singles...)
}

// features fills x, which must be as long as FeatureNames.
func (r *reading) features(x []float64) {
	i := 0
	put := func(v float64) { x[i] = v; i++ }
	words := float64(max(r.words, 8))
	for _, g := range featureGroups {
		n := r.counts[g]
		put(float64(min(n.title, 2)) / 2)
		put(float64(min(n.lead, 4)) / 4)
		put(saturated(n.all, 12))
		put(min(1, float64(n.all)*12/words))
	}
	s := r.survey()
	r.arguments = s.ownPro + s.ownCon
	for k := range companions {
		put(saturated(s.pairs[k], 6))
		put(float64(min(s.titlePairs[k], 1)))
	}
	pro, con := float64(r.counts[groupPro].all), float64(r.counts[groupCon].all)
	for _, v := range [...]float64{float64(s.best) / 7, float64(s.bestCipher) / 7, float64(s.titlePolicies) / 7, float64(s.core) / float64(max(len(r.sentences), 1)), float64(min(s.leadCore, 3)) / 3,
		math.Log1p(words) / 8, bit(words < 60), saturated(s.dossiers, 3), bit(s.leadDossiers > 0), bit(s.ids > 0), bit(s.titleCore),
		pro / (pro + con + 2), con / (pro + con + 2), s.quotes, s.questions, s.exclamations, saturated(s.stages, 4), s.links, s.digits,
		saturated(s.ownPro, 6), saturated(s.ownCon, 6), saturated(s.toldPro, 6), saturated(s.toldCon, 6), saturated(s.ownLoaded, 4),
		float64(s.ownPro-s.ownCon) / float64(s.ownPro+s.ownCon+1), saturated(s.ownCrime, 4), saturated(s.ownRights, 4),
		saturated(s.ownDemands, 4), bit(strings.ContainsAny(r.texts[fieldTitle], "?？؟")), min(1, float64(r.titleWords)/16), s.code, min(1, float64(s.ownFirst)*2/float64(max(len(r.sentences), 2)))} {
		put(v)
	}
}

func bit(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// saturated grows with the logarithm of n and reaches 1 at full.
func saturated(n, full int) float64 {
	return min(1, math.Log1p(float64(n))/math.Log1p(float64(full)))
}

// survey is what the sentences of a document show together.
type survey struct {
	pairs, titlePairs                []int
	best, bestCipher, titlePolicies  int
	core, leadCore                   int
	titleCore                        bool
	dossiers, leadDossiers, ids      int
	stages                           int
	quotes, questions, exclamations  float64
	links, digits                    float64
	ownPro, ownCon, toldPro, toldCon int // sentences that argue, in the document's own voice or another's
	ownLoaded, ownCrime, ownRights   int
	ownDemands, ownFirst             int // sentences that say what must be, and that say "I" or "we"
	code                             float64
}

func (r *reading) survey() survey {
	s := survey{pairs: make([]int, len(companions)), titlePairs: make([]int, len(companions))}
	for n := range r.sentences {
		s.sentence(&r.sentences[n], n)
	}
	for _, h := range r.names {
		e := &r.c.entries[h.entry]
		if e.ambiguous {
			continue
		}
		switch e.what {
		case whatDossier:
			s.dossiers++
			if h.sentence < leadSentences {
				s.leadDossiers++
			}
		case whatID:
			s.ids++
		}
	}
	s.dossiers += r.hinted
	s.leadDossiers += r.hinted
	s.punctuation(r)
	return s
}

func (s *survey) sentence(one *sentence, n int) {
	policies := 0
	for _, set := range policySets {
		if one.hasAny(set) {
			policies++
		}
	}
	if one.field == fieldTitle {
		s.titlePolicies = max(s.titlePolicies, policies)
	}
	if one.hasAny(stageSet) {
		s.stages++
	}
	s.voice(one)
	if !one.hasAny(core) {
		return
	}
	s.core++
	if n < leadSentences {
		s.leadCore++
	}
	s.best = max(s.best, policies)
	if one.hasAny(ciphers) {
		s.bestCipher = max(s.bestCipher, policies)
	}
	s.titleCore = s.titleCore || one.field == fieldTitle
	for k, set := range pairSets {
		if one.hasAny(set) {
			s.pairs[k]++
			if one.field == fieldTitle {
				s.titlePairs[k]++
			}
		}
	}
}

var (
	proSet, conSet      = setOf("pro"), setOf("con")
	loadedSet           = setOf("loaded")
	modalSet            = setOf("modal")
	crimeSet, rightsSet = setOf("crime"), setOf("rights", "surveillance")
	tellingSet          = setOf("report", "oppose", "support")
	reportSet           = setOf("report")
)

// voice counts arguments by whose they are: a sentence that reports, or that says
// who opposes or supports, tells what others think.
func (s *survey) voice(one *sentence) {
	told := one.quoted*2 > one.words || one.hasAny(reportSet) || one.hasAny(tellingSet) && !one.hasAny(firstSet)
	for _, c := range [...]struct {
		set       *groupSet
		own, told *int
	}{{proSet, &s.ownPro, &s.toldPro}, {conSet, &s.ownCon, &s.toldCon}} {
		if !one.hasAny(c.set) {
			continue
		}
		if told {
			*c.told++
		} else {
			*c.own++
		}
	}
	if told {
		return
	}
	if one.hasAny(loadedSet) {
		s.ownLoaded++
	}
	if one.hasAny(modalSet) {
		s.ownDemands++
	}
	if one.hasAny(firstSet) {
		s.ownFirst++
	}
	if one.hasAny(ciphers) && one.hasAny(crimeSet) {
		s.ownCrime++
	}
	if one.hasAny(ciphers) && one.hasAny(rightsSet) {
		s.ownRights++
	}
}

var firstSet = setOf("first")

var stageSet = stageGroups()

func stageGroups() *groupSet {
	var names []string
	for _, g := range vocabulary.Groups {
		if strings.HasPrefix(g, "stage-") {
			names = append(names, g)
		}
	}
	return setOf(names...)
}

var isDigit, isSign = bytesOf("0123456789"), bytesOf("{}<>=;|_#\\$*`~")

// bytesOf has a one for each byte of the list.
func bytesOf(list string) (set [256]uint8) {
	for _, c := range []byte(list) {
		set[c] = 1
	}
	return set
}

func (s *survey) punctuation(r *reading) {
	body := r.texts[fieldText]
	if r.window[1] > 0 && r.sentences[len(r.sentences)-1].field == fieldText {
		body = body[r.window[0]:r.window[1]]
	}
	text := r.texts[fieldTitle] + " " + body[:min(len(body), 20000)]
	per := float64(max(len(r.sentences), 1))
	s.quotes = min(1, float64(strings.Count(text, "“")+strings.Count(text, "\"")/2+strings.Count(text, "«")+strings.Count(text, "„"))/per)
	s.questions = min(1, float64(strings.Count(text, "?"))/per)
	s.exclamations = min(1, float64(strings.Count(text, "!"))/per)
	s.links = min(1, float64(strings.Count(text, "http"))*20/float64(max(r.words, 20)))
	digits, signs := 0, 0
	for i := range len(text) {
		digits += int(isDigit[text[i]])
		signs += int(isSign[text[i]])
	}
	s.code = min(1, float64(signs)*25/float64(len(text)))
	s.digits = min(1, float64(digits)*8/float64(len(text)))
}
