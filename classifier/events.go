package classifier

import (
	"slices"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/classifier/vocabulary"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// What a step that is the document's news must reach, and how long before the
// document a date may lie that still is news.
const (
	eventLeast  = 0.5
	newsWithin  = 14 * 24 * time.Hour
	monthsByLen = 3
	// how many sentences of the summary and of the text tell the news
	headSentences = 3
	leastHead     = 5 // words of a sentence that is more than a byline
	// how many sentences with a formal step are searched for dates
	maxStageSentences = 100
)

var (
	formal = setOf("law", "parliament", "government", "court", "backdoor", "scanning", "access", "ban", "encryption", "e2ee", "hacking", "vpnban", "retention", "messenger", "vpn",
		"traceability", "keys", "protection", "right", "body-chamber")
	newSet = setOf("new")
	// documents that are a step themselves, by what they call themselves
	documentForms = []struct {
		group  int
		stage  policy.Stage
		kinds  []policy.Kind
		title  bool // only in the title
		begins bool // only where a sentence begins: it is the name of the document
	}{
		{group("form-committee"), policy.StageCommittee, []policy.Kind{policy.KindLegislation, policy.KindOfficial}, true, true},
		{group("form-introduced"), policy.StageIntroduced, []policy.Kind{policy.KindLegislation}, false, true},
		{group("form-ruled"), policy.StageRuled, []policy.Kind{policy.KindRuling}, false, false},
		{group("form-consultation"), policy.StageConsultation, []policy.Kind{policy.KindConsultation, policy.KindOfficial, policy.KindLegislation, policy.KindNews}, true, true},
	}
	// stages that are told by nouns, which stand in the background as well
	byNoun = []policy.Stage{policy.StageNegotiation, policy.StageConsultation, policy.StageCommittee}
)

// event finds the formal step that is the document's news.
func (r *reading) event(doc policy.Document, tags policy.Tags) (policy.Tag, policy.Date) {
	if n := len(doc.Steps); n > 0 && doc.Steps[n-1].Stage != "" {
		step := doc.Steps[n-1]
		return policy.Tag{Value: string(step.Stage), Confidence: 0.95, Reasons: []string{"its source states the step: " + step.Text}}, step.Date
	}
	switch policy.Kind(tags.Kind.Value) {
	case policy.KindResearch, policy.KindOther:
		return policy.Tag{}, policy.Date{}
	}
	best, when := r.news(doc, policy.Kind(tags.Kind.Value))
	if best.score < eventLeast {
		best, when = r.byForm(policy.Kind(tags.Kind.Value)), policy.Date{}
	}
	if best.score < eventLeast {
		return policy.Tag{}, policy.Date{}
	}
	if when.IsZero() {
		when = doc.Published
	}
	span := r.span(best.hit)
	return policy.Tag{Value: string(best.stage), Confidence: round(min(0.9, 0.35+0.5*best.score)), Evidence: []policy.Span{span},
		Reasons: []string{"its beginning reports the step: “" + span.Text + "”"}}, when
}

// news finds the step that the beginning tells as new. What the title tells wins
// over what the sentences below it tell.
func (r *reading) news(doc policy.Document, kind policy.Kind) (best told, when policy.Date) {
	subject := r.titleSpeaks()
	for n := range r.head() {
		s := r.sentences[n]
		if s.field != fieldTitle && best.score >= eventLeast && best.hit.field == fieldTitle {
			break
		}
		if !s.hasAny(formal) || r.asks(&s) || !r.reports(kind, &s) {
			continue
		}
		date, old := r.dateOf(s, doc)
		if old {
			continue
		}
		for _, t := range r.toldIn(n) {
			if t.score *= r.weight(n, subject); t.score > best.score && !r.inEarlierYear(t.hit, doc) {
				best, when = t, date
			}
		}
	}
	return best, when
}

// byForm finds the step that a document is: a bill, an amendment, a decision of a
// court, a paper of a consultation. Its title or its first sentences must say so.
func (r *reading) byForm(kind policy.Kind) told {
	for n := range r.head() {
		for _, h := range r.termsOf(n) {
			for _, f := range documentForms {
				if int(r.c.entries[h.entry].index) == f.group && slices.Contains(f.kinds, kind) && (!f.title || h.field == fieldTitle) && (!f.begins || r.begins(h)) {
					return told{f.stage, h, 0.8}
				}
			}
		}
	}
	return told{}
}

// begins reports a hit with which a sentence begins.
func (r *reading) begins(h hit) bool { return h.start == r.sentences[h.sentence].start }

// head yields the sentences that tell the news: those of the title, and the first
// of summary and text.
func (r *reading) head() func(yield func(uint32) bool) {
	return func(yield func(uint32) bool) {
		var seen [fields]int
		for n := range r.sentences {
			f := r.sentences[n].field
			if f != fieldTitle && r.sentences[n].words < leastHead {
				continue
			}
			if seen[f]++; f != fieldTitle && seen[f] > headSentences {
				continue
			}
			if !yield(uint32(n)) {
				return
			}
		}
	}
}

// titleSpeaks reports a title that is about encryption or names a dossier.
func (r *reading) titleSpeaks() bool {
	for n := range r.sentences {
		if r.sentences[n].field != fieldTitle {
			break
		}
		if r.speaksOfSubject(uint32(n)) {
			return true
		}
	}
	return false
}

func (r *reading) speaksOfSubject(n uint32) bool {
	return r.sentences[n].hasAny(core) || slices.ContainsFunc(r.namesOf(n), func(h hit) bool {
		e := &r.c.entries[h.entry]
		return e.what == whatDossier || e.what == whatID
	})
}

// weight is how much a sentence of the head counts: the title most, and a sentence
// of the subject more than one that leaves it to the title.
func (r *reading) weight(n uint32, titleSpeaks bool) float64 {
	s, w := &r.sentences[n], 1.0
	switch {
	case s.field == fieldTitle:
	case n == 0 || r.sentences[n-1].field != s.field:
		w = 0.85
	default:
		w = 0.7
	}
	switch {
	case r.speaksOfSubject(n):
		return w
	case titleSpeaks || s.field == fieldTitle:
		return w * 0.75
	}
	return w * 0.4
}

// reports says whether a step in a sentence may be the news: in a report always;
// what argues or explains mostly tells its occasion, or what all know, unless it
// is the title or says that it is new.
func (r *reading) reports(kind policy.Kind, s *sentence) bool {
	switch kind {
	case policy.KindOpinion, policy.KindAdvocacy, policy.KindCompany, policy.KindOfficial:
		return s.field == fieldTitle || s.hasAny(newSet)
	}
	return true
}

func (r *reading) stageOf(h hit) (policy.Stage, bool) {
	name, ok := strings.CutPrefix(vocabulary.Groups[r.c.entries[h.entry].index], "stage-")
	return policy.Stage(name), ok
}

// datedSteps are steps of a dossier's record that the text repeats: the month or
// day of a sentence is that of an event.
func (r *reading) datedSteps(d *dossierScore) []string {
	record := r.c.base.Dossiers[d.dossier]
	var out []string
	read := 0
	for i := range r.sentences {
		s := &r.sentences[i]
		if !s.hasAny(stageSet) || s.words > 80 {
			continue
		}
		if read++; read > maxStageSentences || len(out) == 1 {
			break
		}
		for _, date := range findDates(r.texts[s.field][s.start:s.end]) {
			for _, e := range record.Events {
				if e.Date.Precision() >= policy.PrecisionMonth && sameMonth(date, e.Date) && r.stageIn(uint32(i), e.Stage) && len(out) == 0 {
					out = append(out, "it repeats a step of it: "+e.Stage.Label()+", "+date.Words())
				}
			}
		}
	}
	return out
}

func (r *reading) stageIn(sentence uint32, stage policy.Stage) bool {
	for _, h := range r.termsOf(sentence) {
		if s, ok := r.stageOf(h); ok && s == stage {
			return true
		}
	}
	return false
}

func sameMonth(a, b policy.Date) bool {
	if a.Precision() < policy.PrecisionMonth {
		return false
	}
	return a.Start().Year() == b.Start().Year() && a.Start().Month() == b.Start().Month() &&
		(a.Precision() == policy.PrecisionMonth || b.Precision() == policy.PrecisionMonth || a.Start().Day() == b.Start().Day())
}
