package alert

import (
	"fmt"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// about says what an alert is about, in one line. In neutral form it has our own words
// only, and nothing that a person typed.
func (s *Service) about(a policy.Alert, neutral bool) string {
	f, base := a.Of(), s.Record.Base()
	var parts []string
	list := func(label string, values []string, name func(string) string) {
		var names []string
		for _, value := range values {
			names = append(names, name(value))
		}
		if len(names) > 0 {
			parts = append(parts, label+": "+strings.Join(names, " or "))
		}
	}
	list("place", f.Jurisdictions, func(code string) string { j, _ := base.Jurisdiction(code); return j.Name })
	list("dossier", f.Dossiers, func(id string) string { d, _ := base.Dossier(id); return d.Name() })
	list("actor", f.Actors, func(id string) string { actor, _ := base.Actor(id); return actor.Name })
	list("stance", labels(f.Stances, policy.Stances), same)
	list("kind", labels(f.Kinds, policy.Kinds), same)
	list("measure", labels(f.Measures, policy.Measures), same)
	if neutral {
		parts = append(parts, counted(len(f.Sources), "source")...)
		parts = append(parts, counted(len(f.Languages), "language")...)
	} else {
		list("source", f.Sources, same)
		list("language", f.Languages, same)
	}
	if f.Query != "" && neutral {
		parts = append(parts, "words that you chose")
	} else if f.Query != "" {
		parts = append(parts, "words: “"+f.Query+"”")
	}
	if !f.From.IsZero() {
		parts = append(parts, "from "+f.From.Words())
	}
	if !f.To.IsZero() {
		parts = append(parts, "to "+f.To.Words())
	}
	text := strings.ToLower(policy.AlertTopics.Label(a.Topic))
	if len(parts) == 0 {
		return text + " from everywhere"
	}
	return text + " – " + strings.Join(parts, "; ")
}

// rhythm says when mail comes.
func rhythm(a policy.Alert) string {
	switch a.Cadence {
	case policy.CadenceDaily:
		return fmt.Sprintf("once a day, at %02d:00 (%s), when there is news", a.Hour, a.Zone)
	case policy.CadenceWeekly:
		return fmt.Sprintf("once a week, on %s at %02d:00 (%s), when there is news", a.Weekday, a.Hour, a.Zone)
	}
	if !a.Quiet.IsZero() {
		return fmt.Sprintf("within minutes of the news, but not from %02d:00 to %02d:00 (%s)", a.Quiet.From, a.Quiet.To, a.Zone)
	}
	return "within minutes of the news"
}

func same(text string) string { return text }

func labels[T ~string](values []T, words policy.List[T]) []string {
	var all []string
	for _, v := range values {
		all = append(all, words.Label(v))
	}
	return all
}

func counted(n int, noun string) []string {
	switch n {
	case 0:
		return nil
	case 1:
		return []string{"one " + noun}
	}
	return []string{fmt.Sprintf("%d %ss", n, noun)}
}
