package web

import (
	"slices"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// proof is where a statement of the record can be checked, and how good that is.
type proof struct {
	Host      string
	Href      string // empty where the address is nothing to link to
	Grade     string // in words; empty where nobody graded it
	GradeLong string
}

// proofOf describes the evidence at an address. The record gives addresses and
// no grades, so a grade that is not given is that of the source of ours which has
// this host, or that of a name which only public bodies can have.
func (l labeller) proofOf(address string, grade policy.Grade) proof {
	p := proof{Host: hostOf(address), Href: outward(address)}
	if p.Href == "" {
		return proof{}
	}
	if grade == "" {
		grade = l.sources.grades[p.Host]
	}
	if grade == "" && publicBody(p.Host) {
		grade = policy.GradeOfficial
	}
	if grade != "" {
		p.Grade, p.GradeLong = policy.Grades.Label(grade), policy.Grades.Meaning(grade)
	}
	return p
}

// reserved are endings of names that are given to public bodies alone.
var reserved = []string{"gov", "mil", "europa.eu", "gouv.fr", "gc.ca", "admin.ch", "govt.nz", "coe.int", "un.org"}

// publicBody reports whether a host's name can only be a public body's:
// "congress.gov", "ofcom.gov.uk", "eur-lex.europa.eu".
func publicBody(host string) bool {
	labels := strings.Split(strings.ToLower(strings.TrimSuffix(host, ".")), ".")
	if n := len(labels); n >= 2 && len(labels[n-1]) == 2 && slices.Contains([]string{"gov", "gob", "mil"}, labels[n-2]) {
		return true // of a country: gov.uk, gob.mx
	}
	for i := range labels {
		if slices.Contains(reserved, strings.Join(labels[i:], ".")) {
			return true
		}
	}
	return false
}
