package knowledge

import (
	"net/url"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Grade returns how good the evidence at a web address is, by its host; nothing
// where nobody graded that. The longest name that the host ends with decides:
// "europa.eu" is there for "eur-lex.europa.eu" too, and not for "noteuropa.eu".
func (b *Base) Grade(address string) policy.Grade {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return b.gradeOfHost(u.Hostname())
}

func (b *Base) gradeOfHost(host string) policy.Grade {
	for name := strings.TrimSuffix(strings.ToLower(host), "."); name != ""; _, name, _ = strings.Cut(name, ".") {
		if grade, ok := b.grades[name]; ok {
			return grade
		}
	}
	return ""
}

// gradeSources grades the sources that the files do not grade themselves.
func (b *Base) gradeSources() {
	for _, d := range b.Dossiers {
		for i := range d.Events {
			if e := &d.Events[i]; e.Grade == "" {
				e.Grade = b.Grade(e.Source)
			}
		}
		for i := range d.Positions {
			if p := &d.Positions[i]; p.Grade == "" {
				p.Grade = b.Grade(p.Source)
			}
		}
	}
}

// Grading counts the sources of the record by how good they are.
type Grading struct {
	Sources  int                  // of events, positions and links; an address that stands in two of them counts twice
	ByGrade  map[policy.Grade]int // of these; the ungraded ones are in none
	Ungraded map[string]int       // how many sources of a host have no grade, by host
}

// Graded is how many sources have a grade.
func (g Grading) Graded() int {
	graded := 0
	for _, n := range g.ByGrade {
		graded += n
	}
	return graded
}

// Grading counts how much of the record is graded, to see where a host is
// missing in the list.
func (b *Base) Grading() Grading {
	g := Grading{ByGrade: map[policy.Grade]int{}, Ungraded: map[string]int{}}
	for _, d := range b.Dossiers {
		for _, e := range d.Events {
			g.count(e.Source, e.Grade)
		}
		for _, p := range d.Positions {
			g.count(p.Source, p.Grade)
		}
		for _, address := range d.Links {
			g.count(address, b.Grade(address))
		}
	}
	return g
}

func (g *Grading) count(address string, grade policy.Grade) {
	u, err := url.Parse(address)
	if address == "" || err != nil {
		return
	}
	g.Sources++
	if grade == "" {
		g.Ungraded[strings.ToLower(u.Hostname())]++
		return
	}
	g.ByGrade[grade]++
}
