package story_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/internal/story"
)

// prose returns n words drawn from a small language, the same for a seed.
func prose(seed uint64, n int) []string {
	random := rand.New(rand.NewPCG(seed, 1))
	words := make([]string, n)
	for i := range words {
		words[i] = fmt.Sprintf("word%d", random.IntN(3000))
	}
	return words
}

// edited returns the words with one in every so many replaced.
func edited(words []string, every int) []string {
	changed := append([]string(nil), words...)
	for i := every / 2; i < len(changed); i += every {
		changed[i] = "edited"
	}
	return changed
}

func TestSimilarity(t *testing.T) {
	article := prose(1, 400)
	for _, tc := range []struct {
		name     string
		a, b     string
		from, to float64
	}{
		{"same", strings.Join(article, " "), strings.Join(article, " "), 1, 1},
		{"case and punctuation", strings.Join(article, " "), strings.ToUpper(strings.Join(article, ", ")), 1, 1},
		{"one word in twenty edited", strings.Join(article, " "), strings.Join(edited(article, 20), " "), .6, .95},
		{"one word in five edited", strings.Join(article, " "), strings.Join(edited(article, 5), " "), .1, .5},
		{"unrelated", strings.Join(article, " "), strings.Join(prose(2, 400), " "), 0, .05},
		{"headlines are too short", "Council votes on chat control", "Council votes on chat control", 0, 0},
		{"nothing", "", "", 0, 0},
		{"signs without spaces", strings.Repeat("政府要求加密服务提供后门接口", 2), strings.Repeat("政府要求加密服务提供后门接口", 2), 1, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := story.Sign(tc.a).Similarity(story.Sign(tc.b))
			if got < tc.from || got > tc.to {
				t.Errorf("got %.2f, want %.2f to %.2f", got, tc.from, tc.to)
			}
		})
	}
}

func FuzzSign(f *testing.F) {
	f.Add("Chat control, 加密 и шифрование\xff")
	f.Fuzz(func(t *testing.T, text string) {
		signature := story.Sign(text)
		if signature != nil && (len(signature) != story.Width || signature.Similarity(signature) != 1) {
			t.Errorf("signature of %q: width %d", text, len(signature))
		}
	})
}

func BenchmarkSign(b *testing.B) {
	text := strings.Join(prose(1, 400), " ")
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		story.Sign(text)
	}
}
