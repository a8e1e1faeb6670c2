package classifier_test

import (
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/backdoorwatch/backdoorwatch/classifier"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// checkSpans holds what every tag promises: evidence is a slice of its field on
// rune borders, at most three reasons, confidences within bounds.
func checkSpans(t testing.TB, doc policy.Document, tags policy.Tags) {
	t.Helper()
	fields := map[string]string{"title": doc.Title, "summary": doc.Summary, "text": doc.Text}
	spans := func(what string, list []policy.Span) {
		for _, s := range list {
			text, ok := fields[s.Field]
			if !ok || s.Start < 0 || s.End > len(text) || s.Start >= s.End || text[s.Start:s.End] != s.Text {
				t.Fatalf("%s: the evidence %+v is no slice of its field", what, s)
			}
			if !border(text, s.Start) || !border(text, s.End) {
				t.Fatalf("%s: the evidence %d:%d does not lie on rune borders", what, s.Start, s.End)
			}
		}
	}
	for _, tag := range tags.All() {
		what := string(tag.Facet) + " " + tag.Value
		spans(what, tag.Evidence)
		if len(tag.Reasons) > 3 {
			t.Errorf("%s: %d reasons", what, len(tag.Reasons))
		}
		if tag.Confidence < 0 || tag.Confidence > 1 {
			t.Errorf("%s: confidence %v", what, tag.Confidence)
		}
		for _, r := range tag.Reasons {
			if !utf8.ValidString(r) && utf8.ValidString(doc.Title+doc.Text+doc.Summary) {
				t.Errorf("%s: the reason %q is no valid text", what, r)
			}
		}
	}
	for _, p := range tags.Positions {
		spans("position of "+p.Actor, p.Evidence)
		if len(p.Evidence) == 0 {
			t.Errorf("position of %s has no evidence", p.Actor)
		}
	}
}

// border reports whether no rune of the text spans the offset; a byte that is no
// part of a valid rune stands for itself.
func border(text string, at int) bool {
	for i := max(0, at-utf8.UTFMax+1); i < at; i++ {
		if r, size := utf8.DecodeRuneInString(text[i:]); (r != utf8.RuneError || size > 1) && i+size > at {
			return false
		}
	}
	return true
}

// Every tag of a relevant text shows why.
func TestTagsShowTheirReasons(t *testing.T) {
	tags := load(t).Classify(seed)
	for _, tag := range tags.All() {
		if len(tag.Reasons) == 0 || len(tag.Evidence) == 0 {
			t.Errorf("%s %s has %d reasons and %d pieces of evidence", tag.Facet, tag.Value, len(tag.Reasons), len(tag.Evidence))
		}
	}
}

// Many at once give what one after the other gives; the race detector watches.
func TestClassifyIsPureAndConcurrent(t *testing.T) {
	c := load(t)
	var docs []policy.Document
	for _, f := range fixtures(t) {
		docs = append(docs, f.doc)
	}
	want := make([]policy.Tags, len(docs))
	for i, d := range docs {
		want[i] = c.Classify(d)
	}
	other := load(t)
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			for i := range docs {
				k := (i*7 + worker) % len(docs)
				if got := other.Classify(docs[k]); !reflect.DeepEqual(got, want[k]) {
					t.Errorf("%q came out differently", docs[k].Title)
					return
				}
			}
		})
	}
	wg.Wait()
}

// Nothing that a text contains may take long or break an offset.
func TestHostileTexts(t *testing.T) {
	c := load(t)
	for name, text := range map[string]string{
		"one letter":           strings.Repeat("a", 10<<20),
		"one blocked phrase":   strings.Repeat("let's encrypt ", 20_000),
		"one name":             strings.Repeat("Telegram ", 20_000),
		"one phrase":           strings.Repeat("end to end ", 20_000),
		"no spaces":            strings.Repeat("加密", 1<<18),
		"marks":                "encryption" + strings.Repeat("\u0301", 1<<18) + " law",
		"right-to-left":        strings.Repeat("\u202e\u200fencr\u200dyption law \u202c", 20_000),
		"joiners":              strings.Repeat("back\u200ddoor\u200c \u00ad", 20_000),
		"mixed scripts":        strings.Repeat("шифрование 暗号化 تشفير verschlüsselung एन्क्रिप्शन ", 8_000),
		"broken UTF-8":         strings.Repeat("encrypt\xff\xfeion \xc3", 20_000),
		"quotes":               strings.Repeat("\"“«„", 100_000),
		"paragraphs":           strings.Repeat("law\n\n", 50_000),
		"months":               strings.Repeat("law passed March 2025. ", 20_000),
		"names in one breath":  strings.Repeat("Signal Apple FBI Meta opposes backdoor ", 20_000),
		"zero-width only":      strings.Repeat("\u200b", 1<<18),
		"emoji and flags":      strings.Repeat("🇫🇷🔐 encryption ", 20_000),
		"long dossier mention": strings.Repeat("Chat Control Chat Control ", 30_000),
	} {
		t.Run(name, func(t *testing.T) {
			doc := policy.Document{Title: "Encryption law", Text: text}
			start := time.Now()
			tags := c.Classify(doc)
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("it took %v", took)
			}
			checkSpans(t, doc, tags)
		})
	}
}

func FuzzClassify(f *testing.F) {
	f.Add("Chat Control must be stopped", "The EU wants to scan messages.\n\nSignal would rather leave.")
	f.Add("暗号化", "バックドア。\u202e الرسائل المشفرة")
	f.Add("\xff\xfe", "„encrypt\u200d” ﬁ ẞ İ")
	c := load(f)
	f.Fuzz(func(t *testing.T, title, text string) {
		doc := policy.Document{Title: title, Summary: text, Text: text + title}
		checkSpans(t, doc, c.Classify(doc))
	})
}

var sink policy.Tags

func BenchmarkClassify(b *testing.B) {
	c := load(b)
	doc := seed
	doc.Text = strings.Repeat(seed.Text+"\n\n", 2)
	b.SetBytes(int64(len(doc.Title) + len(doc.Text)))
	for b.Loop() {
		sink = c.Classify(doc)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "items/s")
}

func BenchmarkClassifyIrrelevant(b *testing.B) {
	c := load(b)
	doc := policy.Document{Title: "Storm over the coast", Text: strings.Repeat("The harbour was closed on Monday and ships waited outside. Nobody was hurt, said the mayor of the town. ", 40)}
	b.SetBytes(int64(len(doc.Title) + len(doc.Text)))
	for b.Loop() {
		sink = c.Classify(doc)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "items/s")
}

func BenchmarkNew(b *testing.B) {
	base := record(b)
	before := heap()
	var kept *classifier.Classifier
	for b.Loop() {
		c, err := classifier.New(base)
		if err != nil {
			b.Fatal(err)
		}
		kept = c
	}
	b.ReportMetric(float64(heap()-before)/(1<<20), "MiB-kept")
	runtime.KeepAlive(kept)
}

// heap is how many bytes are in use after what nobody holds is gone.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
