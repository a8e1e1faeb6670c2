package web

import (
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// opinion is what a language model said of one family of tags, shown apart from
// our tags: it never becomes one of them.
type opinion struct {
	What    string // "Kind of document – News"
	Percent string // how sure the model says it is; empty where it says nothing
	Reason  string // the model's own words
	Differs bool   // our tags say something else
}

// second is the second opinion of one model.
type second struct {
	Model    string
	At       when
	Opinions []opinion
}

// secondsOf groups the opinions on an item by the model that gave them.
func (l labeller) secondsOf(item policy.Item) []second {
	var all []second
	for _, o := range item.Opinions {
		if len(all) == 0 || all[len(all)-1].Model != o.Model {
			all = append(all, second{Model: o.Model, At: momentOf(o.At)})
		}
		label, _, _ := l.meaningOf(o.Facet, o.Value)
		one := opinion{What: facetLabel(o.Facet) + " – " + label, Reason: o.Reason, Differs: !o.Agrees(item.Tags)}
		if o.Confidence > 0 {
			one.Percent = percent(o.Confidence)
		}
		last := &all[len(all)-1]
		last.Opinions = append(last.Opinions, one)
	}
	return all
}
