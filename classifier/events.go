package classifier

import (
	"strconv"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/classifier/vocabulary"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// What a step that is the document's news must reach, and how long before the
// document a date may lie that still is news.
const (
	eventLeast  = 1.3
	newsWithin  = 14 * 24 * time.Hour
	monthsByLen = 3
	// how many sentences with a formal step are searched for dates
	maxStageSentences = 100
)

var (
	pastSet = setOf("past")
	newsSet = setOf("dateline")
	formal  = setOf("law", "parliament", "government", "court", "backdoor", "scanning", "access", "ban", "encryption", "e2ee", "hacking", "vpnban")
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
	best, score := hit{}, 0.0
	var when policy.Date
	read := 0
	for _, h := range r.terms {
		stage, ok := r.stageOf(h)
		if !ok || h.sentence >= leadSentences || !r.sentences[h.sentence].hasAny(formal) || r.sentences[h.sentence].hasAny(pastSet) {
			continue
		}
		if read++; read > maxStageSentences {
			break
		}
		w := 1.0
		if h.field == fieldTitle {
			w = 2
		}
		if r.sentences[h.sentence].hasAny(core) {
			w *= 1.2
		}
		if len(tags.Dossiers) > 0 {
			w *= 1.1
		}
		if h.sentence == r.base[fieldText] || h.field == fieldSummary {
			w *= 1.1 // the first sentence tells the news
		}
		if r.sentences[h.sentence].hasAny(newsSet) {
			w *= 1.2 // it says when
		}
		date, old := r.dateOf(r.sentences[h.sentence], doc)
		if old || stage == "" {
			continue
		}
		if w > score {
			best, score, when = h, w, date
		}
	}
	if score < eventLeast {
		return policy.Tag{}, policy.Date{}
	}
	if when.IsZero() {
		when = doc.Published
	}
	stage, _ := r.stageOf(best)
	span := r.span(best)
	return policy.Tag{Value: string(stage), Confidence: round(0.4 + 0.2*score), Evidence: []policy.Span{span},
		Reasons: []string{"its beginning reports the step: “" + span.Text + "”"}}, when
}

func (r *reading) stageOf(h hit) (policy.Stage, bool) {
	name, ok := strings.CutPrefix(vocabulary.Groups[r.c.entries[h.entry].index], "stage-")
	return policy.Stage(name), ok
}

// dateOf reads a date in a sentence, and says whether it is too old for news.
func (r *reading) dateOf(s sentence, doc policy.Document) (policy.Date, bool) {
	dates := findDates(r.texts[s.field][s.start:s.end])
	if len(dates) == 0 {
		return policy.Date{}, false
	}
	d := dates[len(dates)-1]
	if doc.Published.IsZero() {
		return d, false
	}
	return d, d.End().Before(doc.Published.Start().Add(-newsWithin))
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

// monthPrefixes are the beginnings of month names, by month, in the languages of
// the record; the longer of two that fit counts.
var monthPrefixes = [12][]string{
	{"jan", "enero", "genna", "styc", "led", "январ", "tammi", "січ"}, {"feb", "fév", "fev", "lut", "únor", "феврал", "helmi", "лют"},
	{"mar", "mär", "maart", "břez", "март", "maalis", "берез"}, {"apr", "avr", "abr", "kwie", "dub", "апрел", "huhti", "квіт"},
	{"may", "mai", "maj", "mayo", "maggio", "mei", "květ", "мая", "май", "touko", "трав"}, {"jun", "juin", "giu", "czerw", "červn", "июн", "kesä", "черв"},
	{"jul", "juil", "lugl", "lip", "červenc", "июл", "heinä"}, {"aug", "aoû", "ago", "sierp", "srp", "август", "elo", "серп"},
	{"sep", "set", "wrze", "září", "сентябр", "syys", "верес"}, {"oct", "okt", "ott", "out", "paźd", "říj", "октябр", "loka", "жовт"},
	{"nov", "listopadu", "ноябр", "marras", "лист"}, {"dec", "dez", "dic", "déc", "grud", "pros", "декабр", "joulu", "груд"},
}

// findDates reads dates with a month in words and a year: "March 2025", "12 May
// 2026", "May 12, 2026". Others are left alone: a wrong date is worse than none.
func findDates(text string) []policy.Date {
	if len(text) > 2000 {
		text = text[:2000]
	}
	if !hasYear(text) {
		return nil
	}
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,.()\n\t\u00a0", r) })
	var out []policy.Date
	for i, w := range words {
		if !yearWithin(words, i) {
			continue
		}
		if m := monthOf(w); m != 0 {
			if d, ok := dateAround(words, i, m); ok {
				out = append(out, d)
			}
		}
	}
	return out
}

// hasYear reports four digits in a row, without which there is no date for us.
func hasYear(text string) bool {
	run := 0
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			run = 0
			continue
		}
		if run++; run == 4 {
			return true
		}
	}
	return false
}

// yearWithin reports whether one of the two words after i has the form of a year.
func yearWithin(words []string, i int) bool {
	for _, w := range words[min(i+1, len(words)):min(i+3, len(words))] {
		if len(w) == 4 && hasYear(w) {
			return true
		}
	}
	return false
}

func dateAround(words []string, i int, m time.Month) (policy.Date, bool) {
	year, day := 0, 0
	for _, j := range []int{i + 1, i + 2} {
		if j < len(words) && year == 0 {
			n, err := strconv.Atoi(words[j])
			switch {
			case err == nil && n >= 1970 && n <= 2100:
				year = n
			case err == nil && n >= 1 && n <= 31 && j == i+1:
				day = n
			}
		}
	}
	if year == 0 {
		return policy.Date{}, false
	}
	if day == 0 && i > 0 {
		if n, err := strconv.Atoi(words[i-1]); err == nil && n >= 1 && n <= 31 {
			day = n
		}
	}
	if day == 0 {
		return policy.Month(year, m), true
	}
	return policy.Day(year, m, day), true
}

func monthOf(word string) time.Month {
	word = strings.ToLower(word)
	best, length := time.Month(0), 0
	if len([]rune(word)) < monthsByLen || len(word) > 24 {
		return 0
	}
	for m, prefixes := range monthPrefixes {
		for _, p := range prefixes {
			if len(p) > length && strings.HasPrefix(word, p) {
				best, length = time.Month(m+1), len(p)
			}
		}
	}
	return best
}
