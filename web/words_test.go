package web

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func TestNumbersAndConfidencesInWords(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000", -100: "-100"} {
		if got := number(n); got != want {
			t.Errorf("number(%d) is %q, want %q", n, got, want)
		}
	}
	for confidence, want := range map[float64]string{1: "certain", 0.95: "very sure", 0.8: "sure", 0.6: "fairly sure", 0.3: "unsure"} {
		if got := sure(confidence); got != want {
			t.Errorf("sure(%v) is %q, want %q", confidence, got, want)
		}
	}
}

func TestOnlyWebAddressesLeadOutward(t *testing.T) {
	for address, want := range map[string]string{
		"https://example.org/a?b=c#d": "https://example.org/a?b=c#d", " http://example.org ": "http://example.org", "HTTPS://example.org/": "https://example.org/",
		"javascript:alert(1)": "", "JavaScript://example.org/%0aalert(1)": "", "data:text/html,x": "", "//example.org": "", "/path": "", "": "",
		"ftp://example.org": "", "https:///x": "", "https://exa mple.org": "", "\x01javascript:alert(1)": "", "vbscript:x": "",
	} {
		if got := outward(address); got != want {
			t.Errorf("outward(%q) is %q, want %q", address, got, want)
		}
	}
}

func TestLanguagesOfTexts(t *testing.T) {
	for tag, want := range map[string]tongue{
		"en": {Tag: "en"}, "en-GB": {Tag: "en-GB"}, "fr": {Tag: "fr", Name: "French"}, "ar": {Tag: "ar", Dir: "rtl", Name: "Arabic"},
		"he": {Tag: "he", Dir: "rtl", Name: "Hebrew"}, "fa": {Tag: "fa", Dir: "rtl", Name: "Persian"}, "ur-PK": {Tag: "ur-PK", Dir: "rtl", Name: "Urdu (Pakistan)"},
		"": {Dir: "auto"}, "not a tag": {Dir: "auto"},
	} {
		if got := tongueOf(tag); got != want {
			t.Errorf("tongueOf(%q) is %+v, want %+v", tag, got, want)
		}
	}
}

func TestPartialDatesStayPartial(t *testing.T) {
	for text, want := range map[string]when{
		"2026": {"2026", "2026"}, "2026-05": {"2026-05", "May 2026"}, "2026-05-03": {"2026-05-03", "3 May 2026"},
		"2026-05-03T23:30:00-02:00": {"2026-05-04T01:30:00Z", "4 May 2026, 01:30 UTC"}, "": {},
	} {
		date, err := policy.ParseDate(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := dateOf(date); got != want {
			t.Errorf("dateOf(%s) is %+v, want %+v", text, got, want)
		}
	}
}

func TestTextsAreCutWhereASentenceEnds(t *testing.T) {
	for _, c := range []struct {
		name, text string
		limit      int
		want       string
	}{
		{"short enough", "A door.", 20, "A door."},
		{"sentence", "The first sentence. The second one is long.", 25, "The first sentence."},
		{"between words", "No sentence ends in here at all", 20, "No sentence ends in…"},
		{"no space", strings.Repeat("暗", 30), 10, strings.Repeat("暗", 10) + "…"},
		{"mark without space", "鍵を渡すな。扉を開けるな、と彼は言った。", 9, "鍵を渡すな。"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, _ := shorten(c.text, c.limit); got != c.want || !utf8.ValidString(got) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestIntervalsInWords(t *testing.T) {
	for interval, want := range map[time.Duration]string{
		0: "", 30 * time.Minute: "every 30 minutes", time.Hour: "every hour", 90 * time.Minute: "every 90 minutes", 6 * time.Hour: "every 6 hours",
		24 * time.Hour: "every day", 72 * time.Hour: "every 3 days",
	} {
		if got := every(interval); got != want {
			t.Errorf("every(%s) is %q, want %q", interval, got, want)
		}
	}
}

func TestDensityFillsTheMonthsBetween(t *testing.T) {
	d := densityOf([]policy.Count{{Value: "0001-01", Count: 2}, {Value: "nonsense", Count: 9}, {Value: "2026-01", Count: 4}, {Value: "2026-04", Count: 1}}, policy.Filter{}, "entry", "entries")
	if d == nil || len(d.Bars) != densityMonths || d.Earlier != 2 || len(d.Rows) != 2 {
		t.Fatalf("got %+v", d)
	}
	if last := d.Bars[len(d.Bars)-1]; last.Label != "April 2026: 1" || last.Height != barsHeight/4 {
		t.Errorf("the last bar is %+v", last)
	}
	if densityOf([]policy.Count{{Value: "2026-01", Count: 4}}, policy.Filter{}, "entry", "entries") != nil {
		t.Error("one month alone is drawn")
	}
}
