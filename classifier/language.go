package classifier

import (
	"math/bits"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/abadojack/whatlanggo"
)

// languageSample is how much of a text is read to tell its script, in bytes.
const languageSample = 3000

// scripts that only one of our languages uses.
var scripts = []struct {
	table *unicode.RangeTable
	code  string
}{
	{unicode.Hiragana, "ja"}, {unicode.Katakana, "ja"}, {unicode.Hangul, "ko"}, {unicode.Han, "zh"}, {unicode.Greek, "el"},
	{unicode.Devanagari, "hi"}, {unicode.Hebrew, "he"}, {unicode.Thai, "th"},
}

// scriptLanguage returns the language that the script gives away, and what
// larger scripts the text is written in.
func scriptLanguage(text string) (code string, cyrillic, arabic bool) {
	var counts [16]int
	letters, cyr, ara := 0, 0, 0
	if len(text) > languageSample {
		text = text[:languageSample]
	}
	for _, r := range text {
		if r < 0x250 {
			if unicode.IsLetter(r) {
				letters++
			}
			continue
		}
		switch {
		case r >= 0x400 && r < 0x530:
			cyr++
			letters++
		case r >= 0x600 && r < 0x700:
			ara++
			letters++
		default:
			for i, s := range scripts {
				if unicode.Is(s.table, r) {
					counts[i]++
					letters++
					break
				}
			}
		}
	}
	if kana := counts[0] + counts[1]; kana*20 > letters && kana > 1 {
		return "ja", false, false
	}
	for i, n := range counts[:len(scripts)] {
		if n*4 > letters {
			return scripts[i].code, false, false
		}
	}
	return "", cyr*3 > letters, ara*3 > letters
}

// detectLanguage decides by script, then by the small words of each language,
// with the declared language as a prior; a text with hardly any small words is
// asked for its letter groups.
func (c *Classifier) detectLanguage(r *reading, declared string) string {
	declared = primary(declared)
	sample := r.sample()
	code, cyrillic, arabic := scriptLanguage(sample)
	if code != "" {
		return code
	}
	best, score, second := "", 0.0, 0.0
	words := r.wordsByLanguage()
	for i, n := range r.small {
		lang := c.languages[i]
		s := float64(n) + words[i]
		if isCyrillic(lang) != cyrillic || (lang == "ar") != arabic {
			continue
		}
		if lang == declared {
			s = s*1.25 + 1
		}
		if s > score {
			best, second, score = lang, score, s
		} else if s > second {
			second = s
		}
	}
	if score >= 3 && score >= second*1.15 || score > 8 {
		return best
	}
	return c.guessLanguage(sample, declared, best)
}

// fewWords is how many hits of the vocabulary tell a language; a long text has
// small words enough.
const fewWords = 60

// wordsByLanguage weighs the first hits of the vocabulary by the languages that
// they are words of: one that is a word of few says more.
func (r *reading) wordsByLanguage() []float64 {
	out := make([]float64, len(r.c.languages))
	for _, h := range r.raw[:min(len(r.raw), fewWords)] {
		e := &r.c.entries[h.entry]
		if e.what != whatTerm && e.what != whatPlace || e.langs == anyLanguage {
			continue
		}
		weight := 0.9 / float64(bits.OnesCount64(e.langs[0])+bits.OnesCount64(e.langs[1]))
		for half, m := range e.langs {
			for ; m != 0; m &= m - 1 {
				if i := half<<6 + bits.TrailingZeros64(m); i < len(out) {
					out[i] += weight
				}
			}
		}
	}
	return out
}

// guessLanguage is for short texts and for languages of which we have no words.
func (c *Classifier) guessLanguage(sample, declared, best string) string {
	info := whatlanggo.DetectWithOptions(sample, whatlanggo.Options{})
	guess := info.Lang.Iso6391()
	if guess == "no" {
		guess = "nb"
	}
	switch {
	case info.Confidence > 0.9 && utf8.RuneCountInString(sample) > 60 && declared == "":
		return guess
	case declared != "":
		return declared
	case best != "":
		return best
	}
	return guess
}

func isCyrillic(lang string) bool { return lang == "ru" || lang == "uk" || lang == "bg" }

// primary returns the language of a BCP 47 tag in our spelling.
func primary(tag string) string {
	tag, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
	tag, _, _ = strings.Cut(tag, "_")
	tag, _, _ = strings.Cut(tag, "/")
	switch tag {
	case "no", "nn":
		return "nb"
	case "und":
		return ""
	}
	return tag
}
