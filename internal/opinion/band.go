package opinion

import "github.com/backdoorwatch/backdoorwatch/internal/policy"

// Band is the range of confidence in which the classifier counts as unsure, both
// ends included.
type Band struct{ Low, High float64 }

// Uncertain reports whether tags need a second opinion: whether the document is
// relevant is in doubt, or which side a relevant one takes. A relevant document
// without a stance is one about which the classifier dared to say nothing.
func (b Band) Uncertain(tags policy.Tags) bool {
	if tags.Relevant.IsZero() {
		return false
	}
	relevant := tags.Relevant.Confidence
	if !tags.IsRelevant() {
		relevant = 1 - relevant
	}
	if b.holds(relevant) {
		return true
	}
	return tags.IsRelevant() && (tags.Stance.IsZero() || b.holds(tags.Stance.Confidence))
}

func (b Band) holds(confidence float64) bool { return confidence >= b.Low && confidence <= b.High }
