package web

import (
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// proof is where a statement of the record can be checked, and how good that is.
type proof struct {
	Host      string
	Href      string // empty where the address is nothing to link to
	Grade     string // in words; empty where nobody graded it
	GradeLong string
}

// proofOf describes the evidence at an address. A grade that does not come with it
// is that of its host.
func (l labeller) proofOf(address string, grade policy.Grade) proof {
	p := proof{Host: hostOf(address), Href: outward(address)}
	if p.Href == "" {
		return proof{}
	}
	if grade = either(grade, l.base.Grade(address)); grade != "" {
		p.Grade, p.GradeLong = policy.Grades.Label(grade), policy.Grades.Meaning(grade)
	}
	return p
}
