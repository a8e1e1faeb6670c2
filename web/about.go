package web

import (
	"github.com/gin-gonic/gin"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// aboutPage says what this is, what its words mean, and what it does not do.
type aboutPage struct {
	frame
	Stances  []term
	Kinds    []term
	Measures []term
	Stages   []term
	Effects  []term
	Sides    []term
	Grades   []term
	Origins  []term
	Contact  string
	Forms    []link
}

func (aboutPage) template() string { return "about" }

// term is a word and what it means.
type term struct {
	ID      string
	Label   string
	Meaning string
	Class   string
}

func (s *Site) about(*gin.Context) (page, error) {
	p := &aboutPage{
		frame: frame{Title: "About", Section: "/about",
			Description: "What Backdoor Watch is, what its words mean, and how it treats its readers."},
		Stances:  termsOf("stance-", policy.Stances),
		Kinds:    termsOf("kind-", policy.Kinds),
		Measures: termsOf("measure-", policy.Measures),
		Contact:  s.options.Contact,
		Forms:    streamForms("timeline", policy.Filter{}),
	}
	p.Effects, p.Sides = termsOf("effect-", policy.Effects), termsOf("side-", policy.Sides)
	p.Grades, p.Origins = termsOf("grade-", policy.Grades), termsOf("origin-", policy.Origins)
	for i := range p.Effects {
		p.Effects[i].Class = string(policy.Effects[i].Value)
	}
	for i := range p.Stances {
		p.Stances[i].Class = string(policy.Stances[i].Value)
	}
	for _, stage := range policy.Stages {
		p.Stages = append(p.Stages, term{ID: "stage-" + string(stage.Stage), Label: stage.Label, Meaning: stage.Meaning})
	}
	return p, nil
}

func termsOf[T ~string](prefix string, list policy.List[T]) []term {
	var all []term
	for _, word := range list {
		all = append(all, term{ID: prefix + string(word.Value), Label: word.Label, Meaning: word.Meaning})
	}
	return all
}
