package knowledge

import (
	"fmt"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Problem is one mistake in a file of the record.
type Problem struct {
	File    string // path within its folder
	Line    int    // counted from 1; 0 where the whole file is meant
	Key     string // where in the entry, as "dossiers/eu-csa-regulation/events[2]/stage"; may be empty
	Message string // what is wrong, and what would be right
	Warning bool   // worth a look, but the record can be used
	Shipped bool   // in the record that comes with the program, not in an operator's folder
}

// place is where something stands in the files.
type place struct {
	file  string
	line  int
	layer int // 0 is the shipped record; an operator's folder has a higher one
}

func (p place) problem(key, message string) Problem {
	return Problem{File: p.file, Line: p.line, Key: key, Message: message, Shipped: p.layer == 0}
}

func (p place) warning(key, message string) Problem {
	problem := p.problem(key, message)
	problem.Warning = true
	return problem
}

// String returns the problem as one line: file:line: key: message.
func (p Problem) String() string {
	var b strings.Builder
	if p.Shipped {
		b.WriteString("shipped record: ")
	}
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	b.WriteString(": ")
	if p.Warning {
		b.WriteString("warning: ")
	}
	if p.Key != "" {
		b.WriteString(p.Key + ": ")
	}
	b.WriteString(p.Message)
	return b.String()
}

// Problems are all mistakes found at once, by file and line. As an error it
// wraps policy.ErrConfig.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Unwrap makes errors.Is(err, policy.ErrConfig) true.
func (ps Problems) Unwrap() error { return policy.ErrConfig }

// Mistakes returns the problems that are no mere warnings.
func (ps Problems) Mistakes() Problems { return ps.only(func(p Problem) bool { return !p.Warning }) }

// Warnings returns the problems that do not keep the record from being used.
func (ps Problems) Warnings() Problems { return ps.only(func(p Problem) bool { return p.Warning }) }

func (ps Problems) only(keep func(Problem) bool) Problems {
	var kept Problems
	for _, p := range ps {
		if keep(p) {
			kept = append(kept, p)
		}
	}
	return kept
}
