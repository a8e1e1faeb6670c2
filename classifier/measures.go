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

// The least score of a measure, its least part of the strongest one's, and how
// many a text has at most.
const (
	measureLeast = 0.75
	measurePart  = 0.4
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
	}
	var list []scored
	for _, m := range measureGroups {
		n := r.counts[m.group]
		if n.all == 0 {
			continue
		}
		s := scored{measure: m.measure, group: m.group}
		s.score = 1.2*float64(min(n.title, 1)) + 0.5*float64(min(n.lead, 2)) + 0.3*float64(min(n.all, 5))
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
		spans := r.evidenceOf(&groupSet{bitAt(s.group, 0), bitAt(s.group, 1)})
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
