package classifier

import (
	"strconv"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

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

// sinceWords stand before a year that tells when something was, where no part of a
// name does ("in 2019", not "Act 2019").
var sinceWords = map[string]bool{"in": true, "since": true, "en": true, "depuis": true, "jahr": true, "seit": true, "desde": true, "nel": true, "dal": true,
	"em": true, "sinds": true, "sedan": true, "år": true, "siden": true, "w": true, "roku": true, "v": true, "roce": true, "vuonna": true, "в": true, "у": true}

// yearReach is how far from a verb a year may stand that tells its time, in bytes.
const yearReach = 60

// inEarlierYear reports a year before the document's beside a hit: "in 2019 the
// Senate rejected it".
func (r *reading) inEarlierYear(h hit, doc policy.Document) bool {
	s := &r.sentences[h.sentence]
	from, to := max(int(s.start), int(h.start)-yearReach), min(int(s.end), int(h.end)+yearReach)
	text := strings.ToValidUTF8(r.texts[h.field][from:to], "")
	if doc.Published.IsZero() || !hasYear(text) {
		return false
	}
	words := strings.Fields(text)
	for i := 1; i < len(words); i++ {
		year, err := strconv.Atoi(strings.Trim(words[i], ",.;:()"))
		if err == nil && year >= 1970 && year < doc.Published.Start().Year() && sinceWords[strings.ToLower(strings.Trim(words[i-1], "(,"))] {
			return true
		}
	}
	return false
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
