package classifier

import (
	"slices"

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
var composed = map[policy.Measure][]*groupSet{
	"lawful-access-capability": {setOf("police", "court"), setOf("compel", "support"), setOf("encryption", "e2ee", "messenger")},
	"backdoor-mandate":         {setOf("government", "law", "parliament"), setOf("break"), setOf("encryption", "e2ee")},
	"encryption-ban":           {setOf("government", "law", "parliament"), setOf("prohibit"), setOf("encryption", "e2ee")},
}

// composedIn scores the sentences that show a measure together, and returns the
// groups that are its evidence.
func (r *reading) composedIn(m policy.Measure) (float64, *groupSet) {
	sets := composed[m]
	if sets == nil {
		return 0, nil
	}
	score := 0.0
	for i := range r.sentences {
		s := &r.sentences[i]
		if s.words > 80 || score > 1.2 {
			continue
		}
		if s.hasAny(sets[0]) && s.hasAny(sets[1]) && s.hasAny(sets[2]) {
			score += 0.2
			if i < leadSentences {
				score += 0.25
			}
		}
	}
	return score, sets[len(sets)-1]
}

// The least score of a measure, its least part of the strongest one's, and how
// many a text has at most.
const (
	measureLeast = 0.55
	measurePart  = 0.22
	maxMeasures  = 4
)

// measures are those that the text itself discusses; a measure of its main
// dossier needs fewer words.
func (r *reading) measures(found dossiers) []policy.Tag {
	type scored struct {
		measure policy.Measure
		group   int
		score   float64
		usual   bool
		words   *groupSet // its evidence
	}
	var list []scored
	for _, m := range measureGroups {
		n := r.counts[m.group]
		together, words := r.composedIn(m.measure)
		if n.all == 0 && together == 0 {
			continue
		}
		s := scored{measure: m.measure, group: m.group, words: &groupSet{bitAt(m.group, 0), bitAt(m.group, 1)}}
		if n.all == 0 {
			s.words = words
		}
		s.score = together + 1.2*float64(min(n.title, 1)) + 0.5*float64(min(n.lead, 2)) + 0.3*float64(min(n.all, 5))
		if len(found) > 0 && slices.Contains(r.c.base.Dossiers[found[0].dossier].Measures, m.measure) {
			s.score, s.usual = s.score*1.2+0.25, true
		}
		list = append(list, s)
	}
	slices.SortStableFunc(list, func(a, b scored) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return 0
	})
	var tags []policy.Tag
	for _, s := range list {
		if s.score < measureLeast || s.score < measurePart*list[0].score || len(tags) == maxMeasures {
			break
		}
		spans := r.evidenceOf(s.words)
		tag := policy.Tag{Value: string(s.measure), Confidence: round(0.35 + 0.65*s.score/(s.score+0.8)), Evidence: spans,
			Reasons: []string{groupInWords[vocabulary.Groups[s.group]] + ": " + quoteWords(spans)}}
		if s.usual {
			tag.Reasons = append(tag.Reasons, "a measure of its main dossier")
		}
		tags = append(tags, tag)
	}
	return tags
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
