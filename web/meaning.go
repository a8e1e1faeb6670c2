package web

import (
	"net/url"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// meaningFor says in a sentence what a dossier means for encryption. What came to
// nothing would have.
func meaningFor(d policy.Dossier) string {
	dead := d.Status == policy.StageRejected || d.Status == policy.StageWithdrawn || d.Status == policy.StageLapsed
	over := d.Status == policy.StageRepealed
	switch d.Effect {
	case policy.EffectWeakens:
		return tense(dead, over, "If it works as written, it weakens strong encryption.",
			"It would have weakened strong encryption.", "While it was law, it weakened strong encryption.")
	case policy.EffectProtects:
		return tense(dead, over, "If it works as written, it protects strong encryption.",
			"It would have protected strong encryption.", "While it was law, it protected strong encryption.")
	case policy.EffectMixed:
		return tense(dead, over, "It cuts both ways: parts of it protect strong encryption and parts weaken it.",
			"It would have cut both ways: parts of it protected strong encryption and parts weakened it.",
			"It cut both ways: parts of it protected strong encryption and parts weakened it.")
	}
	return tense(dead, over, "What it does to strong encryption is not settled by its text.",
		"What it would have done to strong encryption was not settled by its text.",
		"What it did to strong encryption was not settled by its text.")
}

func tense(dead, over bool, now, never, was string) string {
	switch {
	case dead:
		return never
	case over:
		return was
	}
	return now
}

// phrase is a link within a sentence and what stands before it.
type phrase struct {
	badge
	Before string
}

// phrasesOf enumerates measures in a sentence.
func phrasesOf(measures []policy.Measure) []phrase {
	var all []phrase
	for i, b := range measureBadges(measures) {
		before := ", "
		switch i {
		case 0:
			before = ""
		case len(measures) - 1:
			before = " and "
		}
		b.Label = inSentence(b.Label)
		all = append(all, phrase{b, before})
	}
	return all
}

// inSentence writes a label as it stands within a sentence: "VPN restriction" keeps
// its capitals.
func inSentence(label string) string {
	first, rest, _ := strings.Cut(label, " ")
	if first == strings.ToUpper(first) && len(first) > 1 {
		return label
	}
	return strings.TrimSpace(strings.ToLower(first) + " " + rest)
}

func measureBadges(measures []policy.Measure) []badge {
	var all []badge
	for _, m := range measures {
		all = append(all, badge{
			Label: policy.Measures.Label(m), Long: policy.Measures.Meaning(m), Class: "measure",
			Href: withQuery("/dossiers", url.Values{"measure": {string(m)}}),
		})
	}
	return all
}
