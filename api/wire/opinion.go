package wire

import (
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Opinion is what a language model that the operator has chosen said of one facet
// of an item.
type Opinion struct {
	Model      string    `json:"model" doc:"The model's name"`
	At         time.Time `json:"at" doc:"When it was asked"`
	Facet      string    `json:"facet" enum:"relevant,kind,stance,measure,dossier"`
	Value      string    `json:"value" doc:"A word of a closed list, or an id of the record"`
	Label      string    `json:"label" doc:"What people read for it, in English"`
	Confidence *float64  `json:"confidence,omitempty" minimum:"0" maximum:"1" doc:"As the model says; absent where it says nothing"`
	Reason     string    `json:"reason,omitempty" doc:"The model's own words, plain text"`
	Agrees     bool      `json:"agrees" doc:"Our tags say the same"`
}

// opinions returns the wire form of what models said of an item.
func (m Maker) opinions(i policy.Item) []Opinion {
	return each(i.Opinions, func(o policy.Opinion) Opinion {
		wire := Opinion{
			Model: o.Model, At: o.At.UTC(), Facet: string(o.Facet), Value: o.Value, Label: m.Names.Label(o.Facet, o.Value),
			Reason: o.Reason, Agrees: o.Agrees(i.Tags),
		}
		if o.Confidence > 0 {
			sure := confidence(o.Confidence)
			wire.Confidence = &sure
		}
		return wire
	})
}
