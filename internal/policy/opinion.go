package policy

import "time"

// Opinion is what a language model that the operator has configured said of one
// facet of an item: a second opinion on what the classifier was not sure of. It
// stands beside the tags and is never one of them.
type Opinion struct {
	Item       ItemID
	Model      string    // the model's name, as the operator configured it
	At         time.Time // when it was asked
	About      time.Time // the ContentChangedAt of the item as it read it
	Facet      Facet
	Value      string  // a word of a closed list, or an id of the record
	Confidence float64 // 0 to 1, as the model says; 0 where it says nothing
	Reason     string  // the model's own words; plain text, short, may be empty
}

// Agrees reports whether tags say the same.
func (o Opinion) Agrees(tags Tags) bool {
	for _, tag := range tags.All() {
		if tag.Facet == o.Facet && tag.Value == o.Value {
			return true
		}
	}
	return false
}
