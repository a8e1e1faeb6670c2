package classifier

import (
	"cmp"
	"slices"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/classifier/vocabulary"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// measureGroups are the groups of the vocabulary that show a measure.
var measureGroups = []struct {
	measure policy.Measure
	group   int
}{
	{"backdoor-mandate", group("backdoor")}, {"client-side-scanning", group("scanning")}, {"traceability", group("traceability")}, {"key-disclosure", group("keys")},
	{"lawful-access-capability", group("access")}, {"data-retention", group("retention")}, {"device-hacking", group("hacking")}, {"interception", group("interception")},
	{"provider-licensing", group("licensing")}, {"encryption-ban", group("ban")}, {"age-verification", group("age")}, {"vpn-restriction", group("vpnban")},
	{"right-to-encrypt", group("right")}, {"e2ee-protection", group("protection")}, {"security-mandate", group("mandate")}, {"export-control", group("export")},
}

// composed are measures that several groups in one sentence show together, with
// no phrase of the measure's own.
var composed = map[policy.Measure][][]*groupSet{
	"lawful-access-capability": {{setOf("police", "court"), setOf("compel", "support"), setOf("encryption", "e2ee", "messenger")}},
	"backdoor-mandate":         {{setOf("government", "law", "parliament"), setOf("break"), setOf("encryption", "e2ee")}},
	"encryption-ban":           {{setOf("government", "law", "parliament"), setOf("prohibit"), setOf("encryption", "e2ee")}},
	// "the law must forbid that encryption is broken", "nothing obliges anybody to weaken it"
	"e2ee-protection": {
		{setOf("prohibit", "negation"), setOf("break", "backdoor"), setOf("encryption", "e2ee"), setOf("law", "government", "parliament", "court", "compel")},
	},
	"vpn-restriction": {{setOf("vpn"), setOf("law", "government", "court"), setOf("licensing", "compel", "prohibit")}},
}

// composedIn scores the sentences that show a measure together, and returns the
// groups that are its evidence.
func (r *reading) composedIn(m policy.Measure) (float64, *groupSet) {
	score, words := 0.0, (*groupSet)(nil)
	for _, sets := range composed[m] {
		for i := range r.sentences {
			s := &r.sentences[i]
			if s.words > 80 || score > 1.2 || slices.ContainsFunc(sets, func(g *groupSet) bool { return !s.hasAny(g) }) {
				continue
			}
			score += 0.2
			if i < leadSentences {
				score += 0.25
			}
			words = sets[min(2, len(sets)-1)]
		}
	}
	return score, words
}

// The least score of a measure, its least part of the strongest one's, and how
// many a text has at most.
const (
	measureLeast = 0.55
	measurePart  = 0.22
	maxMeasures  = 4
)

// What the record of the dossiers says about the measures of a text: a measure of
// the main one needs fewer words, its first one none, and a measure of none of
// them needs more, since people describe one measure by the name of another.
const (
	sureDossier   = 1.5 // score from which its first measure needs no words
	usualFactor   = 1.2
	usualBonus    = 0.25
	firstBonus    = 0.6
	firstScore    = 0.6 // of the first measure without words
	unusualFactor = 0.6
)

// scoredMeasure is how much speaks for one measure, and what.
type scoredMeasure struct {
	measure policy.Measure
	group   int
	score   float64
	usual   bool
	words   *groupSet // its evidence; nil where only the dossier shows it
}

// measures are those that the text itself discusses, with what the record says of
// its dossiers.
func (r *reading) measures(found dossiers) []policy.Tag {
	list := r.scoredMeasures(found)
	var tags []policy.Tag
	for _, s := range list {
		if s.score < measureLeast || s.score < measurePart*list[0].score || len(tags) == maxMeasures {
			break
		}
		tags = append(tags, r.measureTag(s, found))
	}
	return tags
}

func (r *reading) scoredMeasures(found dossiers) []scoredMeasure {
	var list []scoredMeasure
	said := r.said()
	for _, m := range measureGroups {
		n := said[m.group]
		together, words := r.composedIn(m.measure)
		s := scoredMeasure{measure: m.measure, group: m.group, words: words}
		if n.all > 0 {
			s.words = &groupSet{bitAt(m.group, 0), bitAt(m.group, 1)}
		}
		s.score = together + 1.2*float64(min(n.title, 1)) + 0.5*float64(min(n.lead, 2)) + 0.3*float64(min(n.all, 5))
		if r.weighByRecord(&s, found, said); s.score > 0 {
			list = append(list, s)
		}
	}
	if slices.ContainsFunc(list, func(s scoredMeasure) bool { return s.words != nil && s.usual && s.score >= measureLeast }) {
		list = slices.DeleteFunc(list, func(s scoredMeasure) bool { return s.words == nil })
	}
	slices.SortStableFunc(list, func(a, b scoredMeasure) int { return cmp.Compare(b.score, a.score) })
	return list
}

// weighByRecord adds what the dossiers of the text say about a measure.
func (r *reading) weighByRecord(s *scoredMeasure, found dossiers, said []counts) {
	if len(found) == 0 {
		return
	}
	rank := slices.Index(r.c.base.Dossiers[found[0].dossier].Measures, s.measure)
	switch {
	case rank == 0 && s.score == 0:
		if found[0].score >= sureDossier && (s.measure != "e2ee-protection" || r.c.base.Dossiers[found[0].dossier].Kind != "statement") && discusses(said) {
			s.score, s.usual = firstScore, true
		}
	case rank == 0:
		s.score, s.usual = s.score*usualFactor+firstBonus, true
	case rank >= 0 && s.score > 0:
		s.score, s.usual = s.score*usualFactor+usualBonus, true
	case rank < 0 && !slices.ContainsFunc(found, func(d *dossierScore) bool { return slices.Contains(r.c.base.Dossiers[d.dossier].Measures, s.measure) }):
		s.score *= unusualFactor
	}
}

// discusses reports a text that speaks of encryption, or of a way around it, beyond
// the tags and addresses that it lists.
func discusses(said []counts) bool {
	for g := range said {
		if said[g].all > 0 && core[g>>6]>>(g&63)&1 != 0 {
			return true
		}
	}
	return false
}

// said counts the groups anew without what stands in tags and addresses: those name
// a subject and discuss nothing.
func (r *reading) said() []counts {
	said := slices.Clone(r.counts)
	for _, h := range r.terms {
		if !r.inAddress(h) {
			continue
		}
		n := &said[r.c.entries[h.entry].index]
		n.all--
		if h.field == fieldTitle {
			n.title--
		}
		if h.sentence < leadSentences {
			n.lead--
		}
	}
	return said
}

// maxAddress bounds how far the beginning of an address is looked for.
const maxAddress = 200

// inAddress reports words of a tag ("#chatcontrol") or of the address of a page.
func (r *reading) inAddress(h hit) bool {
	before := r.texts[h.field][max(0, int(h.start)-maxAddress):h.start]
	before = before[strings.LastIndexAny(before, " \n\t")+1:]
	return strings.HasPrefix(before, "#") || strings.Contains(before, "://") || strings.HasPrefix(before, "www.")
}

func (r *reading) measureTag(s scoredMeasure, found dossiers) policy.Tag {
	tag := policy.Tag{Value: string(s.measure), Confidence: round(0.35 + 0.65*s.score/(s.score+0.8))}
	if s.words != nil {
		tag.Evidence = r.evidenceOf(s.words)
		tag.Reasons = append(tag.Reasons, groupInWords[vocabulary.Groups[s.group]]+": "+quoteWords(tag.Evidence))
	} else {
		for _, h := range found[0].hits[:min(len(found[0].hits), 3)] {
			tag.Evidence = addSpans(tag.Evidence, []policy.Span{r.span(h)})
		}
	}
	if s.usual {
		tag.Reasons = append(tag.Reasons, "a measure of its main dossier")
	}
	return tag
}

// maxActors bounds the actors of a document.
const maxActors = 12

// actors are those that the text names, the ones named most and first before.
func (r *reading) actors() []policy.Tag {
	type named struct {
		actor int
		score float64
		hits  []hit
	}
	var list []*named
	byActor := map[int]*named{}
	for _, h := range r.names {
		e := &r.c.entries[h.entry]
		if e.what != whatActor {
			continue
		}
		n := byActor[int(e.index)]
		if n == nil {
			n = &named{actor: int(e.index)}
			byActor[n.actor] = n
			list = append(list, n)
		}
		n.hits = append(n.hits, h)
		n.score += r.emphasis(h) / float64(len(n.hits))
	}
	slices.SortStableFunc(list, func(a, b *named) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return a.actor - b.actor
	})
	var tags []policy.Tag
	for _, n := range list[:min(len(list), maxActors)] {
		tag := policy.Tag{Value: r.c.base.Actors[n.actor].ID, Confidence: round(0.5 + 0.5*n.score/(n.score+2))}
		for _, h := range n.hits[:min(len(n.hits), 3)] {
			tag.Evidence = append(tag.Evidence, r.span(h))
		}
		tag.Reasons = []string{"it is named: " + quoteWords(tag.Evidence)}
		tags = append(tags, tag)
	}
	return tags
}
