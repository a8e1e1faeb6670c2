package classifier_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func TestModelsReadTheBeginning(t *testing.T) {
	c := load(t)
	got := c.Words(policy.Document{Title: "Größe zählt", Text: "Die Größe. " + strings.Repeat("Wort ", 1000)})
	if want := []string{"^grosse", "grosse", "^zahlt", "zahlt", "die"}; !slices.Equal(got[:5], want) {
		t.Errorf("the words begin with %q, want %q", got[:5], want)
	}
	if len(got) != 304 {
		t.Errorf("%d words are read, want the title's two twice and 300", len(got))
	}
}

func TestNeighboursOfScriptsWithoutSpacesAreRead(t *testing.T) {
	got := load(t).Words(policy.Document{Title: "暗号 化", Text: "暗号化。技術 a 者 b"})
	want := []string{"^暗", "暗", "^号", "号", "^暗号", "暗号", "^化", "化", "暗", "号", "暗号", "化", "号化", "技", "術", "技術", "a", "者", "b"}
	if !slices.Equal(got, want) {
		t.Errorf("the words are %q, want %q", got, want)
	}
}

func TestShelfOfAnAddress(t *testing.T) {
	c := load(t)
	text := policy.Document{Title: "The encryption bill", Text: "What it holds, and whom it touches."}
	for _, one := range []struct{ url, kind string }{
		{"https://paper.example/opinion/2026/encryption-bill", "opinion"},
		{"https://paper.example/news/comment-is-free/encryption", "opinion"},
		{"https://paper.example/best-vpn-of-the-year", "other"},
		{"https://ministry.gov.uk/encryption", "official"},
		{"https://someone.wordpress.com/encryption", "opinion"},
		{"https://www.legislation.gov.uk/encryption", "legislation"},
		{"https://ministry.gov/eli/encryption", "legislation"},
	} {
		text.URL = one.url
		if got := c.Classify(text).Kind; got.Value != one.kind {
			t.Errorf("%s: kind %s (%v), want %s", one.url, got.Value, got.Reasons, one.kind)
		}
	}
}

func TestCourtsSitesHoldRulings(t *testing.T) {
	got := load(t).Classify(policy.Document{URL: "https://www.bverfg.de/encryption", Title: "1 BvR 1/26", Text: "The complaint is inadmissible."}).Kind
	if got.Value != "ruling" {
		t.Errorf("kind %s (%v), want ruling", got.Value, got.Reasons)
	}
}
