package classifier

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// The least score of a jurisdiction, and its least part of the main one's.
const (
	placeLeast = 1.1
	placePart  = 0.58
	// … of one whose own dossier is named, or that is named in one breath with one that
	// counts, since the text then is about its policy as well
	placeNamedPart = 0.3
)

// jurisdictions picks the jurisdictions, the main one first.
func (r *reading) jurisdictions(scores map[int]*placeScore, found dossiers) []policy.Tag {
	for _, d := range found {
		r.addDossierPlace(scores, d)
	}
	r.settleSubnational(scores)
	r.settleCompanies(scores, found)
	list := byScore(scores)
	var tags []policy.Tag
	taken := map[int]bool{}
	for _, s := range list {
		joined := slices.ContainsFunc(s.beside, func(place int) bool { return taken[place] })
		part := placePart
		if s.named || joined {
			part = placeNamedPart
		}
		if s.score < placeLeast || len(tags) == 3 {
			break
		}
		if s.score < part*list[0].score || r.passing(s) || s.scenery() {
			continue
		}
		if len(tags) > 0 && !s.named && !s.ruling && !s.acts && !joined {
			continue // it is a scene of the story, no law or authority of it is
		}
		if r.c.base.Jurisdictions[s.place].Code == "INT" && len(tags) > 0 {
			continue // worldwide is no second jurisdiction
		}
		taken[s.place] = true
		tags = append(tags, r.placeTag(s, list[0].score))
	}
	if len(tags) == 0 {
		return []policy.Tag{r.placeByDefault(list)}
	}
	return tags
}

// ownState is the tag of the state that a text takes for granted, which speaks of
// authorities without naming one: by where it comes from, or by how it calls them.
func (r *reading) ownState(s *placeScore) (policy.Tag, bool) {
	tag := policy.Tag{Value: r.c.base.Jurisdictions[s.place].Code, Confidence: 0.55, Reasons: []string{"it speaks of law or authorities without naming another state"}}
	switch {
	case len(s.reasons) > 0:
		tag.Evidence, tag.Reasons = r.evidenceOf(policyAny), append(tag.Reasons, s.reasons[0])
	case s.idiom && s.score >= ownLeast:
		for _, h := range s.hits {
			tag.Evidence = addSpans(tag.Evidence, []policy.Span{r.span(h)})
		}
		tag.Reasons = append(tag.Reasons, "named by "+quoteWords(tag.Evidence))
	default:
		return policy.Tag{}, false
	}
	return tag, true
}

// ownLeast is the least score of the state that a text takes for granted, where its
// words alone show it.
const ownLeast = 0.6

// byScore lists the places, the best first.
func byScore(scores map[int]*placeScore) []*placeScore {
	var list []*placeScore
	for _, s := range scores {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b *placeScore) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.place, b.place))
	})
	return list
}

// placeByDefault is the place of a text that names none well enough: its own state,
// where it speaks of authorities, or else the world.
func (r *reading) placeByDefault(list []*placeScore) policy.Tag {
	if len(list) > 0 && r.domestic() {
		if tag, ok := r.ownState(list[0]); ok {
			return tag
		}
	}
	return policy.Tag{Value: "INT", Confidence: 0.5, Evidence: r.evidenceOf(core), Reasons: []string{"no state's law or government is named"}}
}

// passing reports a place that a text of some length names once, far from its
// beginning, and nothing else speaks for: an example, and not its subject.
func (r *reading) passing(s *placeScore) bool {
	return s.count == 1 && s.dossiers == 0 && len(s.reasons) == 0 && len(r.sentences) > 2*leadSentences && int(s.hits[0].sentence) > leadSentences
}

// scenery reports a place of which no law, authority, dossier or home is told: where
// something happened, and nothing that it decides.
func (s *placeScore) scenery() bool {
	return !s.ruling && !s.idiom && !s.rules && !s.acts && !s.titled && s.dossiers == 0 && len(s.reasons) == 0
}

// domestic reports a text that speaks of authorities, a parliament or a statute as
// people do of their own.
func (r *reading) domestic() bool {
	n := 0
	for _, g := range domesticGroups {
		n += min(r.counts[g].all, 2)
	}
	return n >= 2
}

var domesticGroups = []int{group("parliament"), group("police"), group("statute"), group("speech"), group("government"), group("law")}

func (r *reading) addDossierPlace(scores map[int]*placeScore, d *dossierScore) {
	record := r.c.base.Dossiers[d.dossier]
	place, ok := r.c.places[record.Jurisdiction]
	if !ok {
		return
	}
	s := scores[place]
	if s == nil {
		s = &placeScore{place: place}
		scores[place] = s
	}
	by := min(d.score, 3) * 1.5 / float64(1+2*s.dossiers)
	if record.Kind == "statement" && len(record.Jurisdiction) == 2 && record.Jurisdiction != "EU" {
		by *= 1.5 // a state's own position is more about it than the bill is about the union
	}
	s.score += by
	s.dossiers++
	s.clear = true
	s.named = s.named || d.names > 0
	s.hits = append(s.hits, d.hits...)
	s.reasons = append(s.reasons, "jurisdiction of the dossier "+record.Name())
}

// settleSubnational decides between a state and its parts: a part counts only
// where its own rule is the subject, by its own parliament, in the title, or in a
// dossier, and then stands for the state.
func (r *reading) settleSubnational(scores map[int]*placeScore) {
	for place, s := range scores {
		j := r.c.base.Jurisdictions[place]
		if j.Level != policy.LevelSubnational {
			continue
		}
		parent, ok := r.c.places[j.Parent]
		if !ok {
			continue
		}
		p := scores[parent]
		own := s.titled && s.rules && (p == nil || !p.titled && s.score >= 0.5*p.score)
		if own || s.ruling && (p == nil || s.score >= 0.8*p.score) || s.dossiers > 0 && s.score >= 3 {
			if p != nil && p.score < 2*s.score {
				p.score = 0
			}
			continue
		}
		s.score = 0
	}
}

// settleCompanies gives a company's own doing to no state, unless a state's
// parliament, government or police is named with it, or the title names it, or a
// dossier of its own is found.
func (r *reading) settleCompanies(scores map[int]*placeScore, found dossiers) {
	if len(found) == 0 || r.c.base.Dossiers[found[0].dossier].Jurisdiction != "INT" {
		return
	}
	homes := r.companyHomes()
	for place, s := range scores {
		if homes[place] && !s.titled && s.dossiers == 0 {
			s.score *= 0.4
			continue
		}
		if !s.ruling && !s.rules && !s.titled && s.dossiers == 0 && r.c.base.Jurisdictions[place].Code != "INT" {
			s.score *= 0.4
		}
	}
}

// companyHomes are the jurisdictions where the companies are at home that the
// title or the beginning names: what they do at home is no policy of it.
func (r *reading) companyHomes() map[int]bool {
	homes := map[int]bool{}
	for _, h := range r.names {
		e := &r.c.entries[h.entry]
		if e.what != whatActor || h.sentence >= leadSentences {
			continue
		}
		if a := r.c.base.Actors[e.index]; a.Kind == "company" {
			if place, ok := r.c.places[a.Jurisdiction]; ok {
				homes[place] = true
			}
		}
	}
	return homes
}

func (r *reading) placeTag(s *placeScore, top float64) policy.Tag {
	tag := policy.Tag{Value: r.c.base.Jurisdictions[s.place].Code}
	tag.Confidence = round(s.score / (s.score + 0.9) * (0.6 + 0.4*s.score/top))
	for _, h := range s.hits {
		tag.Evidence = addSpans(tag.Evidence, []policy.Span{r.span(h)})
	}
	if words := quoteWords(tag.Evidence); words != "" {
		tag.Reasons = append(tag.Reasons, fmt.Sprintf("named by %s", words))
	}
	tag.Reasons = firstReasons(append(tag.Reasons, s.reasons...))
	return tag
}
