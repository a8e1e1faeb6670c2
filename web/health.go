package web

import (
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// condition is what a source's health means for somebody who looks at the list.
type condition string

const (
	conditionProblem condition = "problem"
	conditionFine    condition = "fine"
	conditionNew     condition = "new"
	conditionOff     condition = "off"
)

func conditionOf(s policy.SourceStatus) condition {
	switch {
	case s.Health == policy.HealthDisabled || s.Disabled != "":
		return conditionOff
	case s.Health == policy.HealthNew || s.Health == "":
		return conditionNew
	case s.Health.Good():
		return conditionFine
	}
	return conditionProblem
}

// health is how many sources are in which condition.
type health struct {
	Total, Fine, Problem, New, Off int
	Newest                         when // the newest entry of all
}

func healthOf(sources []policy.SourceStatus, newest time.Time) health {
	h := health{Total: len(sources), Newest: momentOf(newest)}
	for _, source := range sources {
		switch conditionOf(source) {
		case conditionProblem:
			h.Problem++
		case conditionFine:
			h.Fine++
		case conditionNew:
			h.New++
		case conditionOff:
			h.Off++
		}
	}
	return h
}

// Class is the condition of all sources together.
func (h health) Class() string {
	switch {
	case h.Problem > 0:
		return string(conditionProblem)
	case h.Fine > 0:
		return string(conditionFine)
	}
	return string(conditionNew)
}

// Sentence says how the sources do.
func (h health) Sentence() string {
	followed := h.Total - h.Off
	if followed == 0 {
		return "No source is switched on."
	}
	if h.New == followed {
		return "None of the " + counted(followed, "source", "sources") + " has been read yet."
	}
	text := number(h.Fine) + " of " + counted(followed, "source", "sources") + " answered and could be read at the last visit"
	var rest []string
	if h.Problem > 0 {
		rest = append(rest, number(h.Problem)+" had a problem")
	}
	if h.New > 0 {
		rest = append(rest, number(h.New)+plural(h.New, " waits", " wait")+" for the first visit")
	}
	if len(rest) > 0 {
		text += "; " + strings.Join(rest, ", ")
	}
	return text + "."
}
