package web

import (
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// number writes a count as people read it: 12,345.
func number(n int) string {
	text := strconv.Itoa(n)
	for at := len(text) - 3; at > 0 && text[at-1] != '-'; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

// counted writes a count with its noun: "1 entry", "12 entries".
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + many
}

// when is a date or moment as a page shows it.
type when struct {
	Machine string // for the datetime attribute
	Words   string
}

// dateOf writes a date of the world, as exact as it is known and no more.
func dateOf(d policy.Date) when {
	if d.IsZero() {
		return when{}
	}
	w := when{Machine: d.String(), Words: d.Words()}
	if d.Precision() == policy.PrecisionMoment {
		w.Words += ", " + d.Start().Format("15:04") + " UTC"
	}
	return w
}

// momentOf writes a moment of ours; the zero moment is an empty when.
func momentOf(t time.Time) when { return dateOf(policy.Moment(t)) }

// language describes a language for a page.
type tongue struct {
	Tag  string // for the lang attribute; empty where unknown
	Dir  string // "rtl", "auto" where the language is unknown, or empty
	Name string // in English; empty where unknown or English itself
}

// tongueOf reads a BCP 47 tag, which may be wrong or empty.
func tongueOf(tag string) tongue {
	parsed, err := language.Parse(tag)
	if tag == "" || err != nil {
		return tongue{Dir: "auto"}
	}
	t := tongue{Tag: parsed.String(), Name: languageName(tag)}
	base, _ := parsed.Base()
	if base.String() == "en" {
		t.Name = ""
	}
	if script, _ := parsed.Script(); rightToLeft(script.String()) {
		t.Dir = "rtl"
	}
	return t
}

func rightToLeft(script string) bool {
	switch script {
	case "Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Rohg", "Adlm":
		return true
	}
	return false
}

// languageName returns the English name of a language, or its tag.
func languageName(tag string) string {
	parsed, err := language.Parse(tag)
	if err != nil {
		return tag
	}
	if name := display.English.Tags().Name(parsed); name != "" {
		return name
	}
	return tag
}

// outward returns the address if it may be linked to, and nothing otherwise:
// what sources give us can be a script in the shape of an address.
func outward(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return ""
	}
	return u.String()
}

// hostOf returns the host of an address as people know it.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(strings.TrimPrefix(u.Hostname(), "www."), ".")
}

// shorten cuts a text to at most the given number of runes, at the end of a
// sentence where one lies in the last half, else between words.
func shorten(text string, limit int) (short string, cut bool) {
	text = strings.TrimSpace(text)
	if utf8.RuneCountInString(text) <= limit {
		return text, false
	}
	end := 0
	for range limit {
		_, size := utf8.DecodeRuneInString(text[end:])
		end += size
	}
	head := text[:end]
	for _, mark := range []string{". ", "! ", "? ", ".\n", "。", "؟ "} {
		if at := strings.LastIndex(head, mark); at > end/2 {
			return strings.TrimSpace(head[:at+len(strings.TrimRight(mark, " \n"))]), true
		}
	}
	if at := strings.LastIndexAny(head, " \n\t"); at > end/2 {
		head = head[:at]
	}
	return strings.TrimRight(head, " ,;:\n\t") + "…", true
}

// sure puts a confidence in words.
func sure(confidence float64) string {
	switch {
	case confidence >= 0.995:
		return "certain"
	case confidence >= 0.9:
		return "very sure"
	case confidence >= 0.75:
		return "sure"
	case confidence >= 0.6:
		return "fairly sure"
	}
	return "unsure"
}

// percent writes a confidence as a number.
func percent(confidence float64) string {
	return strconv.Itoa(int(confidence*100+0.5)) + " %"
}
