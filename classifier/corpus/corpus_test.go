package corpus

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/prerequisite"
)

func TestEmbeddedCorpusIsBalanced(t *testing.T) {
	texts, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	stances := map[policy.Stance]int{}
	seen := map[string]string{}
	for _, text := range texts {
		stances[text.Stance]++
		key := text.Title + "|" + text.Text
		if seen[key] != "" {
			t.Errorf("%s repeats %s", text.Where, seen[key])
		}
		seen[key] = text.Where
	}
	for _, s := range []policy.Stance{policy.StanceProtects, policy.StanceWeakens, policy.StanceNeutral, ""} {
		if stances[s] < 60 {
			t.Errorf("only %d texts have the stance %q", stances[s], s)
		}
	}
}

// The corpus is our own: it shares no longer run of words with the labelled texts,
// which would also make their figures worthless.
func TestCorpusIsOurOwn(t *testing.T) {
	f, err := os.Open(filepath.Join(prerequisite.Labelled(t), "dev.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	theirs := map[string]string{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var c struct{ ID, Title, Text string }
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		for _, run := range runs(c.Title + " " + c.Text) {
			theirs[run] = c.ID
		}
	}
	texts, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range texts {
		shared := 0
		for _, run := range runs(text.Title + " " + text.Text) {
			if theirs[run] != "" {
				shared++
			}
		}
		if shared > 0 {
			t.Errorf("%s shares %d runs of seven words with labelled texts", text.Where, shared)
		}
	}
}

var word = regexp.MustCompile(`[\p{L}\p{N}]+`)

// runLength is how many words in a row two texts hardly share by chance.
const runLength = 7

func runs(text string) []string {
	words := word.FindAllString(strings.ToLower(text), -1)
	var out []string
	for i := 0; i+runLength <= len(words); i++ {
		out = append(out, strings.Join(words[i:i+runLength], " "))
	}
	return out
}

func TestMistakesAreReported(t *testing.T) {
	for name, c := range map[string]struct{ line, want string }{
		"too few parts": {"weakens | news", "it needs"},
		"no stance":     {"angry | news | a | b", "angry"},
		"no kind":       {"- | blog | a | b", "blog"},
		"no title":      {"- | news | | b", "no title"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(fstest.MapFS{"en.txt": {Data: []byte("# heading\n" + c.line)}})
			if !errors.Is(err, policy.ErrConfig) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "en.txt line 2") {
				t.Errorf("got %v", err)
			}
		})
	}
}
