package classifier

import (
	"testing"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
)

// Every language has a bit of its own: with one less, its forms would count in all
// texts. "सरकार" is Nepal's government in Nepali alone.
func TestEveryLanguageHasABit(t *testing.T) {
	base, err := knowledge.Load()
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(base)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[int]string{}
	for lang, bit := range c.bits {
		if other := seen[bit]; other != "" || bit >= maxLanguages {
			t.Errorf("%s has bit %d, which is that of %q", lang, bit, other)
		}
		seen[bit] = lang
	}
	if _, ok := c.bits["ne"]; !ok {
		t.Error("Nepali has no bit")
	}
}
