package parse

import (
	"regexp"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// The forms of a day, on folded text. A word is a run of letters.
var (
	yearFirst   = regexp.MustCompile(`(?:^|[^\d])(\d{4})\s?[-/.,]\s?(\d{1,2})\s?[-/.,]\s?(\d{1,2})(?:$|[^\d])`)
	eastAsian   = regexp.MustCompile(`(\d{1,4}|元)\s?[年년]\s?(\d{1,2})\s?[月월](?:\s?(\d{1,2})\s?[日號号일])?`)
	vietnamese  = regexp.MustCompile(`(?:ngay )?(\d{1,2})(?: thang |[-/ ]thang[-/ ])(\d{1,2})(?: nam |[-/ ,]+(?:nam )?)(\d{4})`)
	dayWordYear = regexp.MustCompile(`(?:^|[^\d:])(\d{1,2})(?:\s?-\s?\d{1,2})?(?:st|nd|rd|th|er|eme|[.oaº°ª]|-?(?:го|е|я))?(?:[\s.,/-]|de\b|of\b|d')*([\p{L}]{3,})\.?(?:[\s.,/-]|de\b|del\b)*'?(\d{4}|\d{2})(?:$|[^\d:])`)
	wordDayYear = regexp.MustCompile(`([\p{L}]{3,})[\s.,-]*(\d{1,2})(?:\s?-\s?\d{1,2})?(?:st|nd|rd|th|º|\.)?[\s.,-]+(?:of )?'?(\d{4}|\d{2})(?:$|[^\d:])`)
	yearWordDay = regexp.MustCompile(`(?:^|[^\d])(\d{4})[.\s,/-]+(?:г\.? ?)?([\p{L}]{3,})[\s.,/-]+(\d{1,2})(?:$|[^\d:])`)
	dayFirst    = regexp.MustCompile(`(?:^|[^\d])(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?[-/.]\s?'?(\d{4}|\d{2})(?:$|[^\d:])`)
	wordYear    = regexp.MustCompile(`^(?:in |im |en )?([\p{L}]{3,})\.?(?:,| de| of| del)? ?(\d{4})\.?(?: г\.?| р\.?)?$`)
	yearMonth   = regexp.MustCompile(`^(\d{4})[-/.](\d{1,2})$`)
	monthYear   = regexp.MustCompile(`^(\d{1,2})[/.](\d{4})$`)
	bareYear    = regexp.MustCompile(`^(\d{4})$`)
)

// findDay looks for the forms of a full day, the least ambiguous first.
func (r *dateReader) findDay() (year, month, day int, ok bool) {
	if m := yearFirst.FindStringSubmatch(r.text); m != nil {
		return r.year(m[1]), atoi(m[2]), atoi(m[3]), true
	}
	if m := eastAsian.FindStringSubmatchIndex(r.text); m != nil {
		if m[6] < 0 {
			return 0, 0, 0, false
		}
		return r.eraYear(m), number(r.text, m[4], m[5]), number(r.text, m[6], m[7]), true
	}
	if m := vietnamese.FindStringSubmatch(r.text); m != nil {
		return r.year(m[3]), atoi(m[2]), atoi(m[1]), true
	}
	for _, form := range []struct {
		pattern          *regexp.Regexp
		year, month, day int
	}{{dayWordYear, 3, 2, 1}, {wordDayYear, 3, 1, 2}, {yearWordDay, 1, 2, 3}} {
		for _, m := range form.pattern.FindAllStringSubmatch(r.text, -1) {
			if month, ok := monthNumber(m[form.month], r.lang); ok {
				return r.year(m[form.year]), month, atoi(m[form.day]), true
			}
		}
	}
	if m := dayFirst.FindStringSubmatch(r.text); m != nil {
		day, month := r.dayAndMonth(atoi(m[1]), atoi(m[3]), m[2])
		return r.year(m[4]), month, day, true
	}
	return 0, 0, 0, false
}

// dayAndMonth orders the two first numbers of a date such as 01/02/2026.
func (r *dateReader) dayAndMonth(first, second int, separator string) (day, month int) {
	switch {
	case first > 12 || separator == ".":
		return first, second
	case second > 12 || monthComesFirst(r.lang):
		return second, first
	}
	return first, second
}

// monthComesFirst: English of the United States, and English of nowhere in
// particular, which mostly is that; the rest of the world begins with the day.
func monthComesFirst(lang string) bool {
	switch lang {
	case "en", "en-us", "en_us", "en-ph":
		return true
	}
	return false
}

// year completes a year of two digits, and counts a Thai one from the usual
// beginning.
func (r *dateReader) year(text string) int {
	year := atoi(text)
	switch {
	case len(text) == 2 && year < 70:
		return 2000 + year
	case len(text) == 2:
		return 1900 + year
	case year > 2400 && year < 2700 && primary(r.lang) == "th":
		return year - 543
	}
	return year
}

// eras are the first years of the eras that East Asian dates count from.
var eras = []struct {
	name string
	zero int
}{{"令和", 2018}, {"平成", 1988}, {"昭和", 1925}, {"大正", 1911}, {"民國", 1911}, {"民国", 1911}}

func (r *dateReader) eraYear(m []int) int {
	text := r.text[m[2]:m[3]]
	year := 1 // 元年, the first of an era
	if text != "元" {
		year = atoi(text)
	}
	before := strings.TrimSpace(r.text[:m[2]])
	for _, era := range eras {
		if strings.HasSuffix(before, era.name) {
			return era.zero + year
		}
	}
	return r.year(text)
}

// findVague reads a text that is nothing but a month or a year.
func (r *dateReader) findVague() (policy.Date, bool) {
	text := strings.Trim(r.text, " .,")
	if r.hour >= 0 {
		return policy.Date{}, false
	}
	if m := wordYear.FindStringSubmatch(text); m != nil {
		if month, ok := monthNumber(m[1], r.lang); ok {
			return vague(r.year(m[2]), month)
		}
	}
	if m := yearMonth.FindStringSubmatch(text); m != nil {
		return vague(r.year(m[1]), atoi(m[2]))
	}
	if m := monthYear.FindStringSubmatch(text); m != nil {
		return vague(r.year(m[2]), atoi(m[1]))
	}
	if m := eastAsian.FindStringSubmatchIndex(text); m != nil && m[6] < 0 && len(text) < 40 {
		return vague(r.eraYear(m), number(text, m[4], m[5]))
	}
	if m := bareYear.FindStringSubmatch(text); m != nil && likelyYear(r.year(m[1])) {
		return policy.Year(r.year(m[1])), true
	}
	return policy.Date{}, false
}

func vague(year, month int) (policy.Date, bool) {
	if !likelyYear(year) || month < 1 || month > 12 {
		return policy.Date{}, false
	}
	return policy.Month(year, time.Month(month)), true
}
