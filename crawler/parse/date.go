package parse

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// maxDateText is how long a text may be that is still looked at as a date, in
// bytes. Longer ones are prose.
const maxDateText = 160

// Date reads a date as feeds and pages write it, in any of the languages of the
// month tables; lang (BCP 47, may be empty) decides where a text is ambiguous:
// 01/02/2026 is 2 January for "en" and "en-US", 1 February for all others. A text
// that names only a day, a month or a year gives a date of that precision, and
// so does a midnight without a zone, which is how programs write a bare day.
// A time without a zone is read as UTC. It is false for what is no date.
func Date(text, lang string) (policy.Date, bool) {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > maxDateText {
		return policy.Date{}, false
	}
	if d, ok := strictDate(text); ok {
		return d, ok
	}
	return newDateReader(text, lang).read()
}

// strictLayouts are the standard forms. None has a zone name: Go reads an
// unknown name as UTC without a word.
var strictLayouts = []string{
	time.RFC3339,
	"Mon, 2 Jan 2006 15:04:05 -0700",
	"Mon, 2 Jan 2006 15:04:05 GMT",
	"2006-01-02T15:04:05-0700",
}

func strictDate(text string) (policy.Date, bool) {
	if len(text) == len("2006-01-02") && text[4] == '-' {
		t, err := time.Parse(time.DateOnly, text)
		return policy.Day(t.Year(), t.Month(), t.Day()), err == nil && likelyYear(t.Year())
	}
	if len(text) < 20 {
		return policy.Date{}, false
	}
	for _, layout := range strictLayouts {
		if (layout[0] == 'M') != (text[0] > '9') {
			continue
		}
		if t, err := time.Parse(layout, text); err == nil {
			return policy.Moment(t), likelyYear(t.Year())
		}
	}
	return policy.Date{}, false
}

// likelyYear refuses what is no year of any document.
func likelyYear(year int) bool { return year >= 1500 && year <= 2199 }

// dateReader reads free forms. It takes the clock time and the zone out of the
// text and looks for a day in what is left.
type dateReader struct {
	text string // lower case, without accents, blanks squeezed
	lang string // as given
	zone *time.Location
	hour int // -1 where no clock time was found
	min  int
	sec  int
}

func newDateReader(text, lang string) *dateReader {
	return &dateReader{text: foldDate(text), lang: strings.ToLower(lang), hour: -1}
}

// foldDate brings a text to the spelling of the patterns: entities resolved,
// full-width and other digits as ASCII, lower case, no accents, one blank.
func foldDate(text string) string {
	text = strings.TrimSuffix(strings.TrimPrefix(text, "<![CDATA["), "]]>")
	if strings.Contains(text, "&") {
		text = html.UnescapeString(html.UnescapeString(text))
	}
	text = foldLetters(text)
	text = strings.NewReplacer("–", "-", "—", "-", "−", "-", "’", "'", "،", ",").Replace(text)
	return strings.Join(strings.Fields(text), " ")
}

// foldLetters lowers the case and drops accents, so that "Août", "aout" and
// "AOÛT" are one word.
func foldLetters(text string) string {
	text = strings.Map(foldRune, strings.ToLower(norm.NFKD.String(text)))
	return norm.NFC.String(text) // Hangul was taken apart by NFKD
}

func foldRune(r rune) rune {
	switch {
	case r < utf8.RuneSelf:
		return r
	case unicode.Is(unicode.Mn, r), r >= 0x200B && r <= 0x200F, r == 0xAD:
		return -1
	case r == 'ı':
		return 'i'
	case r == 'ł':
		return 'l'
	case r == 'ς':
		return 'σ'
	case r >= '٠' && r <= '٩':
		return '0' + r - '٠'
	case r >= '۰' && r <= '۹':
		return '0' + r - '۰'
	case r >= '०' && r <= '९':
		return '0' + r - '०'
	case r >= '๐' && r <= '๙':
		return '0' + r - '๐'
	}
	return r
}

func (r *dateReader) read() (policy.Date, bool) {
	if d, ok := r.epoch(); ok {
		return d, true
	}
	r.takeComment()
	r.takeClock()
	year, month, day, ok := r.findDay()
	if !ok {
		return r.findVague()
	}
	if !validDay(year, month, day) {
		return policy.Date{}, false
	}
	if r.hour < 0 || r.zone == nil && r.hour == 0 && r.min == 0 && r.sec == 0 {
		return policy.Day(year, time.Month(month), day), true
	}
	zone := r.zone
	if zone == nil {
		zone = time.UTC
	}
	return policy.Moment(time.Date(year, time.Month(month), day, r.hour, r.min, r.sec, 0, zone)), true
}

func validDay(year, month, day int) bool {
	if !likelyYear(year) || month < 1 || month > 12 || day < 1 {
		return false
	}
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Day() == day
}

// epoch reads seconds or milliseconds since 1970, as some interfaces give them.
func (r *dateReader) epoch() (policy.Date, bool) {
	if len(r.text) != 10 && len(r.text) != 13 {
		return policy.Date{}, false
	}
	n, err := strconv.ParseInt(r.text, 10, 64)
	if err != nil {
		return policy.Date{}, false
	}
	if len(r.text) == 13 {
		n /= 1000
	}
	t := time.Unix(n, 0).UTC()
	return policy.Moment(t), t.Year() >= 2001 && t.Year() < 2100
}

var comment = regexp.MustCompile(`\([^)]*\)`)

// takeComment drops what stands in brackets, as in "(Central European Time)".
func (r *dateReader) takeComment() { r.text = comment.ReplaceAllString(r.text, " ") }

var (
	clock = regexp.MustCompile(`(?:^|[^\d:])([0-2]?\d)(?:[:]|\s?h\s?|時|시\s?|时|點)([0-5]?\d)(?:分|분)?(?::([0-6]?\d)(?:[.,]\d+)?)?` +
		`\s?(am|pm|a\.\s?m\.|p\.\s?m\.)?(?:\s?(?:uhr|h|hs|hrs|ч|год)\b)?`)
	clockDots = regexp.MustCompile(`\b(?:(?:klo|kl|ore|ora|ore|kello)\.?\s?([0-2]?\d)\.([0-5]\d)|([0-2]?\d)\.([0-5]\d)\s?uhr)\b`)
	compact   = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})(?:t?([0-2]\d)([0-5]\d)([0-6]\d)?)?(z|[+-]\d{2}:?\d{2})?$`)
	offset    = regexp.MustCompile(`^\s?(?:(?:utc|gmt)\s?)?([+-])(\d{1,2})(?::?(\d{2}))?\b`)
	zoneWord  = regexp.MustCompile(`^\s?([a-z]{1,5})\b`)
)

// takeClock takes the clock time and the zone that follows it out of the text.
func (r *dateReader) takeClock() {
	if m := compact.FindStringSubmatch(r.text); m != nil {
		r.takeCompact(m)
		return
	}
	m := clock.FindStringSubmatchIndex(r.text)
	if m == nil {
		r.takeDottedClock()
		return
	}
	hour, minute := number(r.text, m[2], m[3]), number(r.text, m[4], m[5])
	second := 0
	if m[6] >= 0 {
		second = min(number(r.text, m[6], m[7]), 59) // a leap second
	}
	if m[8] >= 0 {
		hour = twelveHours(hour, r.text[m[8]] == 'p')
	}
	if hour > 24 {
		return
	}
	r.hour, r.min, r.sec = hour, minute, second
	rest := r.takeZone(r.text[m[1]:])
	// What stands before the hour (a blank, the T of ISO 8601) parts it from the day.
	r.text = strings.TrimSuffix(strings.TrimRight(r.text[:m[2]], " ,-"), "t") + " " + rest
}

func (r *dateReader) takeCompact(m []string) {
	r.text = m[1] + "-" + m[2] + "-" + m[3]
	if m[4] == "" {
		return
	}
	r.hour, r.min, r.sec = atoi(m[4]), atoi(m[5]), min(atoi(m[6]), 59)
	r.takeZone(m[7])
}

func (r *dateReader) takeDottedClock() {
	m := clockDots.FindStringSubmatch(r.text)
	if m == nil {
		return
	}
	hour := atoi(m[1] + m[3])
	if hour > 24 {
		return
	}
	r.hour, r.min = hour, atoi(m[2]+m[4])
	r.text = strings.Replace(r.text, m[0], " ", 1)
}

func twelveHours(hour int, afternoon bool) int {
	switch {
	case hour > 12:
		return hour
	case afternoon:
		return hour%12 + 12
	}
	return hour % 12
}

// takeZone reads the zone at the start of what follows a clock time and returns
// the rest.
func (r *dateReader) takeZone(text string) string {
	if m := offset.FindStringSubmatch(text); m != nil {
		seconds := atoi(m[2])*3600 + atoi(m[3])*60
		if m[1] == "-" {
			seconds = -seconds
		}
		if seconds >= -14*3600 && seconds <= 15*3600 {
			r.zone = time.FixedZone("", seconds)
			return text[len(m[0]):]
		}
	}
	if m := zoneWord.FindStringSubmatch(text); m != nil {
		if seconds, ok := zoneOffset(m[1], r.lang); ok {
			r.zone = time.FixedZone("", seconds)
			rest := text[len(m[0]):]
			if m := offset.FindString(rest); m != "" && seconds == 0 {
				return r.takeZone(rest)
			}
			return rest
		}
	}
	return text
}

func number(text string, from, to int) int { return atoi(text[from:to]) }

func atoi(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0 // the patterns let only digits through, or nothing
	}
	return n
}
