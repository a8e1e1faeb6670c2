package classifier

import (
	"cmp"
	"slices"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// bodies is a set of the sorts of bodies that take formal steps.
type bodies uint8

const (
	bodyCourt bodies = 1 << iota
	bodyCommittee
	bodyChamber
	bodyParliament
	bodyGovernment
	bodyPolice
)

const lawmakers = bodyCommittee | bodyChamber | bodyParliament

// bodyGroups are the groups that name bodies, the narrower before the wider: a
// committee of the Senate is a committee.
var bodyGroups = []struct {
	body  bodies
	group int
}{
	{bodyCourt, group("body-court")}, {bodyCommittee, group("body-committee")}, {bodyChamber, group("body-chamber")},
	{bodyParliament, group("parliament")}, {bodyGovernment, group("government")}, {bodyPolice, group("police")},
}

var actorBodies = map[policy.ActorKind]bodies{"court": bodyCourt, "legislature": bodyParliament, "government": bodyGovernment, "regulator": bodyGovernment,
	"law-enforcement": bodyPolice, "intelligence": bodyPolice}

// stepRules say who can take the step that a verb tells. Where a bill may stand in
// place of a body ("the bill was postponed") thing is set; needsBill asks for one
// beside the body, and needs for another word in the sentence.
var stepRules = []struct {
	group     int
	stage     policy.Stage
	by        bodies
	thing     bool
	needsBill bool
	needs     *groupSet
	place     bool // a place will do: "arrested in France"
}{
	{group: group("step-announced"), stage: policy.StageAnnounced, by: bodyGovernment | bodyParliament, needsBill: true},
	{group: group("step-introduced"), stage: policy.StageIntroduced, by: bodyGovernment | lawmakers, needsBill: true},
	{group: group("step-approved"), stage: policy.StagePassed, by: lawmakers | bodyGovernment, thing: true},
	{group: group("step-enacted"), stage: policy.StageEnacted, by: bodyGovernment, needsBill: true},
	{group: group("step-in-force"), stage: policy.StageInForce, thing: true},
	{group: group("step-delayed"), stage: policy.StageDelayed, by: lawmakers | bodyGovernment | bodyCourt, thing: true, needsBill: true},
	{group: group("step-rejected"), stage: policy.StageRejected, by: lawmakers | bodyCourt, thing: true},
	{group: group("step-withdrawn"), stage: policy.StageWithdrawn, by: bodyGovernment | lawmakers, thing: true},
	{group: group("step-repealed"), stage: policy.StageRepealed, by: lawmakers | bodyGovernment, needsBill: true},
	{group: group("step-challenged"), stage: policy.StageChallenged, needs: setOf("law", "court", "government", "bill", "police")},
	{group: group("step-ruled"), stage: policy.StageRuled, by: bodyCourt},
	{group: group("step-enforced"), stage: policy.StageEnforced, by: bodyPolice | bodyGovernment, place: true},
}

// companyToo are steps that the words for what a company does with its own plans
// look like.
var companyToo = []policy.Stage{policy.StageAnnounced, policy.StageIntroduced, policy.StagePassed, policy.StageDelayed, policy.StageRejected,
	policy.StageWithdrawn, policy.StageRuled}

// How many words may stand between a verb and its body before it, its body after
// it, the word that makes it unreal, and its negation.
const (
	bodyBefore   = 14
	bodyAfter    = 9
	unrealBefore = 10
	unrealAfter  = 2
	notBefore    = 3
	pastWithin   = 8 // either way
	placeBefore  = 3 // a country that acts
	narrower     = 3 // a narrower body this near stands for the wider one
	// a sentence of more words is a list, and reports nothing
	maxToldWords = 240
)

var (
	groupNegation = group("negation")
	courtSet      = setOf("body-court")
	providerSet   = setOf("messenger", "vpn")
	paperSet      = setOf("paper")
	groupUnreal   = group("unreal")
	groupPast     = group("past")
	groupBill     = group("bill")
	stepByGroup   = stepsByGroup()
)

func stepsByGroup() map[int]int {
	by := map[int]int{}
	for i, rule := range stepRules {
		by[rule.group] = i
	}
	return by
}

// told is a formal step that a sentence tells.
type told struct {
	stage policy.Stage
	hit   hit
	score float64
}

// toldIn finds the formal steps that a sentence tells as done: by a phrase that
// says all, or by a verb and a body that can take the step.
func (r *reading) toldIn(n uint32) []told {
	if r.sentences[n].words > maxToldWords {
		return nil
	}
	terms, names := r.termsOf(n), r.namesOf(n)
	var out []told
	for _, h := range terms {
		t, ok := r.step(h, terms, names)
		if !ok || h.quoted && h.field != fieldTitle || t.stage == policy.StageIntroduced && r.sentences[n].hasAny(paperSet) || r.unreal(terms, h, t.stage) {
			continue
		}
		out = append(out, t)
	}
	return out
}

func (r *reading) step(h hit, terms, names []hit) (told, bool) {
	if stage, ok := r.stageOf(h); ok {
		score := 1.0
		if slices.Contains(byNoun, stage) {
			score = 0.8
		}
		own := slices.Contains(companyToo, stage) && r.byCompany(h, names) && !(stage == policy.StageWithdrawn && r.sentences[h.sentence].hasAny(courtSet))
		return told{stage, h, score}, stage != "" && !own
	}
	i, ok := stepByGroup[int(r.c.entries[h.entry].index)]
	if !ok {
		return told{}, false
	}
	rule := &stepRules[i]
	t := told{rule.stage, h, 0.95}
	if r.sentences[h.sentence].field != fieldTitle && !r.first(h.sentence) {
		return told{}, false // verbs alone say little, and below the first sentence stands the background
	}
	body, other := r.bodyOf(h, terms, names, rule.by)
	bill := r.billNear(h, terms)
	switch {
	case rule.needs != nil && !slices.ContainsFunc(terms, func(t hit) bool { return t != h && r.in(t, rule.needs) }),
		rule.needsBill && !bill && !(body == bodyCourt && rule.stage == policy.StageDelayed), // it postpones its own decision
		rule.by != 0 && body == 0 && !(rule.thing && bill && !other) && !(rule.place && slices.ContainsFunc(names, r.isPlace)),
		body == bodyPolice && !r.againstProvider(h.sentence, names),
		rule.by == 0 && rule.thing && !bill,
		body == 0 && slices.Contains(companyToo, t.stage) && r.byCompany(h, names):
		return told{}, false
	}
	if body == 0 {
		t.score = 0.9
	}
	t.stage = stageBy(rule.stage, body)
	return t, t.stage != ""
}

// againstProvider reports a sentence in which police can be acting against those who
// provide encryption, and not against those who were caught by their messages.
func (r *reading) againstProvider(n uint32, names []hit) bool {
	return r.sentences[n].hasAny(providerSet) || slices.ContainsFunc(names, func(h hit) bool {
		e := &r.c.entries[h.entry]
		return e.what == whatActor && r.c.base.Actors[e.index].Kind == "company"
	})
}

// first reports the first sentence of its field that is more than a byline.
func (r *reading) first(n uint32) bool {
	f := r.sentences[n].field
	for i := r.base[f]; i < n; i++ {
		if r.sentences[i].words >= leastHead {
			return false
		}
	}
	return true
}

// stageBy is the step that a body takes when it approves or rejects.
func stageBy(stage policy.Stage, body bodies) policy.Stage {
	switch {
	case stage == policy.StagePassed && body == bodyCommittee:
		return policy.StageCommittee
	case stage == policy.StagePassed && body == bodyChamber:
		return policy.StagePassedChamber
	case stage == policy.StagePassed && body == bodyGovernment:
		return policy.StageIntroduced // a cabinet sends its bill to parliament
	case stage == policy.StageRejected && body == bodyCourt:
		return policy.StageRuled
	}
	return stage
}

func (r *reading) in(h hit, set *groupSet) bool {
	e := &r.c.entries[h.entry]
	return e.what == whatTerm && set[e.index>>6]>>(e.index&63)&1 != 0
}

// bodyOf finds the body of a verb: the nearest before it, or else after it; of
// bodies that stand together the narrowest. 0 means that none is there that can
// take the step; other that one is there, whatever it can.
func (r *reading) bodyOf(verb hit, terms, names []hit, can bodies) (body bodies, other bool) {
	near, at, far := bodies(0), int32(bodyBefore+bodyAfter), r.far()
	consider := func(h hit, b bodies) {
		d := (verb.first - h.last) / far
		switch {
		case h.last < verb.first && d <= bodyBefore:
		case h.first > verb.last && (h.first-verb.last)/far <= bodyAfter:
			d = (h.first-verb.last)/far + bodyBefore // a body before it is the likelier subject
		default:
			return
		}
		switch {
		case near == 0 || d < at-narrower:
			near, at = b, d
		case d <= at+narrower && b < near:
			near, at = b, min(at, d)
		}
	}
	for _, h := range terms {
		for _, g := range bodyGroups {
			if int(r.c.entries[h.entry].index) == g.group {
				consider(h, g.body)
			}
		}
	}
	for _, h := range names {
		if b := r.bodyNamed(h); b != 0 && !r.alsoActor(h, names) {
			consider(h, cmp.Or(r.bodyWithin(h, terms), b))
		}
	}
	if near == 0 && slices.ContainsFunc(names, func(h hit) bool { return r.isPlace(h) && h.last < verb.first && verb.first-h.last <= placeBefore }) {
		near = bodyGovernment // "Russia blocks …"
	}
	return near & can, near != 0
}

// bodyWithin is the body that a name calls itself: "Corte europea dei diritti
// dell'uomo" is a court, though the record has it among the agencies.
func (r *reading) bodyWithin(name hit, terms []hit) bodies {
	for _, h := range terms {
		if h.first < name.first || h.last > name.last {
			continue
		}
		for _, g := range bodyGroups {
			if int(r.c.entries[h.entry].index) == g.group {
				return g.body
			}
		}
	}
	return 0
}

// alsoActor reports the name of a place's government or agency that is an actor's
// as well, of which the record says more.
func (r *reading) alsoActor(h hit, names []hit) bool {
	return r.c.entries[h.entry].what == whatPlace && slices.ContainsFunc(names, func(o hit) bool {
		return o.first == h.first && o.last == h.last && r.c.entries[o.entry].what == whatActor
	})
}

func (r *reading) isPlace(h hit) bool {
	e := &r.c.entries[h.entry]
	return e.what == whatPlace && (e.role == roleName || e.role == roleCapital)
}

func (r *reading) bodyNamed(h hit) bodies {
	e := &r.c.entries[h.entry]
	switch {
	case e.what == whatActor:
		return actorBodies[r.c.base.Actors[e.index].Kind]
	case e.what == whatPlace && e.role == roleParliament:
		return bodyParliament
	case e.what == whatPlace && e.role == roleGovernment:
		return bodyGovernment
	case e.what == whatPlace && e.role == roleAgency:
		return bodyPolice
	}
	return 0
}

// billNear reports a thing that formal steps are taken with: a bill, a law, a vote.
func (r *reading) billNear(verb hit, terms []hit) bool {
	far := r.far()
	return slices.ContainsFunc(terms, func(t hit) bool {
		return int(r.c.entries[t.entry].index) == groupBill && t.first-verb.last <= bodyAfter*far && verb.first-t.last <= bodyBefore*far
	})
}

// far is how many words of ours stand for one of the text, in scripts where each
// character is a word.
func (r *reading) far() int32 {
	switch r.lang {
	case "ja", "zh", "ko":
		return wordsOfScript
	}
	return 1
}

// byCompany reports a company as the first name before a verb: what it drops or
// rejects is its own plan.
func (r *reading) byCompany(verb hit, names []hit) bool {
	for _, h := range names {
		if h.last >= verb.first {
			break
		}
		if e := &r.c.entries[h.entry]; e.what == whatActor {
			return r.c.base.Actors[e.index].Kind == "company"
		}
		if r.bodyNamed(h) != 0 {
			return false
		}
	}
	return false
}

// unreal reports a step that is only wished, expected, asked for or denied, that is
// the occasion of something else ("after the Senate rejected it"), or that is long
// past. What is announced is unreal by its nature.
func (r *reading) unreal(terms []hit, verb hit, stage policy.Stage) bool {
	if r.infinitive(verb) && stage != policy.StageAnnounced {
		return true
	}
	far := r.far()
	for _, t := range terms {
		before, after := verb.first-t.last, t.first-verb.last
		switch int(r.c.entries[t.entry].index) {
		case groupNegation:
			if before >= 1 && before <= notBefore && t.first == t.last {
				return true
			}
		case groupPast:
			if before <= pastWithin*far && after <= pastWithin*far {
				return true
			}
		case groupUnreal:
			if stage != policy.StageAnnounced && (before >= 1 && before <= unrealBefore*far && !r.parted(t, verb) || after >= 1 && after <= unrealAfter*far && r.lang != "en" && !r.parted(verb, t)) {
				return true
			}
		}
	}
	return false
}

// parted reports a comma or colon between two hits: another clause begins there.
func (r *reading) parted(a, b hit) bool {
	return a.end < b.start && strings.ContainsAny(r.texts[a.field][a.end:b.start], ",:;–—،、，")
}

// infinitives are the words that make an infinitive of a verb, by language.
var infinitives = map[string]string{"en": "to ", "de": "zu ", "nl": "te ", "sv": "att ", "da": "at ", "nb": "å "}

// infinitive reports a verb that only says what is to be done: "to reject".
func (r *reading) infinitive(verb hit) bool {
	marker, ok := infinitives[r.lang]
	before, found := strings.CutSuffix(r.texts[verb.field][:verb.start], marker)
	return ok && found && strings.HasSuffix(before, " ")
}

// namesOf returns the names of a sentence, in their order.
func (r *reading) namesOf(number uint32) []hit {
	from, _ := slices.BinarySearchFunc(r.names, number, func(h hit, n uint32) int { return int(h.sentence) - int(n) })
	to := from
	for to < len(r.names) && r.names[to].sentence == number {
		to++
	}
	return r.names[from:to]
}
