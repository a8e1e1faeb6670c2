package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// printTags writes the tags for a person: one a line, and below each, where asked
// for, its reasons and words.
func printTags(w io.Writer, tags policy.Tags, base *knowledge.Base, explain bool) error {
	p := tagPrinter{w: w, base: base, explain: explain}
	p.line("language", tags.Language, "")
	for _, t := range tags.All() {
		p.line(string(t.Facet), t.Value, fmt.Sprintf("%.2f  %s", t.Confidence, p.name(t.Facet, t.Value)))
		p.why(t.Tag)
	}
	if !tags.EventDate.IsZero() {
		p.line("event date", tags.EventDate.String(), "")
	}
	for _, claim := range tags.Positions {
		about := ""
		if claim.Dossier != "" {
			about = " " + claim.Dossier
		}
		p.line("position", claim.Actor+" "+string(claim.Side)+about, fmt.Sprintf("%.2f", claim.Confidence))
		p.why(policy.Tag{Evidence: claim.Evidence})
	}
	p.line("classifier", tags.Version, "")
	return p.err
}

type tagPrinter struct {
	w       io.Writer
	base    *knowledge.Base
	explain bool
	err     error
}

func (p *tagPrinter) line(facet, value, note string) {
	if p.err == nil {
		_, p.err = fmt.Fprintln(p.w, strings.TrimRight(fmt.Sprintf("%-13s %-32s %s", facet, value, note), " "))
	}
}

func (p *tagPrinter) why(tag policy.Tag) {
	if !p.explain || p.err != nil {
		return
	}
	for _, reason := range tag.Reasons {
		_, p.err = fmt.Fprintf(p.w, "                because %s\n", reason)
	}
	for _, span := range tag.Evidence {
		_, p.err = fmt.Fprintf(p.w, "                %s %d–%d “%s”\n", span.Field, span.Start, span.End, span.Text)
	}
}

// name says what a tag's value stands for.
func (p *tagPrinter) name(facet policy.Facet, value string) string {
	switch facet {
	case policy.FacetKind:
		return policy.Kinds.Label(policy.Kind(value))
	case policy.FacetStance:
		return policy.Stances.Label(policy.Stance(value))
	case policy.FacetMeasure:
		return policy.Measures.Label(policy.Measure(value))
	case policy.FacetEvent:
		return policy.Stage(value).Label()
	case policy.FacetJurisdiction:
		j, _ := p.base.Jurisdiction(value)
		return j.Name
	case policy.FacetDossier:
		d, _ := p.base.Dossier(value)
		return d.Name()
	case policy.FacetActor:
		a, _ := p.base.Actor(value)
		return a.Name
	}
	return ""
}
